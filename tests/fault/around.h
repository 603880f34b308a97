/* SPDX-License-Identifier: MIT */
/*
 * What shims do around main(): whoever includes this has its `begin` called
 * just before it, and its `end` when the program ends by exit().
 *
 *	FAIL_LEFT_OPEN=F  once main() has returned, what was opened and not closed
 *			  goes to file F, a path a line. (Where it is exit() that
 *			  ends a program, in the middle of its work, it is not
 *			  asked to have closed everything.)
 */
#ifndef TESTS_FAULT_AROUND_H
#define TESTS_FAULT_AROUND_H

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AROUND_FDS 256 /* the programs have but few at a time */

static void begin(void);
static void end(void);

static bool inherited[AROUND_FDS];

/* The line goes to the file at the path; false: it cannot. */
static bool put_line(const char *path, int flags, const char *line)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	size_t len = strlen(line);
	bool good = fd >= 0 && write(fd, line, len) == (ssize_t)len;

	return fd >= 0 && close(fd) == 0 && good;
}

/* A number goes to the file that a variable names, if any. */
static void tell_number(const char *variable, unsigned long n)
{
	const char *path = getenv(variable);
	char text[32];

	snprintf(text, sizeof(text), "%lu\n", n);
	if (path && !put_line(path, O_TRUNC, text))
		abort();
}

static void tell_left_open(void)
{
	const char *path = getenv("FAIL_LEFT_OPEN");
	char link[32], to[PATH_MAX + 1];

	for (int fd = 3; path && fd < AROUND_FDS; fd++) {
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, to, sizeof(to) - 1);
		if (n < 0 || inherited[fd])
			continue;
		to[n] = '\n';
		to[n + 1 < (ssize_t)sizeof(to) ? n + 1 : n] = '\0';
		if (!put_line(path, O_APPEND, to))
			abort();
	}
}

static int (*real_main)(int, char **, char **);

static int around_main(int argc, char **argv, char **envp)
{
	int status;

	for (int fd = 0; fd < AROUND_FDS; fd++)
		inherited[fd] = fcntl(fd, F_GETFD) >= 0;
	atexit(end);
	begin();
	status = real_main(argc, argv, envp);
	tell_left_open();
	return status;
}

/* What calls main(). */
int __libc_start_main(int (*main)(int, char **, char **), int argc,
		      char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(int (*main)(int, char **, char **), int argc,
		      char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	int (*start)(int (*)(int, char **, char **), int, char **,
		     void (*)(void), void (*)(void), void (*)(void), void *);

	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	real_main = main;
	return start(around_main, argc, argv, init, fini, rtld_fini,
		     stack_end);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What shims do around main(): whoever includes this has its shim_begin() called
 * just before it, and its shim_end() when the program ends by exit().
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

void shim_begin(void);
void shim_end(void);

static bool inherited[AROUND_FDS];

/* Files that variables name. They are open before main() is: the program may give
 * the right to open any up. */
static struct told {
	const char *variable;
	int flags, fd;
} told[] = {
	{ "FAIL_LEFT_OPEN", O_APPEND, -1 },
	{ "FAIL_ALLOC_COUNT", O_TRUNC, -1 },
	{ "FAIL_ALLOC_SEEN", O_APPEND, -1 },
	{ "FAIL_ALLOC_FRESH", O_APPEND, -1 },
	{ "FAIL_READ_COUNT", O_TRUNC, -1 },
	{ NULL, 0, -1 },
};

static void open_told(void)
{
	for (struct told *t = told; t->variable; t++) {
		const char *path = getenv(t->variable);

		if (!path)
			continue;
		t->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | t->flags,
			     0600);
		if (t->fd < 0)
			abort();
	}
}

/* -1: nobody asked for it. */
static int told_fd(const char *variable)
{
	const struct told *t = told;

	while (t->variable && strcmp(t->variable, variable) != 0)
		t++;
	return t->fd;
}

/* The line goes to the file that the variable names, if any. */
static void put_line(const char *variable, const char *line)
{
	int fd = told_fd(variable);
	size_t len = strlen(line);

	if (fd >= 0 && write(fd, line, len) != (ssize_t)len)
		abort();
}

static void tell_number(const char *variable, unsigned long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu\n", n);
	put_line(variable, text);
}

static void tell_left_open(void)
{
	char link[32], to[PATH_MAX + 1];

	if (told_fd("FAIL_LEFT_OPEN") < 0)
		return;
	for (int fd = 3; fd < AROUND_FDS; fd++) {
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, to, sizeof(to) - 1);
		if (n < 0 || inherited[fd])
			continue;
		to[n] = '\n';
		to[n + 1 < (ssize_t)sizeof(to) ? n + 1 : n] = '\0';
		put_line("FAIL_LEFT_OPEN", to);
	}
}

static int (*real_main)(int, char **, char **);

static int around_main(int argc, char **argv, char **envp)
{
	int status;

	open_told();
	for (int fd = 0; fd < AROUND_FDS; fd++)
		inherited[fd] = fcntl(fd, F_GETFD) >= 0;
	atexit(shim_end);
	shim_begin();
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

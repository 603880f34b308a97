/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: the N-th allocation that a program makes after it has
 * entered main() fails, and with it, if asked, all that follow.
 *
 *	FAIL_ALLOC=N	   the N-th fails; without it none does
 *	FAIL_ALLOC_ON=1	   and so do all after it
 *	FAIL_ALLOC_COUNT=F at the end, the number of allocations goes to file F
 *	FAIL_ALLOC_SPARES=L what library L itself asks for, by a part of its
 *			   name, always succeeds and is not counted
 *
 * Constructors of libraries are left alone: what they do without memory is not
 * ours to test.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own names, so that no look-up is needed before the first call. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static unsigned long count, fail_at;
static bool armed, goes_on;
static const char *spares;

static bool is_spared(void *caller)
{
	Dl_info info;

	return spares && dladdr(caller, &info) && info.dli_fname &&
	       strstr(info.dli_fname, spares);
}

/* Whether this allocation is one that fails. */
static bool fails(void *caller)
{
	unsigned long n;

	if (!armed || is_spared(caller))
		return false;
	n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (!fail_at || n < fail_at || (n > fail_at && !goes_on))
		return false;
	errno = ENOMEM;
	return true;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
	return fails(CALLER) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(CALLER) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(CALLER) ? NULL : __libc_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, total);
}

/* In libc it would be libc that asks. */
char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = fails(CALLER) ? NULL : __libc_malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

static void tell_count(void)
{
	const char *path = getenv("FAIL_ALLOC_COUNT");
	char text[32];
	int fd, len;

	armed = false;
	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	len = snprintf(text, sizeof(text), "%lu\n", count);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		abort();
	close(fd);
}

static int (*real_main)(int, char **, char **);

static int counted_main(int argc, char **argv, char **envp)
{
	const char *at = getenv("FAIL_ALLOC");

	fail_at = at ? strtoul(at, NULL, 10) : 0;
	goes_on = getenv("FAIL_ALLOC_ON");
	spares = getenv("FAIL_ALLOC_SPARES");
	atexit(tell_count);
	armed = true;
	return real_main(argc, argv, envp);
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
	return start(counted_main, argc, argv, init, fini, rtld_fini,
		     stack_end);
}

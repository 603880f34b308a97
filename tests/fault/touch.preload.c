/* SPDX-License-Identifier: MIT */
/*
 * Somebody else uses the file: the first pread() of it changes its times, and
 * nothing but them.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static ssize_t touching_pread(const char *name, int fd, void *buf, size_t len,
			      off64_t off)
{
	/* Long ago, so that no clock is too coarse to show it. */
	static const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
	static bool touched;
	ssize_t (*real)(int, void *, size_t, off64_t);

	if (!touched && futimens(fd, times) != 0)
		abort();
	touched = true;
	*(void **)&real = dlsym(RTLD_NEXT, name);
	return real(fd, buf, len, off);
}

ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	return touching_pread("pread", fd, buf, len, off);
}

ssize_t pread64(int fd, void *buf, size_t len, off64_t off)
{
	return touching_pread("pread64", fd, buf, len, off);
}

/* What FORTIFY makes of it. */
ssize_t __pread64_chk(int fd, void *buf, size_t len, off64_t off, size_t room);

ssize_t __pread64_chk(int fd, void *buf, size_t len, off64_t off, size_t room)
{
	if (len > room)
		abort();
	return touching_pread("pread64", fd, buf, len, off);
}

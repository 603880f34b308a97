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

#include "pread.h"

ssize_t instead_of_pread(const char *name, int fd, void *buf, size_t len,
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

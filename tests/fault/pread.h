/* SPDX-License-Identifier: MIT */
/*
 * All names under which a program calls pread(); what includes this is asked
 * instead, and gets the name of what is really to be called.
 */
#ifndef TESTS_FAULT_PREAD_H
#define TESTS_FAULT_PREAD_H

#include <stdlib.h>
#include <sys/types.h>

ssize_t instead_of_pread(const char *name, int fd, void *buf, size_t len,
			 off64_t off);

ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	return instead_of_pread("pread", fd, buf, len, off);
}

ssize_t pread64(int fd, void *buf, size_t len, off64_t off)
{
	return instead_of_pread("pread64", fd, buf, len, off);
}

/* What FORTIFY makes of it. */
ssize_t __pread64_chk(int fd, void *buf, size_t len, off64_t off, size_t room);

ssize_t __pread64_chk(int fd, void *buf, size_t len, off64_t off, size_t room)
{
	if (len > room)
		abort();
	return instead_of_pread("pread64", fd, buf, len, off);
}

#endif

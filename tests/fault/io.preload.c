/* SPDX-License-Identifier: MIT */
/*
 * A disk that is going bad: pread() of a range of offsets fails, is interrupted
 * or gives less than was asked for.
 *
 *	FAIL_READ_FROM=A FAIL_READ_TO=B	 bytes [A, B) cannot be read: a read that
 *					 begins before them ends there, one that
 *					 begins in them fails with EIO
 *	FAIL_READ_AFTER=N		 after so many calls none works
 *	FAIL_READ_ONCE=1		 but when tried again it works
 *	FAIL_READ_INTERRUPT=1		 every second call fails with EINTR
 *	FAIL_READ_MOST=N		 a call gives at most N bytes
 *	FAIL_READ_SLOWLY=N		 a call takes at least N milliseconds
 *
 * Numbers as strtoull() reads them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "pread.h"

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static bool is_interrupted(void)
{
	static unsigned calls;

	return getenv("FAIL_READ_INTERRUPT") && calls++ % 2 == 0;
}

static bool is_over(void)
{
	static unsigned long long calls;

	return getenv("FAIL_READ_AFTER") &&
	       calls++ >= number("FAIL_READ_AFTER", 0);
}

/* Cut len so that it does not reach what cannot be read; false: it begins there. */
static bool limit(size_t *len, unsigned long long off)
{
	static bool failed;
	unsigned long long from = number("FAIL_READ_FROM", 0);
	unsigned long long to = number("FAIL_READ_TO", 0);
	unsigned long long most = number("FAIL_READ_MOST", *len);

	if (*len > most)
		*len = (size_t)most;
	if (off >= to || off + *len <= from)
		return true;
	if (off < from) {
		*len = (size_t)(from - off);
		return true;
	}
	if (getenv("FAIL_READ_ONCE") && failed) {
		failed = false;
		return true;
	}
	failed = true;
	return false;
}

static void wait_for(unsigned long long ms)
{
	struct timespec time = { (time_t)(ms / 1000),
				 (long)(ms % 1000) * 1000000 };

	if (ms)
		nanosleep(&time, NULL);
}

ssize_t instead_of_pread(const char *name, int fd, void *buf, size_t len,
			 off64_t off)
{
	ssize_t (*real)(int, void *, size_t, off64_t);

	wait_for(number("FAIL_READ_SLOWLY", 0));
	if (is_interrupted()) {
		errno = EINTR;
		return -1;
	}
	if (is_over() || (len && !limit(&len, (unsigned long long)off))) {
		errno = EIO;
		return -1;
	}
	*(void **)&real = dlsym(RTLD_NEXT, name);
	return real(fd, buf, len, off);
}

/* SPDX-License-Identifier: MIT */
/*
 * A disk that is going bad: pread() of a range of offsets fails, is interrupted
 * or gives less than was asked for, or somebody else uses the file meanwhile.
 *
 *	FAIL_READ_FROM=A FAIL_READ_TO=B	 bytes [A, B) cannot be read: a read that
 *					 begins before them ends there, one that
 *					 begins in them fails with EIO
 *	FAIL_READ_AFTER=N		 after so many calls none works
 *	FAIL_READ_ONCE=1		 but when tried again it works
 *	FAIL_READ_INTERRUPT=1		 every second call fails with EINTR
 *	FAIL_READ_MOST=N		 a call gives at most N bytes
 *	FAIL_READ_SLOWLY=N		 a call takes at least N milliseconds
 *	FAIL_READ_AT=N FAIL_READ_WAY=W	 call N, from 1, is another than the others:
 *					 "error", it fails with EIO; "errors", and
 *					 so does the next, by which it is tried
 *					 again; "interrupt", with EINTR; "short",
 *					 it gives one byte; before it "shrink" cuts
 *					 the file in half, "grow" adds to it, and
 *					 "change" turns the bits of byte
 *	FAIL_READ_CHANGES=A		 A of it
 *	FAIL_READ_COUNT=F		 at the end, how many calls there were goes
 *					 to file F
 *
 * Numbers as strtoull() reads them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "around.h"
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

/* ------------------------------------------------------- one of all calls */

static unsigned long calls, at;
static const char *way = "";

static bool is_way(const char *name)
{
	return strcmp(way, name) == 0;
}

/* What somebody else does to the file that we have open only to read it. */
static void use(int read_fd)
{
	char path[32];
	uint8_t byte = 0;
	off_t off = (off_t)number("FAIL_READ_CHANGES", 0);
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", read_fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		abort();
	if (is_way("shrink") && ftruncate(fd, st.st_size / 2) != 0)
		abort();
	if (is_way("grow") && ftruncate(fd, st.st_size + (1 << 20)) != 0)
		abort();
	/* By a name that pread.h does not stand for. */
	if (is_way("change") &&
	    (lseek(fd, off, SEEK_SET) != off || read(fd, &byte, 1) != 1 ||
	     (byte ^= 0xff, pwrite(fd, &byte, 1, off)) != 1))
		abort();
	close(fd);
}

/* What becomes of the call: 0, or how it fails; its length may be cut. */
static int strike(int fd, size_t *len)
{
	unsigned long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);

	if (n != at && !(n == at + 1 && is_way("errors")))
		return 0;
	if (is_way("error") || is_way("errors"))
		return EIO;
	if (is_way("interrupt"))
		return EINTR;
	if (is_way("short"))
		*len = *len ? 1 : 0;
	else
		use(fd);
	return 0;
}

void shim_begin(void)
{
	at = (unsigned long)number("FAIL_READ_AT", 0);
	way = at ? getenv("FAIL_READ_WAY") : "";
}

void shim_end(void)
{
	tell_number("FAIL_READ_COUNT", calls);
}

ssize_t instead_of_pread(const char *name, int fd, void *buf, size_t len,
			 off64_t off)
{
	ssize_t (*real)(int, void *, size_t, off64_t);

	errno = strike(fd, &len);
	if (errno)
		return -1;
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

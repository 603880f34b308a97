/* SPDX-License-Identifier: MIT */
#include "tests/fault/killer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define R    CALL_READS
#define W    CALL_WRITES
#define M    CALL_MOVES
#define A(n) (1u << (n))

/* Number, kind, descriptors, paths, length. */
#define CALL(name, ...)                                                        \
	{                                                                      \
		SYS_##name, #name, __VA_ARGS__                                 \
	}

static const struct call calls[] = {
	CALL(read, R | M, A(0), 0, 2),
	CALL(pread64, R | M, A(0), 0, 2),
	CALL(readv, R, A(0), 0, 0),
	CALL(preadv, R, A(0), 0, 0),
	CALL(preadv2, R, A(0), 0, 0),
	CALL(lseek, R, A(0), 0, 0),
	CALL(fstat, R, A(0), 0, 0),
	CALL(fstatfs, R, A(0), 0, 0),
	CALL(statfs, R, 0, A(0), 0),
	CALL(newfstatat, R, A(0), A(1), 0),
	CALL(statx, R, A(0), A(1), 0),
	CALL(faccessat, R, 0, A(1), 0),
	CALL(faccessat2, R, 0, A(1), 0),
	CALL(readlinkat, R, 0, A(1), 0),
	CALL(getdents64, R, A(0), 0, 0),
	CALL(openat, R, 0, A(1), 0),
	CALL(openat2, R, 0, A(1), 0),
	CALL(mmap, R, A(4), 0, 0),
	CALL(write, W | M, A(0), 0, 2),
	CALL(pwrite64, W | M, A(0), 0, 2),
	CALL(writev, W, A(0), 0, 0),
	CALL(pwritev, W, A(0), 0, 0),
	CALL(pwritev2, W, A(0), 0, 0),
	CALL(copy_file_range, W | M, A(0) | A(2), 0, 4),
	CALL(sendfile, W | M, A(0) | A(1), 0, 3),
	CALL(splice, W | M, A(0) | A(2), 0, 4),
	CALL(ioctl, W, A(0), 0, 0),
	CALL(ftruncate, W, A(0), 0, 0),
	CALL(truncate, W, 0, A(0), 0),
	CALL(fallocate, W, A(0), 0, 0),
	CALL(fsync, W, A(0), 0, 0),
	CALL(fdatasync, W, A(0), 0, 0),
	CALL(sync_file_range, W, A(0), 0, 0),
	CALL(syncfs, W, A(0), 0, 0),
	CALL(close, W, A(0), 0, 0),
	CALL(fchmod, W, A(0), 0, 0),
	CALL(fchown, W, A(0), 0, 0),
	CALL(fchmodat, W, 0, A(1), 0),
	CALL(fchownat, W, 0, A(1), 0),
	CALL(utimensat, W, A(0), A(1), 0),
	CALL(fsetxattr, W, A(0), 0, 0),
	CALL(flock, W, A(0), 0, 0),
	CALL(linkat, W, 0, A(1) | A(3), 0),
	CALL(symlinkat, W, 0, A(2), 0),
	CALL(renameat, W, 0, A(1) | A(3), 0),
	CALL(renameat2, W, 0, A(1) | A(3), 0),
	/* What clears up after a failure is not made to fail itself. */
	CALL(unlinkat, 0, 0, A(1), 0),
	CALL(mkdirat, W, 0, A(1), 0),
#ifdef SYS_open /* older processors have these as well */
	CALL(open, R, 0, A(0), 0),
	CALL(creat, W, 0, A(0), 0),
	CALL(stat, R, 0, A(0), 0),
	CALL(lstat, R, 0, A(0), 0),
	CALL(access, R, 0, A(0), 0),
	CALL(readlink, R, 0, A(0), 0),
	CALL(link, W, 0, A(0) | A(1), 0),
	CALL(symlink, W, 0, A(1), 0),
	CALL(rename, W, 0, A(0) | A(1), 0),
	CALL(unlink, 0, 0, A(0), 0),
	CALL(chmod, W, 0, A(0), 0),
	CALL(chown, W, 0, A(0), 0),
#endif
};

const struct call *call_of(uint64_t number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (calls[i].number == (long)number)
			return &calls[i];
	}
	return NULL;
}

static bool is(const struct call *call, const char *name)
{
	return strcmp(call->name, name) == 0;
}

static unsigned open_flags(const struct call *call, const uint64_t *args)
{
	if (is(call, "openat"))
		return (unsigned)args[2];
	return is(call, "open") ? (unsigned)args[1] : 0;
}

unsigned call_kind(const struct call *call, const uint64_t args[static 6])
{
	unsigned flags = open_flags(call, args);

	return flags & (O_ACCMODE | O_CREAT) ? CALL_WRITES : call->kind;
}

unsigned without_of(const char *word)
{
	static const char *const words[] = {"tmpfile", "ranges", "holes",
					    "reflink"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(word, words[i]) == 0)
			return 1u << i;
	}
	return 0;
}

int call_missing(unsigned without, const struct call *call,
		 const uint64_t args[static 6])
{
	unsigned flags = open_flags(call, args);

	if (without & WITHOUT_TMPFILE && (flags & O_TMPFILE) == O_TMPFILE)
		return EOPNOTSUPP;
	if (without & WITHOUT_RANGES && is(call, "copy_file_range"))
		return EXDEV;
	if (without & WITHOUT_HOLES && is(call, "lseek") &&
	    (args[2] == SEEK_DATA || args[2] == SEEK_HOLE))
		return EINVAL;
	if (without & WITHOUT_REFLINK && is(call, "ioctl"))
		return EOPNOTSUPP;
	return 0;
}

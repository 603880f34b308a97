/* SPDX-License-Identifier: MIT */
#include "write/medium.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	int fd; /* owned */
};

static int file_read(void *ctx, uint64_t off, void *buf, size_t len,
		     struct vhdxlog_error *err)
{
	const struct file *f = ctx;
	uint8_t *p = buf;

	while (len) {
		ssize_t n = pread(f->fd, p, len, (off_t)off);

		if (n == 0)
			return vl_error(err, VHDXLOG_E_RANGE, 0, off,
					"reading past the end of the file");
		if (n < 0 && errno != EINTR)
			return vl_error(err, VHDXLOG_E_IO, errno, off,
					"reading the file");
		if (n < 0)
			continue;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int file_write(void *ctx, uint64_t off, const void *buf, size_t len,
		      struct vhdxlog_error *err)
{
	const struct file *f = ctx;
	const uint8_t *p = buf;

	while (len) {
		ssize_t n = pwrite(f->fd, p, len, (off_t)off);

		if (n < 0 && errno != EINTR)
			return vl_error(err, VHDXLOG_E_IO, errno, off,
					"writing the file");
		if (n < 0)
			continue;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int file_size(void *ctx, uint64_t *size, struct vhdxlog_error *err)
{
	const struct file *f = ctx;
	struct stat st;

	if (fstat(f->fd, &st) < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"asking for the file's size");
	*size = (uint64_t)st.st_size;
	return 0;
}

static int file_resize(void *ctx, uint64_t size, struct vhdxlog_error *err)
{
	const struct file *f = ctx;

	if (ftruncate(f->fd, (off_t)size) < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, size,
				"changing the file's size");
	return 0;
}

static int file_flush(void *ctx, struct vhdxlog_error *err)
{
	const struct file *f = ctx;

	if (fsync(f->fd) < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"flushing the file");
	return 0;
}

static void file_close(void *ctx)
{
	struct file *f = ctx;

	close(f->fd);
	free(f);
}

int vl_medium_fd(int fd, struct vl_medium *m, struct vhdxlog_error *err)
{
	static const struct vl_medium_ops ops = {
		file_read,   file_write, file_size,
		file_resize, file_flush, file_close,
	};
	struct file *f = vl_calloc(1, sizeof(*f));

	*m = (struct vl_medium){ 0 };
	if (!f) {
		close(fd);
		return vl_nomem(err);
	}
	f->fd = fd;
	*m = (struct vl_medium){ &ops, f };
	return 0;
}

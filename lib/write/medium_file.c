/* SPDX-License-Identifier: MIT */
#include "write/medium.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "source/holes.h"
#include "write/fd.h"

#include <errno.h>
#include <fcntl.h>
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
	size_t done;

	if (vl_fd_read(f->fd, off, buf, len, &done))
		return 0;
	return errno ? vl_error(err, VHDXLOG_E_IO, errno, off + done,
				"reading the file") :
		       vl_error(err, VHDXLOG_E_RANGE, 0, off + done,
				"reading past the end of the file");
}

static int file_write(void *ctx, uint64_t off, const void *buf, size_t len,
		      struct vhdxlog_error *err)
{
	const struct file *f = ctx;
	size_t done;

	return vl_fd_write(f->fd, off, buf, len, &done) ?
		       0 :
		       vl_error(err, VHDXLOG_E_IO, errno, off + done,
				"writing the file");
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

	if (!vl_fd_resize(f->fd, size))
		return vl_error(err, VHDXLOG_E_IO, errno, size,
				"changing the file's size");
	return 0;
}

/* A hole costs nothing and reads as zero. */
static int file_zero(void *ctx, uint64_t off, uint64_t len,
		     struct vhdxlog_error *err)
{
	const struct file *f = ctx;
	uint64_t size, end;
	int rc;

	if (!vl_add(off, len, &end) || end > INT64_MAX)
		return vl_error(err, VHDXLOG_E_RANGE, 0, off,
				"writing past the largest offset");
	do
		rc = fallocate(f->fd,
			       FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			       (off_t)off, (off_t)len);
	while (rc < 0 && errno == EINTR);
	if (rc < 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
		return vl_error(err, VHDXLOG_E_IO, errno, off,
				"writing the file");
	if (rc < 0)
		return 1;
	rc = file_size(ctx, &size, err);
	return rc < 0 || end <= size ? rc : file_resize(ctx, end, err);
}

static bool file_next_data(void *ctx, uint64_t off, uint64_t end,
			   uint64_t *from, uint64_t *to)
{
	const struct file *f = ctx;

	return vl_holes_next_data(f->fd, off, end, from, to);
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
		.read = file_read,
		.write = file_write,
		.zero = file_zero,
		.next_data = file_next_data,
		.size = file_size,
		.resize = file_resize,
		.flush = file_flush,
		.close = file_close,
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

/* SPDX-License-Identifier: MIT */
/*
 * Files and block devices: the only place that opens evidence. O_RDONLY, no
 * lock, no mapping (a file that shrinks would kill the process), and
 * O_NONBLOCK so that a FIFO named by mistake is refused instead of waited for.
 */
#include "base/alloc.h"
#include "base/error.h"
#include "source/holes.h"
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	int fd;
	bool is_device;
	uint64_t device_size; /* st_size is 0 for a device */
	struct vl_holes holes;
};

static int64_t file_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct file *f = ctx;
	ssize_t n;

	if (off > INT64_MAX)
		return -EOVERFLOW;
	do
		n = pread(f->fd, buf, len, (off_t)off);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int file_identify(void *ctx, struct vhdxlog_identity *id)
{
	struct file *f = ctx;
	struct stat st;

	if (fstat(f->fd, &st))
		return -errno;
	*id = (struct vhdxlog_identity){
		.size = f->is_device ? f->device_size : (uint64_t)st.st_size,
		.device = st.st_dev,
		.inode = st.st_ino,
		.mtime_sec = st.st_mtim.tv_sec,
		.mtime_nsec = (uint32_t)st.st_mtim.tv_nsec,
		.ctime_sec = st.st_ctim.tv_sec,
		.ctime_nsec = (uint32_t)st.st_ctim.tv_nsec,
	};
	return 0;
}

static void file_close(void *ctx)
{
	struct file *f = ctx;

	close(f->fd);
	free(f);
}

/* Reads name their place, so that the position moves is nothing to them. */
static bool file_next_data(const struct vl_view *view, uint64_t off,
			   uint64_t end, uint64_t *from, uint64_t *to)
{
	const struct vhdxlog_source *s = (const void *)view;
	struct file *f = s->ctx;
	bool any = vl_holes_known_data(&f->holes, f->fd, s->offset + off,
				       s->offset + end, from, to);

	*from -= s->offset;
	*to -= s->offset;
	return any;
}

static const struct vhdxlog_source_ops file_ops = { file_read, file_identify,
						    file_close };

/* What is open and how long it is; 0 or a negative code. */
static int measure(struct file *f, uint64_t *size, struct vhdxlog_error *err)
{
	struct stat st;
	off_t end;

	if (fstat(f->fd, &st))
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"asking for the file's state");
	if (S_ISDIR(st.st_mode))
		return vl_error(err, VHDXLOG_E_NOT_FILE, EISDIR, 0,
				"opening the image");
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return vl_error(err, VHDXLOG_E_NOT_FILE, 0, 0,
				"opening the image");
	f->is_device = S_ISBLK(st.st_mode);
	end = f->is_device ? lseek(f->fd, 0, SEEK_END) : st.st_size;
	if (end < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"asking for the size of the device");
	f->device_size = *size = (uint64_t)end;
	return 0;
}

int vhdxlog_source_open(const char *path, uint64_t offset,
			struct vhdxlog_source **source,
			struct vhdxlog_error *err)
{
	struct file *f = vl_calloc(1, sizeof(*f));
	uint64_t size = 0;
	int rc;

	*source = NULL;
	if (!f)
		return vl_nomem(err);
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->fd < 0) {
		rc = vl_error(err, VHDXLOG_E_IO, errno, 0, "opening the image");
		free(f);
		return rc;
	}
	rc = measure(f, &size, err);
	if (rc) {
		file_close(f);
		return rc;
	}
	rc = vl_source_new(&file_ops, f,
			   f->is_device ? VHDXLOG_SOURCE_BLOCK_DEVICE :
					  VHDXLOG_SOURCE_FILE,
			   size, offset, source, err);
	if (rc)
		return rc;
	(*source)->view.next_data = file_next_data;
	(*source)->view.beside = &vl_source_beside;
	(*source)->holes = &f->holes;
	return 0;
}

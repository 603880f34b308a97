/* SPDX-License-Identifier: MIT */
#include "source/source.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ limits */

void vhdxlog_source_limit(struct vhdxlog_source *source,
			  struct vhdxlog_limits *limits)
{
	source->limits = limits;
}

int vl_source_limit_error(struct vhdxlog_error *err, uint64_t off)
{
	return vl_error(err, VHDXLOG_E_LIMIT, 0, off, "reading the image");
}

/* Count a read that is to be; false: it is one too many. */
static bool may_read(struct vhdxlog_limits *l, size_t len)
{
	if (!l)
		return true;
	if (l->reached ||
	    (l->max_read && len > l->max_read - l->bytes_read) ||
	    (l->stop && l->stop(l->stop_ctx))) {
		l->reached = true;
		return false;
	}
	l->bytes_read += len;
	return true;
}

bool vl_source_stops(struct vhdxlog_source *s)
{
	return !may_read(s->limits, 0);
}

/* ----------------------------------------------------------------- reading */

/*
 * One read of what ops gives, again where it was cut short. A failed read is
 * tried once more, as some devices answer the second time.
 */
static int64_t read_some(const struct vhdxlog_source *s, void *buf, size_t len,
			 uint64_t off)
{
	int64_t n = s->ops.read(s->ctx, buf, len, off);

	return n < 0 ? s->ops.read(s->ctx, buf, len, off) : n;
}

static int read_all(const struct vl_view *view, uint64_t off, void *buf,
		    size_t len, struct vhdxlog_error *err)
{
	const struct vhdxlog_source *s = (const void *)view;
	uint8_t *p = buf;

	/* Ends: every turn but a failing one makes len smaller. */
	while (len) {
		int64_t n = read_some(s, p, len, s->offset + off);

		if (n < 0)
			return vl_error(err, VHDXLOG_E_IO, (int)-n, off,
					"reading the image");
		if (n == 0)
			return vl_error(err, VHDXLOG_E_IO, EIO, off,
					"the image became shorter");
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static bool source_allow(const struct vl_view *view, size_t len)
{
	return may_read(((const struct vhdxlog_source *)view)->limits, len);
}

static int source_read(const struct vl_view *view, uint64_t off, void *buf,
		       size_t len, struct vhdxlog_error *err)
{
	if (!source_allow(view, len))
		return vl_source_limit_error(err, off);
	return read_all(view, off, buf, len, err);
}

const struct vl_beside vl_source_beside = { source_allow, read_all };

static void drop(const struct vhdxlog_source_ops *ops, void *ctx)
{
	int saved = errno;

	if (ops->close)
		ops->close(ctx);
	errno = saved;
}

int vl_source_new(const struct vhdxlog_source_ops *ops, void *ctx,
		  enum vhdxlog_source_kind kind, uint64_t size,
		  uint64_t offset, struct vhdxlog_source **source,
		  struct vhdxlog_error *err)
{
	struct vhdxlog_source *s = NULL;
	int rc;

	*source = NULL;
	if (offset > size) {
		rc = vl_error(err, VHDXLOG_E_RANGE, 0, offset,
			      "the image would begin past the end of the file");
		goto out;
	}
	s = vl_calloc(1, sizeof(*s));
	if (!s) {
		rc = vl_nomem(err);
		goto out;
	}
	*s = (struct vhdxlog_source){
		.view = { .size = size - offset, .read = source_read },
		.kind = kind,
		.offset = offset,
		.ops = *ops,
		.ctx = ctx,
		.identity = { .size = size },
	};
	if (ops->identify) {
		rc = ops->identify(ctx, &s->identity);
		if (rc) {
			rc = vl_error(err, VHDXLOG_E_IO, -rc, 0,
				      "asking for the file's state");
			goto out;
		}
	}
	*source = s;
	return 0;
out:
	drop(ops, ctx);
	free(s);
	return rc;
}

int vhdxlog_source_custom(const struct vhdxlog_source_ops *ops, void *ctx,
			  uint64_t size, struct vhdxlog_source **source,
			  struct vhdxlog_error *err)
{
	return vl_source_new(ops, ctx, VHDXLOG_SOURCE_CUSTOM, size, 0, source,
			     err);
}

void vhdxlog_source_close(struct vhdxlog_source *source)
{
	if (!source)
		return;
	drop(&source->ops, source->ctx);
	free(source);
}

uint64_t vhdxlog_source_size(const struct vhdxlog_source *source)
{
	return source->view.size;
}

uint64_t vhdxlog_source_offset(const struct vhdxlog_source *source)
{
	return source->offset;
}

enum vhdxlog_source_kind
vhdxlog_source_kind(const struct vhdxlog_source *source)
{
	return source->kind;
}

const char *vhdxlog_source_kind_name(enum vhdxlog_source_kind kind)
{
	static const char *const names[] = { "file", "block-device", "memory",
					     "custom" };

	return names[kind];
}

const struct vhdxlog_identity *
vhdxlog_source_identity(const struct vhdxlog_source *source)
{
	return &source->identity;
}

int vhdxlog_source_read(struct vhdxlog_source *source, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err)
{
	return vl_view_read(&source->view, off, buf, len, err);
}

static bool same_identity(const struct vhdxlog_identity *a,
			  const struct vhdxlog_identity *b)
{
	return a->size == b->size && a->device == b->device &&
	       a->inode == b->inode && a->mtime_sec == b->mtime_sec &&
	       a->mtime_nsec == b->mtime_nsec &&
	       a->ctime_sec == b->ctime_sec && a->ctime_nsec == b->ctime_nsec;
}

bool vl_source_tells_changes(const struct vhdxlog_source *s)
{
	return s->kind == VHDXLOG_SOURCE_MEMORY ||
	       (s->ops.identify && s->kind != VHDXLOG_SOURCE_BLOCK_DEVICE);
}

bool vhdxlog_source_unchanged(struct vhdxlog_source *s)
{
	struct vhdxlog_identity now = { .size = s->identity.size };

	if (s->ops.identify && s->ops.identify(s->ctx, &now))
		return false;
	return same_identity(&now, &s->identity);
}

/* SPDX-License-Identifier: MIT */
#include "write/medium.h"

#include "base/bytes.h"
#include "base/error.h"

#include <errno.h>
#include <string.h>

void vl_medium_close(struct vl_medium *m)
{
	int saved = errno;

	if (m->ops)
		m->ops->close(m->ctx);
	*m = (struct vl_medium){ 0 };
	errno = saved;
}

int vl_medium_read(const struct vl_medium *m, uint64_t off, void *buf,
		   size_t len, struct vhdxlog_error *err)
{
	return m->ops->read(m->ctx, off, buf, len, err);
}

int vl_medium_read_padded(const struct vl_medium *m, uint64_t off, void *buf,
			  size_t len, struct vhdxlog_error *err)
{
	uint64_t size, inside;
	int rc = vl_medium_size(m, &size, err);

	if (rc < 0)
		return rc;
	inside = off < size ? vl_min64(len, size - off) : 0;
	memset((uint8_t *)buf + inside, 0, len - inside);
	return inside ? vl_medium_read(m, off, buf, inside, err) : 0;
}

int vl_medium_write(const struct vl_medium *m, uint64_t off, const void *buf,
		    size_t len, struct vhdxlog_error *err)
{
	return m->ops->write(m->ctx, off, buf, len, err);
}

static int write_zeroes(const struct vl_medium *m, uint64_t off, uint64_t len,
			struct vhdxlog_error *err)
{
	static const uint8_t zeroes[65536];

	while (len) {
		size_t part = vl_min64(len, sizeof(zeroes));
		int rc = vl_medium_write(m, off, zeroes, part, err);

		if (rc < 0)
			return rc;
		off += part;
		len -= part;
	}
	return 0;
}

int vl_medium_write_zeroes(const struct vl_medium *m, uint64_t off,
			   uint64_t len, struct vhdxlog_error *err)
{
	int rc = 1;

	if (!len)
		return 0;
	if (m->ops->zero)
		rc = m->ops->zero(m->ctx, off, len, err);
	return rc == 1 ? write_zeroes(m, off, len, err) : rc;
}

bool vl_medium_next_data(const struct vl_medium *m, uint64_t off, uint64_t end,
			 uint64_t *from, uint64_t *to)
{
	if (m->ops->next_data)
		return m->ops->next_data(m->ctx, off, end, from, to);
	*from = off;
	*to = end;
	return off < end;
}

int vl_medium_size(const struct vl_medium *m, uint64_t *size,
		   struct vhdxlog_error *err)
{
	return m->ops->size(m->ctx, size, err);
}

int vl_medium_resize(const struct vl_medium *m, uint64_t size,
		     struct vhdxlog_error *err)
{
	return m->ops->resize(m->ctx, size, err);
}

int vl_medium_flush(const struct vl_medium *m, struct vhdxlog_error *err)
{
	return m->ops->flush(m->ctx, err);
}

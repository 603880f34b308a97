/* SPDX-License-Identifier: MIT */
#include "view/compare.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK	 (256 * VL_KIB)
#define PROGRESS (16 * VL_MIB) /* from one time it is told to the next */

int vl_compare_init(struct vl_compare *c, const struct vl_side *a,
		    const struct vl_side *b, struct vhdxlog_error *err)
{
	*c = (struct vl_compare){
		.buf = { vl_calloc(1, CHUNK), vl_calloc(1, CHUNK) },
	};
	if (!c->buf[0] || !c->buf[1])
		return vl_nomem(err);
	return vl_stretches_init(&c->stretches, a, b, 0, UINT64_MAX, err);
}

void vl_compare_release(struct vl_compare *c)
{
	vl_stretches_release(&c->stretches);
	free(c->buf[0]);
	free(c->buf[1]);
	memset(c, 0, sizeof(*c));
}

int vl_side_read(const struct vl_side *side, uint64_t off, uint8_t *buf,
		 size_t len, struct vhdxlog_error *err)
{
	uint64_t inside = off < side->length ? side->length - off : 0;
	size_t part = (size_t)vl_min64(inside, len);

	memset(buf + part, 0, len - part);
	if (!part)
		return 0;
	side->pile->log->cost.target_bytes_read += part;
	return vl_view_read(&side->pile->view, off, buf, part, err);
}

/* ----------------------------------------------------------------- stretches */

/* Have a stretch of whole pages of which none was looked at before. */
static bool find_stretch(struct vl_compare *c)
{
	/* Ends: the stretches do. */
	while (c->from == c->to) {
		uint64_t from, to, over;

		if (!vl_stretches_next(&c->stretches, &from, &to,
				       &c->from_unread))
			return false;
		over = to % VL_SECTOR ? VL_SECTOR - to % VL_SECTOR : 0;
		to = vl_min64(vl_end(to, over), c->stretches.end);
		c->from = vl_max64(from - from % VL_SECTOR, c->done);
		c->done = c->to = vl_max64(c->from, to);
	}
	return true;
}

static void skip(struct vl_compare *c, uint64_t len, struct vl_page_pair *pair)
{
	*pair = (struct vl_page_pair){ .off = c->from,
				       .len = len,
				       .first = c->from,
				       .unread = true };
	c->from += len;
}

static void tell_progress(struct vl_compare *c)
{
	const struct vl_side *side = c->stretches.side;

	if (!c->progress || c->from < c->told)
		return;
	c->told = vl_end(c->from, PROGRESS);
	c->progress(c->progress_ctx, c->from,
		    vl_max64(side[0].length, side[1].length));
}

/*
 * Read the next piece of the stretch. What the system cannot read is gone over
 * again page by page: *unread says that this is such a page.
 */
static int read_piece(struct vl_compare *c, bool *unread,
		      struct vhdxlog_error *err)
{
	uint64_t most = c->from < c->careful ? VL_SECTOR : CHUNK;
	size_t n = (size_t)vl_min64(c->to - c->from, most);
	int rc = 0;

	for (unsigned i = 0; !rc && i < 2; i++)
		rc = vl_side_read(&c->stretches.side[i], c->from, c->buf[i], n,
				  err);
	*unread = rc == VHDXLOG_E_IO && n <= VL_SECTOR;
	if (*unread)
		return 0;
	if (rc == VHDXLOG_E_IO) {
		c->careful = c->from + n;
		return 0;
	}
	if (rc)
		return rc;
	c->base = c->from;
	c->n = n;
	c->at = 0;
	c->from += n;
	return 0;
}

/* --------------------------------------------------------------------- pages */

static void count_bytes(struct vl_page_pair *pair)
{
	const uint8_t *a = pair->bytes[0], *b = pair->bytes[1];

	for (uint64_t i = pair->len; i-- > 0;) {
		if (a[i] == b[i])
			continue;
		pair->differing++;
		pair->first = pair->off + i;
	}
}

/* The next page that differs of what was read. */
static bool find_page(struct vl_compare *c, struct vl_page_pair *pair)
{
	while (c->at < c->n) {
		const uint8_t *a = c->buf[0] + c->at, *b = c->buf[1] + c->at;
		size_t len = (size_t)vl_min64(VL_SECTOR, c->n - c->at);
		uint64_t off = c->base + c->at;

		c->at += len;
		if (memcmp(a, b, len) == 0)
			continue;
		*pair = (struct vl_page_pair){ .off = off,
					       .len = len,
					       .bytes = { a, b } };
		count_bytes(pair);
		return true;
	}
	return false;
}

int vl_compare_next(struct vl_compare *c, struct vl_page_pair *pair,
		    struct vhdxlog_error *err)
{
	/* Ends: each turn looks at a piece, or at one again page by page. */
	while (!find_page(c, pair)) {
		bool unread;
		int rc;

		if (!find_stretch(c))
			return 1;
		if (c->from_unread) {
			skip(c, c->to - c->from, pair);
			return 0;
		}
		tell_progress(c);
		rc = read_piece(c, &unread, err);
		if (rc)
			return rc;
		if (unread) {
			skip(c, vl_min64(VL_SECTOR, c->to - c->from), pair);
			return 0;
		}
	}
	return 0;
}

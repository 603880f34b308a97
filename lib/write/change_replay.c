/* SPDX-License-Identifier: MIT */
/* An overlay and new headers as one row of pieces. */
#include "write/replay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

struct replay {
	struct vhdxlog_overlay *overlay; /* borrowed */
	const struct vl_new_headers *headers; /* borrowed, or NULL */
	unsigned slot; /* the header that comes next, 3: none */
	bool loaded, more; /* segment is the next one; there is one */
	struct vhdxlog_segment segment;
	uint8_t page[VL_SECTOR];
};

static int rewind_replay(void *ctx, struct vhdxlog_error *err)
{
	struct replay *r = ctx;

	(void)err;
	vhdxlog_overlay_rewind(r->overlay);
	/* A reader may have cut the file off before its headers. */
	r->slot = r->headers && vhdxlog_overlay_about(r->overlay)->size >=
					VL_TABLE_OFFSET(1) ?
			  1 :
			  3;
	r->loaded = false;
	return 0;
}

/* Have the next segment at hand. */
static int load(struct replay *r, struct vhdxlog_error *err)
{
	int rc;

	if (r->loaded)
		return 0;
	rc = vhdxlog_overlay_next(r->overlay, &r->segment, err);
	if (rc < 0)
		return rc;
	r->more = rc == 0;
	r->loaded = true;
	return 0;
}

/* Leave out what is before off; false where nothing is left. */
static bool cut_before(struct vhdxlog_segment *s, uint64_t off)
{
	uint64_t end = s->offset + s->length;

	if (s->offset >= off)
		return true;
	if (end <= off)
		return false;
	s->offset = off;
	s->length = end - off;
	return true;
}

/* A header, and what lies under it is passed over. */
static int next_header(struct replay *r, struct vl_piece *piece,
		       struct vhdxlog_error *err)
{
	uint64_t off = VL_HEADER_OFFSET(r->slot);
	int rc = 0;

	*piece = (struct vl_piece){ off, VL_SIZE_header,
				    r->headers->page[r->slot - 1],
				    VHDXLOG_NO_SECTOR, VHDXLOG_AREA_HEADERS };
	r->slot++;
	/* Ends: every turn goes on to another segment. */
	while (!rc && r->more && !cut_before(&r->segment, off + VL_SIZE_header)) {
		r->loaded = false;
		rc = load(r, err);
	}
	return rc;
}

static int next_segment(struct replay *r, uint64_t limit,
			struct vl_piece *piece, struct vhdxlog_error *err)
{
	struct vhdxlog_segment *s = &r->segment;
	uint64_t len = vl_min64(s->length, limit - s->offset);
	int rc = 0;

	*piece = (struct vl_piece){ s->offset, len, NULL, s->entry, s->area };
	if (!s->zero) {
		piece->bytes = r->page;
		rc = vhdxlog_overlay_read(r->overlay, s->offset, r->page,
					  (size_t)len, err);
	}
	/* What is left of it, behind a header, comes next. */
	r->loaded = cut_before(s, s->offset + len);
	return rc;
}

static int next_replay(void *ctx, struct vl_piece *piece,
		       struct vhdxlog_error *err)
{
	struct replay *r = ctx;
	uint64_t header = r->slot < 3 ? VL_HEADER_OFFSET(r->slot) : UINT64_MAX;
	int rc = load(r, err);

	if (rc)
		return rc;
	if (r->slot < 3 && (!r->more || r->segment.offset >= header))
		return next_header(r, piece, err);
	return r->more ? next_segment(r, header, piece, err) : 1;
}

int vl_change_replay(struct vhdxlog_overlay *overlay,
		     const struct vl_new_headers *headers,
		     struct vl_change *change, struct vhdxlog_error *err)
{
	static const struct vl_change_ops ops = { rewind_replay, next_replay,
						  free };
	const struct vhdxlog_replay *about = vhdxlog_overlay_about(overlay);
	struct replay *r = vl_calloc(1, sizeof(*r));

	*change = (struct vl_change){ 0 };
	if (!r)
		return vl_nomem(err);
	r->overlay = overlay;
	r->headers = headers;
	*change = (struct vl_change){ about->size_before, about->size, &ops,
				      r };
	return vl_change_rewind(change, err);
}

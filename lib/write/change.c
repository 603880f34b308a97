/* SPDX-License-Identifier: MIT */
#include "write/change.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "ondisk/header.h"

#include <errno.h>
#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

void vl_change_close(struct vl_change *c)
{
	int saved = errno;

	if (c->ops)
		c->ops->close(c->ctx);
	*c = (struct vl_change){ 0 };
	errno = saved;
}

/* The part of a piece that lies in [from, to); false: none. */
static bool clip(const struct vl_piece *piece, uint64_t from, uint64_t to,
		 struct vl_piece *part)
{
	uint64_t start = vl_max64(from, piece->offset);
	uint64_t end = vl_min64(to, vl_end(piece->offset, piece->length));

	if (start >= end)
		return false;
	*part = *piece;
	part->offset = start;
	part->length = end - start;
	if (piece->bytes)
		part->bytes = piece->bytes + (start - piece->offset);
	return true;
}

/* ------------------------------------------------------------------ writing */

/* Writes that are gathered while they follow one another without a gap. */
struct gather {
	const struct vl_medium *medium; /* borrowed */
	uint8_t *bytes;			/* owned, VL_MAX_PIECE */
	uint64_t offset;
	size_t len;
	bool wrote; /* anything, gathered or not */
};

static int put_gathered(struct gather *g, struct vhdxlog_error *err)
{
	size_t len = g->len;

	g->len = 0;
	if (!len)
		return 0;
	return vl_medium_write(g->medium, g->offset, g->bytes, len, err);
}

static int put(struct gather *g, const struct vl_piece *part,
	       struct vhdxlog_error *err)
{
	bool follows = part->bytes && g->len &&
		       part->offset == g->offset + g->len &&
		       part->length <= VL_MAX_PIECE - g->len;
	int rc = follows ? 0 : put_gathered(g, err);

	g->wrote = true;
	if (rc < 0)
		return rc;
	if (!part->bytes)
		return vl_medium_write_zeroes(g->medium, part->offset,
					      part->length, err);
	if (part->length > VL_MAX_PIECE)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, part->offset,
				"a piece of a change is too long");
	if (!g->len)
		g->offset = part->offset;
	memcpy(g->bytes + g->len, part->bytes, part->length);
	g->len += part->length;
	return 0;
}

/* Write what of the change lies in [from, to). */
static int write_window(const struct vl_change *c, struct gather *g,
			uint64_t from, uint64_t to, struct vhdxlog_error *err)
{
	struct vl_piece piece, part;
	int rc = vl_change_rewind(c, err);

	while (rc == 0) {
		rc = vl_change_next(c, &piece, err);
		if (rc != 0 || piece.offset >= to)
			break;
		if (clip(&piece, from, to, &part))
			rc = put(g, &part, err);
	}
	return rc < 0 ? rc : put_gathered(g, err);
}

/*
 * The number by which the header that the change puts into a slot will be
 * chosen: 0 where it will not be valid; *whole: it is all in one piece.
 */
static int header_number(const struct vl_change *c, unsigned slot, bool *whole,
			 uint64_t *number, struct vhdxlog_error *err)
{
	uint64_t from = VL_HEADER_OFFSET(slot), to = from + VL_SIZE_header;
	struct vl_piece piece, part = { 0 };
	struct vhdxlog_header h = { 0 };
	int rc = vl_change_rewind(c, err);

	*number = 0;
	while (rc == 0) {
		rc = vl_change_next(c, &piece, err);
		if (rc != 0 || piece.offset >= to ||
		    clip(&piece, from, to, &part))
			break;
	}
	*whole = rc == 0 && part.length == VL_SIZE_header;
	if (!*whole || !part.bytes)
		return rc < 0 ? rc : 0;
	vl_header_decode(part.bytes, &h);
	if (memcmp(part.bytes, vl_header_signature, 4) == 0 &&
	    h.checksum_stored == h.checksum_computed)
		*number = h.sequence_number;
	return 0;
}

/* The header that takes over comes last, so that the other one, which is still
 * current until then, is not touched before its successor is whole. */
static int first_slot(const struct vl_change *c, unsigned *slot,
		      struct vhdxlog_error *err)
{
	uint64_t number[2] = { 0 };
	bool whole[2] = { false };

	for (unsigned i = 0; i < 2; i++) {
		int rc = header_number(c, i + 1, &whole[i], &number[i], err);

		if (rc < 0)
			return rc;
	}
	*slot = whole[0] && whole[1] && number[1] < number[0] ? 2 : 1;
	return 0;
}

/* The change's part of one header, on the disk before this returns. */
static int write_header(const struct vl_change *c, struct gather *g,
			unsigned slot, struct vhdxlog_error *err)
{
	uint64_t from = VL_HEADER_OFFSET(slot);
	int rc;

	g->wrote = false;
	rc = write_window(c, g, from, from + VL_SIZE_header, err);
	return rc < 0 || !g->wrote ? rc : vl_medium_flush(g->medium, err);
}

/* The change but for the headers, in order of offset. */
static int write_body(const struct vl_change *c, struct gather *g,
		      struct vhdxlog_error *err)
{
	const uint64_t window[][2] = {
		{ 0, VL_HEADER_OFFSET(1) },
		{ VL_HEADER_OFFSET(1) + VL_SIZE_header, VL_HEADER_OFFSET(2) },
		{ VL_HEADER_OFFSET(2) + VL_SIZE_header, UINT64_MAX },
	};
	int rc = vl_medium_resize(g->medium, c->new_size, err);

	for (unsigned i = 0; rc == 0 && i < 3; i++)
		rc = write_window(c, g, window[i][0], window[i][1], err);
	return rc < 0 ? rc : vl_medium_flush(g->medium, err);
}

int vl_change_write(const struct vl_change *c, const struct vl_medium *m,
		    struct vhdxlog_error *err)
{
	struct gather g = { .medium = m,
			    .bytes = vl_calloc(1, VL_MAX_PIECE) };
	unsigned first = 1;
	int rc;

	if (!g.bytes)
		return vl_nomem(err);
	rc = first_slot(c, &first, err);
	if (rc == 0)
		rc = write_body(c, &g, err);
	if (rc == 0)
		rc = write_header(c, &g, first, err);
	if (rc == 0)
		rc = write_header(c, &g, 3 - first, err);
	free(g.bytes);
	return rc;
}

/* ---------------------------------------------------------------- verifying */

/* Where b differs from want, or from zero; len where it does not. */
static size_t differs_at(uint8_t *b, const uint8_t *want, size_t len)
{
	size_t i = 0;

	if (want ? memcmp(b, want, len) == 0 : !isal_zero_detect(b, len))
		return len;
	while (b[i] == (want ? want[i] : 0))
		i++;
	return i;
}

static int compare(const struct vl_medium *m, const struct vl_piece *part,
		   uint8_t *buf, struct vhdxlog_error *err)
{
	int rc = vl_medium_read(m, part->offset, buf, part->length, err);
	size_t at;

	if (rc < 0)
		return rc;
	at = differs_at(buf, part->bytes, part->length);
	return at == part->length ?
		       0 :
		       vl_error(err, VHDXLOG_E_IO, 0, part->offset + at,
				"the file does not hold what was written");
}

/* Of zeroes only what is no hole is read: there may be many TiB of them. */
static int verify_piece(const struct vl_medium *m, const struct vl_piece *piece,
			uint8_t *buf, struct vhdxlog_error *err)
{
	uint64_t at = piece->offset, end = vl_end(at, piece->length);
	struct vl_piece part;
	uint64_t from, to;
	int rc = 0;

	/* Ends: each time round at is further on, and not past end. */
	while (rc == 0 && at < end) {
		from = at;
		to = end;
		if (!piece->bytes &&
		    !vl_medium_next_data(m, at, end, &from, &to))
			break;
		at = vl_min64(to, from + VL_MAX_PIECE);
		if (clip(piece, from, at, &part))
			rc = compare(m, &part, buf, err);
	}
	return rc;
}

int vl_change_verify(const struct vl_change *c, const struct vl_medium *m,
		     struct vhdxlog_error *err)
{
	struct vl_piece piece;
	uint8_t *buf;
	uint64_t size;
	int rc = vl_medium_size(m, &size, err);

	if (rc < 0)
		return rc;
	if (size != c->new_size)
		return vl_error(err, VHDXLOG_E_IO, 0, size,
				"the file has not the length it was given");
	buf = vl_calloc(1, VL_MAX_PIECE);
	if (!buf)
		return vl_nomem(err);
	rc = vl_change_rewind(c, err);
	while (rc == 0) {
		rc = vl_change_next(c, &piece, err);
		if (rc == 0)
			rc = verify_piece(m, &piece, buf, err);
	}
	free(buf);
	return rc < 0 ? rc : 0;
}

/* ------------------------------------------------------------------- laying */

/* Step to the next piece; past the last there is none. */
static int step(struct vl_change_reader *r, struct vhdxlog_error *err)
{
	int rc = vl_change_next(r->change, &r->piece, err);

	r->begun = true;
	r->more = rc == 0;
	return rc < 0 ? rc : 0;
}

static void lay_part(const struct vl_piece *part, uint8_t *b)
{
	if (part->bytes)
		memcpy(b, part->bytes, part->length);
	else
		memset(b, 0, part->length);
}

int vl_change_lay(struct vl_change_reader *r, uint64_t off, uint8_t *buf,
		  size_t len, struct vhdxlog_error *err)
{
	uint64_t end = vl_end(off, len);
	struct vl_piece part;
	int rc = r->begun ? 0 : step(r, err);

	/* Ends: the change has an end, and pieces ascend. */
	while (rc == 0 && r->more && r->piece.offset < end) {
		if (clip(&r->piece, off, end, &part))
			lay_part(&part, buf + (part.offset - off));
		if (vl_end(r->piece.offset, r->piece.length) > end)
			break;
		rc = step(r, err);
	}
	return rc;
}

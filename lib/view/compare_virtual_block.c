/* SPDX-License-Identifier: MIT */
/* One block, or one sector bitmap, of two states. */
#include "view/compare_virtual.h"

#include "base/bytes.h"
#include "view/diff.h"

#include <string.h>

/* Take from what may be looked at; false: there is not so much left. */
static bool spend(struct vl_guest_case *c, uint64_t bytes)
{
	bool enough = bytes <= c->budget;

	c->budget = enough ? c->budget - bytes : 0;
	return enough;
}

/* A part of a block, which ends with the disk. */
static int add_part(struct vl_guest_case *c, const struct vhdxlog_bat_entry *e,
		    uint64_t from, uint64_t len, struct vhdxlog_error *err)
{
	if (from >= e->virtual_length)
		return 0;
	return vl_guest_add(c->guest, e->virtual_offset + from,
			    vl_min64(len, e->virtual_length - from), err);
}

static int add_all(struct vl_guest_case *c, const struct vhdxlog_bat_entry *e,
		   struct vhdxlog_error *err)
{
	return add_part(c, e, 0, UINT64_MAX, err);
}

/* ------------------------------------------------------------------- content */

/* Of a block that is in both files at one place: what differs of them there. */
static int add_changed(struct vl_guest_case *c,
		       const struct vhdxlog_bat_entry *e,
		       struct vhdxlog_error *err)
{
	uint64_t end = vl_end(e->file_offset, e->virtual_length);
	size_t i = vl_ranges_begun(c->changed, c->n_changed, e->file_offset);
	int rc = 0;

	/* The one that began before may reach into the block. */
	for (i -= i > 0; !rc && i < c->n_changed; i++) {
		const struct vl_range *r = &c->changed[i];
		uint64_t from = vl_max64(r->off, e->file_offset);

		if (r->off >= end)
			break;
		if (vl_end(r->off, r->len) <= from)
			continue;
		/* Many entries can name one place. */
		if (!spend(c, VL_SECTOR))
			return add_all(c, e, err);
		rc = add_part(c, e, from - e->file_offset,
			      vl_end(r->off, r->len) - from, err);
	}
	return rc;
}

/* Where at the earliest a block may have other bytes than zeroes in either. */
static uint64_t skip_holes(const struct vl_guest_case *c,
			   const struct vhdxlog_bat_entry *e[2], uint64_t at,
			   uint64_t len)
{
	uint64_t first = len;

	for (unsigned i = 0; i < 2; i++) {
		uint64_t from, to, off = e[i]->file_offset;

		if (vl_view_next_data(&c->side[i]->side.pile->view,
				      vl_end(off, at), vl_end(off, len), &from,
				      &to))
			first = vl_min64(first, from - off);
	}
	return first;
}

/* The same piece of a block in both files; false: it is not to be had. */
static bool read_both(struct vl_guest_case *c,
		      const struct vhdxlog_bat_entry *e[2], uint64_t at,
		      size_t n)
{
	if (!spend(c, n))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if (vl_side_read(&c->side[i]->side,
				 vl_end(e[i]->file_offset, at), c->buf[i], n,
				 NULL))
			return false;
	}
	return true;
}

static int add_pages(struct vl_guest_case *c,
		     const struct vhdxlog_bat_entry *e, uint64_t at, size_t n,
		     struct vhdxlog_error *err)
{
	int rc = 0;

	for (size_t k = 0; !rc && k < n; k += VL_SECTOR) {
		size_t len = (size_t)vl_min64(VL_SECTOR, n - k);

		if (memcmp(c->buf[0] + k, c->buf[1] + k, len) != 0)
			rc = add_part(c, e, at + k, len, err);
	}
	return rc;
}

/* Of a block that the two files have at different places. */
static int compare_content(struct vl_guest_case *c,
			   const struct vhdxlog_bat_entry *e[2],
			   const struct vhdxlog_bat_entry *longer,
			   struct vhdxlog_error *err)
{
	uint64_t len = longer->virtual_length, at = 0;
	int rc = 0;

	/* Asking for holes costs something, too. */
	if (!spend(c, VL_SECTOR))
		return add_all(c, longer, err);
	/* Ends: each turn passes a hole, or reads a piece. */
	while (!rc && (at = skip_holes(c, e, at, len)) < len) {
		size_t n = (size_t)vl_min64(len - at, VL_GUEST_PIECE);

		if (!read_both(c, e, at, n))
			return add_part(c, longer, at, UINT64_MAX, err);
		rc = add_pages(c, longer, at, n, err);
		at += n;
	}
	return rc;
}

/* -------------------------------------------------------------------- blocks */

static void note_partial(struct vl_guest_case *c,
			 const struct vhdxlog_bat_entry *e)
{
	uint64_t k = e->block % c->side[0]->image->geometry.chunk_ratio;

	if (e->state != VL_BLOCK_PARTIALLY_PRESENT)
		return;
	c->any_partial = true;
	c->partial[k / 8] |= (uint8_t)(1u << k % 8);
}

int vl_guest_block(struct vl_guest_case *c, const struct vhdxlog_bat_entry *a,
		   const struct vhdxlog_bat_entry *b,
		   struct vhdxlog_error *err)
{
	const struct vhdxlog_bat_entry *e[2] = { a, b };
	const struct vhdxlog_bat_entry *longer =
		a->virtual_length > b->virtual_length ? a : b;
	bool located = vl_bat_is_located(a);

	note_partial(c, a);
	note_partial(c, b);
	if (!located && !vl_bat_is_located(b)) {
		if (a->state == b->state ||
		    !c->side[0]->image->geometry.has_parent)
			return 0;
		return add_all(c, longer, err);
	}
	if (located != vl_bat_is_located(b) || a->state != b->state)
		return add_all(c, longer, err);
	if (a->file_offset == b->file_offset)
		return add_changed(c, longer, err);
	return c->one_disk ? add_all(c, longer, err) :
			     compare_content(c, e, longer, err);
}

/* ------------------------------------------------------------------- bitmaps */

/* The virtual bytes of each sector. */
static uint64_t sector_size(const struct vl_bat_geometry *g)
{
	return (uint64_t)g->block_size * g->chunk_ratio >> 23;
}

static bool is_partial(const struct vl_guest_case *c, uint64_t in_chunk)
{
	uint64_t k = in_chunk / c->side[0]->image->geometry.block_size;

	return c->partial[k / 8] >> k % 8 & 1;
}

/* The bits of the bitmap's byte `at` that differ, in blocks that have some. */
static int add_bits(struct vl_guest_case *c, const struct vhdxlog_bat_entry *e,
		    uint64_t at, uint8_t bits, struct vhdxlog_error *err)
{
	uint64_t size = sector_size(&c->side[0]->image->geometry);
	int rc = 0;

	for (unsigned i = 0; !rc && i < 8; i++) {
		uint64_t sector = (8 * at + i) * size;

		if (bits >> i & 1 && is_partial(c, sector))
			rc = add_part(c, e, sector, size, err);
	}
	return rc;
}

/* Each block that is partial, as a whole. */
static int add_partial(struct vl_guest_case *c,
		       const struct vhdxlog_bat_entry *e,
		       struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *g = &c->side[0]->image->geometry;
	int rc = 0;

	for (uint64_t k = 0; !rc && k < g->chunk_ratio; k++) {
		if (is_partial(c, k * g->block_size))
			rc = add_part(c, e, k * g->block_size, g->block_size,
				      err);
	}
	return rc;
}

static int compare_bits(struct vl_guest_case *c,
			const struct vhdxlog_bat_entry *e[2],
			const struct vhdxlog_bat_entry *longer,
			struct vhdxlog_error *err)
{
	int rc = 0;

	for (uint64_t at = 0; !rc && at < VL_MIB; at += VL_GUEST_PIECE) {
		at = skip_holes(c, e, at, VL_MIB);
		at -= at % VL_GUEST_PIECE;
		if (at == VL_MIB)
			break;
		if (!read_both(c, e, at, VL_GUEST_PIECE))
			return add_partial(c, longer, err);
		for (size_t k = 0; !rc && k < VL_GUEST_PIECE; k++) {
			uint8_t bits = c->buf[0][k] ^ c->buf[1][k];

			if (bits)
				rc = add_bits(c, longer, at + k, bits, err);
		}
	}
	return rc;
}

int vl_guest_bitmap(struct vl_guest_case *c, const struct vhdxlog_bat_entry *a,
		    const struct vhdxlog_bat_entry *b,
		    struct vhdxlog_error *err)
{
	const struct vhdxlog_bat_entry *e[2] = { a, b };
	const struct vhdxlog_bat_entry *longer =
		a->virtual_length > b->virtual_length ? a : b;
	bool located = vl_bat_is_located(a);

	if (!c->any_partial)
		return 0;
	if (located != vl_bat_is_located(b))
		return add_partial(c, longer, err);
	if (!located || (a->file_offset == b->file_offset &&
			 !vl_ranges_find(c->changed, c->n_changed,
					 a->file_offset, VL_MIB)))
		return 0;
	return compare_bits(c, e, longer, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * An entry of the BAT. Each rule remembers the entries that break it; what blocks
 * the table claims goes into a map of the file, two bits for each MiB.
 */
#include "base/bytes.h"
#include "image/bat_parts.h"

static void note(struct vl_bat_case *c, enum vl_check_id id,
		 const struct vhdxlog_bat_entry *e)
{
	if (!vl_breach_note(vl_breach_of(&c->image->breaches, id), e->index,
			    e->raw, 1))
		c->no_memory = true;
}

/* How many bytes of a block lie in [from, to). */
static uint64_t bytes_in(const struct vhdxlog_bat_entry *e, uint64_t room,
			 uint64_t from, uint64_t to)
{
	uint64_t begin = vl_max64(e->file_offset, from);
	uint64_t end = vl_min64(vl_end(e->file_offset, room), to);

	return begin < end ? end - begin : 0;
}

/* What of a block is not in the file. */
static void note_missing(struct vl_bat_case *c, const struct vhdxlog_bat_entry *e)
{
	struct vl_image *i = c->image;
	struct vl_breaches *b = &i->breaches;
	uint64_t room = vl_bat_room(&i->geometry, e);
	uint64_t beyond = bytes_in(e, room, i->replayed_size, UINT64_MAX);
	uint64_t cut_off = bytes_in(e, room, i->disk_size,
				    vl_min64(i->durable_size,
					     i->replayed_size));

	b->end = vl_max64(b->end, vl_end(e->file_offset, room));
	vl_loss_add(&b->beyond, room, beyond);
	vl_loss_add(&b->cut_off, room, cut_off);
	vl_loss_add(&b->both, room, beyond + cut_off);
	if (beyond)
		note(c, VLC_bat_block_beyond_eof, e);
	if (cut_off)
		note(c, VLC_bat_block_cut_off, e);
}

/* A block that has a place in the file. */
static void place_block(struct vl_bat_case *c, const struct vhdxlog_bat_entry *e,
			uint64_t size)
{
	struct vl_image *i = c->image;
	enum vl_claim claim = e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD;
	bool fresh;

	if (!e->file_offset) {
		note(c, VLC_bat_present_offset_zero, e);
		return;
	}
	note_missing(c, e);
	if (vl_areas_touch(&i->areas, e->file_offset, size))
		note(c, VLC_bat_block_overlaps_region, e);
	if (!vl_claims_add(&i->claims, e->file_offset, size, claim, &fresh))
		c->no_memory = true;
	if (!fresh)
		note(c, VLC_bat_block_overlap, e);
}

/* Those of the chunk, if it has no bitmap, break a rule by that. */
static void end_chunk(struct vl_bat_case *c, bool has_bitmap)
{
	struct vl_breach *to = vl_breach_of(&c->image->breaches,
					    VLC_bat_partial_without_bitmap);
	uint64_t raw = c->partial.raw, sum = 0;

	for (size_t i = 0; !has_bitmap && i < c->partial.n; i++) {
		sum += c->partial.runs[i].count;
		if (!vl_breach_note(to, c->partial.runs[i].first, raw,
				    c->partial.runs[i].count))
			c->no_memory = true;
	}
	/* Those that were not kept count all the same. */
	if (!has_bitmap)
		to->count += c->partial.count - sum;
	c->partial.n = 0;
	c->partial.count = 0;
}

static void look_at_bitmap(struct vl_bat_case *c,
			   const struct vhdxlog_bat_entry *e)
{
	bool present = e->state == VL_BLOCK_FULLY_PRESENT;

	c->image->pub.bat.other++;
	end_chunk(c, present);
	if (!present && e->state != VL_BLOCK_NOT_PRESENT)
		note(c, VLC_bat_bitmap_state_reserved, e);
	if (present && !c->image->geometry.has_parent)
		note(c, VLC_bat_bitmap_present_in_non_differencing, e);
	if (present)
		place_block(c, e, VL_MIB);
	else if (e->file_offset)
		note(c, VLC_bat_reserved_offset_nonzero, e);
}

static void count_payload(struct vhdxlog_bat *bat, unsigned state)
{
	switch (state) {
	case VL_BLOCK_NOT_PRESENT: bat->not_present++; break;
	case VL_BLOCK_ZERO: bat->zero++; break;
	case VL_BLOCK_FULLY_PRESENT: bat->present++; break;
	case VL_BLOCK_PARTIALLY_PRESENT: bat->partial++; break;
	default: bat->other++; break;
	}
}

static void note_partial(struct vl_bat_case *c, const struct vhdxlog_bat_entry *e)
{
	if (!c->image->geometry.has_parent)
		note(c, VLC_bat_partial_in_non_differencing, e);
	else if (!vl_breach_note(&c->partial, e->index, e->raw, 1))
		c->no_memory = true;
}

static void look_at_payload(struct vl_bat_case *c,
			    const struct vhdxlog_bat_entry *e)
{
	bool located = vl_bat_is_located(e);

	count_payload(&c->image->pub.bat, e->state);
	if (!vl_block_state_exists(e->state))
		note(c, VLC_bat_payload_state_reserved, e);
	if (e->state == VL_BLOCK_PARTIALLY_PRESENT)
		note_partial(c, e);
	if (e->state != VL_BLOCK_FULLY_PRESENT && vl_bat_must_be_present(c->image))
		note(c, VLC_bat_fixed_not_present, e);
	if (located)
		place_block(c, e, c->image->geometry.block_size);
	else if (e->file_offset && (e->state == VL_BLOCK_NOT_PRESENT ||
				    e->state == VL_BLOCK_ZERO))
		note(c, VLC_bat_reserved_offset_nonzero, e);
}

void vl_bat_look_at(struct vl_bat_case *c, uint64_t index, uint64_t raw)
{
	struct vhdxlog_bat_entry e;

	vl_bat_decode(&c->image->geometry, index, raw, &e);
	if (VL_BAT_RESERVED(raw))
		note(c, VLC_bat_entry_reserved_bits, &e);
	if (e.is_bitmap)
		look_at_bitmap(c, &e);
	else
		look_at_payload(c, &e);
}

/* Of n entries that are all zero, those of payload are not present. */
static void note_not_present(struct vl_bat_case *c, uint64_t index, uint64_t n)
{
	uint64_t chunk = (uint64_t)c->image->geometry.chunk_ratio + 1;
	uint64_t end = index + n;

	/* Ends: a chunk each time round, of which a disk has 16384 at most. */
	while (index < end) {
		uint64_t bitmap = index - index % chunk + chunk - 1;
		uint64_t stop = vl_min64(bitmap, end);

		if (stop > index &&
		    !vl_breach_note(vl_breach_of(&c->image->breaches,
						 VLC_bat_fixed_not_present),
				    index, 0, stop - index))
			c->no_memory = true;
		index = bitmap + 1;
	}
}

/* The same as vl_bat_look_at() for n entries that are all zero. */
void vl_bat_look_at_zeroes(struct vl_bat_case *c, uint64_t index, uint64_t n)
{
	const struct vl_bat_geometry *g = &c->image->geometry;
	uint64_t chunk = (uint64_t)g->chunk_ratio + 1;
	uint64_t bitmaps = (index + n) / chunk - index / chunk;
	struct vhdxlog_bat_entry e;

	c->image->pub.bat.not_present += n - bitmaps;
	if (bitmaps) {
		vl_bat_decode(g, vl_bat_bitmap_index(g, index / chunk), 0, &e);
		look_at_bitmap(c, &e);
		c->image->pub.bat.other += bitmaps - 1;
	}
	if (vl_bat_must_be_present(c->image))
		note_not_present(c, index, n);
}

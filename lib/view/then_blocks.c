/* SPDX-License-Identifier: MIT */
/* Pages and zeroes inside payload blocks: which block they are of. */
#include "view/then.h"

#include "base/bytes.h"
#include "view/bat_walk.h"

/* The replayed BAT is read by the image as scanned: it must mean the same now. */
static bool can_tell(const struct vl_then *t)
{
	return t->latest && t->place.image &&
	       vl_bat_same_layout(t->latest, t->place.image);
}

static bool is_of_a_block(const struct vhdxlog_event *e)
{
	return e->has_target && !e->has_block && !e->has_index &&
	       (e->area == VHDXLOG_AREA_PAYLOAD ||
		e->area == VHDXLOG_AREA_UNOWNED);
}

/* From where it begins in the block to where it or the block ends. */
static void set_block(const struct vl_then *t, const struct vl_range *r,
		      struct vhdxlog_event *e)
{
	const struct vl_bat_geometry *g = &t->latest->geometry;
	uint64_t from = vl_max64(e->file_offset, r->off) - r->off;
	uint64_t to = vl_min64(vl_end(e->file_offset, e->length),
			       vl_end(r->off, r->len)) -
		      r->off;
	uint64_t begin = (uint64_t)r->tag * g->block_size;

	e->has_block = e->has_virtual = true;
	e->block = r->tag;
	e->virtual_offset = begin + from;
	to = vl_min64(begin + to, g->disk_size);
	e->virtual_length = to > begin + from ? to - begin - from : 0;
}

int vl_then_tell_block(struct vl_then *t, struct vhdxlog_event *e,
		       struct vhdxlog_error *err)
{
	const struct vl_range *r;
	int rc;

	if (!is_of_a_block(e) || !can_tell(t))
		return 0;
	rc = vl_located_make(&t->located, t->replayed, t->latest, err);
	r = rc ? NULL : vl_located_at(&t->located, e->file_offset, e->length);
	if (r)
		set_block(t, r, e);
	return rc;
}

struct vl_range vl_then_find_block(const struct vl_then *t, uint64_t block)
{
	const struct vl_image *i = t->latest;
	struct vhdxlog_bat_entry e;
	uint8_t raw[8];
	uint64_t index;

	if (!can_tell(t) || block >= i->geometry.blocks)
		return (struct vl_range){ 0, 0, 0 };
	index = vl_bat_index(&i->geometry, block);
	if (index >= i->bat->length / 8 ||
	    vl_view_read(t->replayed, vl_bat_offset(i, index), raw,
			 sizeof(raw), NULL))
		return (struct vl_range){ 0, 0, 0 };
	vl_bat_entry_fill(i, index, vl_le64(raw), &e);
	if (!vl_bat_is_located(&e) || !e.file_offset)
		return (struct vl_range){ 0, 0, 0 };
	return (struct vl_range){ e.file_offset, i->geometry.block_size,
				  (uint32_t)block };
}

/* SPDX-License-Identifier: MIT */
/* Where sector bitmaps may have been: in no BAT alone that is at hand. */
#include "view/then.h"

#include "base/bytes.h"

/* Each is put into a sorted list of up to 20,000: some 2 GB are moved at worst. */
#define MOST_BITMAPS 4096u

static int add(struct vl_then *t, uint64_t off, uint64_t chunk,
	       struct vhdxlog_error *err)
{
	int rc;

	t->bitmaps_limited |= t->bitmaps == MOST_BITMAPS;
	if (t->bitmaps_limited)
		return 0;
	rc = vl_place_add_bitmap(&t->place, off, (uint32_t)chunk, err);
	t->bitmaps += rc == 1;
	return rc < 0 ? rc : 0;
}

static int see(struct vl_then *t, uint64_t chunk, const uint8_t raw[8],
	       struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *g = &t->place.image->geometry;
	struct vhdxlog_bat_entry e;

	vl_bat_decode(g, vl_bat_bitmap_index(g, chunk), vl_le64(raw), &e);
	if (e.state != VL_BLOCK_FULLY_PRESENT || !e.file_offset)
		return 0;
	return add(t, e.file_offset, chunk, err);
}

int vl_then_see_disk(struct vl_then *t, struct vhdxlog_error *err)
{
	uint64_t chunks = vl_place_chunks(&t->place);
	const struct vl_image *i = t->place.image;
	uint8_t raw[8];
	int rc = 0;

	for (uint64_t chunk = 0; !rc && chunk < chunks; chunk++) {
		uint64_t index = vl_bat_bitmap_index(&i->geometry, chunk);

		if (!vl_view_read(t->disk, i->bat->offset + 8 * index, raw,
				  sizeof(raw), NULL))
			rc = see(t, chunk, raw, err);
	}
	return rc;
}

/* A page that lies at an offset of the BAT. */
static int see_page(struct vl_then *t, uint64_t off, const uint8_t *page,
		    struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *g = &t->place.image->geometry;
	uint64_t first = off / 8, end = first + VL_SECTOR / 8, index;
	uint64_t chunks = vl_place_chunks(&t->place);
	int rc = 0;

	for (uint64_t chunk = first / (g->chunk_ratio + 1ull);
	     !rc && chunk < chunks &&
	     (index = vl_bat_bitmap_index(g, chunk)) < end;
	     chunk++) {
		if (index >= first)
			rc = see(t, chunk, page + 8 * (index - first), err);
	}
	return rc;
}

static bool is_bat_page(const struct vl_then *t, const struct vl_target *target)
{
	const struct vhdxlog_region *bat = t->place.image->bat;
	uint64_t off = vl_target_offset(target);

	return !vl_target_is_zero(target) && off >= bat->offset &&
	       (off - bat->offset) % VL_SECTOR == 0 &&
	       vl_end(off, VL_SECTOR) <= vl_end(bat->offset, bat->length);
}

int vl_then_see_entry(struct vl_then *t, uint32_t entry,
		      struct vhdxlog_error *err)
{
	const struct vl_entry *e = &t->log->entries[entry];
	const struct vl_target *targets = vl_entry_targets(t->log, e);
	uint8_t page[VL_SECTOR];
	int rc = 0;

	if (!targets || !vl_place_chunks(&t->place))
		return 0;
	for (uint32_t i = 0; !rc && i < e->descriptor_count; i++) {
		if (is_bat_page(t, &targets[i]) &&
		    !vl_target_page(t->log, entry,
				    (uint32_t)(&targets[i] - t->log->targets),
				    page, NULL))
			rc = see_page(t,
				      vl_target_offset(&targets[i]) -
					      t->place.image->bat->offset,
				      page, err);
	}
	return rc;
}

struct vl_bitmaps_seen vl_then_take_bitmaps(struct vl_then *t)
{
	struct vl_place *p = &t->place;
	struct vl_bitmaps_seen seen = { .at = p->bitmaps, .n = p->n_bitmaps };

	if (vl_place_chunks(p)) {
		seen.bat = p->image->bat->offset;
		seen.block_size = p->image->geometry.block_size;
		seen.chunk_ratio = p->image->geometry.chunk_ratio;
	}
	p->bitmaps = NULL;
	p->n_bitmaps = p->bitmaps_cap = 0;
	return seen;
}

int vl_then_give_bitmaps(struct vl_then *t, const struct vl_bitmaps_seen *seen,
			 struct vhdxlog_error *err)
{
	const struct vl_image *i = t->place.image;
	uint64_t chunks = vl_place_chunks(&t->place);
	int rc = 0;

	if (!chunks || seen->bat != i->bat->offset ||
	    seen->block_size != i->geometry.block_size ||
	    seen->chunk_ratio != i->geometry.chunk_ratio)
		return 0;
	for (size_t k = 0; !rc && k < seen->n; k++) {
		if (seen->at[k].tag < chunks)
			rc = add(t, seen->at[k].off, seen->at[k].tag, err);
	}
	return rc;
}

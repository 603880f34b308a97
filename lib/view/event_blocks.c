/* SPDX-License-Identifier: MIT */
/* What is about a block: where its entries are, and whether an event touches them. */
#include "view/events.h"

#include "base/bytes.h"

static struct vl_range bat_range(const struct vl_image *i, uint64_t index)
{
	if (index >= i->bat->length / 8)
		return (struct vl_range){ 0, 0, 0 };
	return (struct vl_range){ i->bat->offset + 8 * index, 8, 0 };
}

static bool lies_in(const struct vhdxlog_event *e, const struct vl_range *r)
{
	return vl_overlap(e->file_offset, e->length, r->off, r->len);
}

void vl_block_find(const struct vl_place *place, uint64_t block,
		   struct vl_block_places *b)
{
	const struct vl_image *i = place->image;

	*b = (struct vl_block_places){ .index = UINT64_MAX,
				       .chunk = UINT64_MAX };
	/* No table has so many: sums stay small. */
	if (!vl_place_has_bat(place) || block > UINT32_MAX)
		return;
	b->index = vl_bat_index(&i->geometry, block);
	b->chunk = block / i->geometry.chunk_ratio;
	b->virtual = (struct vl_range){ block * i->geometry.block_size,
					i->geometry.block_size, 0 };
	b->entry = bat_range(i, b->index);
	b->bitmap_entry =
		bat_range(i, vl_bat_bitmap_index(&i->geometry, b->chunk));
}

/* Whether it is about some of a place where the chunk's bitmap is, or was. */
static bool lies_in_bitmap(const struct vhdxlog_event *e, uint64_t chunk,
			   const struct vl_place *place)
{
	uint64_t end = vl_end(e->file_offset, e->length);
	size_t i = vl_ranges_begun(place->bitmaps, place->n_bitmaps,
				   e->file_offset);

	for (i -= i > 0; i < place->n_bitmaps && place->bitmaps[i].off < end;
	     i++) {
		if (place->bitmaps[i].tag == chunk &&
		    lies_in(e, &place->bitmaps[i]))
			return true;
	}
	return false;
}

bool vl_event_touches(const struct vhdxlog_event *e,
		      const struct vl_block_places *b,
		      const struct vl_place *place)
{
	if (e->has_target && lies_in(e, &b->payload))
		return true;
	switch (e->kind) {
	case VHDXLOG_EVENT_LOG_STARTED:
	case VHDXLOG_EVENT_FILE_GREW:
	case VHDXLOG_EVENT_FILE_SHRANK:
	case VHDXLOG_EVENT_METADATA_CHANGED:
	case VHDXLOG_EVENT_REGION_TABLE_CHANGED:
	case VHDXLOG_EVENT_PAGE_CHANGED:
		return false;
	default:
		break;
	}
	if (e->has_moved_to && e->moved_to == b->index)
		return true;
	if (lies_in(e, &b->entry) || lies_in(e, &b->bitmap_entry))
		return true;
	/* A bitmap is of many blocks: which of them, the bits tell. */
	return lies_in_bitmap(e, b->chunk, place) &&
	       (!e->has_virtual || vl_overlap(e->virtual_offset, e->virtual_length,
					      b->virtual.off, b->virtual.len));
}

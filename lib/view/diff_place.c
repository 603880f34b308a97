/* SPDX-License-Identifier: MIT */
/* Where metadata items and sector bitmap blocks lie in the file. */
#include "view/diff.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static int find_items(struct vl_place *p, struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &p->image->metadata;

	p->items = vl_calloc(m->n, sizeof(*p->items));
	if (!p->items)
		return vl_nomem(err);
	for (size_t i = 0; i < m->n; i++) {
		const struct vl_metadata_entry *e = &m->entries[i];
		uint64_t off;

		if (e->length && vl_item_is_inside(m, e) &&
		    vl_add(m->base, e->offset, &off))
			p->items[p->n_items++] = (struct vl_range){
				off, e->length, (uint32_t)i
			};
	}
	vl_ranges_sort(p->items, p->n_items);
	return 0;
}

/* A block that cannot be read, or whose place is not told, is left out. */
static void find_bitmap(struct vl_place *p, const struct vl_view *view,
			uint64_t chunk)
{
	const struct vl_image *i = p->image;
	uint64_t index = vl_bat_bitmap_index(&i->geometry, chunk);
	struct vhdxlog_bat_entry e;
	uint8_t raw[8];

	if (vl_view_read(view, i->bat->offset + 8 * index, raw, sizeof(raw),
			 NULL))
		return;
	vl_bat_decode(&i->geometry, index, vl_le64(raw), &e);
	if (e.state == VL_BLOCK_FULLY_PRESENT && e.file_offset)
		p->bitmaps[p->n_bitmaps++] = (struct vl_range){
			e.file_offset, VL_MIB, (uint32_t)chunk
		};
}

/* A chunk is at least 4 GiB, so a disk has at most 16,384 of them. */
static int find_bitmaps(struct vl_place *p, const struct vl_view *view,
			struct vhdxlog_error *err)
{
	uint64_t chunks = view ? vl_place_chunks(p) : 0;

	if (!chunks)
		return 0;
	p->bitmaps = vl_calloc(chunks, sizeof(*p->bitmaps));
	if (!p->bitmaps)
		return vl_nomem(err);
	p->bitmaps_cap = chunks;
	for (uint64_t chunk = 0; chunk < chunks; chunk++)
		find_bitmap(p, view, chunk);
	vl_ranges_sort(p->bitmaps, p->n_bitmaps);
	return 0;
}

int vl_place_init(struct vl_place *p, const struct vl_image *image,
		  const struct vl_view *view, struct vhdxlog_error *err)
{
	int rc = 0;

	*p = (struct vl_place){ .image = image };
	if (image)
		rc = find_items(p, err);
	if (!rc)
		rc = find_bitmaps(p, view, err);
	return rc;
}

int vl_place_add_bitmap(struct vl_place *p, uint64_t off, uint32_t chunk,
			struct vhdxlog_error *err)
{
	size_t i = vl_ranges_begun(p->bitmaps, p->n_bitmaps, off);

	if (i && p->bitmaps[i - 1].off == off) {
		p->bitmaps[i - 1].tag = chunk;
		return 0;
	}
	if (!vl_reserve((void **)&p->bitmaps, &p->bitmaps_cap,
			p->n_bitmaps + 1, sizeof(*p->bitmaps)))
		return vl_nomem(err);
	memmove(p->bitmaps + i + 1, p->bitmaps + i,
		(p->n_bitmaps++ - i) * sizeof(*p->bitmaps));
	p->bitmaps[i] = (struct vl_range){ off, VL_MIB, chunk };
	return 1;
}

void vl_place_release(struct vl_place *p)
{
	free(p->items);
	free(p->bitmaps);
	*p = (struct vl_place){ 0 };
}

enum vhdxlog_area vl_place_area(const struct vl_place *p, uint64_t off)
{
	enum vhdxlog_area area = p->image ? vl_areas_at(&p->image->areas, off) :
					    VHDXLOG_AREA_UNKNOWN;

	/* A bitmap's in a BAT that is not the image's. */
	if (area == VHDXLOG_AREA_UNOWNED &&
	    vl_ranges_find(p->bitmaps, p->n_bitmaps, off, 1))
		return VHDXLOG_AREA_SECTOR_BITMAP;
	return area;
}

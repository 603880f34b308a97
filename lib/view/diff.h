/* SPDX-License-Identifier: MIT */
/*
 * What two versions of a stretch of the file differ in, by meaning: entries of
 * the BAT, fields and entries of region tables, metadata items, bits of a sector
 * bitmap, or plain bytes.
 *
 *	vl_diff_begin(&d, &place_a, &place_b, off, a, b, len);
 *	while (vl_diff_next(&d, &difference))
 *		...
 *
 * Differences ascend, do not overlap, and hold every byte that differs. Nothing
 * is read and nothing allocated; time is linear in the stretch.
 */
#ifndef VL_VIEW_DIFF_H
#define VL_VIEW_DIFF_H

#include "base/ranges.h"
#include "image/image.h"

/* What bytes are judged by: an image, and what can be looked up in it. */
struct vl_place {
	const struct vl_image *image; /* borrowed; NULL: nothing is known */
	/* Owned, ascending: metadata items (tag: index of the table entry) and
	 * sector bitmap blocks (tag: chunk). */
	struct vl_range *items, *bitmaps;
	size_t n_items, n_bitmaps, bitmaps_cap;
};

/*
 * The bitmaps are those that the BAT in `view` locates (borrowed for this call;
 * NULL: none are known). What cannot be read is not known. image may be NULL.
 * VHDXLOG_E_NOMEM; release also then.
 */
int vl_place_init(struct vl_place *p, const struct vl_image *image,
		  const struct vl_view *view, struct vhdxlog_error *err);
void vl_place_release(struct vl_place *p);

/*
 * One more place where a chunk's bitmap block lies, or lay; what was there before
 * is no more. 0, 1: nothing was there, or VHDXLOG_E_NOMEM.
 */
int vl_place_add_bitmap(struct vl_place *p, uint64_t off, uint32_t chunk,
			struct vhdxlog_error *err);

/* How many chunks with bitmaps the disk has: 0 where there is no parent. */
static inline uint64_t vl_place_chunks(const struct vl_place *p)
{
	const struct vl_bat_geometry *g = p->image ? &p->image->geometry : NULL;

	if (!g || !p->image->bat || !p->image->geometry_known ||
	    !g->has_parent || g->entries > p->image->bat->length / 8)
		return 0;
	return (g->blocks + g->chunk_ratio - 1) / g->chunk_ratio;
}

/* As vl_areas_at(); UNKNOWN without an image. */
enum vhdxlog_area vl_place_area(const struct vl_place *p, uint64_t off);

/* Whether the geometry is known, so that BAT entries can be decoded. */
static inline bool vl_place_has_bat(const struct vl_place *p)
{
	return p->image && p->image->bat && p->image->geometry_known;
}

enum vl_thing {
	VL_THING_BAT,	 /* one entry */
	VL_THING_REGION, /* field or entry of a region table */
	VL_THING_ITEM,	 /* metadata: an item, field or entry of the table */
	VL_THING_BITMAP, /* the part of a sector bitmap block in the stretch */
	VL_THING_BYTES,	 /* from the first to the last that differ in an area */
};

struct vl_difference {
	enum vl_thing thing;
	enum vhdxlog_area area; /* in b's image */
	uint64_t offset, length; /* of the thing, as far as it is in the stretch */
	/* The name of what it is; static; NULL of the BAT, bitmaps and bytes. */
	const char *item;
	bool has_index; /* in the BAT, or of the entry of a table */
	uint64_t index;
	/* BAT: each decoded by its own geometry; b's where a has none there. */
	struct vhdxlog_bat_entry a_entry, b_entry;
	uint64_t chunk;	       /* bitmap */
	bool has_virtual;      /* BAT, bitmap: bytes of the guest's disk */
	uint64_t virtual_offset, virtual_length;
	/* Values as text; what does not fit ends in "..". */
	char a[VHDXLOG_EVENT_TEXT], b[VHDXLOG_EVENT_TEXT];
};

struct vl_diff {
	const struct vl_place *pa, *pb; /* borrowed, as are the bytes */
	const uint8_t *a, *b;
	uint64_t off; /* of the stretch */
	size_t len, at;
};

/* off + len must not wrap. The places may be one and the same. */
void vl_diff_begin(struct vl_diff *d, const struct vl_place *pa,
		   const struct vl_place *pb, uint64_t off, const uint8_t *a,
		   const uint8_t *b, size_t len);

/* false: no more. */
bool vl_diff_next(struct vl_diff *d, struct vl_difference *difference);

/*
 * The value of a BAT entry: "not-present", "present@4194304", "zero@1048576"; hex
 * of all of it where bits are set that are reserved, or the state is.
 */
void vl_bat_text(const struct vhdxlog_bat_entry *e,
		 char text[VHDXLOG_EVENT_TEXT]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The geometry of the time. Region tables and metadata say what a page of the BAT
 * means; where the log writes them, they are read again as of each entry that
 * does, through the entries up to it laid over the disk. Few logs do: then it is
 * the geometry of the file as the scan found it.
 *
 * A page is a sector bitmap's where some BAT says so that may have held then: the
 * replayed one, the disk's, or any that an entry up to this one has written.
 */
#ifndef VL_VIEW_THEN_H
#define VL_VIEW_THEN_H

#include "overlay/overlay.h"
#include "view/diff.h"
#include "view/events.h"
#include "view/located.h"
#include "view/order.h"

struct vl_then {
	/* Borrowed: the image as scanned, the view that it was read from, and the
	 * disk. NULL, all of them: only the ring is at hand. */
	const struct vl_image *latest;
	const struct vl_view *replayed, *disk;
	struct vl_log *log; /* borrowed */

	bool changes; /* some entry writes region tables or metadata */
	bool limited; /* too many do: the last were not followed */
	unsigned rereads;
	struct vl_pile pile; /* owned: the layers of those entries so far */
	size_t pile_cap;
	struct vl_image image; /* of the time, where has_image */
	bool has_image;
	struct vl_place place; /* what counts now */
	unsigned bitmaps; /* places added to those of the replayed BAT */
	bool bitmaps_limited; /* there are more */
	struct vl_located located; /* by the replayed BAT */
};

/* Before the first entry. Release also after a failure. */
int vl_then_init(struct vl_then *t, const struct vl_image *latest,
		 const struct vl_view *replayed, const struct vl_view *disk,
		 struct vl_log *log, struct vhdxlog_error *err);
void vl_then_release(struct vl_then *t);

/* Go on to an entry, the next in the order of time. */
int vl_then_enter(struct vl_then *t, uint32_t entry, struct vhdxlog_error *err);

/*
 * then_blocks.c: of what is in one payload block of the replayed BAT, and of no
 * other thing, fill in the block. VHDXLOG_E_NOMEM.
 */
int vl_then_tell_block(struct vl_then *t, struct vhdxlog_event *e,
		       struct vhdxlog_error *err);

/* Where that BAT has a block; length 0: nowhere. */
struct vl_range vl_then_find_block(const struct vl_then *t, uint64_t block);

/*
 * then_bitmaps.c: add to the bitmaps of the place those that the disk's BAT
 * locates, or what an entry writes of the BAT.
 */
int vl_then_see_disk(struct vl_then *t, struct vhdxlog_error *err);
int vl_then_see_entry(struct vl_then *t, uint32_t entry,
		      struct vhdxlog_error *err);

/* Those of a place that goes, for the next where the BAT means the same there. */
struct vl_bitmaps_seen {
	struct vl_range *at; /* owned */
	size_t n;
	uint64_t bat;
	uint32_t block_size, chunk_ratio;
};

struct vl_bitmaps_seen vl_then_take_bitmaps(struct vl_then *t);
int vl_then_give_bitmaps(struct vl_then *t, const struct vl_bitmaps_seen *seen,
			 struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the disk holds at each page that the log writes: the bytes of which entry,
 * the zeroes of which, or of which two in part. For each page that is looked for
 * once, whoever asks, so that a page that every entry of a long ring writes (a BAT
 * page) costs two looks at each of them, not one for each pair.
 */
#ifndef VL_VIEW_HELD_H
#define VL_VIEW_HELD_H

#include "view/writers.h"

/* The 512-byte pieces of a page: what a disk writes whole or not at all. */
#define VL_PIECE 512u
#define VL_PIECES (VL_SECTOR / VL_PIECE)

struct vl_held {
	bool looked;
	uint32_t entry; /* whose bytes these are, or whose zeroes; VL_NONE */
	/* Rows of two versions of which it is made, the earlier and the later;
	 * VL_NONE where it is not. */
	uint32_t earlier, later;
};

/* Zero initialised but for what is borrowed; release. */
struct vl_holdings {
	struct vl_log *log;		/* borrowed */
	struct vl_writers *writers;	/* borrowed */
	struct vl_held *held; /* owned; counts for the first row of a page */
	/* Owned. Of a page's first row: the latest entry of which a range of
	 * zeroes covers it, or VL_NONE. NULL: not looked for. */
	uint32_t *zeroed;
	uint32_t *chain; /* owned; of each entry, see vl_follows() */
};

void vl_holdings_release(struct vl_holdings *h);

/*
 * Of the page of row `first`, the first of that page. disk: its bytes now.
 * NULL: err says why, VHDXLOG_E_NOMEM.
 */
const struct vl_held *vl_held_at(struct vl_holdings *h, size_t first,
				 const uint8_t disk[VL_SECTOR],
				 struct vhdxlog_error *err);

/* Whether m can have written after e: later numbers of one session do. */
bool vl_can_follow(const struct vl_entry *e, const struct vl_entry *m);

/* Of two entries that both may be meant, the later, or the one to name. */
bool vl_is_later(const struct vl_entry *a, const struct vl_entry *b);

/*
 * Whether b follows a, and the log still has all that was logged between the two:
 * from one to the other each entry begins where the one before ends, with the
 * next number. QEMU's go on so with another LogGuid each.
 */
bool vl_follows(const struct vl_holdings *h, uint32_t a, uint32_t b);

/* What vl_follows() needs. */
int vl_holdings_link(struct vl_holdings *h, struct vhdxlog_error *err);

/*
 * Whether a page is made of pieces of a and of b. of_a, of_b: those in which they
 * differ and the page is as a, or as b; a bit for each.
 */
bool vl_is_mixed(const uint8_t page[VL_SECTOR], const uint8_t a[VL_SECTOR],
		 const uint8_t b[VL_SECTOR], uint8_t *of_a, uint8_t *of_b);

#endif

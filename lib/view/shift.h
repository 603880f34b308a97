/* SPDX-License-Identifier: MIT */
/*
 * The BAT pages that QEMU shifted, before April 2023. When the entry that it
 * allocated was the first of a page (index % 512 == 0), it logged that entry
 * followed by the first 4088 bytes of the page as it was: all others one slot up,
 * the last one lost. What was written to the page since is on top of that.
 *
 * A healthy page never looks so: no place in the file goes from one entry to the
 * next one for all blocks of a page at once. Where a block is freed and its place
 * given to its neighbour, what is around them stays; so of every entry it is
 * asked that it is the shifted one, or was allocated since.
 */
#ifndef VL_VIEW_SHIFT_H
#define VL_VIEW_SHIFT_H

#include "view/writers.h"

#define VL_BAT_SLOTS (VL_SECTOR / 8) /* entries of a page */

/* ------------------------------------------------------------ pages: shift.c */

/* What became of the blocks of a page. */
struct vl_moves {
	unsigned moved; /* are one slot up */
	bool lost;	/* there was one in the last slot */
	bool exact;	/* nothing was allocated since but the first slot */
};

/* Whether `now` is `old` shifted, and written to since or not. */
bool vl_shift_compare(const uint8_t old[VL_SECTOR],
		      const uint8_t now[VL_SECTOR], struct vl_moves *moves);

/*
 * Whether a page shows by itself that it was shifted: in `slot` no block may be,
 * and there one is that all else speaks for. first: index of the page's first
 * entry. old gets the blocks that were there before, in the slots they were in:
 * by their offsets, as QEMU always allocates at the end of the file.
 */
bool vl_shift_guess(const struct vl_image *image, uint64_t first,
		    unsigned slot, const uint8_t now[VL_SECTOR],
		    uint8_t old[VL_SECTOR]);

/*
 * Add to old, an earlier version than the one that was shifted, the blocks that
 * were allocated between the two; likewise by their offsets. Nothing where these
 * do not agree.
 */
void vl_shift_complete(const struct vl_image *image, uint64_t first,
		       const uint8_t now[VL_SECTOR], uint8_t old[VL_SECTOR]);

/* The place in the file of the last block that a page has; 0: it has none. */
uint64_t vl_shift_highest(const uint8_t page[VL_SECTOR]);

/*
 * The next block at or behind *slot of old that is not in its place now, and
 * whose data still may be in the file; its slot then, and false for none. All
 * but source, certainty and entry is filled.
 */
bool vl_shift_block(const struct vl_image *image, uint64_t first,
		    const uint8_t old[VL_SECTOR], const uint8_t now[VL_SECTOR],
		    unsigned *slot, struct vhdxlog_shift *shift);

/* ---------------------------------------- image: shift_find.c, shift_list.c */

/* What is looked at; borrowed as long as the shifts are used. */
struct vl_shift_case {
	const struct vl_image *image; /* of which the BAT is known */
	struct vl_log *log;
	struct vl_writers *writers;
	const struct vl_view *disk;	/* the file as it is */
	const struct vl_view *replayed; /* as it would be */
};

/* Where the version before is. */
enum vl_shift_old {
	VL_OLD_LOGGED, /* in the log */
	VL_OLD_DISK,   /* on the disk, as what shifts it waits */
	VL_OLD_GUESSED,
};

struct vl_shift_page {
	uint64_t page; /* offset in the file */
	enum vhdxlog_shift_source source;
	enum vl_shift_old old;
	uint32_t row;	/* LOGGED: of the writers */
	unsigned slot;	/* GUESSED: where no block may be */
	uint32_t entry; /* index of the one that shifted it, or VL_NONE */
	unsigned count; /* blocks */
};

struct vl_shifts {
	struct vl_shift_case c;
	struct vl_shift_page *pages; /* owned, ascending; each page once */
	size_t n, cap;
	uint64_t count;	   /* blocks of all of them */
	bool incomplete; /* the log has more pages than are compared */
	size_t loaded; /* number + 1 of the page of which these are */
	uint64_t known; /* of old, what lies up to there was logged so */
	uint8_t old[VL_SECTOR], now[VL_SECTOR];
};

/* The index of the first BAT entry of a page. */
static inline uint64_t vl_shift_first(const struct vl_shifts *s, uint64_t page)
{
	return (page - s->c.image->bat->offset) / 8;
}

/* Release also after a failure, VHDXLOG_E_NOMEM. Of each version of a
 * page of the BAT the first entry is known; it is read once, if that may matter. */
int vl_shifts_find(struct vl_shifts *s, const struct vl_shift_case *c,
		   struct vhdxlog_error *err);
void vl_shifts_release(struct vl_shifts *s);

/* As vhdxlog_shift_next() and vhdxlog_shift_from(); entry is an index. */
int vl_shifts_next(struct vl_shifts *s, uint64_t *cursor,
		   struct vhdxlog_shift *shift, struct vhdxlog_error *err);
int vl_shifts_from(struct vl_shifts *s, uint64_t index,
		   struct vhdxlog_shift *shift, struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Events of a page and of a range of zeroes: what is told of two versions of a
 * page, of one that is seen for the first time, and of what is zeroed. Whoever
 * goes through the entries fills in which of them it was, and what is applied.
 */
#ifndef VL_VIEW_EVENTS_H
#define VL_VIEW_EVENTS_H

#include "view/diff.h"

#define VL_PAGE_SLOTS (VL_SECTOR / 8) /* BAT entries in a page */

/* The events of one page, one after the other. */
struct vl_page_events {
	const struct vl_place *place; /* borrowed, as are the pages */
	uint64_t page;
	const uint8_t *before, *after;
	struct vl_diff diff;
	bool told; /* something was */
	/* Of each slot, the one that has its place in the file now; or itself. */
	uint16_t moved_to[VL_PAGE_SLOTS];
	bool silent[VL_PAGE_SLOTS]; /* all there is to tell is told elsewhere */
};

/* before: NULL where it is not known; both VL_SECTOR bytes. */
void vl_page_events_begin(struct vl_page_events *p,
			  const struct vl_place *place, uint64_t page,
			  const uint8_t *before, const uint8_t *after);

/*
 * false: no more. block: of a BAT page that is seen for the first time, tell that
 * block's entry, or its sector bitmap's, if it is there; NULL: the newest.
 */
bool vl_page_events_next(struct vl_page_events *p, const uint64_t *block,
			 struct vhdxlog_event *e);

/* A range of zeroes. */
void vl_zero_event(const struct vl_place *place, uint64_t off, uint64_t len,
		   struct vhdxlog_event *e);

/*
 * event_blocks.c: where a block's BAT entry is, and its bitmap's, in the file, and
 * the block on the guest's disk; length 0: there is none, or it is not known.
 */
struct vl_block_places {
	uint64_t index, chunk;
	struct vl_range entry, bitmap_entry, virtual;
	struct vl_range payload; /* in the file; left to the caller */
};

void vl_block_find(const struct vl_place *place, uint64_t block,
		   struct vl_block_places *b);

/* Whether an event is about a block, see struct vhdxlog_event_filter. */
bool vl_event_touches(const struct vhdxlog_event *e,
		      const struct vl_block_places *b,
		      const struct vl_place *place);

/* event_text.c: fill message from all else that an event of a page, or of zeroes
 * says. */
void vl_event_say(const struct vl_place *place, struct vhdxlog_event *e);

/* Append to the message. */
__attribute__((format(printf, 2, 3))) void
vl_event_add(struct vhdxlog_event *e, const char *format, ...);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The BAT of one state of a file from front to back, read in larger pieces and
 * without the holes in it. It goes on behind the last entry that the disk needs,
 * as what lies there is of interest: a table that was written a place too far.
 */
#ifndef VL_VIEW_BAT_WALK_H
#define VL_VIEW_BAT_WALK_H

#include "image/bat_parts.h"

struct vl_bat_walk {
	const struct vl_view *view;   /* borrowed */
	const struct vl_image *image; /* borrowed; of that view */
	uint64_t end;	/* index behind the last; 0: there is no BAT to read */
	uint8_t *bytes; /* owned: n entries from index `first` on */
	uint64_t first;
	size_t n;
};

/* VHDXLOG_E_NOMEM. Release also then. */
int vl_bat_walk_init(struct vl_bat_walk *w, const struct vl_view *view,
		     const struct vl_image *image, struct vhdxlog_error *err);
void vl_bat_walk_release(struct vl_bat_walk *w);

/*
 * The first entry from *index on and before `end` that is not zero; *index
 * becomes its. 0, 1: there is none, or a negative code: then *index is behind
 * what could not be read.
 */
int vl_bat_walk_next(struct vl_bat_walk *w, uint64_t *index, uint64_t end,
		     uint64_t *raw, struct vhdxlog_error *err);

/* The entry at an index; 0 of one behind the last. */
int vl_bat_walk_at(struct vl_bat_walk *w, uint64_t index, uint64_t *raw,
		   struct vhdxlog_error *err);

/* Fills everything. */
void vl_bat_entry_fill(const struct vl_image *image, uint64_t index,
		       uint64_t raw, struct vhdxlog_bat_entry *e);

/* The BAT is in both at the same place and means the same. */
bool vl_bat_same_layout(const struct vl_image *a, const struct vl_image *b);

#endif

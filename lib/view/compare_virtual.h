/* SPDX-License-Identifier: MIT */
/*
 * What a guest would see of two states of its disk that differ: ranges of the
 * virtual disk, from the two BATs and the stretches of the files that differ.
 *
 * A block counts as a whole where only one state locates it, or where its place
 * in one file is another; in part where bytes of it, or of its sector bitmap,
 * differ. In two files the same block may lie elsewhere: its content is compared
 * then. Which of the states without a place it is in matters only to disks with a
 * parent; without one all of them read as zeroes.
 */
#ifndef VL_VIEW_COMPARE_VIRTUAL_H
#define VL_VIEW_COMPARE_VIRTUAL_H

#include "base/ranges.h"
#include "view/bat_walk.h"
#include "view/compare.h"

/* No more than so many ranges are kept; then neighbours are told as one. */
#define VL_MAX_GUEST_RANGES (UINT32_C(1) << 20)

struct vl_guest_side {
	struct vl_side side;
	const struct vl_image *image; /* borrowed */
};

struct vl_guest {
	struct vl_range *ranges; /* owned; once made: ascending and apart */
	size_t n, cap;
};

/*
 * changed: ascending, apart: all that differs of the files, or may. Time is
 * linear in the BATs and in the files: no more of these is read than they have
 * bytes, whatever the BATs claim. VHDXLOG_E_NOMEM; release also then.
 */
int vl_guest_compare(struct vl_guest *g, const struct vl_guest_side *a,
		     const struct vl_guest_side *b, bool one_disk,
		     const struct vl_range *changed, size_t n_changed,
		     struct vhdxlog_error *err);
void vl_guest_release(struct vl_guest *g);

/* Append a range, which may be anywhere; for compare_virtual_block.c. */
int vl_guest_add(struct vl_guest *g, uint64_t off, uint64_t len,
		 struct vhdxlog_error *err);

/* ------------------------------------------------- compare_virtual_block.c */

/* What is looked at block by block. */
struct vl_guest_case {
	struct vl_guest *guest;
	const struct vl_guest_side *side[2];
	bool one_disk;
	const struct vl_range *changed; /* borrowed */
	size_t n_changed;
	uint64_t budget; /* bytes of content that may still be looked at */
	uint8_t *buf[2]; /* owned: of VL_GUEST_PIECE */
	/* Of the chunk that is being looked at: which of its blocks are in part
	 * the parent's, in either state. A chunk has 32,768 at most. */
	uint64_t chunk;
	bool any_partial;
	uint8_t partial[4096];
};

#define VL_GUEST_PIECE (64 * VL_KIB)

/* The entries of one index, of which one may be zero: a payload block. */
int vl_guest_block(struct vl_guest_case *c, const struct vhdxlog_bat_entry *a,
		   const struct vhdxlog_bat_entry *b,
		   struct vhdxlog_error *err);

/* A chunk's sector bitmap; after the chunk's blocks. */
int vl_guest_bitmap(struct vl_guest_case *c, const struct vhdxlog_bat_entry *a,
		    const struct vhdxlog_bat_entry *b,
		    struct vhdxlog_error *err);

#endif

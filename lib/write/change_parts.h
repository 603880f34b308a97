/* SPDX-License-Identifier: MIT */
/*
 * Changes made of others.
 *
 *	change_pages.c	 pages that are kept in memory: what a repair writes
 *	change_merge.c	 one change over another
 */
#ifndef VL_WRITE_CHANGE_PARTS_H
#define VL_WRITE_CHANGE_PARTS_H

#include "ondisk/layout.h"
#include "write/change.h"

/* Bytes of a file, in pages of 4 KiB, from low offsets to high ones. Zeroed to
 * begin with. */
struct vl_pages {
	struct vl_page_change {
		uint64_t offset; /* a multiple of 4096 */
		uint32_t entry;	 /* as in struct vl_piece */
		enum vhdxlog_area area;
		uint8_t bytes[VL_SECTOR];
	} *list; /* owned */
	size_t n, cap;
};

/*
 * The page at offset, to be changed: where there is none yet, one with the bytes
 * that view holds there (zero beyond its end). NULL: err says why. Valid until the
 * next call.
 */
uint8_t *vl_pages_at(struct vl_pages *pages, const struct vl_view *view,
		     uint64_t offset, enum vhdxlog_area area,
		     struct vhdxlog_error *err);

/* The same for a page of which nothing is kept: where there is none yet, zeroes. */
uint8_t *vl_pages_put(struct vl_pages *pages, uint64_t offset,
		      enum vhdxlog_area area, struct vhdxlog_error *err);

/* Accepts a zeroed one. */
void vl_pages_release(struct vl_pages *pages);

/* A change that writes them and sets the size; pages is borrowed. */
int vl_change_pages(const struct vl_pages *pages, uint64_t old_size,
		    uint64_t new_size, struct vl_change *change,
		    struct vhdxlog_error *err);

/*
 * What `under` makes of the file and then `over`, which has the last word, also on
 * the size. Both are borrowed.
 */
int vl_change_merge(const struct vl_change *under, const struct vl_change *over,
		    struct vl_change *change, struct vhdxlog_error *err);

#endif

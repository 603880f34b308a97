/* SPDX-License-Identifier: MIT */
#ifndef VL_CARVE_READ_H
#define VL_CARVE_READ_H

#include "ondisk/layout.h"
#include "source/view.h"

#define VL_CARVE_UNIT 512u
#define VL_CARVE_STRETCH (512 * VL_KIB) /* read at a time */
#define VL_CARVE_SIDE (128 * VL_KIB)

/* A stretch of the source, and another one for what is looked at beside it. */
struct vl_carve_reader {
	const struct vl_view *view; /* borrowed */
	uint64_t from, to;	    /* what buf holds */
	uint64_t data_to;	    /* no hole up to there */
	uint64_t side_from, side_to;
	uint64_t bytes_read;
	uint8_t *buf, *side; /* owned, one piece */
	uint64_t bad[VL_CARVE_STRETCH / VL_SECTOR / 64]; /* pages of the stretch
							    that cannot be read,
							    by their place in
							    the source */
	bool any_bad;
};

/* false: out of memory. */
bool vl_reader_init(struct vl_carve_reader *r, const struct vl_view *view);
void vl_reader_release(struct vl_carve_reader *r);

/*
 * Read the stretch at *position, or behind the hole that is there: *position is
 * where it begins, and the source's end where there is no more. What cannot be
 * read is zero, and bad.
 */
void vl_reader_load(struct vl_carve_reader *r, uint64_t *position);

/* Whether the page with off in it could not be read. */
bool vl_reader_is_bad(const struct vl_carve_reader *r, uint64_t off);

/*
 * len bytes at off, at most 64 KiB, valid until the next call; NULL: the source
 * ends before. What cannot be read is zero.
 */
const uint8_t *vl_reader_bytes(struct vl_carve_reader *r, uint64_t off,
			       size_t len);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A view: bytes of known number that can be read. A source is one, and so is an
 * overlay, so that whatever examines an image examines it as it is and as it
 * would be with the same code.
 */
#ifndef VL_SOURCE_VIEW_H
#define VL_SOURCE_VIEW_H

#include "vhdxlog.h"

struct vl_view;

/* Of a view that two threads may read at once. */
struct vl_beside {
	/* Whether len more bytes may be read, which are counted then; for the thread
	 * that has the view. */
	bool (*allow)(const struct vl_view *view, size_t len);
	/* As the view's, of what was allowed; for any thread. */
	int (*read)(const struct vl_view *view, uint64_t off, void *buf,
		    size_t len, struct vhdxlog_error *err);
};

struct vl_view {
	uint64_t size;
	/* Reads exactly len bytes, off + len <= size; 0 or a negative code. */
	int (*read)(const struct vl_view *view, uint64_t off, void *buf,
		    size_t len, struct vhdxlog_error *err);
	/* As vl_view_next_data(), off < end <= size; NULL: not known. */
	bool (*next_data)(const struct vl_view *view, uint64_t off,
			  uint64_t end, uint64_t *from, uint64_t *to);
	const struct vl_beside *beside; /* static; NULL: one at a time */
};

/* Bounds are checked here, once for every view: VHDXLOG_E_RANGE. */
int vl_view_read(const struct vl_view *view, uint64_t off, void *buf,
		 size_t len, struct vhdxlog_error *err);

/*
 * *zero: whether all of [off, off + len) is zero. Reads in pieces and stops at
 * the first byte that is not; *budget goes down by what was read, and where it
 * does not suffice the answer is VHDXLOG_E_RANGE and nothing is known.
 */
int vl_view_is_zero(const struct vl_view *view, uint64_t off, uint64_t len,
		    uint64_t *budget, bool *zero, struct vhdxlog_error *err);

/*
 * The first stretch [*from, *to) of [off, end) that may hold anything but zeroes;
 * false: there is none before end or the end of the view. A hole of terabytes is
 * passed in one step where the view knows of it, else nothing is passed.
 */
bool vl_view_next_data(const struct vl_view *view, uint64_t off, uint64_t end,
		       uint64_t *from, uint64_t *to);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What of many layers is seen: the segments of an overlay from low offsets to
 * high ones, in O(n log n) for n targets, without a list of them.
 *
 * Layers lie over one another in the order of replay. At any offset the highest
 * that has a target there is seen; its next target waits until the sweep gets to
 * where it begins.
 */
#ifndef VL_OVERLAY_SWEEP_H
#define VL_OVERLAY_SWEEP_H

#include "log/log.h"

/* What one target still shows: bytes of a page, or of a range of zeroes. */
struct vl_segment {
	uint64_t off, len;
	uint32_t entry;	 /* index */
	uint32_t target; /* index */
};

/* Places in the pile, the one with the least key first. */
struct vl_heap {
	uint32_t *place; /* borrowed of the sweep */
	size_t n;
};

struct vl_sweep {
	struct vl_log *log;
	uint32_t *pile; /* owned [n]: indices of layers, the lowest first; none
			   that is hidden altogether */
	size_t n;
	uint64_t at;	  /* everything before has been told */
	uint32_t *target; /* owned [n]: of each layer, the one that counts */
	uint64_t *key;	  /* owned [n]: of each layer, in the heap it is in */
	struct vl_heap waiting;	 /* to begin: by offset. It owns the places */
	struct vl_heap covering; /* begun, and not known to end: highest first.
				    From the end of the same array, as each
				    layer is in one heap at most */
};

/* At offset 0; the pile is copied. Release with vl_sweep_release(), also after a
 * failure. */
int vl_sweep_init(struct vl_sweep *s, struct vl_log *log,
		  const uint32_t *pile, size_t n, struct vhdxlog_error *err);
void vl_sweep_release(struct vl_sweep *s);

/* Go on from an offset, before or behind. O(n log n) for n layers. */
void vl_sweep_seek(struct vl_sweep *s, uint64_t off);

/* The next segment, or what is left of it; false where there is none. */
bool vl_sweep_next(struct vl_sweep *s, struct vl_segment *segment);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where entries may be gone from the ring: between which neighbours in the order
 * of time something that was logged may have been written over since.
 *
 * Nothing is gone between two entries of a session with neighbouring numbers, nor
 * between two of QEMU's, of which one begins where the other ends with the next
 * number (order_links.c). Between any other two there may have been more: also
 * where the later session has its beginning, as it may lie over a whole session
 * that was there before it and of which nothing is left.
 *
 * All of it is so in the order that entries were put in; how sure that one is, the
 * order says of each session.
 */
#ifndef VL_VIEW_GAPS_H
#define VL_VIEW_GAPS_H

#include "view/order.h"

struct vl_gaps {
	/* Owned, for each place in the order of time: between how many of the
	 * entries up to that one something may be gone. */
	uint32_t *up_to;
};

/* VHDXLOG_E_NOMEM. Time O(n), memory 4 bytes an entry. Release also then. */
int vl_gaps_init(struct vl_gaps *g, const struct vl_order *order,
		 struct vhdxlog_error *err);
void vl_gaps_release(struct vl_gaps *g);

/* Whether something may be gone between two places, in whichever order. */
static inline bool vl_gaps_between(const struct vl_gaps *g, uint32_t a,
				   uint32_t b)
{
	return g->up_to[a] != g->up_to[b];
}

#endif

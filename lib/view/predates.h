/* SPDX-License-Identifier: MIT */
/*
 * Whether the disk's version of a page is from before all that the ring has.
 *
 * That follows where the log waits, all versions of the page in the ring are of
 * entries that wait - from the active sequence's first on, as what lies before it
 * has been applied, and may have been written over since by what is not logged -
 * and the disk has none of these versions, whole or in part.
 *
 * In part: a page may have been cut off while it was written. Then each piece of
 * 512 bytes is of a version in the ring, or of the one before them. A piece that
 * is none of the ring's is the old one's. Of one that is as in the ring it cannot
 * be told whether it was so before, unless both are zero: then the page is taken
 * for the old one, but that is no more than inferred.
 */
#ifndef VL_VIEW_PREDATES_H
#define VL_VIEW_PREDATES_H

#include "view/held.h"
#include "view/order.h"

enum vl_predates_answer {
	VL_PREDATES_NO,
	VL_PREDATES_PERHAPS, /* some pieces may be a later version's */
	VL_PREDATES_YES,
};

struct vl_predates {
	const struct vl_order *order;  /* borrowed */
	struct vl_holdings *holdings;  /* borrowed */
	const struct vl_view *disk; /* borrowed; NULL: it predates nothing */
	uint32_t tail; /* place of the first entry that waits; if disk */
};

/* disk: NULL where only the ring is at hand; waits: by the header's LogGuid. */
void vl_predates_init(struct vl_predates *p, const struct vl_order *order,
		      struct vl_holdings *holdings, const struct vl_view *disk,
		      bool waits);

/*
 * Of a page that some data target of a sound entry writes. bytes get the disk's
 * unless it is NO. *read gets how many pages were read. What cannot be read
 * again is NO. VHDXLOG_E_NOMEM.
 */
int vl_predates_find(struct vl_predates *p, uint64_t page,
		     uint8_t bytes[VL_SECTOR], enum vl_predates_answer *answer,
		     uint64_t *read, struct vhdxlog_error *err);

#endif

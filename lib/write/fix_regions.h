/* SPDX-License-Identifier: MIT */
/* Parts of vl_fix_regions(), which is fix_regions.c. */
#ifndef VL_WRITE_FIX_REGIONS_H
#define VL_WRITE_FIX_REGIONS_H

#include "write/fix.h"

/* So many others are kept: each is compared with all before it. */
#define VL_FIX_MOST_OTHERS 16u

/* Regions of the new table: BAT, metadata, and others that can still be read. */
struct vl_new_table {
	struct vhdxlog_region *list; /* borrowed; room for 2 + VL_FIX_MOST_OTHERS */
	size_t n;
	size_t illegible; /* what one copy names and cannot be; the most of both */
};

/* Add the others that have a place, each with a sentence for the record, and count
 * those that have none. false: out of memory. */
bool vl_fix_keep_others(struct vl_fix *f, struct vl_new_table *table);

#endif

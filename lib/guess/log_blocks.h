/* SPDX-License-Identifier: MIT */
/*
 * Where the BAT of the disk as it is has blocks: what looks like a log there is a
 * file of a guest's, for all that the rest of the image says.
 */
#ifndef VL_GUESS_LOG_BLOCKS_H
#define VL_GUESS_LOG_BLOCKS_H

#include "guess/log_layout.h"
#include "image/claims.h"

struct vl_blocks {
	struct vl_claims claims;
	bool known; /* else nothing is claimed */
	bool broken; /* as more of its entries are wrong than are right */
};

/*
 * By the region table and the metadata of the layout, where both are usable.
 * Linear in the data of the BAT: reads no
 * holes, and maps no more MiB than the file has. VHDXLOG_E_NOMEM. Release also
 * after a failure.
 */
int vl_blocks_find(struct vl_blocks *blocks, const struct vl_laid_out *layout,
		   struct vhdxlog_error *err);
/* The same of a BAT region and its geometry, which are known or guessed. */
int vl_blocks_map(struct vl_blocks *blocks, const struct vl_view *disk,
		  const struct vhdxlog_region *bat,
		  const struct vl_bat_geometry *geometry,
		  struct vhdxlog_error *err);
void vl_blocks_release(struct vl_blocks *blocks);

/* Whether a byte of [offset, offset + length) is of a block. */
bool vl_blocks_have(const struct vl_blocks *blocks, uint64_t offset,
		    uint64_t length);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Whether what an entry writes is on the disk now.
 *
 * A page or range that is not is either still to be written, or was written over
 * by a later entry: the one whose bytes the disk holds. Torn it is called only
 * where that follows: every piece of 512 bytes is one of this version or of
 * another, some are of this one alone and some of the other alone, and the log
 * still has everything that was logged between the two (vl_follows()). Without
 * that it could as well be, whole, a version that the log no longer has: most
 * pages of a BAT differ in a few pieces only, and each version has what the one
 * before it changed. So with no other version known, no page is torn. Pieces that
 * are the same in both versions say nothing.
 */
#ifndef VL_VIEW_APPLIED_H
#define VL_VIEW_APPLIED_H

#include "view/held.h"

struct vl_applied {
	struct vl_holdings holdings;
	const struct vl_view *disk; /* borrowed */
	uint64_t budget; /* bytes that may still be read for ranges of zeroes */
	uint64_t bytes_read; /* of the disk */
};

/* log and writers are borrowed, as is the disk. Release. */
void vl_applied_init(struct vl_applied *a, struct vl_log *log,
		     struct vl_writers *writers, const struct vl_view *disk,
		     uint64_t budget);
void vl_applied_release(struct vl_applied *a);

/*
 * What an entry writes: page, or NULL for a range of zeroes, at d->file_offset.
 * Fills applied, overwritten_by and pieces of *d. VHDXLOG_E_NOMEM.
 */
int vl_applied_page(struct vl_applied *a, uint32_t entry,
		    const uint8_t page[VL_SECTOR],
		    struct vhdxlog_descriptor *d, struct vhdxlog_error *err);
int vl_applied_zeroes(struct vl_applied *a, uint32_t entry,
		      struct vhdxlog_descriptor *d,
		      struct vhdxlog_error *err);

#endif

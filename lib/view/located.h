/* SPDX-License-Identifier: MIT */
/*
 * Which payload block a stretch of the file is of, by one BAT: blocks that it
 * locates, sorted. Made when it is first asked, as few logs write into blocks.
 */
#ifndef VL_VIEW_LOCATED_H
#define VL_VIEW_LOCATED_H

#include "base/ranges.h"
#include "image/image.h"

struct vl_located {
	bool made;
	bool too_many;	     /* then it is empty */
	struct vl_range *at; /* owned; tag: the block */
	size_t n, cap;
};

/* All zeroes to begin with. image is as `view` shows it. VHDXLOG_E_NOMEM. */
int vl_located_make(struct vl_located *l, const struct vl_view *view,
		    const struct vl_image *image, struct vhdxlog_error *err);
void vl_located_release(struct vl_located *l);

/* The one block that has a byte of [off, off + len), or NULL: none, or several. */
const struct vl_range *vl_located_at(const struct vl_located *l, uint64_t off,
				     uint64_t len);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The file as it would be if a sequence were applied: the only thing that knows.
 *
 * Segments say which bytes come from which descriptor, later ones hiding earlier
 * ones; everything else is the disk's. An overlay is a view, so an image is
 * examined through it as through a file. Without a sequence it is the disk.
 */
#ifndef VL_OVERLAY_OVERLAY_H
#define VL_OVERLAY_OVERLAY_H

#include "log/log.h"

/* What one descriptor still shows: a whole page, or a range of zeroes. */
struct vl_segment {
	uint64_t off, len;
	uint32_t entry;	 /* index */
	uint32_t target; /* index */
};

struct vl_overlay {
	struct vl_view view; /* first: an overlay is a view */
	const struct vl_view *disk;
	struct vl_log *log;
	struct vl_segment *segments; /* owned, ascending, apart */
	size_t n;
	uint32_t cached; /* the target whose page was last put together */
	uint8_t *page;	 /* owned: that page */
};

/*
 * The entries from first to head (indices, linked; VL_NONE: no entry at all)
 * applied to the disk. [MS-VHDX] 2.3.3
 */
int vl_overlay_init(struct vl_overlay *o, const struct vl_view *disk,
		    struct vl_log *log, uint32_t first, uint32_t head,
		    struct vhdxlog_error *err);
void vl_overlay_release(struct vl_overlay *o);

static inline bool vl_segment_is_zero(const struct vl_overlay *o,
				      const struct vl_segment *s)
{
	return vl_target_is_zero(&o->log->targets[s->target]);
}

/* The page of a data segment, put together from the log. */
int vl_segment_page(const struct vl_overlay *o, const struct vl_segment *s,
		    uint8_t page[VL_SECTOR], struct vhdxlog_error *err);

/* Copy descriptor i of an entry. VHDXLOG_E_IO where it cannot be read. */
int vl_descriptor_read(struct vl_log *log, const struct vl_entry *e, uint64_t i,
		       uint8_t bytes[VL_DESCRIPTOR_SIZE],
		       struct vhdxlog_error *err);

#endif

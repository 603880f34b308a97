/* SPDX-License-Identifier: MIT */
/* A history, as the public functions that are asked of it see it. */
#ifndef VL_HISTORY_H
#define VL_HISTORY_H

#include "scan.h"
#include "view/gaps.h"
#include "view/predates.h"

struct vhdxlog_history {
	struct vhdxlog_scan *scan; /* borrowed until close */
	struct vl_order order;
	uint32_t *sectors; /* owned: of order.entries */
	struct vl_gaps gaps;
	struct vl_predates predates;
};

/* The disk that a history is compared with; NULL: only the ring is at hand. */
static inline const struct vl_view *
vl_history_disk(const struct vhdxlog_history *h)
{
	return h->scan->options.raw_log ? NULL : vl_scan_disk(h->scan);
}

#endif

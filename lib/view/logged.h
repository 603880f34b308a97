/* SPDX-License-Identifier: MIT */
/*
 * Everything that the log says is to be written, of entries that are sound and of
 * such that are not: descriptor by descriptor, with the data sectors that belong
 * to them as far as they are there. Linear in the log whatever it holds: the walk
 * of an entry stops at the first sector that cannot belong to it, so no two
 * entries walk the same one.
 */
#ifndef VL_VIEW_LOGGED_H
#define VL_VIEW_LOGGED_H

#include "log/log.h"

/* One descriptor with a signature. */
struct vl_logged {
	uint32_t entry;	  /* index */
	uint32_t sector;  /* of the log, that the descriptor lies in */
	uint32_t index;	  /* of the descriptor in its entry */
	uint32_t data_before; /* data descriptors of the entry before it */
	uint32_t data;	  /* sector of its data, or VL_NONE: none, or not there */
	struct vl_descriptor d;
	uint8_t bytes[VL_DESCRIPTOR_SIZE];
};

/* 0 to go on, or a negative code, which ends it. */
typedef int vl_logged_fn(void *ctx, const struct vl_logged *l,
			 struct vhdxlog_error *err);

int vl_logged_each(struct vl_log *log, vl_logged_fn *fn, void *ctx,
		   struct vhdxlog_error *err);

/*
 * Whether what begins as an entry can be one, sound or not: two of its numbers are
 * such as one has. A text that begins so has none of them. false, too, where it
 * cannot be read again.
 */
bool vl_entry_is_likely(struct vl_log *log, uint32_t index);

/* The page that a descriptor with data writes. VHDXLOG_E_IO. */
int vl_logged_page(struct vl_log *log, const struct vl_logged *l,
		   uint8_t page[VL_SECTOR], struct vhdxlog_error *err);

#endif

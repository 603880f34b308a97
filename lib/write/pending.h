/* SPDX-License-Identifier: MIT */
/*
 * What is in the log but not yet in its place: records in the order in which
 * they were logged. The file's content is the medium with these laid over it,
 * later ones above earlier ones.
 */
#ifndef VL_WRITE_PENDING_H
#define VL_WRITE_PENDING_H

#include "write/entry.h"
#include "write/medium.h"

struct vl_pending {
	struct vl_record *records; /* owned, and so are their pages */
	size_t count, capacity;
};

/* Copies the page. */
int vl_pending_add(struct vl_pending *p, const struct vl_record *r,
		   struct vhdxlog_error *err);

/* Forget all but the n oldest. */
void vl_pending_cut(struct vl_pending *p, size_t n);

/* Accepts a zeroed one; may be used again. */
void vl_pending_clear(struct vl_pending *p);

/* len bytes of the file as they will be; zero past its end. */
int vl_pending_read(const struct vl_pending *p, const struct vl_medium *m,
		    uint64_t off, void *buf, size_t len,
		    struct vhdxlog_error *err);

/* Write every record to its place, in order. Does not flush. */
int vl_pending_apply(const struct vl_pending *p, const struct vl_medium *m,
		     struct vhdxlog_error *err);

#endif

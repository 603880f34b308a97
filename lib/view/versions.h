/* SPDX-License-Identifier: MIT */
/*
 * What each page held before an entry wrote it, as far as the log tells: the last
 * data that was written there before, or a later range of zeroes, or nothing that
 * is known. Time is the order of entries, and in each that of its targets.
 *
 * In O(n log n) for n targets, however ranges of zeroes lie over one another: a
 * sweep over the pages, with the set of the ranges that cover each, by time.
 */
#ifndef VL_VIEW_VERSIONS_H
#define VL_VIEW_VERSIONS_H

#include "view/order.h"

/* One data target of a sound entry. */
struct vl_version {
	uint64_t page;
	uint32_t entry, target; /* indices */
	uint32_t before; /* row of the version before it, or VL_NONE */
	uint32_t zero; /* target that zeroed it since then, or VL_NONE */
	uint32_t zero_entry; /* whose target that is, where there is one */
	uint32_t zeros; /* of what is listed: ranges that came before it */
	bool lost;   /* its entry writes the page again behind it */
	bool zeroed; /* some range of zeroes covers it, at any time */
};

struct vl_versions {
	const struct vl_order *order; /* borrowed */
	struct vl_version *rows; /* owned; by page, then by time */
	size_t n;
	bool too_many; /* they are not listed: n is 0 */
};

/* writers as listed by the order. Release also after a failure. */
int vl_versions_init(struct vl_versions *v, const struct vl_order *order,
		     const struct vl_writers *writers,
		     struct vhdxlog_error *err);
void vl_versions_release(struct vl_versions *v);

/* The row of a data target, or NULL where none are listed. */
const struct vl_version *vl_versions_find(const struct vl_versions *v,
					  uint32_t entry, uint32_t target);

#endif

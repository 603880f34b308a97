/* SPDX-License-Identifier: MIT */
/* Ranges of bytes, sorted, to find overlaps and owners in O(n log n). */
#ifndef VL_BASE_RANGES_H
#define VL_BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vl_range {
	uint64_t off, len;
	uint32_t tag; /* the caller's */
};

/* Sort by offset. Empty ranges are allowed and overlap nothing. */
void vl_ranges_sort(struct vl_range *r, size_t n);

/* Two of the sorted ranges that share a byte: their tags, or false. */
bool vl_ranges_overlap(const struct vl_range *r, size_t n, uint32_t *a,
		       uint32_t *b);

/* How many of the sorted ranges begin at or before off. */
size_t vl_ranges_begun(const struct vl_range *r, size_t n, uint64_t off);

/*
 * The range of the sorted ones that shares a byte with [off, off + len), or
 * NULL. The ranges must not overlap one another, or the answer is any one.
 */
const struct vl_range *vl_ranges_find(const struct vl_range *r, size_t n,
				      uint64_t off, uint64_t len);

#endif

/* SPDX-License-Identifier: MIT */
#include "base/ranges.h"

#include "base/bytes.h"

#include <stdlib.h>

static int by_offset(const void *pa, const void *pb)
{
	const struct vl_range *a = pa, *b = pb;

	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	return (a->tag > b->tag) - (a->tag < b->tag);
}

void vl_ranges_sort(struct vl_range *r, size_t n)
{
	if (n)
		qsort(r, n, sizeof(*r), by_offset);
}

bool vl_ranges_overlap(const struct vl_range *r, size_t n, uint32_t *a,
		       uint32_t *b)
{
	const struct vl_range *longest = NULL; /* reaches furthest so far */

	for (size_t i = 0; i < n; i++) {
		if (longest && vl_overlap(longest->off, longest->len, r[i].off,
					  r[i].len)) {
			*a = longest->tag;
			*b = r[i].tag;
			return true;
		}
		if (!longest || vl_end(r[i].off, r[i].len) >
					vl_end(longest->off, longest->len))
			longest = &r[i];
	}
	return false;
}

size_t vl_ranges_begun(const struct vl_range *r, size_t n, uint64_t off)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r[mid].off <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vl_range *vl_ranges_find(const struct vl_range *r, size_t n,
				      uint64_t off, uint64_t len)
{
	size_t i = vl_ranges_begun(r, n, off);

	if (i && vl_overlap(r[i - 1].off, r[i - 1].len, off, len))
		return &r[i - 1];
	if (i < n && vl_overlap(r[i].off, r[i].len, off, len))
		return &r[i];
	return NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Images inside the image: a guest's disk may hold whole VHDX files, and each has
 * metadata and a BAT of its own.
 */
#ifndef VL_GUESS_NESTED_H
#define VL_GUESS_NESTED_H

#include "guess/places.h"

/* Of many the first, and the last. */
#define VL_MOST_NESTED 64u
#define VL_NESTED_PLACES 4u /* BAT and metadata of both region tables */

/* What begins as a VHDX does, at a MiB behind the file's own start. */
struct vl_nested {
	uint64_t offset;
	uint64_t places[VL_NESTED_PLACES]; /* of its regions, in the view */
	size_t n; /* 0: its tables do not tell */
};

struct vl_nesteds {
	struct vl_nested list[VL_MOST_NESTED]; /* ascending */
	size_t n;
};

enum vl_nesting {
	VL_NOT_NESTED,
	VL_NESTED_BEHIND, /* behind one that does not tell where its own are */
	VL_NESTED_NAMED,  /* by a region table of it, it is that one's */
};

/* Reads the region tables of each. VHDXLOG_E_NOMEM; what cannot be read tells
 * nothing. */
int vl_nesteds_find(struct vl_nesteds *nesteds, const struct vl_starts *starts,
		    const struct vl_view *view, struct vhdxlog_error *err);

/* Whose a BAT or metadata at an offset is; *of gets where that image begins. */
enum vl_nesting vl_nesting_at(const struct vl_nesteds *nesteds, uint64_t offset,
			      uint64_t *of);

#endif

/* SPDX-License-Identifier: MIT */
/* How well what lies at some place would do as the BAT of a disk. */
#ifndef VL_GUESS_BAT_H
#define VL_GUESS_BAT_H

#include "base/ranges.h"
#include "ondisk/bat.h"
#include "source/view.h"

/* Places that a BAT's blocks may lie over: one bit for each. */
#define VL_MOST_PLACES 64u

struct vl_bat_question {
	const struct vl_view *view;
	const struct vl_bat_geometry *geometry;
	uint64_t offset;
	/* Sorted and apart: where no block can be, as something else is there. */
	const struct vl_range *structures;
	size_t n_structures;
	const uint64_t *places; /* ascending, no more than VL_MOST_PLACES */
	size_t n_places;
};

/* Entries that are not zero, counted once by the first that holds of them. */
struct vl_bat_fit {
	bool readable;	  /* to the last entry that was looked at */
	uint32_t length;  /* whole MiB that the entries need */
	uint64_t nonzero;
	uint64_t illegal; /* no such state here, or reserved bits */
	uint64_t misplaced; /* a block over a structure, or the BAT itself */
	uint64_t outside;   /* a block past the end of the file */
	uint64_t again;	    /* a block that has a place of another's */
	uint64_t located;   /* a block, and none of these */
	uint64_t trailing;  /* behind the last entry; of no other number */
	uint64_t last; /* index of the last of those that are located, or 0 */
	uint64_t covered;   /* places that lie in a block */
};

int vl_bat_fit(struct vl_bat_fit *fit, const struct vl_bat_question *question,
	       struct vhdxlog_error *err);

/* Those that can not be so, whatever the length of the file. */
static inline uint64_t vl_bat_misfits(const struct vl_bat_fit *f)
{
	return f->illegal + f->misplaced + f->again;
}

/* Whole MiB for so many entries; 0: no region can be as long. */
uint32_t vl_bat_length(uint64_t entries);

#endif

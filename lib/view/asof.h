/* SPDX-License-Identifier: MIT */
/*
 * The file as it stood once an entry had been written and applied, as layers.
 *
 * What entries up to it wrote lies over the disk in the order in which they were
 * written. Where only later ones wrote, the disk mostly holds what those made of
 * it, so the first version that is known takes its place, as the lowest layers: of
 * a BAT page without the blocks for which the file had no room then. But where the
 * disk has what was there before all of them (predates.h), that is seen. Of what a
 * range of zeroes wiped first there is no version; it is left as the disk has it.
 *
 * A version is known to be what was there then if nothing is gone from the ring
 * that could have been written in between (gaps.h).
 */
#ifndef VL_VIEW_ASOF_H
#define VL_VIEW_ASOF_H

#include "overlay/overlay.h"
#include "view/gaps.h"
#include "view/predates.h"

/* How sure it is that what is seen of an entry was there then. */
enum vl_asof_when {
	VL_ASOF_LATER, /* it was not; the entry came later */
	VL_ASOF_KNOWN,
	VL_ASOF_INFERRED, /* something may have been written over it */
};

/* A page that only later entries wrote, and that the disk has from before. */
struct vl_asof_older {
	uint64_t page;
	bool known;
};

/* What tells what a byte is from, and how sure that is. */
struct vl_asof_marks {
	uint8_t *when; /* owned, of each entry: enum vl_asof_when */
	bool disk_known; /* what no sound entry wrote is as it was then */
	struct vl_asof_older *older; /* owned; ascending */
	size_t n_older, older_cap;
	/* Later versions are in the pile up to this offset: beyond it there was
	 * no memory to be had for them. */
	uint64_t guessed;
};

struct vl_asof {
	/* Owned: the layers of all sound entries, to tell what a byte is from.
	 * Those of later entries lie lowest, the first of them on top. */
	struct vl_pile who;
	struct vl_pile pile; /* owned: what is seen */
	struct vl_asof_marks marks;
	uint64_t size; /* of the file then, as far as that is known */
};

/* What the state is made from; borrowed, all of it. */
struct vl_asof_of {
	const struct vl_order *order;
	const struct vl_gaps *gaps;
	struct vl_predates *predates;
	const struct vl_image *today; /* by whose BAT pages are told apart */
	const struct vl_view *disk;
};

/*
 * As of the entry that is order->entries[place]. Time O(n log n), and memory for as many pages as only later entries
 * wrote, within the limits of overlay/decode.h. Release also after a failure.
 */
int vl_asof_make(struct vl_asof *a, const struct vl_asof_of *of,
		 uint32_t place, struct vhdxlog_error *err);
void vl_asof_release(struct vl_asof *a);
void vl_asof_marks_release(struct vl_asof_marks *m);

/* What there is of the disk from before later entries wrote a page; or NULL. */
const struct vl_asof_older *vl_asof_older(const struct vl_asof_marks *m,
					  uint64_t page);

#endif

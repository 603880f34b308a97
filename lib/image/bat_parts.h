/* SPDX-License-Identifier: MIT */
/*
 * The BAT as it is read, in three parts:
 *
 *	bat.c		all entries, from front to back
 *	bat_entry.c	one of them: what it counts as, claims and breaks
 *	bat_checks.c	which rules the whole breaks
 */
#ifndef VL_IMAGE_BAT_PARTS_H
#define VL_IMAGE_BAT_PARTS_H

#include "image/image.h"

struct vl_bat_case {
	struct vl_image *image; /* borrowed */
	bool readable; /* to the last entry */
	struct vl_breach partial; /* in the chunk that is being read; its runs are
				     owned */
	bool no_memory;		  /* for the map, or what breaks rules */
	bool trailing_known;
	struct vl_slack trailing; /* behind the last entry */
};

/* Where an entry lies in the file. */
static inline uint64_t vl_bat_offset(const struct vl_image *image,
				     uint64_t index)
{
	return image->bat->offset + 8 * index;
}

/* A disk of which no block may be left out. */
static inline bool vl_bat_must_be_present(const struct vl_image *i)
{
	return i->pub.metadata.fixed && !i->pub.metadata.has_parent;
}

/* The next entry; and n of them that are all zero. */
void vl_bat_look_at(struct vl_bat_case *c, uint64_t index, uint64_t raw);
void vl_bat_look_at_zeroes(struct vl_bat_case *c, uint64_t index, uint64_t n);

/* The subject is a struct vl_bat_case. */
extern const vl_check_fn vl_bat_checks[VLC_COUNT];

#endif

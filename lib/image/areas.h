/* SPDX-License-Identifier: MIT */
/*
 * What each byte of the file belongs to: the header section, the log, a region,
 * a block, or nothing. Any question costs O(log n) for n regions, however long
 * the range that is asked about, as a hostile log asks millions of times.
 */
#ifndef VL_IMAGE_AREAS_H
#define VL_IMAGE_AREAS_H

#include "base/ranges.h"
#include "image/claims.h"
#include "vhdxlog.h"

/* Structures, apart; where they overlap, the one that begins last counts. */
struct vl_areas {
	struct vl_range *pieces; /* owned, ascending; tag: the area */
	size_t n;
	/* owned: before each piece, bytes of all pieces by area; as PAYLOAD and
	 * SECTOR_BITMAP what the BAT claims of them, which is not theirs */
	uint64_t (*before)[VHDXLOG_AREA_COUNT];
	const struct vl_claims *claims; /* borrowed */
	enum vhdxlog_area rest; /* what belongs to nothing is called so */
};

/* The n ranges, which are sorted here, tagged with areas. false: no memory. */
bool vl_areas_init(struct vl_areas *a, struct vl_range *ranges, size_t n);
void vl_areas_release(struct vl_areas *a);

/* Count, when the claims are made; before that no block is known. */
void vl_areas_seal(struct vl_areas *a, const struct vl_claims *claims,
		   enum vhdxlog_area rest);

enum vhdxlog_area vl_areas_at(const struct vl_areas *a, uint64_t off);

/* Up to where all is of the same area as off; it may go on behind that. */
uint64_t vl_areas_end(const struct vl_areas *a, uint64_t off);

/* Whether a structure has a byte of [off, off + len). */
bool vl_areas_touch(const struct vl_areas *a, uint64_t off, uint64_t len);

/* Add to bytes[], for each area, how many of [off, off + len) are its. */
void vl_areas_count(const struct vl_areas *a, uint64_t off, uint64_t len,
		    uint64_t bytes[VHDXLOG_AREA_COUNT]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is known of the units from the position on: the register of the checksum
 * at each, and the few bytes by which a data sector is told. So whatever claims to
 * be 64 MiB long is checked at the cost of reading that once, however many claim
 * the same bytes.
 */
#ifndef VL_CARVE_AHEAD_H
#define VL_CARVE_AHEAD_H

#include "carve/read.h"

#define VL_AHEAD_MAX (64 * VL_MIB) /* the longest entry that is checked */

struct vl_ahead_unit {
	uint32_t prefix;	  /* raw, of all units from the first to this */
	uint32_t signature, high; /* the first 8 bytes */
	uint32_t last;		  /* the last 4 */
};

struct vl_ahead {
	uint64_t from, to; /* what is known; multiples of units */
	uint32_t crc;	   /* raw, at `to` */
	struct vl_ahead_unit *units; /* owned, a ring of VL_AHEAD_MAX / 512 */
};

bool vl_ahead_init(struct vl_ahead *a);
void vl_ahead_release(struct vl_ahead *a);

/*
 * Know all of [off, off + len), at most VL_AHEAD_MAX; off never goes back. false:
 * the source ends before.
 */
bool vl_ahead_want(struct vl_ahead *a, struct vl_carve_reader *r, uint64_t off,
		   uint64_t len);

/* As vl_crc32c_sealed() of [off, off + len), which is known; `sealed` is what its
 * bytes 4 to 7 hold. len: whole sectors. */
uint32_t vl_ahead_sealed(const struct vl_ahead *a, uint64_t off, uint64_t len,
			 const uint8_t sealed[static 4]);

/* Whether a data sector with that number lies at off, which is known. */
bool vl_ahead_is_data(const struct vl_ahead *a, uint64_t off,
		      uint64_t sequence_number);

#endif

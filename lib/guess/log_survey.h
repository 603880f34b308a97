/* SPDX-License-Identifier: MIT */
/*
 * One stretch of the file read as if it were a log: how many right entries there
 * are, where they say that the ring begins, and how long they show it to be.
 *
 * Right is an entry whose checksum, descriptors and data are. What depends on the
 * ring, its Tail and where it crosses the end, is what is asked about.
 */
#ifndef VL_GUESS_LOG_SURVEY_H
#define VL_GUESS_LOG_SURVEY_H

#include "log/log.h"

/* LogLength has 32 bits and is in MiB. */
#define VL_LONGEST_LOG (UINT32_MAX / VL_MIB * VL_MIB)

enum vl_length_proof {
	VL_LENGTH_UNPROVEN,
	VL_LENGTH_BY_WRAP, /* an entry over the end is right for no other */
	VL_LENGTH_BY_NEXT, /* what follows one that ends there is at the start */
};

struct vl_survey {
	uint64_t offset;  /* where the ring begins */
	uint32_t records; /* sectors that begin as those of logs do */
	uint32_t foreign; /* that hold something else */
	uint32_t right;	  /* entries */
	uint32_t begun;	  /* of those, how many's Tail names one that is right */
	uint64_t least;	  /* bytes that the ring has at least, in MiB */
	uint64_t proven;  /* its length, or 0 */
	enum vl_length_proof proof;
	uint64_t prover; /* offset of the entry that proves it */
};

/*
 * Look at [offset, offset + length), in whole MiB; where Tails agree on another
 * beginning, from there. What lies further on, up to `room` bytes, is asked for
 * proof of the length alone. Reads it at most twice. VHDXLOG_E_NOMEM.
 */
int vl_survey_make(struct vl_survey *s, const struct vl_view *disk,
		   uint64_t offset, uint64_t length, uint64_t room,
		   struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The log as sections 10 and 11 of the format notes read, with no thought of
 * speed: every entry is looked at in a copy of its own, every run is walked from
 * every place. What the library finds by links and prefixes must be the same.
 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include "random_ring.h"

#define REF_NONE UINT32_MAX

struct ref_entry {
	bool begins; /* the sector begins with "loge" */
	bool sound;
	bool valid; /* and of the current LogGuid */
	uint32_t sectors, needed;
	uint32_t tail; /* bytes */
	uint64_t number;
	struct vhdxlog_guid guid;
	/* Of the sequence that it heads. */
	uint32_t first;
	bool complete; /* its Tail names the first entry */
	bool overlaps; /* so it does, but the ring is too short for it */
	bool maximal;
	bool active;
};

struct reference {
	const uint8_t *bytes; /* borrowed */
	uint32_t sectors;
	struct vhdxlog_guid guid;
	uint64_t log_offset, log_length; /* in the file; length 0: no file */
	struct ref_entry at[RING_MAX];	 /* by sector */
	enum vhdxlog_sector_kind kind[RING_MAX];
	uint32_t owner[RING_MAX]; /* sector of the entry, or REF_NONE */
	uint32_t active_first, active_head; /* sectors, or REF_NONE */
	uint32_t tie; /* head of another sequence as high, or REF_NONE */
};

/* placed: the ring lies in a file, at ring->offset. */
void reference_make(struct reference *r, const struct random_ring *ring,
		    bool placed);

#endif

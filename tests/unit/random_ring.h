/* SPDX-License-Identifier: MIT */
/*
 * Small rings of all that can go wrong, each named by a seed: runs of entries
 * with gaps, jumps and repeats in their numbers, tails that name entries, nothing
 * or places outside, other GUIDs, entries in the padding of others, claims that
 * overlap, torn sectors, damage under a right checksum and under a wrong one.
 */
#ifndef TESTS_RANDOM_RING_H
#define TESTS_RANDOM_RING_H

#include "helpers.h"

#define RING_MAX 64u /* sectors */

struct random_ring {
	struct rng rng;
	uint8_t *bytes; /* owned: sectors * 4096 */
	uint32_t sectors;
	uint64_t offset; /* where it is to lie in a file */
	struct vhdxlog_guid guids[4]; /* the first is the current one */
	uint32_t at;		      /* where the next entry goes, sector */
	uint32_t built[256];	      /* where entries were put */
	uint32_t n_built;
};

void random_ring_make(struct random_ring *ring, uint64_t seed);
void random_ring_free(struct random_ring *ring);

#endif

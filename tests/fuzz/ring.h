/* SPDX-License-Identifier: MIT */
/* The log in a sparse image, as far as it can be found without the library. */
#ifndef FUZZ_RING_H
#define FUZZ_RING_H

#include "tests/fuzz/sparse.h"

#define RING_SECTORS 256u /* at most: more is not looked at */

struct fuzz_ring {
	uint64_t offset;  /* in the image */
	uint32_t sectors; /* 0: there is none */
};

/* Where a header says that it is; without one the image is a ring alone. */
struct fuzz_ring fuzz_ring_find(const struct sparse *s);

/* The sector, or NULL: zeroes. It goes around. */
uint8_t *fuzz_ring_sector(const struct sparse *s, const struct fuzz_ring *r,
			  uint64_t sector);

/* A sector with such a signature, counted from a random one; RING_SECTORS: none. */
uint32_t fuzz_ring_next(const struct sparse *s, const struct fuzz_ring *r,
			uint32_t from, const char *signature);

/* Make the checksum of each entry right for what it claims to have, from the last
 * sector to the first, as far as that is not out of proportion. */
void fuzz_ring_seal(struct sparse *s, const struct fuzz_ring *r);

/* Those of headers and region tables. */
void fuzz_seal_head(struct sparse *s);

#endif

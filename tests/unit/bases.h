/* SPDX-License-Identifier: MIT */
/*
 * Small valid images with every structure in them, and where each of their
 * structures lies, for tests that go through all of them.
 */
#ifndef TESTS_BASES_H
#define TESTS_BASES_H

#include "helpers.h"

enum base_kind {
	BASE_DYNAMIC,	   /* a log of three entries to be replayed, and older ones */
	BASE_DIFFERENCING, /* the same on a disk with a parent */
	BASE_KINDS,
};

/* One structure, or a value that is none (then `size` bytes, one field). */
struct place {
	bool has_structure;
	enum vhdxlog_structure structure;
	uint64_t offset;
	uint32_t size;
};

struct base_entry {
	uint32_t sector, sectors;
};

#define BASE_MAX_PLACES 256u
#define BASE_MAX_ENTRIES 16u

struct base {
	struct buffer image; /* owned */
	uint64_t log_offset;
	uint32_t log_length;
	struct place places[BASE_MAX_PLACES];
	size_t place_count;
	struct base_entry entries[BASE_MAX_ENTRIES];
	size_t entry_count;
};

void base_make(struct base *b, enum base_kind kind);
void base_free(struct base *b);

/*
 * The same with a random ring (random_ring.h) as its log, which both headers
 * name; places and entries are no longer what is there.
 */
void base_make_random(struct base *b, uint64_t seed);

/* Make right every checksum over the byte at off, as far as it can be. */
void base_seal(const struct base *b, uint8_t *image, uint64_t off);

#endif

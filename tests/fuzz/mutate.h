/* SPDX-License-Identifier: MIT */
/*
 * A mutator that knows what it changes: sectors, entries, descriptors, fields.
 * mutate.c chooses, mutate_field.c changes fields, mutate_page.c pages and
 * sectors, mutate_entry.c entries of the log as a whole.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "tests/fuzz/ring.h"
#include "tests/unit/helpers.h"

struct mutation {
	struct sparse *s;
	struct fuzz_ring ring;
	struct rng rng;
};

static inline uint64_t below(struct mutation *m, uint64_t n)
{
	return rng_below(&m->rng, n);
}

static inline bool chance(struct mutation *m, unsigned percent)
{
	return rng_chance(&m->rng, percent);
}

/* A page that there is; NULL: none. *number gets its own. */
uint8_t *mutate_some_page(struct mutation *m, uint64_t *number);

/* Where a page may be put: in the ring, or anywhere near the others. */
uint64_t mutate_some_place(struct mutation *m);

/* A number at the edge of something, in place of `old`. */
uint64_t mutate_value(struct mutation *m, uint64_t old);

void mutate_field(struct mutation *m);
void mutate_page(struct mutation *m);
void mutate_entry(struct mutation *m);

#endif

/* SPDX-License-Identifier: MIT */
/* An image of memory of which all states can be asked for. */
#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include "helpers.h"
#include "history.h"
#include "replay.h"

struct opened {
	struct buffer image;	   /* owned */
	struct scanned s;	   /* owned */
	struct vhdxlog_history *h; /* owned */
};

/* The image becomes its. */
struct opened open_image(struct buffer image);
void close_image(struct opened *p);

/*
 * A small one that a seed names: every other has a log that writes the BAT alone
 * (random_bat.h), the others one of all that can go wrong (random_ring.h).
 */
struct opened open_random(uint64_t seed);

/* As of entry number k of the order; close it. */
struct vhdxlog_overlay *open_state(struct opened *p, size_t k);

/* Any state of it; NULL: what was thought of could not be told. */
struct vhdxlog_overlay *some_state(struct opened *p, struct rng *r);

#endif

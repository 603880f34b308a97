/* SPDX-License-Identifier: MIT */
/* A change from a list of pieces, as a test wants them. */
#ifndef TESTS_LIST_CHANGE_H
#define TESTS_LIST_CHANGE_H

#include "helpers.h"
#include "write/change.h"

struct list_change {
	struct vl_piece *pieces; /* owned, and so are their bytes */
	size_t count;
	size_t fail_at; /* the piece of this number cannot be had; 0: none */
	bool fail_rewind;
	size_t at, closed; /* how often */
	/* The bytes of the last piece that was given out: gone with the next. */
	uint8_t *lent;
};

/* The list stays the caller's, and must outlive the change. */
struct vl_change list_change(struct list_change *l, uint64_t old_size,
			     uint64_t new_size);

/* bytes are copied; NULL: zeroes. */
void list_add(struct list_change *l, uint64_t off, const void *bytes,
	      uint64_t len);

/*
 * Random pieces below `size`, at most max_gap apart: pages and others, of
 * zeroes and of bytes, now and then without a gap.
 */
void list_random(struct list_change *l, struct rng *r, uint64_t size,
		 uint64_t max_gap);

void list_release(struct list_change *l);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A set of numbers below n that finds the greatest of them below another: a bit
 * for each, and above them one for each word that has any, and so on.
 */
#ifndef VL_BASE_BITSET_H
#define VL_BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VL_BITSET_LEVELS 6u /* 64^6 numbers */

struct vl_bitset {
	uint64_t *words; /* owned */
	uint64_t *level[VL_BITSET_LEVELS]; /* in words; the lowest first */
	unsigned levels;
};

/* An empty set of numbers below n, a 32-bit number; false: out of memory. */
bool vl_bitset_init(struct vl_bitset *s, size_t n);
void vl_bitset_release(struct vl_bitset *s);

void vl_bitset_add(struct vl_bitset *s, size_t i);
void vl_bitset_remove(struct vl_bitset *s, size_t i);
bool vl_bitset_is_empty(const struct vl_bitset *s);

/* The greatest below i, which may be n; false: there is none. */
bool vl_bitset_below(const struct vl_bitset *s, size_t i, size_t *found);

#endif

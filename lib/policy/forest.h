/* SPDX-License-Identifier: MIT */
/*
 * Which entry a reader takes for the follower of which, and where that ends.
 *
 * As in log/links.c the links make a forest; a reader that always goes on as far
 * as it can only asks for the root. Planted once for a policy, in linear time.
 */
#ifndef VL_POLICY_FOREST_H
#define VL_POLICY_FOREST_H

#include "policy/case.h"

struct vl_forest {
	uint32_t *next; /* owned: index of the follower, or VL_NONE */
	uint32_t *root; /* owned: of each accepted entry, else VL_NONE */
	/* owned: whether the way from here to the root comes by the entry that
	 * the root's Tail names */
	bool *by_tail;
	bool *barred; /* owned: entries that it does not take all the same */
};

/* In three steps: room for it; the links; the roots. Or all at once. */
int vl_forest_init(struct vl_forest *f, const struct vl_case *c,
		   struct vhdxlog_error *err);
void vl_forest_link(struct vl_forest *f, const struct vl_case *c);
void vl_forest_grow(struct vl_forest *f, const struct vl_case *c);
int vl_forest_plant(struct vl_forest *f, const struct vl_case *c,
		    struct vhdxlog_error *err);
void vl_forest_release(struct vl_forest *f);

/* Add the entries from first to head, which it leads to. */
int vl_forest_pick(const struct vl_forest *f, struct vl_case *c,
		   uint32_t first, uint32_t head, struct vhdxlog_error *err);

/* Links: any; the next number; the same, 0 being the next of the highest; the
 * next number, but never across the end of the ring. */
bool vl_follows_any(const struct vl_case *c, const struct vl_entry *a,
		    const struct vl_entry *b);
bool vl_follows_number(const struct vl_case *c, const struct vl_entry *a,
		       const struct vl_entry *b);
bool vl_follows_number_round(const struct vl_case *c,
			     const struct vl_entry *a,
			     const struct vl_entry *b);
bool vl_follows_unwrapped(const struct vl_case *c, const struct vl_entry *a,
			  const struct vl_entry *b);
/* The next number, and Tail and length within what the one before left free. */
bool vl_follows_window(const struct vl_case *c, const struct vl_entry *a,
		       const struct vl_entry *b);

#endif

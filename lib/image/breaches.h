/* SPDX-License-Identifier: MIT */
/*
 * BAT entries that break a rule: how many, the first of them, and which, so that
 * a finding can name blocks and what is missing of them.
 *
 * Neighbours are kept as one run. A table that is broken in more places than are
 * kept is counted, and its first ones named: memory stays below 1 MiB, whatever
 * the table holds.
 */
#ifndef VL_IMAGE_BREACHES_H
#define VL_IMAGE_BREACHES_H

#include "base/bytes.h"
#include "check/check.h"

/* Rules of single entries, all of those between the two. */
#define VL_FIRST_BAT_RULE VLC_bat_entry_reserved_bits
#define VL_LAST_BAT_RULE VLC_bat_block_cut_off
#define VL_BAT_RULES (VL_LAST_BAT_RULE - VL_FIRST_BAT_RULE + 1)

struct vl_breach_run {
	uint64_t first, count; /* indices of the BAT */
	uint64_t before; /* in the runs before this one */
};

struct vl_breach {
	uint64_t count; /* entries */
	uint64_t raw;	/* the first of them */
	struct vl_breach_run *runs; /* owned; ascending, apart */
	size_t n, cap;
};

/* What is not in the file. */
struct vl_loss {
	uint64_t lost, cut; /* blocks and bitmaps: in whole, in part */
	uint64_t missing;   /* bytes of them */
};

struct vl_breaches {
	struct vl_breach of[VL_BAT_RULES];
	struct vl_loss beyond;	/* the end of the file after the replay */
	struct vl_loss cut_off; /* what was on the disk by the log */
	struct vl_loss both;
	uint64_t end; /* where the last block ends, UINT64_MAX at most */
	/* The entry that has the place of the first overlapping one as well. */
	bool has_other;
	uint64_t other; /* index */
};

/* A block that takes so many bytes lacks so many. */
static inline void vl_loss_add(struct vl_loss *l, uint64_t room,
			       uint64_t missing)
{
	if (!missing)
		return;
	l->missing = vl_end(l->missing, missing);
	if (missing < room)
		l->cut++;
	else
		l->lost++;
}

void vl_breaches_release(struct vl_breaches *b);

static inline struct vl_breach *vl_breach_of(struct vl_breaches *b,
					     enum vl_check_id id)
{
	return &b->of[id - VL_FIRST_BAT_RULE];
}

static inline bool vl_is_bat_rule(enum vl_check_id id)
{
	return id >= VL_FIRST_BAT_RULE && id <= VL_LAST_BAT_RULE;
}

/* `count` entries from index on, in ascending order; false: out of memory. */
bool vl_breach_note(struct vl_breach *b, uint64_t index, uint64_t raw,
		    uint64_t count);

/* How many entries can be named. */
uint64_t vl_breach_named(const struct vl_breach *b);

/* The index of the next entry, *cursor starting with 0; false: no more. */
bool vl_breach_next(const struct vl_breach *b, size_t *cursor, uint64_t *index);

#endif

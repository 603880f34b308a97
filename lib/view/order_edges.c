/* SPDX-License-Identifier: MIT */
/*
 * What lies over what: for each session the evidence that it was there before
 * another one, or after it.
 *
 * Entries of a session follow one another without a gap. So one whose Tail is not
 * its own place had an entry where that points to, and another one right in front
 * of it, and so had one with data sectors of the number before its own in front
 * of it. Whatever lies there now was written later. All of it is linear: each
 * entry has one Tail, and each stretch of the ring is in front of one entry.
 */
#include "view/order_parts.h"

#include "base/alloc.h"
#include "base/error.h"

static int add_edge(struct vl_sorting *s, uint32_t older, uint32_t newer,
		    enum vl_reason reason, struct vhdxlog_error *err)
{
	void *array = s->edges;

	if (!vl_reserve(&array, &s->edges_cap, s->n_edges + 1,
			sizeof(*s->edges)))
		return vl_nomem(err);
	s->edges = array;
	s->edges[s->n_edges++] = (struct vl_edge){ older, newer, reason };
	return 0;
}

/* Whether two entries are of sessions that are placed apart. */
static bool are_apart(struct vl_sorting *s, uint32_t a, uint32_t b)
{
	return s->session[a] != s->session[b] &&
	       vl_group_of(s, s->session[a]) != vl_group_of(s, s->session[b]);
}

/* What an entry's Tail points to, where another session is now. */
static int follow_tail(struct vl_sorting *s, uint32_t entry,
		       struct vhdxlog_error *err)
{
	const struct vl_entry *e = &s->log->entries[entry];
	uint32_t there = vl_map_owner(s->log, e->tail / VL_SECTOR);

	if (vl_is_self_tailed(e) || there == VL_NONE ||
	    !are_apart(s, entry, there))
		return 0;
	return add_edge(s, entry, there, VL_REASON_TAIL, err);
}

/* What is in front of an entry. */
struct front {
	uint32_t entry; /* that ends there, or VL_NONE */
	bool remains; /* data sectors of the one that was there are left */
};

static struct front look_in_front(const struct vl_log *log,
				  const struct vl_entry *e)
{
	const struct vl_ring *ring = &log->ring;
	struct front front = { VL_NONE, false };
	uint32_t end = e->sector, at;

	/* Ends: e itself is no data sector. */
	for (;; end = at) {
		at = vl_ring_wrap(ring, (uint64_t)end + ring->sectors - 1);
		if (vl_ring_kind(ring, at) != VHDXLOG_SECTOR_DATA ||
		    vl_map_owner(log, at) != VL_NONE ||
		    ring->value[at] != e->sequence_number - 1)
			break;
		front.remains = true;
	}
	front.entry = vl_map_owner(log, at);
	if (front.entry != VL_NONE &&
	    vl_entry_end(log, &log->entries[front.entry]) != end)
		front.entry = VL_NONE;
	return front;
}

/*
 * What the first entry that is left of a session says by where it lies. Sessions
 * begin at sector 0, so there, and only there, a number that is not 1 may be a
 * session's first.
 */
static int look_at_first(struct vl_sorting *s, uint32_t entry,
			 struct vhdxlog_error *err)
{
	const struct vl_entry *e = &s->log->entries[entry];
	struct front front = look_in_front(s->log, e);

	if (front.entry == VL_NONE || !are_apart(s, entry, front.entry))
		return 0;
	if (front.remains || !vl_is_self_tailed(e))
		return add_edge(s, entry, front.entry, VL_REASON_FRONT, err);
	if (!e->sector)
		return 0;
	if (e->sequence_number == 1)
		return add_edge(s, front.entry, entry, VL_REASON_BEGINS, err);
	return add_edge(s, entry, front.entry, VL_REASON_START, err);
}

int vl_order_edges(struct vl_sorting *s, struct vhdxlog_error *err)
{
	for (uint32_t i = 0; i < s->n; i++) {
		int rc = look_at_first(s, vl_session_first(s, i), err);

		for (uint32_t k = s->begin[i]; !rc && k < s->begin[i + 1]; k++)
			rc = follow_tail(s, s->entries[k], err);
		if (rc)
			return rc;
	}
	return 0;
}

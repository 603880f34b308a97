/* SPDX-License-Identifier: MIT */
/*
 * Which entry follows which.
 *
 * A sound entry is followed by the sound entry of the same LogGuid that starts
 * where it ends and has the next number. That is a function, so the links make a
 * forest whose roots are the entries that nothing follows; numbers grow along
 * every link, so there is no cycle. (A node may have several predecessors, where
 * entries are nested in the padding of others.)
 *
 * Each node knows how many entries follow it (depth), how many sectors lie from
 * it to its root (path), and one ancestor further up (jump), chosen so that any
 * ancestor is reached in O(log n) steps: the skew-binary jump pointers of
 * E. W. Myers, "An applicative random-access stack" (1983). With that, "does the
 * tail reach the head, and in how many sectors" costs O(log n) for any pair,
 * whatever the ring holds.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "log/log.h"

#include <stdlib.h>

uint32_t vl_link_neighbour(const struct vl_log *log, uint32_t entry)
{
	const struct vl_entry *e = &log->entries[entry];
	uint32_t i = vl_log_entry_at(log, vl_entry_end(log, e));
	const struct vl_entry *n;

	if (i == VL_NONE)
		return VL_NONE;
	n = &log->entries[i];
	return vl_is_sound(n) && vl_guid_equal(&n->guid, &e->guid) ? i :
								     VL_NONE;
}

static void set_next(struct vl_log *log)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		struct vl_entry *e = &log->entries[i];
		uint32_t n;

		if (!vl_is_sound(e))
			continue;
		n = vl_link_neighbour(log, (uint32_t)i);
		if (n == VL_NONE)
			continue;
		/* Nothing follows 2^64 - 1: 0 is no number of an entry. */
		if (log->entries[n].sequence_number - 1 == e->sequence_number)
			e->next = n;
		else
			log->entries[n].flags |= VL_ENTRY_AFTER_GAP;
	}
}

/* Whether the Tail of `next` lies outside [Tail of e, end of next). */
static bool goes_back(const struct vl_log *log, const struct vl_entry *e,
		      const struct vl_entry *next)
{
	uint32_t n = log->ring.sectors;
	uint32_t tail = e->tail / VL_SECTOR;
	uint32_t next_tail = next->tail / VL_SECTOR;
	uint32_t room = (vl_entry_end(log, next) + n - tail) % n;

	/* room 0: the sequence fills the ring, and any place is inside. */
	return room && (next_tail + n - tail) % n >= room;
}

/* Fill what e knows of its way to the root; its next is filled already. */
static void settle(struct vl_log *log, uint32_t i)
{
	struct vl_entry *e = &log->entries[i];
	const struct vl_entry *next, *jump;

	log->cost.link_steps++;
	e->path = e->sectors;
	e->depth = e->backward = 0;
	e->jump = i;
	if (e->next == VL_NONE)
		return;
	next = &log->entries[e->next];
	jump = &log->entries[next->jump];
	e->path += next->path;
	e->depth = next->depth + 1;
	e->backward = next->backward + goes_back(log, e, next);
	if (next->depth - jump->depth ==
	    jump->depth - log->entries[jump->jump].depth)
		e->jump = jump->jump;
	else
		e->jump = e->next;
}

/*
 * All sound entries, each behind the one that follows it: roots first. The order
 * is made by following links from every entry up to one that is done, and
 * settling on the way back; every entry is settled once. NULL: no memory.
 */
static uint32_t *root_first(struct vl_log *log, size_t *count)
{
	uint32_t *order = vl_calloc(log->n_entries, sizeof(*order));
	size_t done = 0;

	for (size_t i = 0; order && i < log->n_entries; i++) {
		size_t top = done;
		uint32_t at = (uint32_t)i;

		/* path is 0 until an entry is settled, and never after. */
		while (at != VL_NONE && vl_is_sound(&log->entries[at]) &&
		       !log->entries[at].path) {
			log->entries[at].path = 1; /* on the way */
			order[top++] = at;
			at = log->entries[at].next;
		}
		/* Reverse what was found, so that the root comes first. */
		for (size_t a = done, b = top; a + 1 < b; a++) {
			uint32_t swap = order[a];

			order[a] = order[--b];
			order[b] = swap;
		}
		for (; done < top; done++)
			settle(log, order[done]);
	}
	*count = done;
	return order;
}

uint64_t vl_link_sectors(const struct vl_log *log, uint32_t first,
			 uint32_t head)
{
	const struct vl_entry *h = &log->entries[head];

	return log->entries[first].path - h->path + h->sectors;
}

uint32_t vl_link_ancestor(struct vl_log *log, uint32_t e, uint32_t depth)
{
	if (log->entries[e].depth < depth)
		return VL_NONE;
	/* Ends: depth goes down with every step. */
	while (log->entries[e].depth > depth) {
		const struct vl_entry *at = &log->entries[e];

		log->cost.link_steps++;
		e = log->entries[at->jump].depth >= depth ? at->jump : at->next;
	}
	return e;
}

bool vl_link_reaches(struct vl_log *log, uint32_t first, uint32_t head)
{
	return vl_link_ancestor(log, first, log->entries[head].depth) == head;
}

uint64_t vl_link_count(struct vl_log *log, uint32_t first, uint32_t head)
{
	uint64_t n = 1;

	if (vl_link_reaches(log, first, head))
		return (uint64_t)log->entries[first].depth -
		       log->entries[head].depth + 1;
	/* Ends: no way without a repetition is longer. */
	for (; first != head && n <= log->n_entries; n++) {
		first = vl_link_neighbour(log, first);
		log->cost.link_steps++;
		if (first == VL_NONE)
			return 0;
	}
	return first == head ? n : 0;
}

/*
 * For each head the longest run that ends in it: at each step back the
 * predecessor with the longest run behind it (ties: the lower sector), no longer
 * than the ring. Along such a path the place where the ring is full only moves
 * forward, so all of them together take linear time.
 */
static int find_runs(struct vl_log *log, const uint32_t *order, size_t count,
		     struct vhdxlog_error *err)
{
	uint32_t *length = vl_calloc(log->n_entries, sizeof(*length));

	if (!length)
		return vl_nomem(err);
	for (size_t k = count; k-- > 0;) { /* leaves first */
		uint32_t i = order[k];
		struct vl_entry *e = &log->entries[i];
		struct vl_entry *next;

		length[i] = 1;
		e->first = i;
		if (e->before != VL_NONE) {
			length[i] += length[e->before];
			e->first = log->entries[e->before].first;
		}
		while (vl_link_sectors(log, e->first, i) > log->ring.sectors) {
			log->cost.link_steps++;
			e->first = log->entries[e->first].next;
		}
		if (e->next == VL_NONE)
			continue;
		next = &log->entries[e->next];
		if (next->before == VL_NONE ||
		    length[next->before] < length[i] ||
		    (length[next->before] == length[i] && next->before > i))
			next->before = i;
	}
	free(length);
	return 0;
}

/* Where a head's Tail names an entry from which it is reached, go by that. */
static void follow_tails(struct vl_log *log)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		struct vl_entry *e = &log->entries[i];
		uint32_t t;

		if (!vl_is_sound(e))
			continue;
		t = vl_log_entry_at(log, e->tail / VL_SECTOR);
		if (t == VL_NONE || !vl_is_sound(&log->entries[t]) ||
		    !vl_link_reaches(log, t, (uint32_t)i))
			continue;
		if (vl_link_sectors(log, t, (uint32_t)i) > log->ring.sectors) {
			e->flags |= VL_ENTRY_OVERLAPS;
			continue;
		}
		e->first = t;
		e->flags |= VL_ENTRY_TAIL_REACHED;
	}
}

int vl_log_link(struct vl_log *log, struct vhdxlog_error *err)
{
	uint32_t *order;
	size_t count;
	int rc;

	set_next(log);
	order = root_first(log, &count);
	if (!order)
		return vl_nomem(err);
	rc = find_runs(log, order, count, err);
	free(order);
	if (!rc)
		follow_tails(log);
	return rc;
}

/* SPDX-License-Identifier: MIT */
/* Sequences, [MS-VHDX] 2.3.2: what is wrong with one, and which is active. */
#include "base/bytes.h"
#include "base/guid.h"
#include "log/log.h"

struct sequence_case {
	struct vl_log *log;
	uint32_t first, head; /* indices */
};

static const struct vl_entry *head_of(const struct sequence_case *c)
{
	return &c->log->entries[c->head];
}

static uint64_t tail_at(const struct sequence_case *c)
{
	return vl_ring_at(&c->log->ring, head_of(c)->sector) +
	       VL_OFF_entry_header_tail;
}

/* The sound entry of the head's LogGuid that its Tail names, or VL_NONE. */
static uint32_t named(const struct sequence_case *c)
{
	uint32_t t = vl_log_entry_at(c->log, head_of(c)->tail / VL_SECTOR);

	if (t == VL_NONE || !vl_is_sound(&c->log->entries[t]) ||
	    !vl_guid_equal(&c->log->entries[t].guid, &head_of(c)->guid))
		return VL_NONE;
	return t;
}

/* Whether the Tail names an entry of this very sequence. */
static bool tail_is_in(const struct sequence_case *c)
{
	uint32_t t = named(c);

	return t != VL_NONE && vl_link_reaches(c->log, c->first, t) &&
	       vl_link_reaches(c->log, t, c->head);
}

static bool reaches_around(const struct sequence_case *c)
{
	return head_of(c)->flags & VL_ENTRY_OVERLAPS;
}

/* Of a run of neighbours that has one: the first behind a jump in the numbers. */
static uint32_t find_jump(const struct sequence_case *c)
{
	uint32_t i = c->first;

	if (vl_link_reaches(c->log, c->first, c->head))
		return VL_NONE;
	while (c->log->entries[i].next != VL_NONE)
		i = c->log->entries[i].next;
	return vl_link_neighbour(c->log, i);
}

static enum vhdxlog_status seq_gap(const void *subject, struct vl_detail *d)
{
	const struct sequence_case *c = subject;
	const struct vl_entry *first = &c->log->entries[c->first];
	uint32_t jump = find_jump(c);

	if (jump != VL_NONE)
		return vl_fail(d,
			       vl_ring_at(&c->log->ring,
					  c->log->entries[jump].sector) +
				       VL_OFF_entry_header_sequence_number,
			       "one more than the entry before it", "%ju",
			       (uintmax_t)c->log->entries[jump].sequence_number);
	if (tail_is_in(c) || reaches_around(c) || named(c) == VL_NONE ||
	    !(first->flags & VL_ENTRY_AFTER_GAP))
		return vl_pass();
	return vl_fail(d,
		       vl_ring_at(&c->log->ring, first->sector) +
			       VL_OFF_entry_header_sequence_number,
		       "one more than the entry before it", "%ju",
		       (uintmax_t)first->sequence_number);
}

static enum vhdxlog_status seq_tail_not_entry_start(const void *subject,
						    struct vl_detail *d)
{
	const struct sequence_case *c = subject;
	uint32_t n = c->log->ring.sectors;
	uint32_t first = c->log->entries[c->first].sector;
	uint32_t tail = head_of(c)->tail / VL_SECTOR;

	if (tail_is_in(c) || reaches_around(c) || find_jump(c) != VL_NONE ||
	    (tail + n - first) % n >=
		    vl_link_sectors(c->log, c->first, c->head))
		return vl_pass();
	return vl_fail(d, tail_at(c), "where an entry of the run starts", "%u",
		       head_of(c)->tail);
}

static enum vhdxlog_status seq_tail_outside(const void *subject,
					    struct vl_detail *d)
{
	const struct sequence_case *c = subject;

	if (tail_is_in(c) || reaches_around(c))
		return vl_pass();
	return vl_fail(d, tail_at(c), "an entry of the run", "%u",
		       head_of(c)->tail);
}

static enum vhdxlog_status seq_overlap(const void *subject,
				       struct vl_detail *d)
{
	const struct sequence_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (tail_is_in(c) || !reaches_around(c))
		return vl_pass();
	snprintf(want, sizeof(want), "at most %u sectors",
		 c->log->ring.sectors);
	return vl_fail(d, tail_at(c), want, "%ju",
		       (uintmax_t)vl_link_sectors(c->log, named(c), c->head));
}

static enum vhdxlog_status seq_inner_tail_outside(const void *subject,
						  struct vl_detail *d)
{
	const struct sequence_case *c = subject;
	const struct vl_entry *e = &c->log->entries[c->first];
	uint32_t all = e->backward - head_of(c)->backward;

	if (!all)
		return vl_pass();
	/* The last entry before the first step back: at each turn as far as
	 * the count stays the same, so in O(log n) turns. */
	for (uint32_t to;; e = &c->log->entries[to]) {
		c->log->cost.link_steps++;
		to = e->jump;
		if (c->log->entries[to].backward == e->backward &&
		    c->log->entries[to].depth < e->depth)
			continue;
		to = e->next;
		if (c->log->entries[to].backward != e->backward)
			break;
	}
	e = &c->log->entries[e->next];
	return vl_fail(d,
		       vl_ring_at(&c->log->ring, e->sector) +
			       VL_OFF_entry_header_tail,
		       "no further back than the entry before", "%u", e->tail);
}

static const vl_check_fn sequence_checks[VLC_COUNT] = {
	[VLC_seq_gap] = seq_gap,
	[VLC_seq_tail_not_entry_start] = seq_tail_not_entry_start,
	[VLC_seq_tail_outside] = seq_tail_outside,
	[VLC_seq_overlap] = seq_overlap,
	[VLC_seq_inner_tail_outside] = seq_inner_tail_outside,
};

void vl_sequence_judge(struct vl_log *log, uint32_t first, uint32_t head,
		       struct vl_judgement *j)
{
	struct sequence_case c = { log, first, head };

	vl_judge(VHDXLOG_OBJECT_SEQUENCE, sequence_checks, &c, j);
}

/* -------------------------------------------------------------- selection */

/*
 * The head of the longest run from t: the root, or, where the way there is
 * longer than the ring, the last entry within it.
 */
static uint32_t run_head(struct vl_log *log, uint32_t t)
{
	uint32_t n = log->ring.sectors;

	/* Ends: depth goes down with every step. */
	for (uint32_t e = t;;) {
		const struct vl_entry *at = &log->entries[e];

		log->cost.link_steps++;
		if (at->next == VL_NONE)
			return e;
		if (vl_link_sectors(log, t, at->jump) <= n)
			e = at->jump;
		else if (vl_link_sectors(log, t, at->next) <= n)
			e = at->next;
		else
			return e;
	}
}

/* Whether the head's Tail names an entry of the run from t. */
static bool run_is_valid(struct vl_log *log, uint32_t t, uint32_t head)
{
	uint32_t tail = vl_log_entry_at(log, log->entries[head].tail / VL_SECTOR);

	return tail != VL_NONE && vl_is_valid(&log->entries[tail]) &&
	       vl_link_reaches(log, t, tail) &&
	       vl_link_reaches(log, tail, head);
}

static void consider(struct vl_log *log, uint32_t head)
{
	uint64_t seq = log->entries[head].sequence_number;
	uint64_t best = log->active_head == VL_NONE ?
				0 :
				log->entries[log->active_head].sequence_number;

	if (seq > best)
		log->active_head = head;
}

/* Another valid sequence whose head is as high, whether it was tried or not. */
static void find_tie(struct vl_log *log)
{
	const struct vl_entry *active = &log->entries[log->active_head];

	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (e != active && vl_is_valid(e) && vl_heads_valid(e) &&
		    e->sequence_number == active->sequence_number) {
			log->tie = (uint32_t)i;
			return;
		}
	}
}

static void mark_active(struct vl_log *log)
{
	uint32_t i, head = log->active_head;

	if (head == VL_NONE)
		return;
	log->active_first =
		vl_log_entry_at(log, log->entries[head].tail / VL_SECTOR);
	for (i = log->active_first; i != head; i = log->entries[i].next)
		log->entries[i].flags |= VL_ENTRY_IS_ACTIVE;
	log->entries[head].flags |= VL_ENTRY_IS_ACTIVE;
	find_tie(log);
}

/*
 * 2.3.2 as restated in section 11 of the format notes: as printed it does not
 * end where a run fills the ring, so it stops at `tail <= old`. Every turn moves
 * the tail on by at least one sector, so there are no more turns than sectors.
 */
void vl_log_select(struct vl_log *log)
{
	uint32_t n = log->ring.sectors;
	uint32_t tail = 0, old;

	if (!n || !log->pub.has_guid || vl_guid_is_zero(&log->pub.guid))
		return;
	do {
		uint32_t t = vl_log_entry_at(log, tail);
		uint32_t head = VL_NONE;

		if (t != VL_NONE && vl_is_valid(&log->entries[t]))
			head = run_head(log, t);
		if (head != VL_NONE && !run_is_valid(log, t, head))
			head = VL_NONE;
		if (head != VL_NONE)
			consider(log, head);
		old = tail;
		tail = head == VL_NONE ?
			       (tail + 1) % n :
			       vl_entry_end(log, &log->entries[head]);
	} while (tail > old);
	mark_active(log);
}

/* SPDX-License-Identifier: MIT */
/*
 * The search of the specification, as its readers have it: from the start of the
 * log try one chain after another, each as long as it gets, and keep the one
 * whose head has the highest number.
 */
#include "policy/forest.h"

struct scan {
	struct vl_case *c;
	struct vl_forest forest;
	uint32_t first, head; /* of the best so far, or VL_NONE */
};

/* Whether reading an entry ends everything. */
static bool is_fatal(const struct vl_case *c, uint32_t index)
{
	return c->policy->trips && vl_trips(c, index);
}

static uint64_t distance(const struct vl_log *log, uint64_t from, uint64_t to)
{
	return (to + log->pub.length - from) % log->pub.length;
}

/* Two comparisons of bytes, which ask for no end of the ring. */
static bool tail_is_before_head(const struct vl_entry *h, uint64_t start)
{
	uint64_t head = (uint64_t)h->sector * VL_SECTOR;
	bool behind = h->tail >= start, before = h->tail < head + VL_SECTOR;

	return head >= start ? behind && before : behind || before;
}

/* Whether the head's Tail lies where the reader wants it. */
static bool tail_is_good(const struct scan *s, uint32_t first, uint32_t head)
{
	const struct vl_log *log = s->c->log;
	const struct vl_entry *h = &log->entries[head];
	uint64_t start = (uint64_t)log->entries[first].sector * VL_SECTOR;
	uint64_t end = (uint64_t)vl_entry_end(log, h) * VL_SECTOR;
	uint64_t length = distance(log, start, end);

	if (s->c->policy->tail == VL_TAIL_STARTS_ENTRY)
		return s->forest.by_tail[first];
	if (s->c->policy->tail == VL_TAIL_TO_HEAD)
		return tail_is_before_head(h, start);
	if (h->tail >= log->pub.length)
		return false;
	return !length || distance(log, start, h->tail) < length;
}

static void consider(struct scan *s, uint32_t first, uint32_t head)
{
	const struct vl_entry *entries = s->c->log->entries;
	uint64_t number = entries[head].sequence_number;

	if (s->head == VL_NONE ?
		    number || s->c->policy->zero_wins :
		    number > entries[s->head].sequence_number) {
		s->first = first;
		s->head = head;
	}
}

/* Try the chain from an accepted entry; where the search goes on. */
static uint32_t try_chain(struct scan *s, uint32_t first)
{
	const struct vl_log *log = s->c->log;
	uint32_t head = s->forest.root[first];
	bool good = tail_is_good(s, first, head);

	if (good)
		consider(s, first, head);
	if (s->c->policy->steps_into_head)
		return vl_ring_wrap(&log->ring,
				    log->entries[head].sector + UINT64_C(1));
	if (good)
		return vl_entry_end(log, &log->entries[head]);
	return vl_ring_wrap(&log->ring,
			    log->entries[first].sector + UINT64_C(1));
}

/* Every turn moves on, so there are no more turns than sectors. */
static bool find(struct scan *s)
{
	struct vl_case *c = s->c;
	uint32_t at = 0, old;

	if (!c->log->ring.sectors)
		return true;
	do {
		uint32_t i = vl_log_entry_at(c->log, at);
		bool fatal = is_fatal(c, i);

		vl_step(c);
		old = at;
		if (i != VL_NONE && s->forest.root[i] != VL_NONE) {
			const struct vl_entry *head =
				&c->log->entries[s->forest.root[i]];

			fatal = is_fatal(c, vl_behind(c->log, head));
			at = try_chain(s, i);
		} else {
			at = vl_ring_wrap(&c->log->ring, at + UINT64_C(1));
		}
		if (fatal)
			return false;
	} while (at > old);
	return true;
}

static int choose(struct scan *s, struct vhdxlog_error *err)
{
	struct vl_case *c = s->c;
	uint32_t first = s->first;

	if (s->head == VL_NONE) {
		vl_decide(c,
			  c->policy->opens_without ? VHDXLOG_OUTCOME_IGNORE :
						     VHDXLOG_OUTCOME_REFUSE,
			  "it finds no valid sequence%s",
			  c->policy->opens_without ? " and goes on without" :
						     "");
		return 0;
	}
	if (c->policy->from_tail) {
		if (!s->forest.by_tail[first]) {
			vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
				  "the Tail of its choice, E%u, names no entry "
				  "to begin with",
				  c->log->entries[s->head].sector);
			return 0;
		}
		first = vl_named_by_tail(c->log, &c->log->entries[s->head]);
	}
	return vl_forest_pick(&s->forest, c, first, s->head, err);
}

int vl_search_scan(struct vl_case *c, struct vhdxlog_error *err)
{
	struct scan s = { .c = c, .first = VL_NONE, .head = VL_NONE };
	int rc;

	if (vl_gate(c))
		return 0;
	rc = vl_forest_plant(&s.forest, c, err);
	if (!rc && !find(&s)) {
		c->choice->aborts = true;
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "an entry that it cannot take in ends it");
	} else if (!rc) {
		rc = choose(&s, err);
	}
	vl_forest_release(&s.forest);
	return rc;
}

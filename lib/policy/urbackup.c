/* SPDX-License-Identifier: MIT */
/*
 * UrBackup, fsimageplugin/vhdxfile.cpp.
 *
 * It goes through the log once, chain by chain, and begins again at its start
 * whenever an entry ends where the log does: then it never ends. A chain whose
 * head's Tail is not its first entry is thrown away, but its highest number is
 * remembered, and stands in the way of every lower chain.
 */
#include "policy/case.h"

struct chain {
	uint32_t first; /* index, or VL_NONE: empty */
	uint32_t head;
	int64_t highest;
};

#define NO_ENTRY (-1) /* a number that stands for none */

/* Numbers have a sign, so those from 2^63 on are never the highest. */
static int64_t number_of(const struct vl_log *log, uint32_t index)
{
	return (int64_t)log->entries[index].sequence_number;
}

struct search {
	struct vl_case *c;
	uint32_t at; /* sector */
	bool hangs, crashes;
};

/* The entry at s->at, or VL_NONE; one of another LogGuid is not looked at. */
static uint32_t look(struct search *s)
{
	uint32_t i = vl_log_entry_at(s->c->log, s->at);

	vl_step(s->c);
	if (i == VL_NONE || !vl_is_of_log(s->c, i))
		return VL_NONE;
	s->crashes = vl_trips(s->c, i);
	if (number_of(s->c->log, i) == NO_ENTRY)
		return VL_NONE;
	return vl_accepts(s->c, i) ? i : VL_NONE;
}

static void grow(struct search *s, struct chain *chain)
{
	const struct vl_log *log = s->c->log;

	*chain = (struct chain){ VL_NONE, VL_NONE, 0 };
	/* Ends: every turn moves on, and the end of the ring ends it. */
	while (s->at < log->ring.sectors) {
		uint32_t i = look(s);

		if (i == VL_NONE) {
			s->at += !s->crashes;
			return;
		}
		if (chain->first != VL_NONE &&
		    log->entries[i].sequence_number !=
			    (uint64_t)chain->highest + 1)
			return;
		if (chain->first == VL_NONE)
			chain->first = i;
		chain->head = i;
		chain->highest = number_of(log, i);
		s->at += log->entries[i].sectors;
		s->hangs = s->at == log->ring.sectors;
		if (s->hangs)
			return;
	}
}

static void judge(const struct search *s, struct chain *chain)
{
	const struct vl_log *log = s->c->log;

	if (chain->first != VL_NONE &&
	    log->entries[chain->head].tail !=
		    log->entries[chain->first].sector * VL_SECTOR)
		chain->first = VL_NONE;
}

static void find(struct search *s, struct chain *best)
{
	while (s->at < s->c->log->ring.sectors && !s->hangs && !s->crashes) {
		struct chain chain;

		grow(s, &chain);
		judge(s, &chain);
		if (chain.highest > best->highest)
			*best = chain;
	}
}

static int replay(struct vl_case *c, const struct chain *best,
		  struct vhdxlog_error *err)
{
	for (uint32_t i = best->first;; i = vl_behind(c->log,
						      &c->log->entries[i])) {
		int rc = vl_pick(&c->chosen, c->log->entries[i].sector, err);

		if (rc)
			return rc;
		if (i == best->head)
			return vl_apply(c, err);
	}
}

int vl_urbackup(struct vl_case *c, struct vhdxlog_error *err)
{
	struct search s = { .c = c };
	struct chain best = { VL_NONE, VL_NONE, 0 };

	if (vl_gate(c))
		return 0;
	find(&s, &best);
	if (s.crashes) {
		c->choice->aborts = true;
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "the entry at sector %u makes it go outside of its "
			  "memory",
			  s.at);
	} else if (s.hangs) {
		vl_decide(c, VHDXLOG_OUTCOME_HANG,
			  "an entry ends where the log does, and it begins "
			  "again for ever");
	} else if (best.first != VL_NONE) {
		return replay(c, &best, err);
	} else {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  best.highest ? "the Tail of the chain with the highest "
					 "number is not its first entry" :
					 "it finds no chain");
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Readers that look for the entry with the highest number anywhere, and go to it
 * from where its Tail points.
 */
#include "policy/forest.h"

/* The accepted entry with the highest number; of several the lowest. */
static uint32_t find_newest(const struct vl_case *c)
{
	const struct vl_log *log = c->log;
	uint32_t newest = VL_NONE, end = 0;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		vl_step(c);
		if (e->sector < end || !vl_accepts(c, i))
			continue;
		if (c->policy->skips_bodies)
			end = e->sector + e->sectors;
		if (newest == VL_NONE ||
		    e->sequence_number > log->entries[newest].sequence_number)
			newest = i;
	}
	return newest;
}

/* Whether a reader that skips bodies comes by an entry. */
static bool is_discovered(const struct vl_case *c, uint32_t wanted)
{
	const struct vl_log *log = c->log;
	uint32_t end = 0;

	if (!vl_accepts(c, wanted))
		return false;
	for (uint32_t i = 0; c->policy->skips_bodies && i < wanted; i++) {
		vl_step(c);
		if (log->entries[i].sector >= end && vl_accepts(c, i))
			end = log->entries[i].sector + log->entries[i].sectors;
	}
	return log->entries[wanted].sector >= end;
}

static void decide_none(struct vl_case *c, const char *why)
{
	if (c->policy->opens_without)
		vl_decide(c, VHDXLOG_OUTCOME_IGNORE, "%s; it goes on without",
			  why);
	else
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE, "%s", why);
}

/* Numbers grow with every step, so there are no more steps than entries. */
static int walk(struct vl_case *c, uint32_t first, uint32_t newest,
		struct vhdxlog_error *err)
{
	const struct vl_log *log = c->log;

	for (uint32_t i = first;;) {
		const struct vl_entry *e = &log->entries[i];
		int rc = vl_pick(&c->chosen, e->sector, err);
		uint32_t b;

		vl_step(c);
		if (rc)
			return rc;
		/* An entry with the same number elsewhere will do. */
		if (!c->policy->may_fall_short &&
		    e->sequence_number == log->entries[newest].sequence_number)
			return 0;
		b = vl_behind(log, e);
		if (!vl_accepts(c, b) ||
		    !vl_follows_number(c, e, &log->entries[b]))
			break;
		i = b;
	}
	if (c->policy->may_fall_short)
		return 0;
	c->chosen.n = 0;
	decide_none(c, "the way from the newest entry's Tail breaks before it "
		       "gets there");
	return 0;
}

int vl_search_newest(struct vl_case *c, struct vhdxlog_error *err)
{
	uint32_t newest, tail;

	if (vl_gate(c))
		return 0;
	newest = find_newest(c);
	if (newest == VL_NONE) {
		decide_none(c, "it finds no entry");
		return 0;
	}
	tail = vl_named_by_tail(c->log, &c->log->entries[newest]);
	if (!is_discovered(c, tail)) {
		decide_none(c, "the newest entry's Tail names no entry");
		return 0;
	}
	return walk(c, tail, newest, err);
}

/* rust-img checks sums of no more than four times the ring: more, and it refuses
 * whatever it has found. */
static bool is_exhausting(const struct vl_case *c)
{
	const struct vl_log *log = c->log;
	uint64_t left = 4 * (uint64_t)log->ring.sectors;
	uint32_t end = 0;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		vl_step(c);
		if (e->sector < end || !e->sectors || !vl_is_of_log(c, i))
			continue;
		if (left < e->sectors)
			return true;
		left -= e->sectors;
		if (vl_accepts(c, i))
			end = e->sector + e->sectors;
	}
	return false;
}

int vl_rust_img(struct vl_case *c, struct vhdxlog_error *err)
{
	uint32_t newest, tail;

	if (vl_gate(c))
		return 0;
	newest = find_newest(c);
	tail = newest == VL_NONE ?
		       VL_NONE :
		       vl_named_by_tail(c->log, &c->log->entries[newest]);
	if (is_exhausting(c))
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "there is more to check than it allows for");
	else if (newest == VL_NONE)
		vl_decide(c, VHDXLOG_OUTCOME_IGNORE,
			  "it finds no entry, and goes on without");
	else if (!is_discovered(c, tail))
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "the newest entry's Tail names no entry");
	else
		return walk(c, tail, newest, err);
	return 0;
}

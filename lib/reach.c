/* SPDX-License-Identifier: MIT */
/*
 * How far what the current session logged has reached the disk.
 *
 * What must be replayed is the active sequence; what was logged before its tail
 * should be on the disk, or written over. So the entries of the sequence are gone
 * through by number, and what was applied last is looked for before it where none
 * of them was.
 */
#include "history.h"

#include "base/bytes.h"
#include "base/error.h"
#include "overlay/compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *vhdxlog_reach_name(enum vhdxlog_reach_kind kind)
{
	static const char *const names[] = { "none", "nothing", "part", "all",
					     "unknown" };

	return names[kind];
}

/* ----------------------------------------------------------------- entries */

/* What an entry came to. */
enum reached {
	REACHED_EMPTY, /* it writes nothing */
	REACHED,       /* all of it is there, or was written over */
	REACHED_TORN,
	REACHED_NOT,
	REACHED_UNKNOWN,
};

static enum reached reached_by(const struct vhdxlog_scan *s,
			       const struct vhdxlog_descriptor *d)
{
	switch (d->applied) {
	case VHDXLOG_APPLIED_YES:
	case VHDXLOG_APPLIED_OVERWRITTEN: return REACHED;
	case VHDXLOG_APPLIED_TORN:
		/* A page of which a part was written over since did get there. */
		return d->overwritten_by != VHDXLOG_NO_SECTOR ? REACHED :
								REACHED_TORN;
	case VHDXLOG_APPLIED_NO: return REACHED_NOT;
	case VHDXLOG_APPLIED_UNKNOWN: break;
	}
	/* The file has not grown to where it is. */
	return vl_end(d->file_offset, d->length) > vl_scan_disk(s)->size ?
		       REACHED_NOT :
		       REACHED_UNKNOWN;
}

/* The worst of its descriptors; what is missing is worse than what is not known,
 * as it settles the question. */
static int look_at_entry(struct vhdxlog_scan *s, uint32_t entry,
			 enum reached *worst, struct vhdxlog_error *err)
{
	static const unsigned weight[] = {
		[REACHED_EMPTY] = 0,   [REACHED] = 1,	  [REACHED_UNKNOWN] = 2,
		[REACHED_TORN] = 4, [REACHED_NOT] = 3,
	};
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	int rc = vhdxlog_descriptors_open(s, entry, &it, err);

	*worst = REACHED_EMPTY;
	while (rc == 0 &&
	       (rc = vhdxlog_descriptors_next(it, &d, err)) == 0) {
		enum reached r = reached_by(s, &d);

		if (weight[r] > weight[*worst])
			*worst = r;
	}
	vhdxlog_descriptors_close(it);
	if (rc == VHDXLOG_E_IO) { /* its descriptors cannot be read again */
		*worst = REACHED_UNKNOWN;
		return 0;
	}
	return rc < 0 ? rc : 0;
}

/* ---------------------------------------------------------------- sequence */

struct reach_case {
	struct vhdxlog_scan *s;
	const struct vl_order *order;
	uint32_t last_before; /* of entries before the sequence, see below */
	uint32_t missing_before; /* the nearest of them that is not there */
	uint32_t last_applied, first_missing; /* entries, or VL_NONE */
	uint32_t first, head; /* of what must be replayed */
	uint64_t there, missing, unknown; /* entries that write something */
	bool torn;
};

static void count(struct reach_case *c, uint32_t entry, enum reached r)
{
	switch (r) {
	case REACHED_EMPTY: return;
	case REACHED_UNKNOWN: c->unknown++; return;
	case REACHED:
		c->there++;
		if (c->first_missing == VL_NONE && !c->unknown)
			c->last_applied = entry;
		return;
	case REACHED_TORN:
	case REACHED_NOT: break;
	}
	c->missing++;
	if (c->first_missing == VL_NONE) {
		c->first_missing = entry;
		c->torn = r == REACHED_TORN;
	}
}

static int look_at_sequence(struct reach_case *c, struct vhdxlog_error *err)
{
	uint32_t i = c->first;

	/* Ends: links lead to the head, that is how it was found. */
	for (;; i = c->s->log.entries[i].next) {
		enum reached r;
		int rc = look_at_entry(c->s, i, &r, err);

		if (rc)
			return rc;
		count(c, i, r);
		if (i == c->head)
			return 0;
	}
}

/*
 * Back from the tail to the last entry that is there. Where the log begins, or the
 * order of sessions is not what it seems, none is found.
 */
static int look_before(struct reach_case *c, struct vhdxlog_error *err)
{
	uint32_t place = c->order->place ? c->order->place[c->first] : VL_NONE;

	while (place != VL_NONE && place > 0 && c->last_before == VL_NONE) {
		uint32_t entry = c->order->entries[--place];
		enum reached r;
		int rc = look_at_entry(c->s, entry, &r, err);

		if (rc)
			return rc;
		if (r == REACHED)
			c->last_before = entry;
		else if (r != REACHED_EMPTY && c->missing_before == VL_NONE)
			c->missing_before = entry;
	}
	return 0;
}

/* ---------------------------------------------------------------- in words */

static uint32_t sector_of(const struct reach_case *c, uint32_t entry)
{
	return entry == VL_NONE ? VHDXLOG_NO_SECTOR :
				  c->s->log.entries[entry].sector;
}

struct sentence {
	char *at;
	size_t room, used;
};

__attribute__((format(printf, 2, 3))) static void say(struct sentence *s,
						      const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(s->at + s->used, s->room - s->used, format, ap);
	va_end(ap);
	if (n > 0)
		s->used += (size_t)n < s->room - s->used ? (size_t)n :
							   s->room - s->used - 1;
}

/* "E12 was", "E5 to E7 were" */
static void say_range(const struct reach_case *c, struct sentence *s,
		      uint32_t from, uint32_t to)
{
	say(s, "E%" PRIu32, sector_of(c, from));
	if (to != from)
		say(s, " to E%" PRIu32, sector_of(c, to));
	say(s, to != from ? " were" : " was");
}

/* The last entry up to which all is there; VL_NONE: there is none, or a gap. */
static uint32_t all_before(const struct reach_case *c)
{
	if (c->last_applied != VL_NONE)
		return c->last_applied;
	return c->missing_before == VL_NONE ? c->last_before : VL_NONE;
}

static void say_nothing(const struct reach_case *c, struct sentence *s)
{
	if (all_before(c) != VL_NONE) {
		say(s, "everything up to E%" PRIu32 " is on the disk; ",
		    sector_of(c, all_before(c)));
		say_range(c, s, c->first_missing, c->head);
		say(s, " logged and not applied: the writer was cut off "
		       "between the two");
		return;
	}
	say_range(c, s, c->first_missing, c->head);
	say(s, " logged, and nothing of it is on the disk");
	if (c->missing_before == VL_NONE)
		return;
	say(s, "; nor is E%" PRIu32
	       ", from before the tail: what it wrote was logged again before "
	       "it was applied, or the disk is an older copy",
	    sector_of(c, c->missing_before));
}

static void say_part(const struct reach_case *c, struct sentence *s)
{
	if (all_before(c) != VL_NONE)
		say(s, "everything up to E%" PRIu32 " is on the disk; ",
		    sector_of(c, all_before(c)));
	if (c->torn)
		say(s, "E%" PRIu32 " is there in part, so the writer, or a "
		       "replay, was cut off while it applied that",
		    sector_of(c, c->first_missing));
	else
		say(s, "E%" PRIu32 " is not: the writer, or a replay, was cut "
		       "off between the two",
		    sector_of(c, c->first_missing));
	if (all_before(c) == VL_NONE && !c->torn)
		say(s, ", though later ones are");
}

static void say_all(const struct reach_case *c, struct sentence *s)
{
	if (!c->there) {
		say(s, "what must be replayed writes nothing");
		return;
	}
	say_range(c, s, c->first, c->head);
	say(s, " applied, though the header says that the log waits: the writer "
	       "was cut off before it cleared the header, or some tool replayed "
	       "the log and left the header as it was");
}

static void say_unknown(const struct reach_case *c, struct sentence *s)
{
	say(s, "how far it got is not known: %" PRIu64 " of %" PRIu64
	       " entries that wait could not be compared with the disk",
	    c->unknown, c->there + c->missing + c->unknown);
}

static enum vhdxlog_reach_kind kind_of(const struct reach_case *c)
{
	if (c->unknown && !(c->torn && !c->there))
		return VHDXLOG_REACH_UNKNOWN;
	if (!c->missing)
		return VHDXLOG_REACH_ALL;
	return c->there || c->torn ? VHDXLOG_REACH_PART :
				     VHDXLOG_REACH_NOTHING;
}

static void tell(const struct reach_case *c, struct vhdxlog_reach *reach)
{
	static void (*const sayings[])(const struct reach_case *,
				       struct sentence *) = {
		[VHDXLOG_REACH_NOTHING] = say_nothing,
		[VHDXLOG_REACH_PART] = say_part,
		[VHDXLOG_REACH_ALL] = say_all,
		[VHDXLOG_REACH_UNKNOWN] = say_unknown,
	};
	struct sentence s = { reach->message, sizeof(reach->message), 0 };

	reach->kind = kind_of(c);
	reach->last_applied = sector_of(
		c, c->last_applied != VL_NONE ? c->last_applied : c->last_before);
	reach->first_missing = sector_of(c, c->first_missing);
	reach->torn = c->torn;
	sayings[reach->kind](c, &s);
}

/* ------------------------------------------------------------------ public */

int vhdxlog_history_reach(struct vhdxlog_history *history,
			  struct vhdxlog_reach *reach,
			  struct vhdxlog_error *err)
{
	struct vhdxlog_scan *s = history->scan;
	uint64_t budget = s->applied.budget;
	struct reach_case c = {
		.s = s,
		.order = &history->order,
		.last_before = VL_NONE,
		.missing_before = VL_NONE,
		.last_applied = VL_NONE,
		.first_missing = VL_NONE,
		.first = s->log.active_first,
		.head = s->log.active_head,
	};
	int rc;

	*reach = (struct vhdxlog_reach){
		.last_applied = VHDXLOG_NO_SECTOR,
		.first_missing = VHDXLOG_NO_SECTOR,
	};
	if (s->options.raw_log || c.head == VL_NONE)
		return 0;
	/* Of its own, so that asking takes nothing from a report. */
	s->applied.budget = vl_compare_budget(&s->log);
	rc = look_at_sequence(&c, err);
	if (!rc && c.missing && c.last_applied == VL_NONE)
		rc = look_before(&c, err);
	s->applied.budget = budget;
	if (!rc)
		tell(&c, reach);
	return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * The verdict in words: what state the image is in, and by which facts. Where
 * the image is whole, that is what its log waits to change.
 */
#include "reports/sentences.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/readers.h"

/* "they change one page of the BAT and make the file 36 MiB long" */
static void add_effect(struct phrase *p, const struct vhdxlog_effect *e,
		       uint64_t entries)
{
	const char *s = entries == 1 ? "s" : "";
	char size[32];

	phrase_add(p, "%s ", entries == 1 ? "it" : "they");
	if (!phrase_has_areas(e)) {
		phrase_add(p, "%s no page", entries == 1 ? "writes" : "write");
	} else {
		phrase_add(p,
			   e->changes_known && e->changes_bytes ? "change%s "
								: "write%s ",
			   s);
		phrase_areas(p, e);
	}
	if (e->zeroed)
		phrase_add(p, " (%s of it zeroes)",
			   report_size(e->zeroed, size));
	if (e->grows)
		phrase_add(p, " and make%s the file %s long", s,
			   report_size(e->grows_to, size));
}

static bool active_effect(const struct report_subject *s,
			  const struct vhdxlog_sequence *active,
			  struct vhdxlog_effect *effect)
{
	bool filled = false;

	return active->index != SIZE_MAX &&
	       vhdxlog_sequence_effect(s->scan, active->index, &filled, effect,
				       NULL) == 0 &&
	       filled;
}

/*
 * Damage to entries and copies is what the log and the second copy are there
 * for: it needs a look, but is no news beside a state that says more.
 */
static bool is_news(const struct vhdxlog_scan *scan,
		    const struct vhdxlog_finding *f)
{
	const struct vhdxlog_check *check = vhdxlog_check_find(f->id);

	if (f->severity != VHDXLOG_ERROR)
		return false;
	return !check || vhdxlog_verdict(scan)->state == VHDXLOG_CLEAN ||
	       check->class_ == VHDXLOG_CLASS_M ||
	       check->class_ == VHDXLOG_CLASS_W;
}

/* That something may be lost goes before all else. */
static bool is_loss(const struct vhdxlog_finding *f)
{
	return strcmp(f->id, "log-unapplied") == 0 ||
	       strcmp(f->id, "log-disk-ahead") == 0;
}

/* ", but newer entries .. lie outside .. (log-newer-outside-active)" */
static void add_worry(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_check *check;
	const struct vhdxlog_finding *f;
	char where[VHDXLOG_ID_TEXT] = "";
	size_t i = 0, n = vhdxlog_finding_count(s->scan), cursor = 0;

	while (i < n && !is_loss(vhdxlog_finding_at(s->scan, i)))
		i++;
	for (i = i == n ? 0 : i;
	     i < n && !is_news(s->scan, vhdxlog_finding_at(s->scan, i));)
		i++;
	if (i == n)
		return;
	f = vhdxlog_finding_at(s->scan, i);
	check = vhdxlog_check_find(f->id);
	vhdxlog_finding_where(s->scan, i, &cursor, where);
	if (strcmp(where, "image") == 0 || strcmp(where, "log") == 0)
		*where = '\0';
	phrase_add(p, ", but %s (%s%s%s)", check ? check->sentence : f->message,
		   f->id, *where ? ", " : "", where);
}

/* Where options had a say, the header does not say it of this log. */
static void add_must_replay(struct phrase *p, const struct report_subject *s)
{
	phrase_add(p, "%s log must be replayed, but ",
		   assumed_of(s->scan).any ? "The"
					   : "The header says that the");
}

static void add_why_nothing(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);
	size_t current = vhdxlog_entry_tally(s->scan, VHDXLOG_VALID);
	char word[24];

	if (phrase_if_outside(p, s))
		return;
	if (current == 0)
		phrase_add(p, "no sound entry of its session is left");
	else if (current == 1)
		phrase_add(p, "the one sound entry of its session ends no "
			      "whole sequence");
	else
		phrase_add(p,
			   "none of the %s sound entries of its session ends a "
			   "whole sequence",
			   phrase_number(current, false, word));
	if (log->present && log->present < log->sectors)
		phrase_add(p,
			   "; only %" PRIu32 " of its %" PRIu32
			   " sectors lie inside the file",
			   log->present, log->sectors);
}

static void say_unreplayable(struct phrase *p, const struct report_subject *s)
{
	size_t stale = vhdxlog_entry_tally(s->scan, VHDXLOG_STALE);

	add_must_replay(p, s);
	add_why_nothing(p, s);
	phrase_others(p, vhdxlog_entry_tally(s->scan, VHDXLOG_INVALID),
		      "entry is damaged", "entries are damaged");
	if (assumed_session(s->scan))
		phrase_others(p, stale, "is of another session",
			      "are of other sessions");
	else
		phrase_others(p, stale, "is of an earlier session",
			      "are of earlier sessions");
	phrase_others(p, readers_that_apply(s->scan),
		      "reader would apply something all the same",
		      "readers would apply something all the same");
	if (facts_log_has_holes(s->scan))
		phrase_add(p, "; some of its sectors could not be read");
	phrase_add(p, ".");
}

static void say_ambiguous(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	phrase_add(p, "Log entries wait to be applied, and readers that apply "
		      "them end with ");
	phrase_count(p, readers_disks(s->scan), "disk", "different disks",
		     false);
	if (facts_active_sequence(s->scan, &active))
		phrase_add(p, "; the specification applies %s",
			   facts_range_id(active.id, id));
	add_worry(p, s);
	phrase_add(p, "; compare the results before any program opens the "
		      "image.");
}

static void say_noop(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;

	add_must_replay(p, s);
	if (facts_active_sequence(s->scan, &active)) {
		phrase_add(p, "applying its ");
		phrase_count(p, active.entries, "entry", "entries", false);
	} else {
		phrase_add(p, "doing so");
	}
	phrase_add(p, " would change no byte");
	if (!assumed_of(s->scan).any)
		phrase_add(p, "; only the mark is left");
	add_worry(p, s);
	phrase_add(p, ".");
}

static void say_dirty(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;
	struct vhdxlog_effect effect;

	if (!facts_active_sequence(s->scan, &active)) {
		phrase_add(p, "Log entries wait to be applied.");
		return;
	}
	phrase_count(p, active.entries, "log entry waits", "log entries wait",
		     true);
	phrase_add(p, " to be applied");
	if (active_effect(s, &active, &effect)) {
		phrase_add(p, "; ");
		add_effect(p, &effect, active.entries);
	}
	add_worry(p, s);
	phrase_add(p, ".");
}

static void say_clean(struct phrase *p, const struct report_subject *s)
{
	phrase_add(p, "Nothing waits to be applied");
	add_worry(p, s);
	phrase_add(p, ".");
}

/*
 * "With the log assumed at 0x100000 (--log-offset): ", which the sentence goes
 * on from. What is said of other files and of changes does not rest on it.
 */
static void add_assumption(struct phrase *p, const struct report_subject *s)
{
	enum vhdxlog_state state = vhdxlog_verdict(s->scan)->state;
	char words[ASSUMED_WORDS];

	if (state == VHDXLOG_NOT_VHDX || state == VHDXLOG_UNSTABLE ||
	    facts_is_too_short(s->scan))
		return;
	phrase_add(p, "%s", assumed_words(s->scan, words));
}

static void add_change(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(s->scan);

	if (o->unchanged || o->state == VHDXLOG_UNSTABLE)
		return;
	p->length--; /* the full stop: it stays one sentence */
	phrase_add(p, "; but the file changed while it was read, so scan it "
		      "again when nothing has it open.");
}

static void lower_first(struct phrase *p, size_t at)
{
	if (at > 0 && at < p->size)
		p->buf[at] = (char)tolower((unsigned char)p->buf[at]);
}

int report_summary(char *buf, size_t size, const struct report_subject *s)
{
	static void (*const say[])(struct phrase *,
				   const struct report_subject *) = {
		[VHDXLOG_NOT_VHDX] = say_not_vhdx,
		[VHDXLOG_UNREADABLE] = say_unreadable,
		[VHDXLOG_UNSTABLE] = say_unstable,
		[VHDXLOG_HEADERS_LOST] = say_headers_lost,
		[VHDXLOG_TRUNCATED] = say_truncated,
		[VHDXLOG_DAMAGED] = say_damaged,
		[VHDXLOG_DIRTY_UNREPLAYABLE] = say_unreplayable,
		[VHDXLOG_DIRTY_AMBIGUOUS] = say_ambiguous,
		[VHDXLOG_DIRTY_NOOP] = say_noop,
		[VHDXLOG_DIRTY] = say_dirty,
		[VHDXLOG_CLEAN] = say_clean,
	};
	struct phrase p = {buf, size, 0};
	size_t start;

	if (size)
		buf[0] = '\0';
	add_assumption(&p, s);
	start = p.length;
	say[vhdxlog_verdict(s->scan)->state](&p, s);
	lower_first(&p, start);
	add_change(&p, s);
	return (int)p.length;
}

/* SPDX-License-Identifier: MIT */
/*
 * A timeline for a person: what it comes to, what its order rests on, and then
 * what happened, session by session.
 */
#include "reports/text_timeline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/phrase.h"

#define MARGIN 10 /* where text_label() ends */
#define SENTENCE_SIZE 512

/* Both ends in the largest unit that leaves no rest of either. */
const char *text_span(uint64_t offset, uint64_t length, char buf[TEXT_SPAN])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
					     "TiB" };
	uint64_t from = offset, to = offset + length;
	unsigned unit = 0;

	if (to < from) {
		snprintf(buf, TEXT_SPAN, "0x%" PRIx64 " and 0x%" PRIx64 " more",
			 offset, length);
		return buf;
	}
	for (; unit < 4 && from % 1024 == 0 && to % 1024 == 0 && to; unit++) {
		from /= 1024;
		to /= 1024;
	}
	snprintf(buf, TEXT_SPAN, "%" PRIu64 " to %" PRIu64 " %s", from, to,
		 units[unit]);
	return buf;
}

/* ----------------------------------------------------------------- summary */

/* What is told in the first lines, counted before anything is printed. */
struct tally {
	size_t sessions, inferred;
	uint64_t entries;
	uint64_t changes; /* events, apart from the beginnings of sessions */
	uint64_t missing; /* of them not on the disk, or in part */
	uint64_t unknown; /* ... of which that could not be told */
};

static void count_sessions(const struct report_timeline *t, struct tally *n)
{
	n->sessions = vhdxlog_session_count(t->history);
	for (size_t i = 0; i < n->sessions; i++) {
		const struct vhdxlog_session *s =
			vhdxlog_session_at(t->history, i);

		n->entries += s->entries;
		n->inferred += s->order == VHDXLOG_INFERRED;
	}
}

static void count_event(struct tally *n, const struct vhdxlog_event *e)
{
	if (e->kind == VHDXLOG_EVENT_LOG_STARTED)
		return;
	n->changes++;
	if (!e->has_applied)
		return;
	n->missing += e->applied == VHDXLOG_APPLIED_NO ||
		      e->applied == VHDXLOG_APPLIED_TORN;
	n->unknown += e->applied == VHDXLOG_APPLIED_UNKNOWN;
}

static int count_events(const struct report_timeline *t, struct tally *n,
			struct vhdxlog_error *err)
{
	struct vhdxlog_events *events = NULL;
	struct vhdxlog_event e;
	int rc = vhdxlog_events_open(t->history, t->filter, &events, err);

	if (rc < 0)
		return rc;
	while ((rc = vhdxlog_events_next(events, &e, err)) == 0)
		count_event(n, &e);
	vhdxlog_events_close(events);
	return rc < 0 ? rc : 0;
}

/* "of block 17 in session 1" */
static void say_filter(struct phrase *p, const struct report_timeline *t)
{
	const struct vhdxlog_event_filter *f = t->filter;

	if (!f)
		return;
	if (f->has_block)
		phrase_add(p, " of block %" PRIu64, f->block);
	if (f->has_area)
		phrase_add(p, " in region %s", vhdxlog_area_name(f->area));
	if (f->has_session)
		phrase_add(p, " in session %zu", f->session);
}

static void say_order(struct phrase *p, const struct tally *n)
{
	char word[24];

	if (n->sessions < 2)
		return;
	if (n->inferred == 0)
		phrase_add(p, "; the order of the sessions is known");
	else if (n->inferred == n->sessions)
		phrase_add(p, "; the order of the sessions is inferred");
	else
		phrase_add(p, "; the place of %s of the sessions is inferred",
			   phrase_number(n->inferred, false, word));
}

static void say_missing(struct phrase *p, const struct tally *n)
{
	char word[24];

	if (n->missing)
		phrase_add(p, "; %s %s not on the disk",
			   phrase_number(n->missing, false, word),
			   n->missing == 1 ? "is" : "are");
	if (n->unknown)
		phrase_add(p, "; of %s it is not known whether %s on the disk",
			   phrase_number(n->unknown, false, word),
			   n->unknown == 1 ? "it is" : "they are");
}

static void say_summary(struct phrase *p, const struct report_timeline *t,
			const struct tally *n)
{
	if (n->entries == 0) {
		phrase_add(p, "The log holds no sound entry, so it tells of "
			      "nothing.");
		return;
	}
	phrase_count(p, n->sessions, "session", "sessions", true);
	phrase_add(p, ", ");
	phrase_count(p, n->entries, "entry", "entries", false);
	phrase_add(p, ", ");
	phrase_count(p, n->changes, "change", "changes", false);
	say_filter(p, t);
	say_missing(p, n);
	say_order(p, n);
	phrase_add(p, ".");
}

void text_timeline_head(struct text *t, const char *sentence)
{
	char *path = text_escaped(t, t->options->path);

	if (!path)
		return;
	fprintf(t->out, "%s: ", path);
	if (t->options->quiet)
		fprintf(t->out, "%s\n", sentence);
	else
		text_wrap(t, text_columns(path) + 2, 2, sentence);
	free(path);
}

void text_timeline_limits(struct text *t, const struct report_timeline *timeline,
			  const struct vhdxlog_events *events)
{
	const char *words;

	text_put(t, TEXT_STRONG, "\n  what this cannot tell\n");
	for (size_t i = 0; (words = timeline_limitation(timeline, events, i));
	     i++) {
		fputs("  - ", t->out);
		text_wrap(t, 4, 4, words);
	}
}

/* ------------------------------------------------------------------- facts */

/* A fact with its label; an empty line goes before the first. */
static void put_fact(struct text *t, bool first, const char *label,
		     const char *words)
{
	if (first)
		putc('\n', t->out);
	text_label(t, label);
	text_wrap(t, MARGIN, MARGIN, words);
}

static void put_anchor(struct text *t, const struct report_anchor *anchor)
{
	char words[256];

	if (!anchor)
		return;
	snprintf(words, sizeof(words),
		 "all of it was no later than %s (%s), as was given; the log "
		 "itself holds no time",
		 anchor->time, anchor->name);
	put_fact(t, true, "anchor", words);
}

static int put_reach(struct text *t, const struct report_timeline *timeline)
{
	struct vhdxlog_reach reach;
	int rc = vhdxlog_history_reach(timeline->history, &reach, t->err);

	if (rc < 0)
		return text_fail(t, rc);
	if (*reach.message)
		put_fact(t, !timeline->anchor, "on disk", reach.message);
	return 0;
}

/* ------------------------------------------------------------------ strata */

static void put_stratum(struct text_table *table,
			const struct vhdxlog_stratum *s)
{
	text_cell(table, TEXT_PLAIN, "%" PRIu32 " to %" PRIu32, s->first,
		  s->first + (s->count ? s->count - 1 : 0));
	text_cell(table, TEXT_PLAIN, "%s", timeline_stratum(s));
	if (s->session == SIZE_MAX)
		text_cell(table, TEXT_DIM, "-");
	else
		text_cell(table, TEXT_PLAIN, "%zu", s->session);
	if (s->orphan)
		text_cell(table, TEXT_PLAIN, "%" PRIu64, s->sequence_number);
	else
		text_cell(table, TEXT_DIM, "%s", "");
}

int text_strata(struct text *t, const struct report_timeline *timeline)
{
	static const struct text_column columns[] = {
		{ "sectors of the ring", false },
		{ "hold", false },
		{ "of session", false },
		{ "number", false },
		{ NULL, false },
	};
	struct vhdxlog_stratum s;
	struct text_table *table = text_table_open(t, columns);
	uint32_t cursor = 0;
	int rc;

	text_table_part(table);
	while ((rc = vhdxlog_stratum_next(timeline->history, &cursor, &s,
					  t->err)) == 0)
		put_stratum(table, &s);
	text_table_close(table);
	return rc < 0 ? text_fail(t, rc) : 0;
}

/* ------------------------------------------------------------------ report */

static int put_body(struct text *t, const struct report_timeline *timeline)
{
	int rc;

	put_anchor(t, timeline->anchor);
	rc = put_reach(t, timeline);
	return rc < 0 ? rc : text_events(t, timeline);
}

static int put_timeline(struct text *t, const struct report_timeline *timeline)
{
	struct tally n = { .sessions = 0 };
	char sentence[SENTENCE_SIZE];
	struct phrase p = { sentence, sizeof(sentence), 0 };
	int rc;

	count_sessions(timeline, &n);
	rc = count_events(timeline, &n, t->err);
	if (rc < 0)
		return text_fail(t, rc);
	say_summary(&p, timeline, &n);
	text_timeline_head(t, sentence);
	return t->options->quiet ? 0 : put_body(t, timeline);
}

int report_timeline_text(FILE *out, const struct report_timeline *timeline,
			 const struct report_options *options,
			 struct vhdxlog_error *err)
{
	struct text t = text_begin(out, timeline->subject, options, err);
	int rc;

	if (!timeline->history)
		return report_failure_text(out, options, timeline->error);
	rc = timeline->as_of ? text_as_of(&t, timeline) :
			       put_timeline(&t, timeline);
	if (rc == 0 && !options->quiet)
		text_custody(&t);
	return rc < 0 ? rc : t.failed;
}

/* SPDX-License-Identifier: MIT */
/* What a timeline says of a session before its events. */
#include "reports/text_timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HANG 11 /* of further lines: behind "session 0" */

static void say_entries(FILE *f, const struct vhdxlog_session *s)
{
	if (s->entries == 1)
		fprintf(f, "; E%" PRIu32 ", number %" PRIu64, s->first,
			s->first_sequence_number);
	else
		fprintf(f,
			"; %" PRIu64 " entries, E%" PRIu32 " to E%" PRIu32
			", numbers %" PRIu64 " to %" PRIu64,
			s->entries, s->first, s->last,
			s->first_sequence_number, s->last_sequence_number);
}

static void say_sizes(FILE *f, const struct vhdxlog_session *s)
{
	char first[32], last[32];

	fprintf(f, "; file %s", text_size(s->first_size, first));
	if (s->last_size != s->first_size)
		fprintf(f, " to %s", text_size(s->last_size, last));
}

static void say_gone(FILE *f, const struct vhdxlog_session *s)
{
	if (!s->begins)
		fprintf(f, "; how it began is gone");
	if (s->orphans)
		fprintf(f,
			"; %" PRIu64 " data sector%s of it without an entry",
			s->orphans, s->orphans == 1 ? "" : "s");
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/*
 * Whether it is another link of a chain: QEMU begins a session with each entry,
 * and the reason for their order is always the same.
 */
static bool is_link(const struct text *t, const struct vhdxlog_session *last,
		    const struct vhdxlog_session *s)
{
	return last && !t->options->verbose && s->entries == 1 &&
	       last->entries == 1 && s->index == last->index + 1 &&
	       s->order == last->order && same(s->writer, last->writer);
}

/* What was given of the session before is not given again. */
static void say_why(FILE *f, const struct vhdxlog_session *last,
		    const struct vhdxlog_session *s)
{
	const char *why = s->why ? s->why : "";

	if (s->writer && last && same(s->writer, last->writer))
		fprintf(f, ". Consistent with %s", s->writer);
	else if (s->writer)
		fprintf(f, ". Consistent with %s (%s)", s->writer,
			s->writer_why ? s->writer_why : "");
	fprintf(f, ". Order %s%s%s", vhdxlog_certainty_name(s->order),
		*why ? ": " : "",
		last && *why && same(why, last->why) ? "as above" : why);
}

static void say_session(FILE *f, const struct text *t,
			const struct vhdxlog_session *last,
			const struct vhdxlog_session *s)
{
	char guid[VHDXLOG_GUID_TEXT];

	fprintf(f, "session %zu  %s%s%s", s->index,
		vhdxlog_guid_format(&s->log_guid, guid),
		s->current ? ", " : "",
		s->current ? text_session(t, &s->log_guid) : "");
	say_entries(f, s);
	say_sizes(f, s);
	say_gone(f, s);
	if (is_link(t, last, s))
		fprintf(f, "; likewise %s", vhdxlog_certainty_name(s->order));
	else
		say_why(f, last, s);
}

void text_timeline_session(struct text *t, struct text_table *table,
			   const struct vhdxlog_session *last,
			   const struct vhdxlog_session *s)
{
	struct text_memo f;
	char *words, *escaped;

	if (last && !is_link(t, last, s))
		text_table_line(table, "%s", "");
	if (!text_memo_open(t, &f))
		return;
	say_session(f.stream, t, last, s);
	words = text_memo_close(t, &f);
	escaped = words ? text_escaped(t, words) : NULL;
	if (escaped)
		text_table_words(table, HANG, "%s", escaped);
	free(words);
	free(escaped);
}

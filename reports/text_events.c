/* SPDX-License-Identifier: MIT */
/*
 * The events as a table, with a heading for each session. That a session began
 * is its heading, not a row.
 */
#include "reports/text_timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/phrase.h"

/* Before and after, each byte escaped, and what is said about them. */
#define CHANGE_SIZE (2 * 4 * VHDXLOG_EVENT_TEXT + 128)

/* Events of one entry that say the same of neighbouring blocks, which are neighbours
 * in the file as well: one row. */
struct run {
	struct vhdxlog_event first;
	uint64_t blocks; /* 0: there is none */
};

struct rows {
	struct text *t;
	struct text_table *table;
	const struct report_timeline *timeline;
	const struct vhdxlog_session *session; /* of the row above, or NULL */
	struct text_number number;
	struct run run; /* not yet printed */
};

/* -------------------------------------------------------------------- rows */

static void put_what(struct text_table *table, const struct vhdxlog_event *e,
		     uint64_t blocks)
{
	if (e->item)
		text_cell(table, TEXT_PLAIN, "%s", e->item);
	else if (e->has_block && e->is_bitmap)
		text_cell(table, TEXT_PLAIN, "bitmap of chunk %" PRIu64,
			  e->block);
	else if (e->has_block && blocks > 1)
		text_cell(table, TEXT_PLAIN,
			  "block %" PRIu64 "-%" PRIu64, e->block,
			  e->block + blocks - 1);
	else if (e->has_block)
		text_cell(table, TEXT_PLAIN, "block %" PRIu64, e->block);
	else if (e->has_index)
		text_cell(table, TEXT_PLAIN, "%s entry %" PRIu64,
			  text_area(e->area), e->index);
	else if (e->has_target)
		text_cell(table, TEXT_PLAIN, "%s 0x%" PRIx64,
			  text_area(e->area), e->file_offset);
	else
		text_cell(table, TEXT_PLAIN, "file");
}

/* Its name without what stands in the column before. */
static const char *happened(enum vhdxlog_event_kind kind)
{
	switch (kind) {
	case VHDXLOG_EVENT_LOG_STARTED: return "started";
	case VHDXLOG_EVENT_PAGE_FIRST_SEEN: return "first-seen";
	case VHDXLOG_EVENT_BLOCK_ALLOCATED: return "allocated";
	case VHDXLOG_EVENT_BLOCK_STATE_CHANGED: return "state-changed";
	case VHDXLOG_EVENT_BLOCK_MOVED: return "moved";
	case VHDXLOG_EVENT_BITMAP_CHANGED:
	case VHDXLOG_EVENT_METADATA_CHANGED:
	case VHDXLOG_EVENT_REGION_TABLE_CHANGED:
	case VHDXLOG_EVENT_PAGE_CHANGED: return "changed";
	case VHDXLOG_EVENT_FILE_GREW: return "grew";
	case VHDXLOG_EVENT_FILE_SHRANK: return "shrank";
	case VHDXLOG_EVENT_ZEROED:
	case VHDXLOG_EVENT_REWRITTEN:
	case VHDXLOG_EVENT_KINDS: break;
	}
	return vhdxlog_event_name(kind);
}

static void put_guest(struct text_table *table, const struct vhdxlog_event *e)
{
	char span[TEXT_SPAN];

	if (e->has_virtual && e->virtual_length == 0)
		text_cell(table, TEXT_WARN, "past the end");
	else if (e->has_virtual)
		text_cell(table, TEXT_PLAIN, "%s",
			  text_span(e->virtual_offset, e->virtual_length,
				    span));
	else
		text_cell(table, TEXT_DIM, "-");
}

static void put_applied(struct text_table *table, const struct vhdxlog_event *e)
{
	enum text_style style = TEXT_PLAIN;

	if (!e->has_applied) {
		text_cell(table, TEXT_DIM, "-");
		return;
	}
	if (e->applied == VHDXLOG_APPLIED_OVERWRITTEN &&
	    e->overwritten_by != VHDXLOG_NO_SECTOR) {
		text_cell(table, TEXT_DIM, "E%" PRIu32 "'s", e->overwritten_by);
		return;
	}
	if (e->applied == VHDXLOG_APPLIED_NO ||
	    e->applied == VHDXLOG_APPLIED_TORN)
		style = TEXT_WARN;
	text_cell(table, style, "%s", vhdxlog_applied_name(e->applied));
}

/* The number behind the @ of a value; NULL: there is none. */
static const char *place_in(const char *value, uint64_t *off)
{
	const char *at = strchr(value, '@');
	char *end;

	if (!at)
		return NULL;
	*off = strtoull(at + 1, &end, 10);
	return end == at + 1 || *end ? NULL : at;
}

/* "present@4194304" as "at 4 MiB", or "at 4 to 7 MiB" of several; other states keep their name. */
static bool say_place(struct phrase *p, const struct run *run,
		      const char *value)
{
	static const char present[] = "present";
	char size[32], span[TEXT_SPAN];
	uint64_t n;
	const char *at = place_in(value, &n);
	int length;

	if (!at)
		return false;
	length = (int)(at - value);
	if ((size_t)length == strlen(present) &&
	    memcmp(value, present, (size_t)length) == 0)
		length = 0;
	phrase_add(p, "%.*s%sat %s", length, value, length ? " " : "",
		   run->blocks > 1 ?
			   text_span(n, run->first.virtual_length, span) :
			   text_size(n, size));
	return true;
}

static void say_value(struct phrase *p, struct rows *rows,
		      const struct vhdxlog_event *e, const char *value)
{
	char *escaped, size[32];

	if (e->kind == VHDXLOG_EVENT_FILE_GREW ||
	    e->kind == VHDXLOG_EVENT_FILE_SHRANK) {
		phrase_add(p, "%s",
			   text_size(strtoull(value, NULL, 10), size));
		return;
	}
	if (say_place(p, &rows->run, value))
		return;
	escaped = text_escaped(rows->t, value);
	phrase_add(p, "%s", escaped ? escaped : "");
	free(escaped);
}

static void say_change(struct phrase *p, struct rows *rows,
		       const struct vhdxlog_event *e)
{
	char size[32];

	if (*e->before)
		say_value(p, rows, e, e->before);
	if (*e->before && *e->after)
		phrase_add(p, " -> ");
	if (*e->after)
		say_value(p, rows, e, e->after);
	if (e->has_moved_to)
		phrase_add(p, ", now entry %" PRIu64, e->moved_to);
	if (e->kind == VHDXLOG_EVENT_ZEROED)
		phrase_add(p, "%s%s of zeroes", p->length ? ", " : "",
			   text_size(e->length, size));
	if (e->inferred)
		phrase_add(p, " (inferred)");
}

static void put_change(struct rows *rows, const struct vhdxlog_event *e)
{
	char words[CHANGE_SIZE] = "";
	struct phrase p = { words, sizeof(words), 0 };

	say_change(&p, rows, e);
	text_cell(rows->table, TEXT_PLAIN, "%s", words);
}

static void put_message(struct rows *rows, const char *message)
{
	char *escaped = text_escaped(rows->t, message);

	if (escaped && *escaped)
		text_table_words(rows->table, 2, "  %s", escaped);
	free(escaped);
}

static void put_event(struct rows *rows, const struct vhdxlog_event *e,
		      uint64_t blocks)
{
	char digits[24];

	text_cell(rows->table, TEXT_PLAIN, "E%" PRIu32, e->entry);
	text_cell(rows->table, TEXT_PLAIN, "%s",
		  text_number(&rows->number, e->sequence_number, digits));
	put_what(rows->table, e, blocks);
	text_cell(rows->table, TEXT_PLAIN, "%s", happened(e->kind));
	put_guest(rows->table, e);
	put_applied(rows->table, e);
	put_change(rows, e);
	if (rows->t->options->verbose)
		put_message(rows, e->message);
}

static void end_run(struct rows *rows)
{
	if (rows->run.blocks)
		put_event(rows, &rows->run.first, rows->run.blocks);
	rows->run.blocks = 0;
}

/*
 * Whether a value says of the next block what the run's first says of its own:
 * the same, and where they have places in the file, one behind the other.
 */
static bool follows(const char *first, const char *next, const struct run *run)
{
	uint64_t from, to;
	const char *a = place_in(first, &from), *b = place_in(next, &to);

	if (!a || !b)
		return strcmp(first, next) == 0;
	return a - first == b - next &&
	       memcmp(first, next, (size_t)(a - first)) == 0 && to > from &&
	       to - from == run->first.virtual_length;
}

/* Whether it says of the next block what the run says of those before. */
static bool continues(const struct run *run, const struct vhdxlog_event *e)
{
	const struct vhdxlog_event *f = &run->first;

	return run->blocks && f->kind == e->kind && f->entry == e->entry &&
	       f->has_block && e->has_block && !f->is_bitmap &&
	       !e->is_bitmap && e->block == f->block + run->blocks &&
	       f->has_virtual && e->has_virtual &&
	       e->virtual_offset == f->virtual_offset + f->virtual_length &&
	       !f->item && !e->item && !f->has_moved_to && !e->has_moved_to &&
	       f->inferred == e->inferred &&
	       f->has_applied == e->has_applied && f->applied == e->applied &&
	       f->overwritten_by == e->overwritten_by &&
	       follows(f->before, e->before, run) &&
	       follows(f->after, e->after, run);
}

static void begin_session(struct rows *rows, const struct vhdxlog_session *s)
{
	char digits[24];

	text_timeline_session(rows->t, rows->table, rows->session, s);
	/* The numbers below are told by their ends, as this one was in full. */
	rows->number = (struct text_number){ "" };
	text_number(&rows->number, s->first_sequence_number, digits);
	rows->session = s;
}

static void put_next(struct rows *rows, const struct vhdxlog_event *e)
{
	const struct vhdxlog_session *s =
		vhdxlog_session_at(rows->timeline->history, e->session);

	if (!rows->t->options->verbose && continues(&rows->run, e)) {
		rows->run.blocks++;
		rows->run.first.virtual_length += e->virtual_length;
		return;
	}
	end_run(rows);
	if (s && rows->session != s)
		begin_session(rows, s);
	if (e->kind != VHDXLOG_EVENT_LOG_STARTED)
		rows->run = (struct run){ *e, 1 };
}

/* ------------------------------------------------------------------- table */

static const struct text_column columns[] = {
	{ "entry", false },   { "number", false }, { "what", false },
	{ "event", false },   { "guest", false },  { "on disk", false },
	{ "before -> after", false }, { NULL, false },
};

int text_events(struct text *t, const struct report_timeline *timeline)
{
	struct rows rows = { .t = t, .timeline = timeline };
	struct vhdxlog_events *events = NULL;
	struct vhdxlog_event e;
	int rc = vhdxlog_events_open(timeline->history, timeline->filter,
				     &events, t->err);

	if (rc < 0)
		return text_fail(t, rc);
	rows.table = text_table_open(t, columns);
	text_table_part(rows.table);
	while (!t->failed &&
	       (rc = vhdxlog_events_next(events, &e, t->err)) == 0)
		put_next(&rows, &e);
	end_run(&rows);
	text_table_close(rows.table);
	if (rc >= 0 && !t->failed && t->options->verbose)
		rc = text_strata(t, timeline);
	if (rc >= 0 && !t->failed)
		text_timeline_limits(t, timeline, events);
	vhdxlog_events_close(events);
	return rc < 0 ? text_fail(t, rc) : t->failed;
}

/* SPDX-License-Identifier: MIT */
/* A timeline for spreadsheets: its events, or with --as-of the BAT. */
#include "reports/csv.h"

#include <stdlib.h>

#include "reports/timeline.h"

static void put_bool(struct csv *c, bool value)
{
	csv_text(c, value ? "true" : "false");
}

/* ------------------------------------------------------------------ events */

static const char *const event_columns[] = {
	"ordinal",	  "session",	    "session_order",
	"log_guid",	  "sequence_number", "entry",
	"event",	  "file_offset",    "length",
	"region",	  "index",	    "block",
	"before",	  "after",	    "virtual_offset",
	"virtual_length", "moved_to",	    "inferred",
	"applied",	  "overwritten_by", "message",
	"is_bitmap",	  "item",	    NULL,
};

static void put_when(struct csv *c, const struct report_timeline *t,
		     const struct vhdxlog_event *e)
{
	const struct vhdxlog_session *s =
		vhdxlog_session_at(t->history, e->session);

	csv_number(c, e->ordinal);
	csv_number(c, e->session);
	csv_text(c, s ? vhdxlog_certainty_name(s->order) : NULL);
	if (s)
		csv_guid(c, &s->log_guid);
	else
		csv_text(c, NULL);
	csv_number(c, e->sequence_number);
	csv_id(c, 'E', e->entry);
	csv_text(c, vhdxlog_event_name(e->kind));
}

static void put_event(struct csv *c, const struct report_timeline *t,
		      const struct vhdxlog_event *e)
{
	put_when(c, t, e);
	csv_maybe_number(c, e->has_target, e->file_offset);
	csv_maybe_number(c, e->has_target, e->length);
	csv_text(c, e->has_target ? vhdxlog_area_name(e->area) : NULL);
	csv_maybe_number(c, e->has_index, e->index);
	csv_maybe_number(c, e->has_block, e->block);
	csv_text(c, e->before);
	csv_text(c, e->after);
	csv_maybe_number(c, e->has_virtual, e->virtual_offset);
	csv_maybe_number(c, e->has_virtual, e->virtual_length);
	csv_maybe_number(c, e->has_moved_to, e->moved_to);
	put_bool(c, e->inferred);
	csv_text(c, e->has_applied ? vhdxlog_applied_name(e->applied) : NULL);
	csv_id(c, 'E',
	       e->has_applied ? e->overwritten_by : VHDXLOG_NO_SECTOR);
	csv_text(c, e->message);
	put_bool(c, e->is_bitmap);
	csv_text(c, e->item);
	csv_end_row(c);
}

static int put_events(FILE *out, const struct report_timeline *t,
		      struct vhdxlog_error *err)
{
	struct csv c = csv_begin(out, event_columns);
	struct vhdxlog_events *events = NULL;
	struct vhdxlog_event e;
	int rc = vhdxlog_events_open(t->history, t->filter, &events, err);

	if (rc < 0)
		return rc;
	while ((rc = vhdxlog_events_next(events, &e, err)) == 0)
		put_event(&c, t, &e);
	vhdxlog_events_close(events);
	return csv_finish(&c, rc, err);
}

/* --------------------------------------------------------------------- BAT */

static const char *const bat_columns[] = {
	"index",	  "block",	    "is_bitmap",
	"state",	  "file_offset",    "virtual_offset",
	"virtual_length", "certainty",	    "recoverable",
	NULL,
};

/* Both lists are in the order of the BAT: one walk meets each pair. */
struct ghosts {
	const struct report_timeline *timeline;
	struct vhdxlog_error *err;
	struct vhdxlog_ghost next;
	uint64_t cursor;
	int rc; /* 0: next is one; 1: there are no more */
};

static void advance(struct ghosts *g)
{
	g->rc = timeline_ghost_next(g->timeline, &g->cursor, &g->next, g->err);
}

/* Whether it can be got back: all of it is inside the file, under nothing. */
static bool is_recoverable(struct ghosts *g, uint64_t index)
{
	while (g->rc == 0 && g->next.entry.index < index)
		advance(g);
	return g->rc == 0 && g->next.entry.index == index &&
	       g->next.inside_file && !g->next.overlapped;
}

static void put_bat_entry(struct csv *c, const struct vhdxlog_bat_entry *e,
			  enum vhdxlog_certainty certainty, bool recoverable)
{
	csv_number(c, e->index);
	csv_number(c, e->block);
	put_bool(c, e->is_bitmap);
	csv_text(c, e->state_name);
	csv_number(c, e->file_offset);
	csv_number(c, e->virtual_offset);
	csv_number(c, e->virtual_length);
	csv_text(c, vhdxlog_certainty_name(certainty));
	put_bool(c, recoverable);
	csv_end_row(c);
}

static int put_bat(FILE *out, const struct report_timeline *t,
		   struct vhdxlog_error *err)
{
	struct csv c = csv_begin(out, bat_columns);
	struct ghosts g = { .timeline = t, .err = err };
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = 0;
	int rc;

	advance(&g);
	while ((rc = timeline_bat_next(t, &cursor, &entry, &certainty, err)) ==
	       0)
		put_bat_entry(&c, &entry, certainty,
			      is_recoverable(&g, entry.index));
	return csv_finish(&c, rc < 0 ? rc : g.rc, err);
}

int report_timeline_csv(FILE *out, const struct report_timeline *timeline,
			const struct report_options *options,
			struct vhdxlog_error *err)
{
	(void)options;
	if (!timeline->history)
		return 0;
	return timeline->as_of ? put_bat(out, timeline, err) :
				 put_events(out, timeline, err);
}

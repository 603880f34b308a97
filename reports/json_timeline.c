/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.timeline/1, as one document or as one record a line.
 */
#include "reports/timeline.h"

#define SCHEMA "vhdxlog.timeline/1"

/* -------------------------------------------------------------- what it is */

static void put_asked(struct rj_out *out, const struct report_timeline *t)
{
	const struct vhdxlog_event_filter *f = t->filter;
	struct rj_record r = rj_object(), anchor, filter;

	rj_maybe_text(&r, "error", t->error);
	if (t->anchor) {
		anchor = rj_object();
		rj_text(&anchor, "name", t->anchor->name);
		rj_text(&anchor, "time", t->anchor->time);
		rj_put(&r, "anchor", anchor);
	} else {
		rj_null(&r, "anchor");
	}
	if (f && (f->has_session || f->has_block || f->has_area)) {
		filter = rj_object();
		rj_maybe_number(&filter, "session", f->has_session, f->session);
		rj_maybe_number(&filter, "block", f->has_block, f->block);
		rj_words(&filter, "region",
			 f->has_area ? vhdxlog_area_name(f->area) : NULL);
		rj_put(&r, "filter", filter);
	} else {
		rj_null(&r, "filter");
	}
	rj_members(out, r);
}

static void put_log(struct rj_out *out, const struct rj_timeline *t)
{
	struct rj_record member = rj_object();

	rj_put(&member, "log", rj_log_fields(rj_scan(&t->view)));
	rj_members(out, member);
}

static int put_reach(struct rj_out *out, struct rj_timeline *t)
{
	struct rj_record r, member = rj_object();
	struct vhdxlog_reach reach;
	int rc;

	if (!t->timeline->history) {
		rj_null(&member, "reach");
		rj_members(out, member);
		return 0;
	}
	rc = vhdxlog_history_reach(t->timeline->history, &reach, t->view.err);
	if (rc < 0) {
		rj_drop(&member);
		return rc;
	}
	r = rj_object();
	rj_words(&r, "kind", vhdxlog_reach_name(reach.kind));
	rj_id(&r, "last_applied", 'E', reach.last_applied);
	rj_id(&r, "first_missing", 'E', reach.first_missing);
	rj_bool(&r, "torn", reach.torn);
	rj_maybe_text(&r, "message", reach.message);
	rj_put(&member, "reach", r);
	rj_members(out, member);
	return 0;
}

/* ---------------------------------------------------------------- sessions */

static struct rj_record session(const struct vhdxlog_session *s)
{
	struct rj_record r = rj_object();

	rj_number(&r, "index", s->index);
	rj_guid(&r, "log_guid", &s->log_guid);
	rj_bool(&r, "current", s->current);
	rj_number(&r, "entries", s->entries);
	rj_id(&r, "first", 'E', s->first);
	rj_id(&r, "last", 'E', s->last);
	rj_decimal(&r, "first_sequence_number", s->first_sequence_number);
	rj_decimal(&r, "last_sequence_number", s->last_sequence_number);
	rj_decimal(&r, "first_size", s->first_size);
	rj_decimal(&r, "last_size", s->last_size);
	rj_bool(&r, "begins", s->begins);
	rj_number(&r, "orphans", s->orphans);
	rj_words(&r, "order", vhdxlog_certainty_name(s->order));
	rj_maybe_text(&r, "why", s->why);
	rj_maybe_text(&r, "writer", s->writer);
	rj_maybe_text(&r, "writer_why", s->writer ? s->writer_why : NULL);
	return r;
}

static void put_sessions(struct rj_out *out, const struct rj_timeline *t)
{
	const struct vhdxlog_history *h = t->timeline->history;
	size_t n = h ? vhdxlog_session_count(h) : 0;

	if (!rj_open_list(out, "sessions", "session"))
		return;
	for (size_t i = 0; i < n; i++)
		rj_element(out, session(vhdxlog_session_at(h, i)));
	rj_close(out);
}

static struct rj_record stratum(const struct vhdxlog_stratum *s)
{
	struct rj_record r = rj_object();

	rj_number(&r, "first", s->first);
	rj_number(&r, "count", s->count);
	rj_words(&r, "kind", timeline_stratum(s));
	rj_maybe_number(&r, "session", s->session != SIZE_MAX, s->session);
	rj_maybe_decimal(&r, "sequence_number", s->orphan, s->sequence_number);
	return r;
}

static int put_strata(struct rj_out *out, struct rj_timeline *t)
{
	struct vhdxlog_history *h = t->timeline->history;
	struct vhdxlog_stratum s;
	uint32_t cursor = 0;
	int rc = 0;

	if (!rj_open_list(out, "strata", "stratum"))
		return 0;
	while (h && (rc = vhdxlog_stratum_next(h, &cursor, &s, t->view.err)) ==
			    0)
		rj_element(out, stratum(&s));
	rj_close(out);
	return rc < 0 ? rc : 0;
}

/* ------------------------------------------------------------ the document */

static void put_limitations(struct rj_out *out, const struct rj_timeline *t)
{
	const char *words;

	if (!rj_open_list(out, "limitations", "limitation"))
		return;
	for (size_t i = 0;
	     (words = timeline_limitation(t->timeline, t->events, i)); i++)
		rj_element(out, rj_string(words));
	rj_close(out);
}

static int walk(struct rj_out *out, struct rj_timeline *t)
{
	int rc;

	rj_tool(out);
	rj_source(out, &t->view);
	rj_verdict(out, &t->view);
	put_log(out, t);
	rc = put_reach(out, t);
	if (rc < 0)
		return rc;
	put_asked(out, t->timeline);
	rc = rj_as_of(out, t);
	if (rc < 0)
		return rc;
	put_sessions(out, t);
	if ((rc = put_strata(out, t)) < 0 || (rc = rj_events(out, t)) < 0 ||
	    (rc = rj_as_of_bat(out, t)) < 0 ||
	    (rc = rj_recoverable(out, t)) < 0)
		return rc;
	put_limitations(out, t);
	rj_custody(out, &t->view);
	return 0;
}

static int pass(FILE *file, enum rj_pass which, struct rj_timeline *t)
{
	struct rj_out out;
	int rc;

	rj_begin(&out, file, which, SCHEMA, t->view.options->path);
	rc = walk(&out, t);
	if (rc == 0)
		rc = rj_end(&out, t->view.err);
	rj_release(&out);
	vhdxlog_events_close(t->events);
	t->events = NULL;
	return rc;
}

static struct rj_timeline view_of(const struct report_timeline *timeline,
				  const struct report_options *options,
				  struct vhdxlog_error *err)
{
	return (struct rj_timeline){
		.view = { .subject = timeline->subject,
			  .message = timeline->error,
			  .options = options,
			  .err = err },
		.timeline = timeline,
	};
}

int report_timeline_json(FILE *out, const struct report_timeline *timeline,
			 const struct report_options *options,
			 struct vhdxlog_error *err)
{
	struct rj_timeline t = view_of(timeline, options, err);

	return pass(out, options->quiet ? RJ_SUMMARY : RJ_DOCUMENT, &t);
}

int report_timeline_jsonl(FILE *out, const struct report_timeline *timeline,
			  const struct report_options *options,
			  struct vhdxlog_error *err)
{
	struct rj_timeline t = view_of(timeline, options, err);
	int rc = pass(out, RJ_SUMMARY, &t);

	if (rc < 0 || options->quiet)
		return rc;
	return pass(out, RJ_RECORDS, &t);
}

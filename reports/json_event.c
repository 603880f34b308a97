/* SPDX-License-Identifier: MIT */
#include "reports/timeline.h"

static void put_target(struct rj_record *r, const struct vhdxlog_event *e)
{
	struct rj_record target;

	if (!e->has_target) {
		rj_null(r, "target");
		return;
	}
	target = rj_object();
	rj_decimal(&target, "file_offset", e->file_offset);
	rj_decimal(&target, "length", e->length);
	rj_words(&target, "region", vhdxlog_area_name(e->area));
	rj_maybe_number(&target, "index", e->has_index, e->index);
	rj_put(r, "target", target);
}

static void put_change(struct rj_record *r, const struct vhdxlog_event *e)
{
	rj_maybe_text(r, "before", e->before);
	rj_maybe_text(r, "after", e->after);
	rj_maybe_decimal(r, "virtual_offset", e->has_virtual,
			 e->virtual_offset);
	rj_maybe_decimal(r, "virtual_length", e->has_virtual,
			 e->virtual_length);
	rj_maybe_number(r, "block", e->has_block, e->block);
	rj_bool(r, "is_bitmap", e->is_bitmap);
	rj_words(r, "item", e->item);
	rj_maybe_number(r, "moved_to", e->has_moved_to, e->moved_to);
	rj_bool(r, "inferred", e->inferred);
	rj_words(r, "applied",
		 e->has_applied ? vhdxlog_applied_name(e->applied) : NULL);
	rj_id(r, "overwritten_by", 'E',
	      e->has_applied ? e->overwritten_by : VHDXLOG_NO_SECTOR);
}

/*
 * What programs that merge timelines of many sources need for a record. The
 * time is a bound that the user gave, and every field of it says so.
 */
static void put_bound(struct rj_record *r, const struct report_anchor *anchor)
{
	char words[160];

	rj_text(r, "datetime", anchor->time);
	snprintf(words, sizeof(words),
		 "VHDX log order (no clock); not later than %s", anchor->name);
	rj_text(r, "timestamp_desc", words);
	rj_words(r, "time_basis", "anchor");
	rj_bool(r, "time_is_bound", true);
}

static struct rj_record event(const struct rj_timeline *t,
			      const struct vhdxlog_event *e, bool line)
{
	const struct vhdxlog_session *s =
		vhdxlog_session_at(t->timeline->history, e->session);
	struct rj_record r = rj_object();

	rj_number(&r, "ordinal", e->ordinal);
	rj_number(&r, "session", e->session);
	rj_words(&r, "session_order",
		 s ? vhdxlog_certainty_name(s->order) : NULL);
	rj_maybe_guid(&r, "log_guid", s, s ? &s->log_guid : NULL);
	rj_decimal(&r, "sequence_number", e->sequence_number);
	rj_id(&r, "entry", 'E', e->entry);
	rj_words(&r, "event", vhdxlog_event_name(e->kind));
	put_target(&r, e);
	put_change(&r, e);
	rj_text(&r, "message", e->message);
	if (line && t->timeline->anchor)
		put_bound(&r, t->timeline->anchor);
	return r;
}

static int put_events(struct rj_out *out, struct rj_timeline *t)
{
	const struct report_timeline *timeline = t->timeline;
	struct vhdxlog_event e;
	int rc = vhdxlog_events_open(timeline->history, timeline->filter,
				     &t->events, t->view.err);

	if (rc < 0)
		return rc;
	while ((rc = vhdxlog_events_next(t->events, &e, t->view.err)) == 0)
		rj_element(out, event(t, &e, out->pass == RJ_RECORDS));
	return rc < 0 ? rc : 0;
}

int rj_events(struct rj_out *out, struct rj_timeline *t)
{
	int rc = 0;

	if (!rj_open_list(out, "events", "event"))
		return 0;
	if (t->timeline->history && !t->timeline->as_of)
		rc = put_events(out, t);
	rj_close(out);
	return rc;
}

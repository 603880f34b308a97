/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"
#include "reports/readers.h"

static struct rj_record effect_record(const struct vhdxlog_effect *e)
{
	struct rj_record r = rj_object(), regions = rj_object();

	for (unsigned i = 0; i < VHDXLOG_AREA_COUNT; i++) {
		if (e->area_pages[i])
			rj_number(&regions,
				  vhdxlog_area_name((enum vhdxlog_area)i),
				  e->area_pages[i]);
	}
	rj_number(&r, "pages", e->pages);
	rj_decimal(&r, "zeroed", e->zeroed);
	rj_put(&r, "regions", regions);
	rj_maybe_decimal(&r, "grows_to", e->grows, e->grows_to);
	rj_maybe_bool(&r, "changes_bytes", e->changes_known, e->changes_bytes);
	return r;
}

static int put_effect(struct rj_view *view, size_t index, struct rj_record *r)
{
	struct vhdxlog_effect effect;
	bool filled = false;
	int rc = 0;

	if (index != SIZE_MAX)
		rc = vhdxlog_sequence_effect(view->subject->scan, index,
					     &filled, &effect, view->err);
	if (rc < 0)
		return rc;
	if (filled)
		rj_put(r, "effect", effect_record(&effect));
	else
		rj_null(r, "effect");
	return 0;
}

int rj_sequence_members(struct rj_out *out, struct rj_view *view,
			const struct vhdxlog_sequence *s)
{
	int n = vhdxlog_sequence_verdicts(view->subject->scan, s,
					  view->verdicts);
	struct rj_record r;
	int rc;

	r = rj_object();
	rj_range(&r, "id", s->id);
	rj_number(&r, "entries", s->entries);
	rj_bool(&r, "maximal", s->maximal);
	rj_words(&r, "verdict", vhdxlog_sequence_verdict_name(s->verdict));
	rj_bool(&r, "active", s->active);
	rj_guid(&r, "log_guid", &s->log_guid);
	rj_bool(&r, "current", s->current);
	rj_decimal(&r, "first_sequence_number", s->first_sequence_number);
	rj_decimal(&r, "last_sequence_number", s->last_sequence_number);
	rj_put(&r, "checks",
	       rj_check_list(view->verdicts, n, view->all_checks));
	rc = put_effect(view, s->index, &r);
	rj_members(out, r);
	return rc;
}

int rj_sequences(struct rj_out *out, struct rj_view *view)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	const size_t n = scan ? vhdxlog_sequence_count(scan) : 0;
	struct vhdxlog_sequence s;
	int rc;

	if (!rj_open_list(out, "sequences", "sequence"))
		return 0;
	for (size_t i = 0; i < n; i++) {
		rj_open(out, NULL);
		if ((rc = vhdxlog_sequence_at(scan, i, &s, view->err)) < 0 ||
		    (rc = rj_sequence_members(out, view, &s)) < 0)
			return rc;
		rj_close(out);
	}
	rj_close(out);
	return 0;
}

/* --------------------------------------------------------------- selection */

void rj_entry_ids(struct rj_out *out, const char *key, const uint32_t *sectors,
		  uint64_t n)
{
	/* In lists of some: there are as many as entries, for every reader. */
	struct rj_record ids = rj_list();

	if (!rj_open_list(out, key, NULL))
		return;
	for (uint64_t i = 0; i < n; i++) {
		rj_id(&ids, NULL, 'E', sectors[i]);
		if (i % 512 != 511 && i + 1 < n)
			continue;
		rj_members(out, ids);
		ids = rj_list();
	}
	rj_close(out);
}

static struct rj_record choice(const struct vhdxlog_selection *s)
{
	struct rj_record r = rj_object();

	rj_words(&r, "policy", s->policy);
	rj_words(&r, "reader", s->reader);
	rj_words(&r, "outcome", vhdxlog_outcome_name(s->outcome));
	rj_bool(&r, "known", s->known);
	if (s->has_sequence)
		rj_range(&r, "sequence", s->sequence);
	else
		rj_null(&r, "sequence");
	return r;
}

static struct rj_record result(const struct vhdxlog_selection *s)
{
	struct rj_record r = rj_object();

	rj_bool(&r, "aborts", s->aborts);
	rj_words(&r, "reason", s->reason);
	rj_words(&r, "result", s->result);
	rj_maybe_decimal(&r, "result_length", s->length_known,
			 s->result_length);
	return r;
}

void rj_selection_members(struct rj_out *out, const struct vhdxlog_selection *s)
{
	rj_members(out, choice(s));
	rj_entry_ids(out, "entries", s->entries, s->entry_count);
	rj_entry_ids(out, "applied_entries", s->applied, s->applied_count);
	rj_members(out, result(s));
}

void rj_selection(struct rj_out *out, const struct rj_view *view)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	const size_t n = scan ? vhdxlog_selection_count(scan) : 0;

	if (!rj_open_list(out, "selection", "selection"))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (!readers_shows(view->options, i))
			continue;
		rj_open(out, NULL);
		rj_selection_members(out, s);
		rj_close(out);
	}
	rj_close(out);
}

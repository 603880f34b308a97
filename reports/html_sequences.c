/* SPDX-License-Identifier: MIT */
/*
 * Candidate sequences with their checks: first those that a reader would choose
 * or that nothing follows, then the beginnings of these, folded.
 */
#include "reports/html.h"

#include <inttypes.h>

#include "reports/facts.h"
#include "reports/phrase.h"
#include "reports/readers.h"

static const struct html_column columns[] = {
	{ "sequence", "id" },	    { "entries", "n count" },
	{ "verdict", "verdict" },   { "numbers", "numbers" },
	{ "readers", "who" },	    { "would change", "effect" },
	{ "did not pass", "fails" }, { NULL, NULL },
};

static void put_who(struct html_list *l, struct vhdxlog_range id)
{
	const struct vhdxlog_scan *scan = l->h->t.scan;
	const char *sign = "";

	html_cell_open(l);
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (!readers_shows(l->h->t.options, i) || !readers_chose(s, id))
			continue;
		html_putf(l->h, "%s%s", sign, s->policy);
		sign = ", ";
	}
	html_cell_close(l);
}

static void say_effect(struct html *h, const struct vhdxlog_effect *e)
{
	char words[512], size[32];
	struct phrase p = { words, sizeof(words), 0 };

	if (e->changes_known && !e->changes_bytes)
		phrase_add(&p, "no byte: ");
	if (phrase_has_areas(e))
		phrase_areas(&p, e);
	else
		phrase_add(&p, "nothing");
	if (e->grows)
		phrase_add(&p, "; the file grows to %s",
			   text_size(e->grows_to, size));
	html_put(h, words);
}

static void put_effect(struct html_list *l, const struct vhdxlog_sequence *s)
{
	struct vhdxlog_effect e;
	bool filled = false;
	int rc = vhdxlog_sequence_effect(l->h->t.scan, s->index, &filled, &e,
					 l->h->t.err);

	if (rc < 0)
		text_fail(&l->h->t, rc);
	html_cell_open(l);
	if (rc == 0 && filled)
		say_effect(l->h, &e);
	html_cell_close(l);
}

static void put_sequence(struct html_list *l, const struct vhdxlog_sequence *s)
{
	bool stale = !s->current && vhdxlog_log(l->h->t.scan)->has_guid;
	char id[VHDXLOG_ID_TEXT];

	facts_range_id(s->id, id);
	l->stands_out = s->active;
	if (!html_row(l, id))
		return;
	html_cell(l, "%s", id);
	html_cell(l, "%" PRIu64, s->entries);
	html_cell(l, "%s%s", vhdxlog_sequence_verdict_name(s->verdict),
		  s->active ? ", active" :
		  stale	    ? ", stale" :
			      "");
	html_cell(l, "%" PRIu64 " to %" PRIu64, s->first_sequence_number,
		  s->last_sequence_number);
	put_who(l, s->id);
	put_effect(l, s);
	html_cell_open(l);
	html_checks_of(l->h, VHDXLOG_OBJECT_SEQUENCE, s->index);
	html_cell_close(l);
}

static bool is_chosen(const struct vhdxlog_scan *scan,
		      struct vhdxlog_range range)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (readers_chose(vhdxlog_selection_at(scan, i), range))
			return true;
	}
	return false;
}

/* What is no mere beginning of another that is listed. */
static bool is_candidate(const struct vhdxlog_scan *scan,
			 const struct vhdxlog_sequence *s)
{
	return s->maximal || s->active || is_chosen(scan, s->id);
}

static uint64_t put_rows(struct html_list *l, bool candidates)
{
	struct vhdxlog_scan *scan = l->h->t.scan;
	struct vhdxlog_sequence s;
	uint64_t left = 0;

	for (size_t i = 0; i < vhdxlog_sequence_count(scan); i++) {
		int rc = vhdxlog_sequence_at(scan, i, &s, l->h->t.err);

		if (rc < 0 || l->h->t.failed) {
			text_fail(&l->h->t, rc);
			break;
		}
		if (is_candidate(scan, &s) == candidates)
			put_sequence(l, &s);
		else
			left++;
	}
	return left;
}

void html_sequences(struct html *h)
{
	struct html_list l;
	uint64_t left;

	html_section(h, "sequences", "Candidate sequences");
	if (vhdxlog_sequence_count(h->t.scan) == 0) {
		html_note(h, "There are none: no entry of the log is sound.");
		html_section_end(h);
		return;
	}
	html_list_open(&l, h, "sequences", "What a reader could replay",
		       columns, 0);
	left = put_rows(&l, true);
	html_list_close(&l);
	if (left) {
		html_raw(h, "<details>\n<summary>");
		html_putf(h, "%" PRIu64 " with a head that another entry "
			     "follows", left);
		html_raw(h, "</summary>\n");
		html_list_open(&l, h, "sequences", "Beginnings of sequences",
			       columns, left);
		l.most = HTML_LIST_FEW;
		put_rows(&l, false);
		html_list_close(&l);
		html_raw(h, "</details>\n");
	}
	html_section_end(h);
}

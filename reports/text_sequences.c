/* SPDX-License-Identifier: MIT */
/*
 * Which sequences there are, and what each modelled reader would do with them.
 */
#include "reports/text_readers.h"

#include <inttypes.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/readers.h"

/* Rows for sequences that no reader picks, unless -v. */
#define MAX_UNPICKED 40

struct listing {
	struct text_listing rows;
	unsigned unpicked;
	uint64_t left_out, inner, stale; /* not listed, and why */
};

static bool is_picked(const struct vhdxlog_scan *scan,
		      struct vhdxlog_range range)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (readers_chose(vhdxlog_selection_at(scan, i), range))
			return true;
	}
	return false;
}

static void put_sequence(struct listing *l, const struct vhdxlog_sequence *s)
{
	bool stale = !s->current && vhdxlog_log(l->rows.t->scan)->has_guid;
	const char *more = s->active ? ", active" : stale ? ", stale" : "";
	enum text_style style = s->active ? TEXT_GOOD :
				stale	  ? TEXT_DIM :
					    TEXT_PLAIN;
	char id[VHDXLOG_ID_TEXT];

	if (s->verdict == VHDXLOG_SEQUENCE_INCOMPLETE && s->current)
		style = TEXT_WARN;
	text_cell(l->rows.table, TEXT_PLAIN, "%s", facts_range_id(s->id, id));
	text_cell(l->rows.table, TEXT_PLAIN, "%" PRIu64, s->entries);
	text_cell(l->rows.table, style, "%s%s",
		  vhdxlog_sequence_verdict_name(s->verdict), more);
}

/* Who does something else with the sequence of the row above. */
static void put_same_sequence(struct listing *l,
			      const struct vhdxlog_selection *s)
{
	bool whole = s->applied_count == s->entry_count;

	text_cell(l->rows.table, TEXT_PLAIN, "%s", "");
	if (whole)
		text_cell(l->rows.table, TEXT_PLAIN, "%s", "");
	else
		text_cell(l->rows.table, TEXT_PLAIN, "%" PRIu64 " of %" PRIu64,
			  s->applied_count, s->entry_count);
	text_cell(l->rows.table, TEXT_WARN, "%s", whole ? "" : "in part");
}

/* One row, or one for each way in which readers replay the sequence. */
static void put_sequence_rows(struct listing *l,
			      const struct vhdxlog_sequence *s)
{
	struct text *t = l->rows.t;
	bool first = true;

	put_sequence(l, s);
	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *r =
			vhdxlog_selection_at(t->scan, i);

		if (!readers_completes(r) || !readers_chose(r, s->id) ||
		    !text_reader_leads(t, i))
			continue;
		if (first && r->applied_count != r->entry_count) {
			text_no_reader_cells(&l->rows);
			first = false;
		}
		if (!first)
			put_same_sequence(l, r);
		text_reader_cells(&l->rows, i);
		first = false;
	}
	if (first)
		text_no_reader_cells(&l->rows);
}

static bool is_listed(struct listing *l, const struct vhdxlog_sequence *s)
{
	if (l->rows.t->options->verbose || s->active ||
	    is_picked(l->rows.t->scan, s->id))
		return true;
	if (!s->maximal) {
		l->inner++;
		return false;
	}
	if (!s->current && s->entries == 1) {
		l->stale++;
		return false;
	}
	if (l->unpicked++ < MAX_UNPICKED)
		return true;
	l->left_out++;
	return false;
}

static void put_sequences(struct listing *l)
{
	struct vhdxlog_sequence s;

	for (size_t i = 0; i < vhdxlog_sequence_count(l->rows.t->scan); i++) {
		if (l->rows.t->failed)
			return;
		if (vhdxlog_sequence_at(l->rows.t->scan, i, &s, NULL) == 0 &&
		    is_listed(l, &s))
			put_sequence_rows(l, &s);
	}
}

/* ------------------------------------------------------------------- notes */

static void put_not_listed(const struct listing *l, uint64_t n,
			   const char *which)
{
	if (n)
		text_wrapf(l->rows.t, 0, 2,
			   "  %" PRIu64 " more sequence%s %s; -v lists %s", n,
			   n == 1 ? "" : "s", which, n == 1 ? "it" : "them");
}

static const char *stale_words(struct vhdxlog_scan *scan)
{
	if (!vhdxlog_log(scan)->has_guid)
		return "of one entry of a session that may be current or "
		       "earlier";
	return assumed_session(scan) ? "of one entry of another session" :
				       "of one entry of an earlier session";
}

static void put_notes(const struct listing *l)
{
	struct vhdxlog_scan *scan = l->rows.t->scan;

	put_not_listed(l, l->left_out, "that no reader picks");
	put_not_listed(l, l->stale, stale_words(scan));
	put_not_listed(l, l->inner, "with a head that another entry follows");
	text_reader_notes(l->rows.t);
}

void text_sequences(struct text *t)
{
	static const struct text_column same[] = {
		{ "sequence", false }, { "entries", true },
		{ "verdict", false },  { "readers", false },
		{ NULL, false },
	};
	static const struct text_column different[] = {
		{ "sequence", false }, { "entries", true },
		{ "verdict", false },  { "disk", false },
		{ "readers", false },  { NULL, false },
	};
	struct listing l = { .rows = { .t = t } };

	l.rows.disks = readers_disks(t->scan) > 1;
	l.rows.table = text_table_open(t, l.rows.disks ? different : same);
	text_table_part(l.rows.table);
	put_sequences(&l);
	text_reader_rows(&l.rows);
	if (!text_table_close(l.rows.table))
		putc('\n', t->out);
	put_notes(&l);
}

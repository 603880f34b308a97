/* SPDX-License-Identifier: MIT */
/*
 * Which sequences there are, and what each modelled reader would do with them.
 * Readers that do the same stand together. Where replays end with different
 * disks, each disk has a letter.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"

/* Rows for sequences that no reader picks, unless -v. */
#define MAX_UNPICKED 40

struct listing {
	struct text *t;
	struct text_table *table;
	bool disks; /* more than one: their letters have a column */
	unsigned unpicked;
	uint64_t left_out, inner, stale; /* not listed, and why */
};

/* --------------------------------------------------------------- readers */

static bool is_range(const struct vhdxlog_selection *s,
		     struct vhdxlog_range range)
{
	return s->has_sequence && s->sequence.first == range.first &&
	       s->sequence.head == range.head;
}

static bool do_same(const struct vhdxlog_selection *a,
		    const struct vhdxlog_selection *b)
{
	return a->outcome == b->outcome && a->has_sequence == b->has_sequence &&
	       (!a->has_sequence || is_range(a, b->sequence)) &&
	       strcmp(a->result, b->result) == 0;
}

static bool is_first_of_group(const struct vhdxlog_scan *scan, size_t index)
{
	const struct vhdxlog_selection *s = vhdxlog_selection_at(scan, index);

	for (size_t i = 0; i < index; i++) {
		if (do_same(vhdxlog_selection_at(scan, i), s))
			return false;
	}
	return true;
}

/* "A" for the disk that the first replaying reader ends with, and so on. */
static const char *disk_letter(const struct vhdxlog_scan *scan,
			       const struct vhdxlog_selection *s, char buf[8])
{
	unsigned n = 0;

	if (s->outcome != VHDXLOG_OUTCOME_REPLAY)
		return "";
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *other =
			vhdxlog_selection_at(scan, i);

		if (other->outcome != VHDXLOG_OUTCOME_REPLAY)
			continue;
		if (strcmp(other->result, s->result) == 0)
			break;
		n += !facts_result_seen(scan, i, other->result);
	}
	snprintf(buf, 8, "%c", 'A' + (int)(n % 26));
	return buf;
}

static const char *outcome_words(enum vhdxlog_outcome_kind outcome)
{
	switch (outcome) {
	case VHDXLOG_OUTCOME_CLEAN: return "nothing to do";
	case VHDXLOG_OUTCOME_REPLAY: return "";
	case VHDXLOG_OUTCOME_PARTIAL: return "fails midway";
	case VHDXLOG_OUTCOME_REFUSE: return "refuse";
	case VHDXLOG_OUTCOME_IGNORE: return "old data";
	case VHDXLOG_OUTCOME_HANG: return "never end";
	}
	return "";
}

/* "fails midway: qemu, openvmm"; NULL: out of memory, noted. */
static char *reader_list(struct text *t, size_t first, bool with_outcome)
{
	const struct vhdxlog_selection *s =
		vhdxlog_selection_at(t->scan, first);
	const char *outcome = with_outcome ? outcome_words(s->outcome) : "";
	struct text_memo memo;

	if (!text_memo_open(t, &memo))
		return NULL;
	fprintf(memo.stream, "%s%s", outcome, *outcome ? ": " : "");
	for (size_t i = first; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *r =
			vhdxlog_selection_at(t->scan, i);

		if (do_same(r, s))
			fprintf(memo.stream, "%s%s%s", i == first ? "" : ", ", r->policy,
				r->aborts ? " (crashes)" : "");
	}
	return text_memo_close(t, &memo);
}

/* The two last columns of a row. */
static void put_readers(struct listing *l, size_t first, bool with_outcome)
{
	char *list = reader_list(l->t, first, with_outcome);
	char letter[8];

	if (l->disks)
		text_cell(l->table, TEXT_PLAIN, "%s",
			  disk_letter(l->t->scan,
				      vhdxlog_selection_at(l->t->scan, first),
				      letter));
	text_cell(l->table, TEXT_PLAIN, "%s", list ? list : "");
	free(list);
}

/* ------------------------------------------------------------- sequences */

static bool is_picked(const struct vhdxlog_scan *scan,
		      struct vhdxlog_range range)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (is_range(vhdxlog_selection_at(scan, i), range))
			return true;
	}
	return false;
}

static void put_sequence(struct listing *l, const struct vhdxlog_sequence *s)
{
	bool stale = !s->current && vhdxlog_log(l->t->scan)->has_guid;
	const char *more = s->active ? ", active" : stale ? ", stale" : "";
	enum text_style style = s->active ? TEXT_GOOD :
				stale	  ? TEXT_DIM :
					    TEXT_PLAIN;
	char id[VHDXLOG_ID_TEXT];

	if (s->verdict == VHDXLOG_SEQUENCE_INCOMPLETE && s->current)
		style = TEXT_WARN;
	text_cell(l->table, TEXT_PLAIN, "%s", facts_range_id(s->id, id));
	text_cell(l->table, TEXT_PLAIN, "%" PRIu64, s->entries);
	text_cell(l->table, style, "%s%s",
		  vhdxlog_sequence_verdict_name(s->verdict), more);
}

static void put_same_sequence(struct listing *l)
{
	text_cell(l->table, TEXT_PLAIN, "%s", "");
	text_cell(l->table, TEXT_PLAIN, "%s", "");
	text_cell(l->table, TEXT_PLAIN, "%s", "");
}

/* One row, or one for each way in which readers handle the sequence. */
static void put_sequence_rows(struct listing *l,
			      const struct vhdxlog_sequence *s)
{
	struct vhdxlog_scan *scan = l->t->scan;
	bool first = true;

	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (!is_range(vhdxlog_selection_at(scan, i), s->id) ||
		    !is_first_of_group(scan, i))
			continue;
		if (first)
			put_sequence(l, s);
		else
			put_same_sequence(l);
		put_readers(l, i, true);
		first = false;
	}
	if (!first)
		return;
	put_sequence(l, s);
	if (l->disks)
		text_cell(l->table, TEXT_PLAIN, "%s", "");
	text_cell(l->table, TEXT_PLAIN, "%s", "");
}

static bool is_listed(struct listing *l, const struct vhdxlog_sequence *s)
{
	if (l->t->options->verbose || s->active || is_picked(l->t->scan, s->id))
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

	for (size_t i = 0; i < vhdxlog_sequence_count(l->t->scan); i++) {
		if (l->t->failed)
			return;
		if (vhdxlog_sequence_at(l->t->scan, i, &s, NULL) == 0 &&
		    is_listed(l, &s))
			put_sequence_rows(l, &s);
	}
}

/* ---------------------------------------------- readers without a sequence */

static bool all_clean(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (vhdxlog_selection_at(scan, i)->outcome !=
		    VHDXLOG_OUTCOME_CLEAN)
			return false;
	}
	return true;
}

/* What a reader does that has no row among the sequences. */
static void put_other(struct listing *l, const struct vhdxlog_selection *s)
{
	const char *words = outcome_words(s->outcome);
	char id[VHDXLOG_ID_TEXT] = "", count[24] = "";

	if (s->has_sequence)
		facts_range_id(s->sequence, id);
	if (s->entry_count)
		snprintf(count, sizeof(count), "%" PRIu64, s->entry_count);
	if (!*words)
		words = s->has_sequence ? "run" : "scattered";
	text_cell(l->table, TEXT_PLAIN, "%s", id);
	text_cell(l->table, TEXT_PLAIN, "%s", count);
	text_cell(l->table, TEXT_WARN, "%s", words);
}

static void put_others(struct listing *l)
{
	struct vhdxlog_scan *scan = l->t->scan;

	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if ((s->has_sequence &&
		     vhdxlog_sequence_find(scan, s->sequence) != SIZE_MAX) ||
		    !is_first_of_group(scan, i))
			continue;
		put_other(l, s);
		put_readers(l, i, false);
	}
}

/* Whether readers replay different sequences and end with the same disk. */
static bool differ_in_vain(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_selection *first = NULL;

	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (s->outcome != VHDXLOG_OUTCOME_REPLAY)
			continue;
		if (!first)
			first = s;
		else if (!do_same(first, s))
			return true;
	}
	return false;
}

static void put_not_listed(struct listing *l, uint64_t n, const char *which)
{
	if (n)
		text_wrapf(l->t, 0, 2,
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

static void put_notes(struct listing *l)
{
	struct vhdxlog_scan *scan = l->t->scan;

	put_not_listed(l, l->left_out, "that no reader picks");
	put_not_listed(l, l->stale, stale_words(scan));
	put_not_listed(l, l->inner, "with a head that another entry follows");
	if (l->disks)
		text_wrap(l->t, 0, 2,
			  "  disk: readers with the same letter "
			  "end with the same bytes");
	else if (differ_in_vain(scan))
		text_wrap(l->t, 0, 2,
			  "  every reader that completes a replay "
			  "ends with the same bytes");
	if (all_clean(scan) && vhdxlog_selection_count(scan) > 1)
		text_wrapf(l->t, 0, 2,
			   "  all %zu modelled readers open it "
			   "without replaying anything",
			   vhdxlog_selection_count(scan));
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
	struct listing l = { .t = t };

	l.disks = facts_distinct_results(t->scan) > 1;
	l.table = text_table_open(t, l.disks ? different : same);
	text_table_part(l.table);
	put_sequences(&l);
	if (!all_clean(t->scan))
		put_others(&l);
	if (!text_table_close(l.table))
		putc('\n', t->out);
	put_notes(&l);
}

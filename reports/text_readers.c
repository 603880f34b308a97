/* SPDX-License-Identifier: MIT */
#include "reports/text_readers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"
#include "reports/readers.h"

/* So much of a result tells it from the others of a report. */
#define RESULT_DIGITS 12

static const struct vhdxlog_selection *reader(const struct text *t, size_t i)
{
	return vhdxlog_selection_at(t->scan, i);
}

static bool is_shown(const struct text *t, size_t i)
{
	return readers_shows(t->options, i);
}

bool text_reader_leads(const struct text *t, size_t index)
{
	if (!is_shown(t, index))
		return false;
	for (size_t i = 0; i < index; i++) {
		if (is_shown(t, i) &&
		    readers_agree(reader(t, i), reader(t, index)))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------- cells */

const char *text_remark(const struct vhdxlog_selection *s)
{
	if (s->aborts)
		return "crashes";
	return s->outcome == VHDXLOG_OUTCOME_IGNORE ? s->remark : NULL;
}

/* "urbackup (crashes), virtualbox"; NULL: out of memory, noted. */
static char *who_agrees(struct text *t, size_t first)
{
	const char *sign = "";
	struct text_memo memo;

	if (!text_memo_open(t, &memo))
		return NULL;
	for (size_t i = first; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *s = reader(t, i);

		if (!is_shown(t, i) || !readers_agree(s, reader(t, first)))
			continue;
		fprintf(memo.stream, "%s%s", sign, s->policy);
		if (text_remark(s))
			fprintf(memo.stream, " (%s)", text_remark(s));
		sign = ", ";
	}
	return text_memo_close(t, &memo);
}

const char *text_disk_letter(const struct text *t,
			     const struct vhdxlog_selection *s, char buf[2])
{
	unsigned disk = readers_disk(t->scan, s);

	buf[0] = disk != READERS_NO_DISK ? (char)('A' + disk % 26) :
		 readers_completes(s)	 ? '?' :
					   '\0';
	buf[1] = '\0';
	return buf;
}

void text_reader_cells(struct text_listing *l, size_t first)
{
	char *who = who_agrees(l->t, first);

	if (l->disks) {
		char letter[2];

		text_cell(l->table, TEXT_PLAIN, "%s",
			  text_disk_letter(l->t, reader(l->t, first), letter));
	}
	text_cell(l->table, TEXT_PLAIN, "%s", who ? who : "");
	free(who);
}

void text_no_reader_cells(struct text_listing *l)
{
	if (l->disks)
		text_cell(l->table, TEXT_PLAIN, "%s", "");
	text_cell(l->table, TEXT_PLAIN, "%s", "");
}

/* -------------------------------------------------------------------- rows */

/* What is shown without a replay is old only where one would change it. */
static const char *ignoring_words(struct vhdxlog_scan *scan)
{
	struct vhdxlog_sequence active;
	struct vhdxlog_effect e;
	bool filled = false;

	if (!facts_active_sequence(scan, &active) ||
	    (active.index != SIZE_MAX &&
	     vhdxlog_sequence_effect(scan, active.index, &filled, &e, NULL) ==
		     0 &&
	     filled && e.changes_known && !e.changes_bytes))
		return "ignore the log";
	return "stale data";
}

const char *text_outcome(struct vhdxlog_scan *scan,
			 const struct vhdxlog_selection *s)
{
	switch (s->outcome) {
	case VHDXLOG_OUTCOME_CLEAN:
		return "nothing to do";
	case VHDXLOG_OUTCOME_REPLAY:
		return s->has_sequence ? "run" : "no sequence";
	case VHDXLOG_OUTCOME_PARTIAL:
		return "fail midway";
	case VHDXLOG_OUTCOME_REFUSE:
		return s->known ? "refuse" : "not known";
	case VHDXLOG_OUTCOME_IGNORE:
		return ignoring_words(scan);
	case VHDXLOG_OUTCOME_HANG:
		return "never end";
	}
	return "";
}

static enum text_style outcome_style(enum vhdxlog_outcome_kind outcome)
{
	return outcome == VHDXLOG_OUTCOME_PARTIAL ||
			       outcome == VHDXLOG_OUTCOME_HANG ?
		       TEXT_BAD :
		       TEXT_WARN;
}

/* "3", or "1 of 3" where it does not come by all that it chose. */
static void put_entries(struct text_listing *l,
			const struct vhdxlog_selection *s)
{
	if (s->applied_count == 0)
		text_cell(l->table, TEXT_PLAIN, "%s", "");
	else if (s->applied_count == s->entry_count)
		text_cell(l->table, TEXT_PLAIN, "%" PRIu64, s->entry_count);
	else
		text_cell(l->table, TEXT_PLAIN, "%" PRIu64 " of %" PRIu64,
			  s->applied_count, s->entry_count);
}

static void put_row(struct text_listing *l, size_t first)
{
	const struct vhdxlog_selection *s = reader(l->t, first);
	char id[VHDXLOG_ID_TEXT] = "";

	if (s->applied_count && s->has_sequence)
		facts_range_id(s->sequence, id);
	text_cell(l->table, TEXT_PLAIN, "%s", id);
	put_entries(l, s);
	text_cell(l->table, outcome_style(s->outcome), "%s",
		  text_outcome(l->t->scan, s));
	text_reader_cells(l, first);
}

/* A replay of a sequence that the report lists has its row there. */
static bool is_listed(const struct text *t, const struct vhdxlog_selection *s)
{
	return readers_completes(s) && s->has_sequence &&
	       vhdxlog_sequence_find(t->scan, s->sequence) != SIZE_MAX;
}

void text_reader_rows(struct text_listing *l)
{
	static const enum vhdxlog_outcome_kind order[] = {
		VHDXLOG_OUTCOME_REPLAY, VHDXLOG_OUTCOME_PARTIAL,
		VHDXLOG_OUTCOME_HANG,	VHDXLOG_OUTCOME_REFUSE,
		VHDXLOG_OUTCOME_IGNORE, VHDXLOG_OUTCOME_CLEAN,
	};

	if (readers_all_clean(l->t->scan))
		return;
	for (size_t o = 0; o < sizeof(order) / sizeof(*order); o++) {
		for (size_t i = 0; i < vhdxlog_selection_count(l->t->scan);
		     i++) {
			const struct vhdxlog_selection *s = reader(l->t, i);

			if (s->outcome == order[o] && !is_listed(l->t, s) &&
			    text_reader_leads(l->t, i))
				put_row(l, i);
		}
	}
}

/* ------------------------------------------------------------------- notes */

static bool ends_with(const struct text *t, size_t i, unsigned disk)
{
	return readers_disk(t->scan, reader(t, i)) == disk;
}

/* Who else ends with this disk in a file of the same length: "qemu, openvmm".
 */
static void put_same_length(const struct text *t, FILE *f, unsigned disk,
			    size_t first)
{
	const char *sign = "";

	for (size_t i = first; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *s = reader(t, i);

		if (!ends_with(t, i, disk) ||
		    s->result_length != reader(t, first)->result_length)
			continue;
		fprintf(f, "%s%s", sign, s->policy);
		sign = ", ";
	}
}

static bool is_new_length(const struct text *t, size_t index, unsigned disk)
{
	for (size_t i = 0; i < index; i++) {
		if (ends_with(t, i, disk) &&
		    reader(t, i)->result_length ==
			    reader(t, index)->result_length)
			return false;
	}
	return true;
}

static unsigned count_lengths(const struct text *t, unsigned disk)
{
	unsigned n = 0;

	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++)
		n += ends_with(t, i, disk) && is_new_length(t, i, disk);
	return n;
}

/* "36 MiB; 37 MiB by qemu, openvmm". NULL: out of memory, noted. */
static char *lengths(struct text *t, unsigned disk)
{
	struct text_memo memo;
	bool any = false;
	char size[32];

	if (!text_memo_open(t, &memo))
		return NULL;
	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		if (!ends_with(t, i, disk) || !is_new_length(t, i, disk))
			continue;
		fprintf(memo.stream, "%s%s", any ? "; " : "",
			text_size(reader(t, i)->result_length, size));
		if (any) {
			fputs(" by ", memo.stream);
			put_same_length(t, memo.stream, disk, i);
		}
		any = true;
	}
	return text_memo_close(t, &memo);
}

static void put_disk(struct text *t, struct text_table *table, size_t first)
{
	const struct vhdxlog_selection *s = reader(t, first);
	char *words = lengths(t, readers_disk(t->scan, s));
	char letter[2];

	text_cell(table, TEXT_PLAIN, "%s", text_disk_letter(t, s, letter));
	text_cell(table, TEXT_PLAIN, "%.*s", RESULT_DIGITS, s->result);
	text_cell(table, TEXT_PLAIN, "%s", words ? words : "");
	free(words);
}

/* Letters have no gaps, so the next disk is the next one that is new. */
static void put_disks(struct text *t)
{
	static const struct text_column columns[] = {
		{ "disk", false },
		{ "result", false },
		{ "length of the file", false },
		{ NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);
	unsigned next = 0;

	text_table_part(table);
	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		if (!ends_with(t, i, next))
			continue;
		put_disk(t, table, i);
		next++;
	}
	text_table_close(table);
	text_wrap(t, 0, 2,
		  "  readers whose disk has the same letter end with the same "
		  "bytes");
}

/* Whether readers come to the only disk by different ways. */
static bool differ_in_vain(const struct text *t)
{
	const struct vhdxlog_selection *first = NULL;

	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *s = reader(t, i);

		if (!readers_completes(s))
			continue;
		if (!*s->result)
			return false;
		if (first && !readers_agree(first, s))
			return true;
		first = s;
	}
	return false;
}

static void put_one_disk(struct text *t)
{
	bool alone = count_lengths(t, 0) < 2;
	char *words;

	if (differ_in_vain(t))
		text_wrap(
			t, 0, 2,
			"  every reader that completes a replay ends with the "
			"same bytes");
	words = alone ? NULL : lengths(t, 0);
	if (words)
		text_wrapf(t, 0, 2, "  length of the file then: %s",
			   words);
	free(words);
}

static void put_unknown(struct text *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++)
		n += readers_completes(reader(t, i)) && !*reader(t, i)->result;
	if (n)
		text_wrapf(t, 0, 2,
			   "  the bytes with which %u reader%s could not be "
			   "told",
			   n, n == 1 ? " ends" : "s end");
}

/* "replay", "refuse, crash" */
static void put_reason(struct text_table *table,
		       const struct vhdxlog_selection *s)
{
	text_cell(table, TEXT_PLAIN, "%s", s->policy);
	text_cell(table, TEXT_PLAIN, "%s%s", vhdxlog_outcome_name(s->outcome),
		  s->aborts ? ", crash" : "");
	text_cell(table, TEXT_PLAIN, "%.*s", RESULT_DIGITS,
		  *s->result		? s->result :
		  s->applied_count == 0 ? "" :
					  "not known");
	text_cell(table, TEXT_PLAIN, "%s", s->reason);
}

static void put_reasons(struct text *t)
{
	static const struct text_column columns[] = {
		{ "policy", false },  { "outcome", false }, { "result", false },
		{ "because", false }, { NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);

	text_table_part(table);
	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		if (is_shown(t, i))
			put_reason(table, reader(t, i));
	}
	text_table_close(table);
}

void text_reader_notes(struct text *t)
{
	unsigned disks = readers_disks(t->scan);

	if (disks > 1)
		put_disks(t);
	else if (disks == 1)
		put_one_disk(t);
	put_unknown(t);
	if (readers_all_clean(t->scan))
		text_wrapf(t, 0, 2,
			   "  none of the %zu modelled readers finds "
			   "anything to replay",
			   vhdxlog_selection_count(t->scan));
	else if (t->options->verbose || t->options->policies)
		put_reasons(t);
}

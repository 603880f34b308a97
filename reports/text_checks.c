/* SPDX-License-Identifier: MIT */
/*
 * Verdicts as tables: what did not pass, where, what was found and what the
 * format wants.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Without -v: objects that are listed for one check. */
#define SHOW_OBJECTS 8

const struct vhdxlog_check *text_reason(const struct vhdxlog_verdict *v, int n)
{
	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    v[i].check->class_ == VHDXLOG_CLASS_E)
			return v[i].check;
	}
	return NULL;
}

static enum text_style status_style(const struct vhdxlog_verdict *v)
{
	switch (v->status) {
	case VHDXLOG_PASS: return TEXT_GOOD;
	case VHDXLOG_FAIL:
		return v->check->severity == VHDXLOG_ERROR ? TEXT_BAD :
							     TEXT_WARN;
	case VHDXLOG_BLOCKED: return TEXT_WARN;
	case VHDXLOG_NOT_APPLICABLE: break;
	}
	return TEXT_DIM;
}

static void put_details(struct text_table *table,
			const struct vhdxlog_verdict *v)
{
	if (v->has_offset)
		text_cell(table, TEXT_PLAIN, "0x%" PRIx64, v->offset);
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
	if (v->status == VHDXLOG_BLOCKED)
		text_cell(table, TEXT_DIM, "%s", v->got);
	else if (*v->want)
		text_cell(table, TEXT_PLAIN, "got %s, want %s", v->got,
			  v->want);
	else
		text_cell(table, TEXT_PLAIN, "%s", v->got);
}

/* ------------------------------------------------------------- one object */

static bool stands_out(const struct vhdxlog_verdict *v)
{
	return v->status == VHDXLOG_FAIL || v->status == VHDXLOG_BLOCKED;
}

static void put_failed(struct text *t, const struct vhdxlog_verdict *v, int n)
{
	static const struct text_column columns[] = {
		{ "check", false }, { "class", false }, { "status", false },
		{ "at", false },    { "found", false }, { NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);

	for (int i = 0; i < n; i++) {
		if (!stands_out(&v[i]))
			continue;
		text_cell(table, TEXT_PLAIN, "%s", v[i].check->name);
		text_cell(table, TEXT_PLAIN, "%c",
			  vhdxlog_class_letter(v[i].check->class_));
		text_cell(table, status_style(&v[i]), "%s",
			  vhdxlog_status_name(v[i].status));
		put_details(table, &v[i]);
	}
	text_table_close(table);
}

/* The names of all checks with a status, wrapped. */
static void put_names(struct text *t, const struct vhdxlog_verdict *v, int n,
		      enum vhdxlog_status status, const char *label)
{
	struct text_memo memo;
	char *names;
	int count = 0;

	if (!text_memo_open(t, &memo))
		return;
	for (int i = 0; i < n; i++) {
		if (v[i].status == status)
			fprintf(memo.stream, "%s%s", count++ ? ", " : "",
				v[i].check->name);
	}
	names = text_memo_close(t, &memo);
	if (names && count) {
		fputs("  ", t->out);
		text_put(t, TEXT_STRONG, "%s", label);
		text_wrapf(t, 2 + text_columns(label), 4, " (%d): %s", count,
			   names);
	}
	free(names);
}

void text_checks(struct text *t, const struct vhdxlog_verdict *v, int n)
{
	put_failed(t, v, n);
	put_names(t, v, n, VHDXLOG_PASS, "passed");
	put_names(t, v, n, VHDXLOG_NOT_APPLICABLE, "do not apply");
}

/* ------------------------------------------------------ the whole of a scan */

/* How many objects failed one check. */
struct tally {
	const struct vhdxlog_check *check;
	uint64_t objects;
};

struct failures {
	struct text *t;
	struct text_table *table;
	bool all;	     /* of them, as -v and --all-checks ask */
	char above[32];	     /* object of the last row: it is named once */
	struct tally *tally; /* owned; one for each check at most */
	size_t tallied;
	uint64_t blocked;
};

static uint64_t count_object(struct failures *f,
			     const struct vhdxlog_check *check)
{
	size_t i = 0;

	while (i < f->tallied && f->tally[i].check != check)
		i++;
	if (i == f->tallied)
		f->tally[f->tallied++].check = check;
	return ++f->tally[i].objects;
}

static bool is_listed(struct failures *f, const struct vhdxlog_verdict *v)
{
	if (f->t->options->all_checks)
		return true;
	if (!stands_out(v) || f->all)
		return stands_out(v);
	if (v->status == VHDXLOG_BLOCKED) {
		f->blocked++;
		return false;
	}
	/* Every entry of an earlier session fails it: "stale" says so. */
	if (strcmp(v->check->name, "entry-guid-mismatch") == 0)
		return false;
	return count_object(f, v->check) <= SHOW_OBJECTS;
}

static void put_verdict(struct failures *f, const char *object,
			const struct vhdxlog_verdict *v)
{
	if (!is_listed(f, v))
		return;
	text_cell(f->table, TEXT_PLAIN, "%s",
		  strcmp(f->above, object) ? object : "");
	snprintf(f->above, sizeof(f->above), "%s", object);
	text_cell(f->table, status_style(v), "%s", v->check->name);
	if (f->all)
		text_cell(f->table, status_style(v), "%s",
			  vhdxlog_status_name(v->status));
	put_details(f->table, v);
}

static void put_object(struct failures *f, const char *name,
		       enum vhdxlog_object object, size_t which)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(f->t->scan, object, which, v, f->t->err);

	if (n < 0)
		text_fail(f->t, n);
	for (int i = 0; i < n; i++)
		put_verdict(f, name, &v[i]);
}

static void put_image(struct failures *f)
{
	put_object(f, "image", VHDXLOG_OBJECT_IMAGE, 0);
	put_object(f, "header 1", VHDXLOG_OBJECT_HEADER, 1);
	put_object(f, "header 2", VHDXLOG_OBJECT_HEADER, 2);
	put_object(f, "table 1", VHDXLOG_OBJECT_REGION_TABLE, 1);
	put_object(f, "table 2", VHDXLOG_OBJECT_REGION_TABLE, 2);
	put_object(f, "log", VHDXLOG_OBJECT_LOG, 0);
}

static void put_entries(struct failures *f)
{
	struct vhdxlog_entry e;
	char id[VHDXLOG_ID_TEXT];

	for (size_t i = 0; i < vhdxlog_entry_count(f->t->scan); i++) {
		if (f->t->failed)
			return;
		if (vhdxlog_entry_at(f->t->scan, i, &e, NULL) != 0)
			continue;
		snprintf(id, sizeof(id), "E%" PRIu32, e.sector);
		put_object(f, id, VHDXLOG_OBJECT_ENTRY, i);
	}
}

static void put_sequences(struct failures *f)
{
	struct vhdxlog_sequence s;
	char id[VHDXLOG_ID_TEXT];

	for (size_t i = 0; i < vhdxlog_sequence_count(f->t->scan); i++) {
		if (f->t->failed)
			return;
		/* What one that goes on fails, its continuation fails too. */
		if (vhdxlog_sequence_at(f->t->scan, i, &s, NULL) != 0 ||
		    (!s.maximal && !f->all))
			continue;
		snprintf(id, sizeof(id), "S%" PRIu32 "-%" PRIu32, s.id.first,
			 s.id.head);
		put_object(f, id, VHDXLOG_OBJECT_SEQUENCE, i);
	}
}

static void put_left_out(struct failures *f)
{
	for (size_t i = 0; i < f->tallied; i++) {
		if (f->tally[i].objects > SHOW_OBJECTS)
			fprintf(f->t->out,
				"  %" PRIu64 " more of %s; -v lists "
				"them\n",
				f->tally[i].objects - SHOW_OBJECTS,
				f->tally[i].check->name);
	}
	if (f->blocked)
		fprintf(f->t->out,
			"  %" PRIu64 " more could not be judged "
			"because of these; -v lists them\n",
			f->blocked);
}

void text_failures(struct text *t)
{
	static const struct text_column failed[] = {
		{ "object", false }, { "did not pass", false }, { "at", false },
		{ "found", false },  { NULL, false },
	};
	static const struct text_column all[] = {
		{ "object", false }, { "check", false }, { "status", false },
		{ "at", false },     { "found", false }, { NULL, false },
	};
	struct failures f = { .t = t };

	f.tally = calloc(vhdxlog_check_count(), sizeof(*f.tally));
	if (!f.tally) {
		text_fail(t, VHDXLOG_E_NOMEM);
		return;
	}

	f.all = t->options->all_checks || t->options->verbose;
	f.table = text_table_open(t, f.all ? all : failed);
	text_table_part(f.table);
	put_image(&f);
	put_entries(&f);
	put_sequences(&f);
	if (!text_table_close(f.table) && f.blocked)
		putc('\n', t->out);
	put_left_out(&f);
	free(f.tally);
}

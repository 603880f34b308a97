/* SPDX-License-Identifier: MIT */
/*
 * The entries in the order of the ring, one line each. Of very many only the
 * ends are shown, and in between what is not as it should be or is replayed.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"

/* Without -v: sessions with a line of their own. */
#define SHOW_SESSIONS 8

/* Without -v: more entries than SHOW_ALL are folded to these. */
#define SHOW_ALL     200
#define SHOW_FIRST   100
#define SHOW_LAST    50
#define SHOW_BETWEEN 50

/* With the longest of the other columns, a verdict still has room behind it. */
#define WRITES_COLUMNS 28

/* ---------------------------------------------------------------- sessions */

#define MAX_SESSIONS 26

/* The LogGuids of sound entries, by letter in the order of the ring. */
struct sessions {
	struct vhdxlog_guid guid[MAX_SESSIONS];
	uint64_t entries[MAX_SESSIONS];
	unsigned count;
	uint64_t unnamed; /* entries of sessions for which no letter is left */
};

static unsigned session_of(const struct sessions *s,
			   const struct vhdxlog_guid *guid)
{
	unsigned i = 0;

	while (i < s->count && memcmp(&s->guid[i], guid, sizeof(*guid)) != 0)
		i++;
	return i;
}

static void count_session(struct sessions *s, const struct vhdxlog_entry *e)
{
	unsigned i = session_of(s, &e->log_guid);

	if (i == MAX_SESSIONS) {
		s->unnamed++;
		return;
	}
	if (i == s->count)
		s->guid[s->count++] = e->log_guid;
	s->entries[i]++;
}

static void find_sessions(struct text *t, struct sessions *s)
{
	struct vhdxlog_entry e;

	*s = (struct sessions){ .count = 0 };
	for (size_t i = 0; i < vhdxlog_entry_count(t->scan); i++) {
		if (vhdxlog_entry_at(t->scan, i, &e, NULL) == 0 &&
		    e.verdict != VHDXLOG_INVALID)
			count_session(s, &e);
	}
}

static void put_more_sessions(struct text *t, const struct sessions *s,
			      unsigned named)
{
	uint64_t entries = s->unnamed;

	for (unsigned i = named; i < s->count; i++)
		entries += s->entries[i];
	if (entries == 0)
		return;
	text_label(t, "");
	fprintf(t->out, "and more, %" PRIu64 " %s%s\n", entries,
		entries == 1 ? "entry" : "entries",
		named < s->count ? "; -v names them" : "");
}

static void put_legend(struct text *t, const struct sessions *s)
{
	unsigned named = s->count > SHOW_SESSIONS && !t->options->verbose ?
				 SHOW_SESSIONS :
				 s->count;
	char guid[VHDXLOG_GUID_TEXT];

	if (s->count == 1 && text_is_current(t, &s->guid[0]))
		return;
	for (unsigned i = 0; i < named; i++) {
		text_label(t, i ? "" : s->count > 1 ? "sessions" : "session");
		fprintf(t->out, "%c %s  %s, %" PRIu64 " %s\n", 'A' + (int)i,
			vhdxlog_guid_format(&s->guid[i], guid),
			text_session(t, &s->guid[i]), s->entries[i],
			s->entries[i] == 1 ? "entry" : "entries");
	}
	put_more_sessions(t, s, named);
}

static void put_session(struct text_table *table, struct text *t,
			const struct sessions *s, const struct vhdxlog_entry *e)
{
	unsigned i = session_of(s, &e->log_guid);

	if (i < s->count)
		text_cell(table,
			  text_is_current(t, &e->log_guid) ? TEXT_PLAIN :
							     TEXT_DIM,
			  "%c", 'A' + (int)i);
	else
		text_cell(table, TEXT_DIM, "%02x%02x..", e->log_guid.bytes[3],
			  e->log_guid.bytes[2]);
}

/* ------------------------------------------------------------------ writes */

struct writes {
	uint64_t pages[VHDXLOG_AREA_COUNT];
	uint64_t zeroed;
};

static int gather_writes(struct text *t, const struct vhdxlog_entry *e,
			 struct writes *w)
{
	struct vhdxlog_descriptors *it = NULL;
	struct vhdxlog_descriptor d;
	int r = vhdxlog_descriptors_open(t->scan, e->index, &it, t->err);

	*w = (struct writes){ .zeroed = 0 };
	if (r)
		return text_fail(t, r);
	while ((r = vhdxlog_descriptors_next(it, &d, t->err)) == 0) {
		if (d.kind == VHDXLOG_DESCRIPTOR_DATA)
			w->pages[d.area]++;
		else if (d.kind == VHDXLOG_DESCRIPTOR_ZERO)
			w->zeroed += d.length;
	}
	vhdxlog_descriptors_close(it);
	if (r == VHDXLOG_E_NOMEM)
		return text_fail(t, r);
	return r < 0 ? r : 0;
}

/*
 * What an entry of a hostile log writes must not push its verdict off the line:
 * "BAT x3, metadata and more". `show` lists it all.
 */
static void shorten_writes(char *words)
{
	static const char more[] = " and more";
	size_t end = strcspn(words, ",");

	if (strlen(words) <= WRITES_COLUMNS || !words[end])
		return;
	for (size_t i = end; i <= WRITES_COLUMNS - strlen(more); i++) {
		if (words[i] == ',')
			end = i;
	}
	memcpy(words + end, more, sizeof(more));
}

/* "BAT", "BAT x3, metadata, 64 KiB of zeroes", "nothing" */
static void format_writes(const struct writes *w, char *buf, size_t size)
{
	size_t used = 0;
	char zeroed[32];

	snprintf(buf, size, "nothing");
	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT && used < size; a++) {
		if (w->pages[a] == 0)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 used ? ", " : "",
					 text_area((enum vhdxlog_area)a));
		if (w->pages[a] > 1 && used < size)
			used += (size_t)snprintf(buf + used, size - used,
						 " x%" PRIu64, w->pages[a]);
	}
	if (w->zeroed && used < size)
		snprintf(buf + used, size - used, "%s%s of zeroes",
			 used ? ", " : "", text_size(w->zeroed, zeroed));
}

bool text_writes(struct text *t, const struct vhdxlog_entry *e,
		 char words[TEXT_WRITES])
{
	struct writes w;

	if (e->verdict == VHDXLOG_INVALID || gather_writes(t, e, &w) != 0)
		return false;
	format_writes(&w, words, TEXT_WRITES);
	return true;
}

static void put_writes(struct text_table *table, struct text *t,
		       const struct vhdxlog_entry *e)
{
	char words[TEXT_WRITES];

	if (!text_writes(t, e, words)) {
		text_cell(table, TEXT_DIM, "-");
		return;
	}
	shorten_writes(words);
	text_cell(table, TEXT_PLAIN, "%s", words);
}

/* ------------------------------------------------------------------- table */

static void put_judgement(struct text_table *table, struct text *t,
			  const struct vhdxlog_entry *e)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	const struct vhdxlog_check *reason = NULL;
	enum text_style style;
	const char *words = text_verdict(t, e, &style);
	int n = 0;

	if (e->verdict == VHDXLOG_INVALID)
		n = vhdxlog_verdicts(t->scan, VHDXLOG_OBJECT_ENTRY, e->index, v,
				     NULL);
	reason = text_reason(v, n);
	text_cell(table, style, "%s%s%s%s", words, e->wraps ? ", wraps" : "",
		  reason ? ": " : "", reason ? reason->name : "");
}

static void put_entry(struct text_table *table, struct text *t,
		      const struct vhdxlog_entry *e, const struct sessions *s,
		      struct text_number *number)
{
	char place[24], digits[24], size[32];

	text_cell(table, TEXT_PLAIN, "E%" PRIu32, e->sector);
	text_log_place(t, e->tail, place);
	text_cell(table, TEXT_PLAIN, "%s", place);
	text_cell(table, TEXT_PLAIN, "%s",
		  text_number(number, e->sequence_number, digits));
	if (s->count > 1)
		put_session(table, t, s, e);
	put_writes(table, t, e);
	text_cell(table, TEXT_PLAIN, "%s",
		  text_size(e->last_file_offset, size));
	put_judgement(table, t, e);
}

/* What of a long list is left out, so that it can be said. */
struct fold {
	uint64_t count;	   /* entries in all */
	uint64_t position; /* of the next one */
	unsigned between;  /* shown of those in the middle */
	uint64_t left[3];  /* left out since the last line, by verdict */
	struct vhdxlog_guid session; /* of the one before, shown or not */
	struct vhdxlog_range active; /* what the specification replays */
};

/* Damaged, an end of the active sequence, or the first of a session. */
static bool is_notable(const struct fold *f, const struct vhdxlog_entry *e,
		       bool new_session)
{
	return e->verdict == VHDXLOG_INVALID || new_session ||
	       (e->active &&
		(e->sector == f->active.first || e->sector == f->active.head));
}

static bool is_shown(const struct text *t, struct fold *f,
		     const struct vhdxlog_entry *e)
{
	bool new_session =
		memcmp(&f->session, &e->log_guid, sizeof(e->log_guid)) != 0;
	uint64_t position = f->position++;

	f->session = e->log_guid;
	if (t->options->verbose || f->count <= SHOW_ALL ||
	    position < SHOW_FIRST || position >= f->count - SHOW_LAST)
		return true;
	return is_notable(f, e, new_session) && f->between++ < SHOW_BETWEEN;
}

struct rows {
	struct text *t;
	struct text_table *table;
	const struct sessions *sessions;
	struct text_number number;
	struct vhdxlog_guid session; /* of the row above */
	struct fold fold;
};

static void put_left_out(struct rows *rows)
{
	struct fold *f = &rows->fold;
	char list[128];
	size_t used = 0;
	uint64_t sum = 0;

	for (unsigned i = 0; i < 3; i++) {
		if (f->left[i] == 0)
			continue;
		sum += f->left[i];
		used += (size_t)snprintf(
			list + used, sizeof(list) - used, "%s%" PRIu64 " %s",
			used ? ", " : "", f->left[i],
			text_soundness(rows->t, (enum vhdxlog_soundness)i));
		f->left[i] = 0;
	}
	if (sum == 0)
		return;
	text_table_line(rows->table,
			"...    %" PRIu64 " left out (%s); -v lists all", sum,
			list);
	rows->number = (struct text_number){ "" };
}

static void begin_fold(struct rows *rows, uint64_t count)
{
	struct vhdxlog_sequence active;

	rows->fold.count = count;
	if (facts_active_sequence(rows->t->scan, &active))
		rows->fold.active = active.id;
}

static void put_next_entry(struct rows *rows, size_t index)
{
	struct vhdxlog_entry e;

	if (vhdxlog_entry_at(rows->t->scan, index, &e, NULL) != 0) {
		text_table_line(rows->table,
				"entry number %zu can no longer be read",
				index);
		return;
	}
	if (!is_shown(rows->t, &rows->fold, &e)) {
		rows->fold.left[e.verdict]++;
		return;
	}
	put_left_out(rows);
	/* Numbers of another session have nothing to do with those above. */
	if (memcmp(&rows->session, &e.log_guid, sizeof(e.log_guid)) != 0)
		rows->number = (struct text_number){ "" };
	rows->session = e.log_guid;
	put_entry(rows->table, rows->t, &e, rows->sessions, &rows->number);
}

static const struct text_column columns_of_one_session[] = {
	{ "entry", false },
	{ "tail", false },
	{ "sequence number", false },
	{ "writes", false },
	{ "file size", true },
	{ "verdict", false },
	{ NULL, false },
};

static const struct text_column columns_of_several[] = {
	{ "entry", false },   { "tail", false },   { "sequence number", false },
	{ "session", false }, { "writes", false }, { "file size", true },
	{ "verdict", false }, { NULL, false },
};

void text_entries(struct text *t)
{
	struct sessions s;
	struct rows rows = { .t = t, .sessions = &s };

	if (vhdxlog_entry_count(t->scan) == 0)
		return;
	begin_fold(&rows, vhdxlog_entry_count(t->scan));
	find_sessions(t, &s);
	put_legend(t, &s);
	rows.table = text_table_open(t, s.count > 1 ? columns_of_several :
						      columns_of_one_session);
	text_table_part(rows.table);
	for (size_t i = 0; i < rows.fold.count && !t->failed; i++)
		put_next_entry(&rows, i);
	put_left_out(&rows);
	text_table_close(rows.table);
}

void text_run(struct text *t, const struct vhdxlog_sequence *sequence)
{
	static const struct sessions none;
	struct rows rows = { .t = t, .sessions = &none };
	size_t index = vhdxlog_entry_find(t->scan, sequence->id.first);

	begin_fold(&rows, sequence->entries);
	rows.table = text_table_open(t, columns_of_one_session);
	for (uint64_t i = 0; i < sequence->entries && index != SIZE_MAX; i++) {
		put_next_entry(&rows, index);
		index = vhdxlog_entry_next(t->scan, index);
	}
	put_left_out(&rows);
	text_table_close(rows.table);
}

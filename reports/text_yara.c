/* SPDX-License-Identifier: MIT */
/* What YARA rules found. */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAX_ROWS 16 /* unless -v */
#define BRIEF	 16 /* bytes shown of a match, unless -v */

char *text_match_bytes(struct text *t, const struct vhdxlog_match *m,
		       size_t most)
{
	struct text_memo memo;
	bool printable = true;

	if (!text_memo_open(t, &memo))
		return NULL;
	if (most > m->byte_count)
		most = m->byte_count;
	for (size_t i = 0; i < most; i++)
		printable &= m->bytes[i] >= 0x20 && m->bytes[i] < 0x7f;
	if (printable && most)
		fprintf(memo.stream, "\"%.*s\"", (int)most,
			(const char *)m->bytes);
	for (size_t i = 0; i < most && !printable; i++)
		fprintf(memo.stream, "%02x", m->bytes[i]);
	if (m->length > most && m->string)
		fprintf(memo.stream, "... of %" PRIu64, m->length);
	return text_memo_close(t, &memo);
}

/* "BAT 0x300008" */
static void put_target(struct text_table *table, const struct vhdxlog_match *m)
{
	if (m->has_virtual)
		text_cell(table, TEXT_PLAIN, "disk 0x%" PRIx64,
			  m->virtual_offset);
	else if (m->has_target)
		text_cell(table, TEXT_PLAIN, "%s 0x%" PRIx64,
			  text_area(m->area), m->target_offset);
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
}

static void put_entry(struct text_table *table, const struct vhdxlog_match *m)
{
	if (m->entry != VHDXLOG_NO_SECTOR)
		text_cell(table, TEXT_PLAIN, "E%" PRIu32 "%s", m->entry,
			  m->stale ? " (stale)" : "");
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
}

static void put_row(struct text *t, struct text_table *table,
		    const struct vhdxlog_match *m)
{
	char *rule = text_escaped(t, m->rule);
	char *string = m->string ? text_escaped(t, m->string) : NULL;
	char *bytes = text_match_bytes(t, m, BRIEF);

	text_cell(table, TEXT_PLAIN, "%s", rule ? rule : "");
	text_cell(table, TEXT_PLAIN, "%s", string ? string : "");
	text_cell(table, TEXT_PLAIN, "%s",
		  vhdxlog_match_scope_name(m->scope));
	put_entry(table, m);
	if (m->has_file_offset)
		text_cell(table, TEXT_PLAIN, "0x%" PRIx64 "%s", m->file_offset,
			  m->piece_count > 1 ? " in pieces" : "");
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
	put_target(table, m);
	text_cell(table, TEXT_PLAIN, "%s", bytes ? bytes : "");
	free(rule);
	free(string);
	free(bytes);
}

static void put_rows(struct text *t, const struct vhdxlog_matches *matches)
{
	static const struct text_column columns[] = {
		{ "rule", false },	  { "string", false },
		{ "scope", false },	  { "entry", false },
		{ "file offset", false }, { "goes to", false },
		{ "bytes", false },	  { NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);
	const size_t n = vhdxlog_match_count(matches);

	text_table_part(table);
	for (size_t i = 0; i < n; i++) {
		if (i == MAX_ROWS && !t->options->verbose) {
			text_table_line(table, "...  %zu more; -v lists all",
					n - i);
			break;
		}
		put_row(t, table, vhdxlog_match_at(matches, i));
	}
	text_table_close(table);
}

/* The bytes of each, with what lies where. */
static void put_dumps(struct text *t, const struct vhdxlog_matches *matches)
{
	const struct vhdxlog_match *m;

	for (size_t i = 0; (m = vhdxlog_match_at(matches, i)); i++) {
		char *rule = m->string ? text_escaped(t, m->rule) : NULL;
		char *string = rule ? text_escaped(t, m->string) : NULL;

		if (string) {
			text_heading(t, "%s %s, %" PRIu64 " bytes", rule,
				     string, m->length);
			text_dump(t,
				  m->has_target ? m->target_offset :
						  m->file_offset,
				  m->bytes, m->byte_count);
		}
		free(rule);
		free(string);
	}
}

const char *text_match_summary(const struct text *t, char buf[TEXT_MATCHES])
{
	const size_t n = vhdxlog_match_count(t->options->matches);
	const size_t rules = vhdxlog_match_rules(t->options->matches);

	if (n)
		snprintf(buf, TEXT_MATCHES, "%zu %s of %zu %s", n,
			 n == 1 ? "hit" : "hits", rules,
			 rules == 1 ? "rule" : "rules");
	else
		snprintf(buf, TEXT_MATCHES, "no rule holds");
	return buf;
}

void text_yara(struct text *t)
{
	const struct vhdxlog_matches *matches = t->options->matches;
	const char *limitation;
	char summary[TEXT_MATCHES];

	if (!matches)
		return;
	fprintf(t->out, "\nYARA: %s\n", text_match_summary(t, summary));
	for (size_t i = 0; (limitation = vhdxlog_match_limitation(matches, i));
	     i++) {
		fputs("  ", t->out);
		text_wrap(t, 2, 2, limitation);
	}
	put_rows(t, matches);
	if (t->options->verbose)
		put_dumps(t, matches);
}

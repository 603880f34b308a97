/* SPDX-License-Identifier: MIT */
/*
 * The end of a report: orphans, findings, limitations.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"

/* Identifiers named for one finding, and orphans listed, unless -v. */
#define MAX_WHERE   12
#define MAX_ORPHANS 16

/* ----------------------------------------------------------------- orphans */

/* Neighbouring orphans of one sequence number. */
struct orphans {
	uint32_t first, last;
	uint64_t sequence_number;
	bool any;
};

static void put_orphans(struct text *t, struct text_table *table,
			const struct orphans *o)
{
	(void)t;
	if (!o->any)
		return;
	if (o->first == o->last)
		text_cell(table, TEXT_PLAIN, "D%" PRIu32, o->first);
	else
		text_cell(table, TEXT_PLAIN, "D%" PRIu32 "..D%" PRIu32,
			  o->first, o->last);
	text_cell(table, TEXT_PLAIN, "%" PRIu32, o->last - o->first + 1);
	text_cell(table, TEXT_PLAIN, "%" PRIu64, o->sequence_number);
}

static void walk_orphans(struct text *t, struct text_table *table)
{
	struct orphans o = { .any = false };
	struct vhdxlog_orphan next;
	uint32_t cursor = 0, rows = 0;
	int r;

	while ((r = vhdxlog_orphan_next(t->scan, &cursor, &next, t->err)) ==
	       0) {
		if (o.any && next.sector == o.last + 1 &&
		    next.sequence_number == o.sequence_number) {
			o.last = next.sector;
			continue;
		}
		put_orphans(t, table, &o);
		o = (struct orphans){ next.sector, next.sector,
				      next.sequence_number, true };
		if (++rows > MAX_ORPHANS && !t->options->verbose) {
			text_table_line(table,
					"...  more from D%" PRIu32
					" on; -v lists all",
					next.sector);
			return;
		}
	}
	if (r < 0)
		text_fail(t, r);
	put_orphans(t, table, &o);
}

void text_orphans(struct text *t)
{
	static const struct text_column columns[] = {
		{ "orphan data", false },
		{ "sectors", true },
		{ "of an entry with the sequence number", false },
		{ NULL, false },
	};
	struct text_table *table;

	if (vhdxlog_orphan_count(t->scan) == 0)
		return;
	table = text_table_open(t, columns);
	text_table_part(table);
	walk_orphans(t, table);
	text_table_close(table);
}

/* ---------------------------------------------------------------- findings */

/* What was got and wanted the checks' table says. */
static const char *finding_words(const struct vhdxlog_finding *finding)
{
	const struct vhdxlog_check *check = vhdxlog_check_find(finding->id);

	return check ? check->sentence : finding->message;
}

/* "stale" in the table of entries says as much of each of them. */
static bool is_obvious(const struct text *t,
		       const struct vhdxlog_finding *finding)
{
	return !t->options->verbose &&
	       strcmp(finding->id, "entry-guid-mismatch") == 0;
}

/* " (E1, E3 and 40 more)" */
static void put_where(struct text *t, FILE *f, size_t index)
{
	const struct vhdxlog_finding *finding =
		vhdxlog_finding_at(t->scan, index);
	char id[VHDXLOG_ID_TEXT];
	size_t cursor = 0;
	uint64_t n = 0;

	while (vhdxlog_finding_where(t->scan, index, &cursor, id)) {
		/* There is one of each, and the finding's name says which. */
		if (strcmp(id, "image") == 0 || strcmp(id, "log") == 0)
			continue;
		if (n == MAX_WHERE && !t->options->verbose) {
			fprintf(f, " and %" PRIu64 " more",
				finding->where_count - n);
			break;
		}
		fprintf(f, "%s%s", n++ ? ", " : " (", id);
	}
	if (n)
		putc(')', f);
}

static enum text_style severity_style(enum vhdxlog_severity severity)
{
	switch (severity) {
	case VHDXLOG_ERROR: return TEXT_BAD;
	case VHDXLOG_WARNING: return TEXT_WARN;
	case VHDXLOG_INFO: break;
	}
	return TEXT_PLAIN;
}

/* What the parent is called stands above, byte for byte. */
static void put_detail(struct text *t, FILE *f,
		       const struct vhdxlog_finding *finding)
{
	char *detail;

	if (strcmp(finding->id, "parent-not-given") == 0)
		return;
	detail = text_escaped(t, finding->detail);
	if (detail && *detail)
		fprintf(f, "; %s", detail);
	free(detail);
}

static void put_finding(struct text *t, size_t index)
{
	enum { SEVERITY = 7, AT = 2 + SEVERITY + 2 };
	const struct vhdxlog_finding *finding =
		vhdxlog_finding_at(t->scan, index);
	struct text_memo memo;
	char *words;

	if (!text_memo_open(t, &memo))
		return;
	fprintf(memo.stream, "%s: %s", finding->id, finding_words(finding));
	put_detail(t, memo.stream, finding);
	put_where(t, memo.stream, index);
	words = text_memo_close(t, &memo);
	if (words) {
		fputs("  ", t->out);
		text_put(t, severity_style(finding->severity), "%-*s", SEVERITY,
			 vhdxlog_severity_name(finding->severity));
		fputs("  ", t->out);
		text_wrap(t, AT, AT, words);
	}
	free(words);
}

const char *text_worth_explaining(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_check *because = vhdxlog_verdict(scan)->because;
	const struct vhdxlog_finding *best = NULL;

	if (facts_is_too_short(scan))
		return "file-too-small";
	if (because)
		return because->name;
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		if (!best || f->severity < best->severity)
			best = f;
	}
	return best ? best->id : "";
}

void text_findings(struct text *t)
{
	static const enum vhdxlog_severity order[] = { VHDXLOG_ERROR,
						       VHDXLOG_WARNING,
						       VHDXLOG_INFO };
	size_t count = vhdxlog_finding_count(t->scan);

	if (count == 0)
		return;
	text_put(t, TEXT_STRONG, "\n  findings");
	fprintf(t->out, " (`vhdxlog explain %s` says more)\n",
		text_worth_explaining(t->scan));
	for (unsigned s = 0; s < 3; s++) {
		for (size_t i = 0; i < count; i++) {
			const struct vhdxlog_finding *f =
				vhdxlog_finding_at(t->scan, i);

			if (f->severity == order[s] && !is_obvious(t, f))
				put_finding(t, i);
		}
	}
}

/* ------------------------------------------------------------- limitations */

void text_limitations(struct text *t)
{
	const char *words;

	if (!vhdxlog_limitation(t->scan, 0))
		return;
	text_put(t, TEXT_STRONG, "\n  what this report cannot tell\n");
	for (size_t i = 0; (words = vhdxlog_limitation(t->scan, i)); i++) {
		fputs("  - ", t->out);
		text_wrap(t, 4, 4, words);
	}
}

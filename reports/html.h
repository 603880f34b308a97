/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the HTML report share. The page is written as it is made, and
 * is well-formed XML as well, so that any parser reads the same of it.
 *
 * All that is shown goes through html_put() and what is made of it, which escape;
 * html_raw() is for markup, and its arguments are numbers and our own names. There
 * is no script and no style attribute: the policy of the page forbids both.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/text.h"

struct html {
	struct text t; /* whose words are said here, too */
	struct vhdxlog_history *history; /* owned; the parts have it */
};

/* -------------------------------------------------------------- html_out.c */

void html_raw(struct html *h, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Text, escaped: words of ours, and what is escaped for a terminal or a shell. */
void html_put(struct html *h, const char *words);
void html_putf(struct html *h, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Text of the evidence or of the command line, told from an escape of ours. */
void html_value(struct html *h, const char *bytes);
void html_utf16(struct html *h, struct vhdxlog_utf16 units);

/* <h2> with what belongs to it; id is a word of ours. */
void html_section(struct html *h, const char *id, const char *title);
void html_section_end(struct html *h);

/* A sentence below a heading, or below a table. */
void html_note(struct html *h, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* <dl>, a term and what is said of it; the key names it for programs. */
void html_facts(struct html *h);
void html_fact(struct html *h, const char *key, const char *term,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));
void html_fact_open(struct html *h, const char *key, const char *term);
void html_fact_close(struct html *h);
void html_facts_end(struct html *h);

/* -------------------------------------------------------------- html_list.c */

struct html_column {
	const char *title; /* NULL ends the list */
	const char *class_; /* of its cells; "" for none. "n": a number */
};

/*
 * A table. Of more rows than a screen has, those that follow are folded, so many
 * at a time; what a page that opens cannot hold is counted and not shown.
 */
struct html_list {
	struct html *h;
	const struct html_column *columns; /* borrowed */
	const char *name;	/* class of the tables, a word of ours */
	const char *caption;	/* static */
	uint64_t total;	/* of the rows; 0: not known */
	uint64_t most;	/* that are shown; set before the first to change it */
	uint64_t rows;	/* asked for so far */
	bool stands_out; /* the row that comes next; set before it is begun */
	unsigned column; /* of the cell that comes next */
	bool in_row, folded;
};

#define HTML_LIST_MOST 65536u /* rows, unless a list sets less */
#define HTML_LIST_FEW  8192u  /* of what others say already, or nobody reads */

void html_list_open(struct html_list *l, struct html *h, const char *name,
		    const char *caption, const struct html_column *columns,
		    uint64_t total);

/* Begin a row; false: it is one too many, and is only counted. id: of the row,
 * "E5", or NULL. */
bool html_row(struct html_list *l, const char *id);

/* The next cell; the first of a row is its heading. */
void html_cell(struct html_list *l, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void html_cell_open(struct html_list *l);
void html_cell_close(struct html_list *l);

void html_list_close(struct html_list *l);

/* ------------------------------------------------------------ html_checks.c */

/* In a cell: those that did not pass, or all, with what was found. */
void html_check_list(struct html *h, const struct vhdxlog_verdict *v, int n);

/* Of one object, for a cell; a failure is noted. */
void html_checks_of(struct html *h, enum vhdxlog_object object, size_t which);

/* A table of what image, headers, region tables and log did not pass. */
void html_checks(struct html *h);

/* ------------------------------------------------------------- html_style.c */

/* The style of the page, and "sha256-..." of it. */
#define HTML_STYLE_HASH 64

extern const char html_style[];
void html_style_hash(char hash[HTML_STYLE_HASH]);

/* ------------------------------------------------------- parts of the report */

void html_verdict(struct html *h); /* html_verdict.c */
void html_verdict_failed(struct html *h, const char *message);
void html_summary(struct html *h);	/* html_facts.c */
void html_guesses(struct html *h);	/* html_guesses.c */
void html_findings(struct html *h);	/* html_findings.c */
void html_limits(struct html *h);
void html_readers(struct html *h);	/* html_readers.c */
void html_sequences(struct html *h);	/* html_sequences.c */
void html_compare(struct html *h);	/* html_compare.c */
void html_ring(struct html *h);		/* html_ring.c */
void html_ring_runs(struct html *h);	/* html_runs.c */
void html_sessions(struct html *h);	/* html_sessions.c */
void html_entries(struct html *h);	/* html_entries.c */
void html_orphans(struct html *h);	/* html_orphans.c */
void html_yara(struct html *h);		/* html_yara.c */
void html_headers(struct html *h);	/* html_structures.c */
void html_regions(struct html *h);
void html_metadata(struct html *h);	/* html_metadata.c */
void html_hashes(struct html *h);	/* html_record.c */
void html_custody(struct html *h);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the text emitters share: colour, wrapped paragraphs, tables, dumps.
 *
 * Text is written as it is made. A table looks ahead a fixed number of rows to
 * settle the widths of its columns, so memory does not grow with the report. A
 * failed allocation is remembered (text->failed) and told once, at the end.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include "reports/report.h"

#include <stdarg.h>

struct text {
	FILE *out;
	const char *program; /* whose report it is; static */
	const struct report_options *options;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	unsigned width;		   /* columns */
	enum vhdxlog_code failed;  /* the first error, or 0 */
	struct vhdxlog_error *err; /* filled with it; may be NULL */
};

/* ----------------------------------------------------------------- text.c */

enum text_style {
	TEXT_PLAIN,
	TEXT_STRONG,
	TEXT_GOOD,
	TEXT_WARN,
	TEXT_BAD,
	TEXT_DIM,
};

struct text text_begin(FILE *out, const struct report_subject *subject,
		       const struct report_options *options,
		       struct vhdxlog_error *err);

/* Remember a failure. Returns code, so that a caller can `return` it. */
int text_fail(struct text *t, int code);

/* Text put together before it is printed; all of it in memory. */
struct text_memo {
	char *text;
	size_t size;
	FILE *stream; /* to print to, between open and close */
};

/* false, having failed: out of memory. */
bool text_memo_open(struct text *t, struct text_memo *m);

/* What was printed, free() it; NULL, having failed: out of memory. */
char *text_memo_close(struct text *t, struct text_memo *m);

/* printf, coloured where colour is wanted. */
void text_put(struct text *t, enum text_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "headers   ", the left margin of the facts above the tables. */
void text_label(struct text *t, const char *label);

/*
 * Words up to the end of the line, further lines indented by `hang`. The first
 * line goes on at column `at`. Ends with a newline.
 */
void text_wrap(struct text *t, unsigned at, unsigned hang, const char *words);

/* The same for printf's result. */
void text_wrapf(struct text *t, unsigned at, unsigned hang, const char *format,
		...) __attribute__((format(printf, 4, 5)));

/* vprintf's result; free() it. NULL: out of memory, noted. */
char *text_format(struct text *t, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* How many columns a UTF-8 text takes (one for each character). */
unsigned text_columns(const char *s);

/* "a few bytes" of evidence, escaped; free() it. NULL: out of memory, noted. */
char *text_escaped(struct text *t, const char *bytes);
char *text_utf16(struct text *t, struct vhdxlog_utf16 units);

/* "BAT", "region tables": areas as a table names them. Static. */
const char *text_area(enum vhdxlog_area area);

/* "E5" or "0x5123": an offset in the log, by name where an entry is there. */
void text_log_place(const struct text *t, uint64_t log_offset, char buf[24]);

/* "valid, active" and its style. */
const char *text_verdict(const struct text *t, const struct vhdxlog_entry *e,
			 enum text_style *style);

/* "valid", "stale"; "sound" where no LogGuid is known to tell which. */
const char *text_soundness(const struct text *t,
			   enum vhdxlog_soundness soundness);

/* "the header's", "earlier", "current or earlier": whose LogGuid it is. */
const char *text_session(const struct text *t, const struct vhdxlog_guid *guid);

/* Whether it is the LogGuid of the header, or the one that was given. */
bool text_is_current(const struct text *t, const struct vhdxlog_guid *guid);

/* "36 MiB", or "0x2400001" where the size has no short form. */
const char *text_size(uint64_t bytes, char buf[32]);

/*
 * Sequence numbers under one another: the first in full, what shares all but
 * its last digits with the one above as "...391". Start with an empty buffer.
 */
struct text_number {
	char last[21];
};

const char *text_number(struct text_number *n, uint64_t value, char buf[24]);

/* ----------------------------------------------------------- text_table.c */

#define TEXT_MAX_COLUMNS 10

struct text_column {
	const char *title; /* NULL ends the list */
	bool right;	   /* aligned to the right */
};

/*
 * Cells come row by row. The last column is wrapped at the end of the line. A
 * table without rows prints nothing.
 */
struct text_table;

/* columns: borrowed until the table is closed. NULL: out of memory, noted. */
struct text_table *text_table_open(struct text *t,
				   const struct text_column *columns);

/* The table is a part of the report by itself: an empty line before it. */
void text_table_part(struct text_table *table);

/* The next cell. Accepts a NULL table. */
void text_cell(struct text_table *table, enum text_style style,
	       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A line of its own between two rows; "" leaves one empty. */
void text_table_line(struct text_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Words between two rows, wrapped; further lines are indented by hang more. */
void text_table_words(struct text_table *table, unsigned hang,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print what is left and release the table. Accepts NULL. Was there a row? */
bool text_table_close(struct text_table *table);

/* ------------------------------------------------------------ text_dump.c */

/*
 * Bytes as `hexdump -C` shows them, from offset `at` on; a line that repeats
 * the one above becomes an asterisk.
 */
void text_dump(struct text *t, uint64_t at, const uint8_t *bytes, size_t size);

/* A structure's bytes, each field on lines of its own, with its name behind. */
void text_dump_fields(struct text *t, enum vhdxlog_structure structure,
		      uint64_t at, const uint8_t *bytes, size_t size);

/* ---------------------------------------------------------- text_checks.c */

/* All verdicts of one object: in detail what did not pass, the rest by name. */
void text_checks(struct text *t, const struct vhdxlog_verdict *v, int n);

/* "What did not pass" of every object of the scan. */
void text_failures(struct text *t);

/* The first class E check that failed, or NULL. v as of vhdxlog_verdicts(). */
const struct vhdxlog_check *text_reason(const struct vhdxlog_verdict *v, int n);

/* ------------------------------------------------- words, for other layouts */

/* What the facts above the tables say, or nothing: text_image.c. */
void text_say_image(struct text *t, FILE *f);
void text_say_disk(FILE *f, const struct vhdxlog_image *image);
void text_say_blocks(FILE *f, const struct vhdxlog_scan *scan);
void text_say_headers(FILE *f, const struct vhdxlog_scan *scan);
void text_say_log(struct text *t, FILE *f);

#define TEXT_WRITES 160

/* "BAT x3, metadata"; false: an entry that is not sound writes nothing. */
bool text_writes(struct text *t, const struct vhdxlog_entry *e,
		 char words[TEXT_WRITES]);

/* What stands for a sector in the map of the ring; all letters, in order. */
struct text_letter {
	char letter;
	const char *words; /* static */
};

#define TEXT_MAP_LETTERS "E+dop?x."

struct text_letter text_map_letter(const struct vhdxlog_map_run *run);

/* "1 MiB at 0x100000", "zero, so that ..": free() it. NULL: noted. */
char *text_guess_value(struct text *t, const struct vhdxlog_guess *g);

/* What led to the state, else the first finding of the gravest class. */
const char *text_worth_explaining(struct vhdxlog_scan *scan);

/* ----------------------------------------------------------- text_yara.c */

/* A match as characters where all its bytes are such, else in hex, of no more
 * than so many; free() it. NULL: out of memory, noted. */
char *text_match_bytes(struct text *t, const struct vhdxlog_match *m,
		       size_t most);

/* "3 hits of 2 rules", of report_options.matches. */
#define TEXT_MATCHES 64
const char *text_match_summary(const struct text *t, char buf[TEXT_MATCHES]);

/* ------------------------------------------------------- parts of a report */

void text_image(struct text *t); /* text_image.c */
void text_disk(struct text *t, const struct vhdxlog_image *image);
void text_headers(struct text *t);
void text_log(struct text *t);
void text_hashes(struct text *t);
void text_guesses(struct text *t); /* text_guesses.c */
void text_entries(struct text *t); /* text_entries.c */
void text_run(struct text *t, const struct vhdxlog_sequence *sequence);
void text_sequences(struct text *t); /* text_sequences.c */
void text_orphans(struct text *t);   /* text_findings.c */
void text_findings(struct text *t);
void text_limitations(struct text *t);
void text_shifts(struct text *t);	   /* text_shift.c */
void text_yara(struct text *t);		   /* text_yara.c */
void text_custody(struct text *t);	   /* text_custody.c */
void text_map(struct text *t, bool whole); /* text_map.c */

/* ---------------------------------------------------------- text_fields.c */

/* What a field's value means: "E5", "36 MiB"; borrowed. */
struct text_meaning {
	const char *field; /* NULL ends the list */
	const char *words;
};

/* A structure's fields as a table, numbers in decimal and hex. */
void text_fields(struct text *t, enum vhdxlog_structure structure,
		 const uint8_t *bytes, size_t size,
		 const struct text_meaning *meanings);

/* ------------------------------------------------------------ text_show*.c */

/* One thing in full; 0 or a negative code. */
int text_show_entry(struct text *t, uint32_t sector);
int text_show_sequence(struct text *t, struct vhdxlog_range range);
int text_show_orphan(struct text *t, uint32_t sector);
int text_show_header(struct text *t, unsigned slot);
int text_show_log(struct text *t);
int text_show_bat(struct text *t, uint64_t index);
int text_show_shift(struct text *t, uint64_t index); /* text_shift.c */
int text_show_policy(struct text *t, size_t index);

/* A heading with an empty line before it. */
void text_heading(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* All verdicts of one object under a heading. */
int text_show_checks(struct text *t, enum vhdxlog_object object, size_t which);

#endif

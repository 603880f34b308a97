/* SPDX-License-Identifier: MIT */
/*
 * Rows of comma-separated values, RFC 4180, for spreadsheets: a heading, then
 * one row for each thing. What does not apply is an empty field. Text of the
 * evidence is made valid UTF-8 as in JSON.
 */
#ifndef REPORTS_CSV_H
#define REPORTS_CSV_H

#include <stdio.h>

#include "vhdxlog.h"

struct csv {
	FILE *out;
	bool in_row; /* a comma goes before the next field */
	bool failed; /* out of memory */
};

/* Rows without a heading, below one that is there. */
struct csv csv_continue(FILE *out);

/* Write the heading; columns ends with NULL. */
struct csv csv_begin(FILE *out, const char *const *columns);

void csv_text(struct csv *c, const char *bytes); /* NULL: empty */
/* The same of a file's name, or of text out of an image: what a spreadsheet would
 * take for a formula, as it begins with one of = + - @, gets a ' before it. */
void csv_foreign(struct csv *c, const char *bytes);
void csv_number(struct csv *c, uint64_t value);
void csv_maybe_number(struct csv *c, bool known, uint64_t value);
void csv_guid(struct csv *c, const struct vhdxlog_guid *guid);
/* "E5"; empty for VHDXLOG_NO_SECTOR */
void csv_id(struct csv *c, char letter, uint32_t sector);
void csv_end_row(struct csv *c);

/* What came of a report of which rc came otherwise: rc, but 0 where it is none of
 * a failure, or VHDXLOG_E_NOMEM. err may be NULL. */
int csv_finish(const struct csv *c, int rc, struct vhdxlog_error *err);

#endif

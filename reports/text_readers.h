/* SPDX-License-Identifier: MIT */
/*
 * What each reader would show, as the table of sequences and the notes below it
 * have it. Readers that do the same stand together, in the order of reports.
 */
#ifndef REPORTS_TEXT_READERS_H
#define REPORTS_TEXT_READERS_H

#include "reports/text.h"

/* The table in which sequences and readers stand. */
struct text_listing {
	struct text *t;
	struct text_table *table;
	bool disks; /* more than one: their letters have a column */
};

/* Whether reader number `index` is shown, and is the first that does what it
 * does. */
bool text_reader_leads(const struct text *t, size_t index);

/* What becomes of the image, as a verdict: "refuse", "stale data". Static. */
const char *text_outcome(struct vhdxlog_scan *scan,
			 const struct vhdxlog_selection *s);

/* What must be known of one reader beside that, or NULL. Static. */
const char *text_remark(const struct vhdxlog_selection *s);

/* "A"; "?" where a replay's result could not be told, "" where there is none. */
const char *text_disk_letter(const struct text *t,
			     const struct vhdxlog_selection *s, char buf[2]);

/* The last columns of a row: the disk, and who does as reader `first` does. */
void text_reader_cells(struct text_listing *l, size_t first);

/* The same columns where no reader chose the sequence. */
void text_no_reader_cells(struct text_listing *l);

/* Rows for all that readers do with other than the sequences of the report. */
void text_reader_rows(struct text_listing *l);

/* Below the table: which disks there are, and what else is to be said. */
void text_reader_notes(struct text *t);

#endif

/* SPDX-License-Identifier: MIT */
/* Blocks that QEMU moved to the wrong entry of the BAT. */
#include "reports/text.h"

#include <inttypes.h>

#define MAX_ROWS 16 /* unless -v */

static void put_how(struct text_table *table, const struct vhdxlog_shift *s)
{
	if (s->entry != VHDXLOG_NO_SECTOR)
		text_cell(table, TEXT_PLAIN, "E%" PRIu32 " shifted the page",
			  s->entry);
	else if (s->source == VHDXLOG_SHIFT_DISK)
		text_cell(table, TEXT_PLAIN, "%s",
			  "order of offsets, and a block where none may be");
	else if (s->certainty == VHDXLOG_INFERRED)
		text_cell(table, TEXT_PLAIN, "%s", "order of offsets");
	else
		text_cell(table, TEXT_PLAIN, "%s",
			  "an older page in the log has it there");
}

static void put_row(struct text_table *table, const struct vhdxlog_shift *s)
{
	char size[32];

	text_cell(table, TEXT_PLAIN, "%s%" PRIu64,
		  s->is_bitmap ? "bitmap " : "", s->block);
	text_cell(table, TEXT_PLAIN, "bat:%" PRIu64 "%s", s->belongs,
		  s->taken ? " (written anew since)" : "");
	if (s->lost)
		text_cell(table, TEXT_PLAIN, "none");
	else
		text_cell(table, TEXT_PLAIN, "bat:%" PRIu64, s->index);
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, s->file_offset);
	text_cell(table, TEXT_PLAIN, "%s", text_size(s->virtual_offset, size));
	put_how(table, s);
}

void text_shifts(struct text *t)
{
	static const struct text_column columns[] = {
		{ "block", true },	   { "belongs in", false },
		{ "is in", false },	   { "file offset", false },
		{ "virtual offset", true }, { "known by", false },
		{ NULL, false },
	};
	struct vhdxlog_shift shift;
	struct text_table *table;
	uint64_t cursor = 0;
	unsigned rows = 0;
	int r;

	table = text_table_open(t, columns);
	text_table_part(table);
	while ((r = vhdxlog_shift_next(t->scan, &cursor, &shift, t->err)) ==
	       0) {
		if (rows++ == MAX_ROWS && !t->options->verbose) {
			text_table_line(table,
					"...  more from bat:%" PRIu64
					" on; -v lists all",
					shift.index);
			break;
		}
		put_row(table, &shift);
	}
	if (r < 0)
		text_fail(t, r);
	text_table_close(table);
}

#define EXPLAIN " (`vhdxlog explain bat-shifted-page`)"

/* What a shift has to do with an entry of the BAT. */
int text_show_shift(struct text *t, uint64_t index)
{
	struct vhdxlog_shift s;
	int r = vhdxlog_shift_at(t->scan, index, &s, t->err);

	if (r == 0) {
		fputs("\n  ", t->out);
		text_wrapf(t, 2, 2,
			   "it has the data of block %" PRIu64
			   ", which belongs in bat:%" PRIu64 EXPLAIN,
			   s.block, s.belongs);
	}
	if (r >= 0)
		r = vhdxlog_shift_from(t->scan, index, &s, t->err);
	if (r == 0) {
		char where[32] = "in no entry";

		if (!s.lost)
			snprintf(where, sizeof(where), "in bat:%" PRIu64,
				 s.index);
		fputs("\n  ", t->out);
		text_wrapf(t, 2, 2,
			   "what belongs here is %s, at file offset 0x%" PRIx64
			   EXPLAIN,
			   where, s.file_offset);
	}
	return r < 0 ? r : 0;
}

/* SPDX-License-Identifier: MIT */
/* Repairs: what was done, on what evidence, and what could not be saved. */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <stdlib.h>

#define SHOW_EVIDENCE 12 /* of a repair, without -v */
#define SHOW_LOST     12

static void put_evidence(struct text_replay *r, const struct report_fix *fix)
{
	size_t n = fix->evidence_count;
	uint64_t more;

	if (n > SHOW_EVIDENCE && !r->t.options->verbose)
		n = SHOW_EVIDENCE;
	for (size_t i = 0; i < n; i++) {
		fputs("    ", r->t.out);
		text_wrap(&r->t, 4, 6, fix->evidence[i]);
	}
	more = fix->evidence_count - n + fix->evidence_left;
	if (more)
		fprintf(r->t.out, "    %" PRIu64 " more%s\n", more,
			n < fix->evidence_count ? "; -v lists them" : "");
}

static void put_block(struct text_table *table, const struct report_lost *lost)
{
	char size[32], at[32];

	text_cell(table, TEXT_PLAIN, "%s%" PRIu64,
		  lost->is_bitmap ? "bitmap of chunk " : "", lost->block);
	text_cell(table, TEXT_PLAIN, "bat:%" PRIu64, lost->index);
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, lost->file_offset);
	text_cell(table, TEXT_PLAIN, "%s", text_size(lost->virtual_offset, at));
	text_cell(table, TEXT_BAD, "%s", text_size(lost->bytes, size));
}

static void put_lost(struct text_replay *r, const struct report_fix *fix)
{
	static const struct text_column columns[] = {
		{ "block", true },	    { "entry", false },
		{ "file offset", true },    { "virtual offset", true },
		{ "lost bytes", true },	    { NULL, false },
	};
	struct text_table *table = text_table_open(&r->t, columns);
	size_t n = fix->lost_count;
	struct report_lost lost;

	if (n > SHOW_LOST && !r->t.options->verbose)
		n = SHOW_LOST;
	for (size_t i = 0; i < n; i++) {
		fix->lost(fix->ctx, i, &lost);
		put_block(table, &lost);
	}
	text_table_close(table);
	if (fix->lost_count - n + fix->lost_left)
		fprintf(r->t.out, "  %" PRIu64 " more%s\n",
			fix->lost_count - n + fix->lost_left,
			n < fix->lost_count ? "; -v lists them" : "");
}

static void put_fix(struct text_replay *r, const struct report_fix *fix)
{
	fputs("  ", r->t.out);
	text_put(&r->t, TEXT_STRONG, "%s", fix->name);
	text_wrapf(&r->t, 2 + text_columns(fix->name), 4, ": %s", fix->message);
	put_evidence(r, fix);
	put_lost(r, fix);
}

void text_replay_fixes(struct text_replay *r)
{
	if (r->replay->fix_count)
		text_heading(&r->t, "  repairs");
	for (size_t i = 0; i < r->replay->fix_count; i++)
		put_fix(r, &r->replay->fixes[i]);
}

/* SPDX-License-Identifier: MIT */
/*
 * What is written where. The stretches are told once, and the sentence that
 * counts them stands above their table: so of a long list no more rows are kept
 * than are shown.
 */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <stdlib.h>

#define SHOW_PIECES 20 /* without -v */

static bool make_room(struct text_replay *r)
{
	size_t room = r->room ? 2 * r->room : SHOW_PIECES;
	struct text_piece *more;

	if (r->kept < r->room)
		return true;
	more = reallocarray(r->pieces, room, sizeof(*more));
	if (!more) {
		text_fail(&r->t, VHDXLOG_E_NOMEM);
		return false;
	}
	r->pieces = more;
	r->room = room;
	return true;
}

static bool keep(struct text_replay *r, const struct report_page *page)
{
	if (r->kept >= SHOW_PIECES && !r->t.options->verbose)
		return true;
	if (!make_room(r))
		return false;
	r->pieces[r->kept++] = (struct text_piece){
		.offset = page->offset,
		.length = page->length,
		.entry = page->entry,
		.area = page->area,
		.zero = page->zero,
		.changes = page->changes,
	};
	return true;
}

int text_replay_collect(struct text_replay *r)
{
	const struct report_replay *replay = r->replay;
	struct report_page page;
	int rc = 1;

	while (replay->page &&
	       (rc = replay->page(replay->page_ctx, &page, r->t.err)) == 0) {
		replay_count(&r->tally, &page);
		if (!keep(r, &page))
			return r->t.failed;
	}
	return rc < 0 ? rc : 0;
}

void text_replay_release(struct text_replay *r)
{
	free(r->pieces);
	r->pieces = NULL;
}

static const char *what_changes(const struct text_piece *p)
{
	if (p->zero)
		return p->changes ? "zeroes" : "zeroes, as they are";
	return p->changes ? "changes" : "the same";
}

/* Of a file that was not scanned, what lies where is not known. */
static void put_piece(const struct text_replay *r, struct text_table *table,
		      const struct text_piece *p)
{
	char size[32];

	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, p->offset);
	text_cell(table, TEXT_PLAIN, "%s", text_size(p->length, size));
	text_cell(table, TEXT_PLAIN, "%s",
		  r->t.scan ? text_area(p->area) : "");
	if (p->entry == VHDXLOG_NO_SECTOR)
		text_cell(table, TEXT_PLAIN, "%s", "");
	else
		text_cell(table, TEXT_PLAIN, "E%" PRIu32, p->entry);
	text_cell(table, p->changes ? TEXT_PLAIN : TEXT_DIM, "%s",
		  what_changes(p));
}

void text_replay_pages(struct text_replay *r)
{
	static const struct text_column columns[] = {
		{ "file offset", true }, { "length", true },
		{ "what", false },	 { "from", false },
		{ "bytes", false },	 { NULL, false },
	};
	const uint64_t more = r->tally.pieces - r->kept;
	struct text_table *table = text_table_open(&r->t, columns);

	text_table_part(table);
	for (size_t i = 0; i < r->kept; i++)
		put_piece(r, table, &r->pieces[i]);
	text_table_close(table);
	if (more)
		fprintf(r->t.out, "  %" PRIu64 " more; -v lists %s\n", more,
			more == 1 ? "it" : "them");
}

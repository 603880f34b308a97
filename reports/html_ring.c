/* SPDX-License-Identifier: MIT */
/*
 * The ring as a picture: a cell for each sector, with its letter, pattern and
 * colour; below it the session that wrote it; above it what is replayed, from its
 * tail to its head, and where an entry wraps. Of a ring that has more sectors
 * than a picture has cells, a cell stands for so many, by the gravest letter.
 */
#include "reports/html_ring.h"

#include <inttypes.h>
#include <string.h>

#include "reports/facts.h"

#define CELLS  2048 /* at most, so that it is seen at once */
#define NARROW 512  /* more sectors: thinner cells, twice as many to a row */

static const char gravity[] = RING_GRAVITY;

/* -------------------------------------------------------------------- cells */

/* Runs of one entry follow one another, so that each is asked about once. */
static void look_at_owner(struct ring *r, uint32_t owner)
{
	struct vhdxlog_entry e;
	size_t index;

	if (owner == r->owner)
		return;
	r->owner = owner;
	r->session = SIZE_MAX;
	r->active = r->wraps = false;
	index = owner == VHDXLOG_NO_SECTOR ?
			SIZE_MAX :
			vhdxlog_entry_find(r->h->t.scan, owner);
	if (index == SIZE_MAX ||
	    vhdxlog_entry_at(r->h->t.scan, index, &e, NULL) != 0)
		return;
	r->active = e.active;
	r->wraps = e.wraps;
	r->session = vhdxlog_session_find(r->h->history, &e.log_guid);
}

static const char *mark_of(const struct ring *r, uint32_t sector)
{
	if (sector == r->tail && sector == r->head)
		return "tail and head";
	if (sector == r->tail)
		return "tail";
	if (sector == r->head)
		return "head";
	return NULL;
}

static void add_sector(struct ring *r, char letter, uint32_t sector)
{
	struct ring_cell *c = &r->row[sector / r->per_cell % r->columns];

	if (strchr(gravity, letter) > strchr(gravity, c->letter))
		c->letter = letter;
	c->unsound = c->unsound ||
		     (letter == 'E' && r->owner == VHDXLOG_NO_SECTOR);
	if (c->session == SIZE_MAX)
		c->session = r->session;
	c->active = c->active || r->active;
	c->starts = c->starts || sector == r->owner;
	if (!c->mark)
		c->mark = mark_of(r, sector);
	if (r->wraps && sector == r->sectors - 1)
		c->wrap = "wraps \xe2\x86\xb7";
	else if (r->wraps && sector == 0)
		c->wrap = "\xe2\x86\xb3 goes on";
}

static void add_run(struct ring *r, const struct vhdxlog_map_run *run)
{
	const uint32_t row = r->columns * r->per_cell;
	char letter = text_map_letter(run).letter;

	look_at_owner(r, run->owner);
	r->count[strchr(gravity, letter) - gravity] += run->count;
	for (uint32_t s = run->first; s < run->first + run->count; s++) {
		add_sector(r, letter, s);
		if ((s + 1) % row == 0)
			ring_row(r, s / row, r->columns);
	}
}

static void draw(struct ring *r)
{
	const uint32_t row = r->columns * r->per_cell;
	struct vhdxlog_map_run run;
	uint32_t cursor = 0, left = r->sectors % row;

	ring_clear(r);
	r->owner = VHDXLOG_NO_SECTOR - 1;
	while (vhdxlog_map_next(r->h->t.scan, &cursor, &run))
		add_run(r, &run);
	if (left)
		ring_row(r, r->sectors / row,
			(left + r->per_cell - 1) / r->per_cell);
}

/* ------------------------------------------------------------------ picture */

static const char patterns[] =
	"<defs>\n"
	"<pattern id=\"ring-entry\" width=\"4\" height=\"4\" "
	"patternUnits=\"userSpaceOnUse\"/>\n"
	"<pattern id=\"ring-more\" width=\"4\" height=\"4\" "
	"patternUnits=\"userSpaceOnUse\">"
	"<path class=\"ink-light\" d=\"M0 2H4\"/></pattern>\n"
	"<pattern id=\"ring-data\" width=\"4\" height=\"4\" "
	"patternUnits=\"userSpaceOnUse\"/>\n"
	"<pattern id=\"ring-orphan\" width=\"5\" height=\"5\" "
	"patternUnits=\"userSpaceOnUse\">"
	"<path class=\"ink\" d=\"M-1 6L6 -1\"/></pattern>\n"
	"<pattern id=\"ring-foreign\" width=\"5\" height=\"5\" "
	"patternUnits=\"userSpaceOnUse\">"
	"<path class=\"ink\" d=\"M-1 6L6 -1M-1 -1L6 6\"/></pattern>\n"
	"<pattern id=\"ring-bad\" width=\"3\" height=\"3\" "
	"patternUnits=\"userSpaceOnUse\">"
	"<path class=\"ink\" d=\"M1 0V3\"/></pattern>\n"
	"<pattern id=\"ring-padding\" width=\"4\" height=\"4\" "
	"patternUnits=\"userSpaceOnUse\">"
	"<circle class=\"dot\" cx=\"2\" cy=\"2\" r=\"0.8\"/></pattern>\n"
	"<pattern id=\"ring-empty\" width=\"4\" height=\"4\" "
	"patternUnits=\"userSpaceOnUse\"/>\n"
	"</defs>\n";

static void open_picture(struct ring *r)
{
	const uint32_t row = r->columns * r->per_cell;
	uint32_t rows = (r->sectors + row - 1) / row;

	html_raw(r->h,
		 "<svg class=\"ring\" viewBox=\"0 0 %u %u\" role=\"img\" "
		 "aria-labelledby=\"ring-title ring-desc\">\n"
		 "<title id=\"ring-title\">Map of the ring</title>\n"
		 "<desc id=\"ring-desc\">",
		 (unsigned)RING_MARGIN + RING_WIDTH + 2, rows * RING_ROW);
	html_putf(r->h,
		  "%" PRIu32 " sectors of 4 KiB in rows of %" PRIu32
		  "; the table below says the same in words.",
		  r->sectors, row);
	html_raw(r->h, "</desc>\n%s", patterns);
}

static void put_legend_item(struct html *h, char letter, const char *words,
			    uint64_t count)
{
	const char *class_ = ring_class(letter);

	html_raw(h,
		 "<li><svg class=\"key\" viewBox=\"0 0 16 17\" "
		 "aria-hidden=\"true\"><rect class=\"%s\" width=\"16\" "
		 "height=\"17\"/><rect fill=\"url(#ring-%s)\" width=\"16\" "
		 "height=\"17\"/><text class=\"letters\" x=\"8\" y=\"13\">",
		 class_, class_);
	ring_letter(h, letter);
	html_raw(h, "</text></svg> <b>");
	html_putf(h, "%c", letter);
	html_raw(h, "</b> ");
	html_put(h, words);
	html_raw(h, " <span class=\"count\">");
	html_putf(h, "%" PRIu64, count);
	html_raw(h, "</span></li>\n");
}

/* Letters that are in the map, with the sectors that have them. */
static void put_legend(struct ring *r)
{
	static const char letters[] = TEXT_MAP_LETTERS;
	const char *words[sizeof(letters)] = { NULL };
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(r->h->t.scan, &cursor, &run)) {
		struct text_letter l = text_map_letter(&run);

		words[strchr(letters, l.letter) - letters] = l.words;
	}
	html_raw(r->h, "<ul class=\"legend\" id=\"ring-legend\">\n");
	for (size_t i = 0; letters[i]; i++) {
		if (words[i])
			put_legend_item(r->h, letters[i], words[i],
					r->count[strchr(gravity, letters[i]) -
						 gravity]);
	}
	html_raw(r->h, "</ul>\n");
}

static void find_ends(struct ring *r)
{
	struct vhdxlog_sequence active;

	r->tail = r->head = VHDXLOG_NO_SECTOR;
	if (!facts_active_sequence(r->h->t.scan, &active))
		return;
	r->tail = active.id.first;
	r->head = active.id.head;
}

static void put_meaning(struct ring *r)
{
	static const char marks[] =
		"The bar above the cells is what the specification replays, "
		"from its tail to its head; the numbers below are sessions. "
		"An entry that does not pass its checks has a frame.";

	if (r->per_cell > 1)
		html_note(r->h,
			  "Each cell stands for %" PRIu32 " sectors of 4 KiB, "
			  "and has the letter of the gravest. %s",
			  r->per_cell, marks);
	else
		html_note(r->h, "Each cell is a sector of 4 KiB. %s", marks);
}

void html_ring(struct html *h)
{
	struct ring r = {
		.h = h,
		.sectors = vhdxlog_log(h->t.scan)->sectors,
	};

	html_section(h, "ring", "The ring");
	if (r.sectors == 0) {
		html_note(h, "There is no log to draw.");
		html_section_end(h);
		return;
	}
	r.columns = r.sectors > NARROW ? RING_COLUMNS : RING_COLUMNS / 2;
	r.width = RING_WIDTH / r.columns;
	r.per_cell = (r.sectors + CELLS - 1) / CELLS;
	find_ends(&r);
	put_meaning(&r);
	open_picture(&r);
	draw(&r);
	html_raw(h, "</svg>\n");
	put_legend(&r);
	html_ring_runs(h);
	html_section_end(h);
}

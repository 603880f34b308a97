/* SPDX-License-Identifier: MIT */
/*
 * The ring as a picture: a cell for each sector, with its letter, pattern and
 * colour; below it the session that wrote it; above it what is replayed, from its
 * tail to its head, and where an entry wraps. Of a ring that has more sectors
 * than a picture has cells, a cell stands for so many, by the gravest letter.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <string.h>

#include "reports/facts.h"

#define CELLS	 4096 /* at most, so that any browser draws them at once */
#define NARROW	 1024 /* more sectors: thinner cells, twice as many to a row */
#define COLUMNS	 128  /* at most */
#define MARGIN	 74   /* for the number of the first sector of a row */
#define WIDTH	 896  /* of all cells of a row */
#define ROW	 46
#define ABOVE	 14 /* in a row: marks, then cells, then sessions */
#define CELL	 17
#define SESSION	 10

/* What is worst is seen, whatever stands beside it. */
static const char gravity[] = ".pd+Eo?x";

struct cell {
	char letter;
	bool active; /* of what the specification replays */
	bool starts; /* an entry begins here */
	size_t session; /* or SIZE_MAX */
	const char *mark; /* "tail", "head", or NULL */
	const char *wrap; /* of an entry at both ends of the ring, or NULL */
};

struct ring {
	struct html *h;
	uint32_t sectors, per_cell, columns;
	unsigned width; /* of a cell */
	uint32_t tail, head; /* sectors, or NO_SECTOR */
	struct cell row[COLUMNS];
	/* Of the entry that owns the run that is drawn. */
	uint32_t owner;
	size_t session;
	bool active, wraps;
	uint64_t count[sizeof(gravity)]; /* sectors by letter */
};

static const char *letter_class(char letter)
{
	switch (letter) {
	case 'E': return "entry";
	case '+': return "more";
	case 'd': return "data";
	case 'o': return "orphan";
	case '?': return "foreign";
	case 'x': return "bad";
	case 'p': return "padding";
	default: return "empty";
	}
}

/* --------------------------------------------------------------------- rows */

static unsigned cell_x(const struct ring *r, uint32_t column)
{
	return MARGIN + column * r->width;
}

static void put_rect(struct ring *r, const char *class_, uint32_t from,
		     uint32_t to, unsigned y, unsigned height)
{
	html_raw(r->h,
		 "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%u\" "
		 "height=\"%u\"/>",
		 class_, cell_x(r, from), y, (to - from) * r->width, height);
}

/* Neighbours that look the same are one rectangle, with its pattern above it. */
static void put_cells(struct ring *r, uint32_t n, unsigned y)
{
	for (uint32_t from = 0, to; from < n; from = to) {
		const char *class_ = letter_class(r->row[from].letter);

		for (to = from + 1;
		     to < n && r->row[to].letter == r->row[from].letter; to++)
			;
		put_rect(r, class_, from, to, y, CELL);
		html_raw(r->h,
			 "<rect fill=\"url(#ring-%s)\" x=\"%u\" y=\"%u\" "
			 "width=\"%u\" height=\"%u\"/>",
			 class_, cell_x(r, from), y, (to - from) * r->width,
			 (unsigned)CELL);
	}
}

/* On a dark cell it is light. */
static void put_letter(struct html *h, char letter)
{
	const bool dark = letter == 'E' || letter == '+';

	html_raw(h, "%s", dark ? "<tspan class=\"light\">" : "");
	html_putf(h, "%c", letter);
	html_raw(h, "%s", dark ? "</tspan>" : "");
}

static void put_letters(struct ring *r, uint32_t n, unsigned y)
{
	html_raw(r->h, "<text class=\"letters\" y=\"%u\" x=\"", y + 13);
	for (uint32_t i = 0; i < n; i++)
		html_raw(r->h, "%s%u", i ? " " : "",
			 cell_x(r, i) + r->width / 2);
	html_raw(r->h, "\">");
	for (uint32_t i = 0; i < n; i++)
		put_letter(r->h, r->row[i].letter);
	html_raw(r->h, "</text>\n");
}

/* The session's number where there is room for it. */
static void put_session(struct ring *r, uint32_t from, uint32_t to, unsigned y)
{
	char number[24];
	int digits = snprintf(number, sizeof(number), "%zu",
			      r->row[from].session);

	html_raw(r->h,
		 "<rect class=\"s s%zu\" x=\"%u\" y=\"%u\" width=\"%u\" "
		 "height=\"%u\"/>",
		 r->row[from].session % 6, cell_x(r, from) + 1, y + 1,
		 (to - from) * r->width - 1, (unsigned)SESSION - 1);
	if ((unsigned)digits * 6 <= (to - from) * r->width)
		html_raw(r->h, "<text class=\"sn\" x=\"%u\" y=\"%u\">%s</text>",
			 cell_x(r, from) + (to - from) * r->width / 2,
			 y + SESSION - 1, number);
}

static void put_sessions(struct ring *r, uint32_t n, unsigned y)
{
	for (uint32_t from = 0, to; from < n; from = to) {
		to = from + 1;
		if (r->row[from].session == SIZE_MAX)
			continue;
		while (to < n && r->row[to].session == r->row[from].session &&
		       !r->row[to].starts)
			to++;
		put_session(r, from, to, y);
	}
}

/* A word at the end of a row must not be cut off there. */
static void put_mark(struct ring *r, uint32_t column, unsigned y)
{
	const struct cell *c = &r->row[column];
	bool late = column + 4 > r->columns * 3 / 4;

	html_raw(r->h, "<text class=\"mark%s\" x=\"%u\" y=\"%u\">",
		 late ? " late" : "",
		 cell_x(r, column + late), y + ABOVE - 5);
	if (c->mark)
		html_put(r->h, c->mark);
	if (c->wrap)
		html_putf(r->h, "%s%s", c->mark ? ", " : "", c->wrap);
	html_raw(r->h, "</text>");
}

static void put_marks(struct ring *r, uint32_t n, unsigned y)
{
	for (uint32_t from = 0, to; from < n; from = to) {
		to = from + 1;
		if (!r->row[from].active)
			continue;
		while (to < n && r->row[to].active)
			to++;
		put_rect(r, "active", from, to, y + ABOVE - 3, 3);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (r->row[i].mark || r->row[i].wrap)
			put_mark(r, i, y);
	}
}

static void clear_row(struct ring *r)
{
	for (uint32_t i = 0; i < r->columns; i++)
		r->row[i] = (struct cell){ .letter = gravity[0],
					   .session = SIZE_MAX };
}

static void put_row(struct ring *r, uint32_t row, uint32_t n)
{
	unsigned y = row * ROW;

	html_raw(r->h, "<g>\n<text class=\"first\" x=\"%u\" y=\"%u\">",
		 (unsigned)MARGIN - 8, y + ABOVE + 13);
	html_putf(r->h, "%" PRIu32, row * r->columns * r->per_cell);
	html_raw(r->h, "</text>");
	put_cells(r, n, y + ABOVE);
	put_sessions(r, n, y + ABOVE + CELL);
	put_marks(r, n, y);
	put_letters(r, n, y + ABOVE);
	html_raw(r->h, "</g>\n");
	clear_row(r);
}

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
	struct cell *c = &r->row[sector / r->per_cell % r->columns];

	if (strchr(gravity, letter) > strchr(gravity, c->letter))
		c->letter = letter;
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
			put_row(r, s / row, r->columns);
	}
}

static void draw(struct ring *r)
{
	const uint32_t row = r->columns * r->per_cell;
	struct vhdxlog_map_run run;
	uint32_t cursor = 0, left = r->sectors % row;

	clear_row(r);
	r->owner = VHDXLOG_NO_SECTOR - 1;
	while (vhdxlog_map_next(r->h->t.scan, &cursor, &run))
		add_run(r, &run);
	if (left)
		put_row(r, r->sectors / row,
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
		 (unsigned)MARGIN + WIDTH + 2, rows * ROW);
	html_putf(r->h,
		  "%" PRIu32 " sectors of 4 KiB in rows of %" PRIu32
		  "; the table below says the same in words.",
		  r->sectors, row);
	html_raw(r->h, "</desc>\n%s", patterns);
}

static void put_legend_item(struct html *h, char letter, const char *words,
			    uint64_t count)
{
	const char *class_ = letter_class(letter);

	html_raw(h,
		 "<li><svg class=\"key\" viewBox=\"0 0 16 17\" "
		 "aria-hidden=\"true\"><rect class=\"%s\" width=\"16\" "
		 "height=\"17\"/><rect fill=\"url(#ring-%s)\" width=\"16\" "
		 "height=\"17\"/><text class=\"letters\" x=\"8\" y=\"13\">",
		 class_, class_);
	put_letter(h, letter);
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
	r.columns = r.sectors > NARROW ? COLUMNS : COLUMNS / 2;
	r.width = WIDTH / r.columns;
	r.per_cell = (r.sectors + CELLS - 1) / CELLS;
	find_ends(&r);
	if (r.per_cell > 1)
		html_note(h, "Each cell stands for %" PRIu32 " sectors of 4 "
			     "KiB, and has the letter of the gravest.",
			  r.per_cell);
	else
		html_note(h, "Each cell is a sector of 4 KiB. The bar above "
			     "the cells is what the specification replays, "
			     "from its tail to its head; the numbers below "
			     "are sessions.");
	open_picture(&r);
	draw(&r);
	html_raw(h, "</svg>\n");
	put_legend(&r);
	html_ring_runs(h);
	html_section_end(h);
}

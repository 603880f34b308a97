/* SPDX-License-Identifier: MIT */
/*
 * A row of the picture of the ring: marks, then cells, then sessions. Of a sector
 * there is a letter in the cell, a pattern and a colour.
 */
#include "reports/html_ring.h"

#include <inttypes.h>

#define ABOVE	14
#define CELL	17
#define SESSION 10

const char *ring_class(char letter)
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

static unsigned cell_x(const struct ring *r, uint32_t column)
{
	return RING_MARGIN + column * r->width;
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
		const char *class_ = ring_class(r->row[from].letter);

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
void ring_letter(struct html *h, char letter)
{
	const bool dark = letter == 'E' || letter == '+';

	html_raw(h, "%s", dark ? "<tspan class=\"light\">" : "");
	html_putf(h, "%c", letter);
	html_raw(h, "%s", dark ? "</tspan>" : "");
}

static void put_unsound(struct ring *r, uint32_t n, unsigned y)
{
	for (uint32_t i = 0; i < n; i++) {
		if (r->row[i].unsound)
			put_rect(r, "unsound", i, i + 1, y, CELL);
	}
}

static void put_letters(struct ring *r, uint32_t n, unsigned y)
{
	html_raw(r->h, "<text class=\"letters\" y=\"%u\" x=\"", y + 13);
	for (uint32_t i = 0; i < n; i++)
		html_raw(r->h, "%s%u", i ? " " : "",
			 cell_x(r, i) + r->width / 2);
	html_raw(r->h, "\">");
	for (uint32_t i = 0; i < n; i++)
		ring_letter(r->h, r->row[i].letter);
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
		       (r->per_cell > 1 || !r->row[to].starts))
			to++;
		put_session(r, from, to, y);
	}
}

/* A word at the end of a row must not be cut off there. */
static void put_mark(struct ring *r, uint32_t column, unsigned y)
{
	const struct ring_cell *c = &r->row[column];
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

void ring_clear(struct ring *r)
{
	for (uint32_t i = 0; i < r->columns; i++)
		r->row[i] = (struct ring_cell){ .letter = RING_GRAVITY[0],
					   .session = SIZE_MAX };
}

void ring_row(struct ring *r, uint32_t row, uint32_t n)
{
	unsigned y = row * RING_ROW;

	html_raw(r->h, "<g>\n<text class=\"first\" x=\"%u\" y=\"%u\">",
		 (unsigned)RING_MARGIN - 8, y + ABOVE + 13);
	html_putf(r->h, "%" PRIu32, row * r->columns * r->per_cell);
	html_raw(r->h, "</text>");
	put_cells(r, n, y + ABOVE);
	put_unsound(r, n, y + ABOVE);
	put_sessions(r, n, y + ABOVE + CELL);
	put_marks(r, n, y);
	put_letters(r, n, y + ABOVE);
	html_raw(r->h, "</g>\n");
	ring_clear(r);
}

/* SPDX-License-Identifier: MIT */
/* What the picture of the ring is made of. */
#ifndef REPORTS_HTML_RING_H
#define REPORTS_HTML_RING_H

#include "reports/html.h"

#define RING_COLUMNS 128 /* at most */
#define RING_MARGIN  74	 /* for the number of the first sector of a row */
#define RING_WIDTH   896 /* of all cells of a row */
#define RING_ROW     46

/* Letters; what is worst is seen, whatever stands beside it. */
#define RING_GRAVITY ".pd+Eo?x"

struct ring_cell {
	char letter;
	bool active; /* of what the specification replays */
	bool starts; /* an entry begins here */
	bool unsound; /* ... that does not pass its checks */
	size_t session; /* or SIZE_MAX */
	const char *mark; /* "tail", "head", or NULL */
	const char *wrap; /* of an entry at both ends of the ring, or NULL */
};

struct ring {
	struct html *h;
	uint32_t sectors, per_cell, columns;
	unsigned width; /* of a cell */
	uint32_t tail, head; /* sectors, or NO_SECTOR */
	struct ring_cell row[RING_COLUMNS];
	/* Of the entry that owns the run that is drawn. */
	uint32_t owner;
	size_t session;
	bool active, wraps;
	uint64_t count[sizeof(RING_GRAVITY)]; /* sectors by letter */
};

/* ---------------------------------------------------------- html_ring_row.c */

/* The class, and the end of the pattern's name, of cells with a letter. */
const char *ring_class(char letter);

/* A letter in a cell. */
void ring_letter(struct html *h, char letter);

/* The row of that number, of so many cells; the next one begins empty. */
void ring_row(struct ring *r, uint32_t row, uint32_t n);
void ring_clear(struct ring *r);

#endif

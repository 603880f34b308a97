/* SPDX-License-Identifier: MIT */
/*
 * The ring, one letter for each sector, 64 to a line, of a narrow terminal 32.
 * Lines that repeat are folded; of a very large ring the middle is left out.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <string.h>

#define PER_LINE 64
#define MARGIN	 10 /* of a line: its first sector */

/* Without -v: so many lines from the start, then those at the end. */
#define FIRST_LINES 64
#define LAST_LINES  24

struct text_letter text_map_letter(const struct vhdxlog_map_run *run)
{
	bool owned = run->owner != VHDXLOG_NO_SECTOR;

	switch (run->kind) {
	case VHDXLOG_SECTOR_ENTRY: return (struct text_letter){ 'E', "entry" };
	case VHDXLOG_SECTOR_DESCRIPTORS:
		return (struct text_letter){ '+', "more descriptors" };
	case VHDXLOG_SECTOR_DATA:
		return owned ? (struct text_letter){ 'd', "its data" } :
			       (struct text_letter){ 'o', "orphan data" };
	case VHDXLOG_SECTOR_ZERO: return (struct text_letter){ '.', "empty" };
	case VHDXLOG_SECTOR_PADDING: return (struct text_letter){ 'p', "padding" };
	case VHDXLOG_SECTOR_UNREADABLE:
		return (struct text_letter){ 'x', "cannot be read" };
	case VHDXLOG_SECTOR_FOREIGN: break;
	}
	return (struct text_letter){ '?', "something else" };
}

static const char letters[] = TEXT_MAP_LETTERS;

#define LETTERS (sizeof(letters) - 1)

/* A letter and its words stay on one line. */
static void put_meanings(struct text *t, unsigned at,
			 const char *const words[LETTERS])
{
	const char *sign = ":";
	const unsigned hang = 3;

	for (size_t i = 0; i < LETTERS; i++) {
		unsigned columns = words[i] ? text_columns(words[i]) + 3 : 0;

		if (!columns)
			continue;
		fputs(sign, t->out);
		at++;
		/* One column is for the sign behind it. */
		if (at + columns + 1 > t->width) {
			fprintf(t->out, "\n%*s", (int)hang, "");
			at = hang;
		}
		fprintf(t->out, " %c %s", letters[i], words[i]);
		at += columns;
		sign = ",";
	}
	putc('\n', t->out);
}

/* Only letters that are in the map, always in the same order. */
static void put_legend(struct text *t)
{
	static const char title[] = "  ring";
	static const char unit[] = ", one letter a sector of 4 KiB";
	const char *words[LETTERS] = { NULL };
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(t->scan, &cursor, &run)) {
		struct text_letter l = text_map_letter(&run);

		words[strchr(letters, l.letter) - letters] = l.words;
	}
	putc('\n', t->out);
	text_put(t, TEXT_STRONG, "%s", title);
	fputs(unit, t->out);
	put_meanings(t, sizeof(title) + sizeof(unit) - 2, words);
}

/* ------------------------------------------------------------------ lines */

struct map {
	struct text *t;
	bool whole;
	uint32_t sectors;
	uint32_t per_line;
	char line[PER_LINE + 1], above[PER_LINE + 1];
	uint32_t repeats; /* lines like the one above, not printed yet */
	uint32_t printed, left_out;
	int digits; /* of the largest sector number */
};

static enum text_style letter_style(char letter)
{
	switch (letter) {
	case 'o': return TEXT_WARN;
	case '?':
	case 'x': return TEXT_BAD;
	case '.': return TEXT_DIM;
	default: return TEXT_PLAIN;
	}
}

/* Runs of a style are coloured at once. */
static void put_letters(struct text *t, const char *line)
{
	while (*line) {
		enum text_style style = letter_style(*line);
		int n = 0;

		while (line[n] && letter_style(line[n]) == style)
			n++;
		text_put(t, style, "%.*s", n, line);
		line += n;
	}
	putc('\n', t->out);
}

static void put_repeats(struct map *m)
{
	if (m->repeats)
		fprintf(m->t->out, "  %*s  %" PRIu32 " more like this line\n",
			m->digits, "...", m->repeats);
	m->repeats = 0;
}

static void put_left_out(struct map *m)
{
	if (m->left_out)
		fprintf(m->t->out,
			"  %*s  %" PRIu32 " line%s left out; -v "
			"shows all\n",
			m->digits, "...", m->left_out,
			m->left_out == 1 ? "" : "s");
	m->left_out = 0;
}

static bool in_the_middle(const struct map *m, uint32_t first)
{
	uint32_t lines = (m->sectors + m->per_line - 1) / m->per_line;
	uint32_t n = first / m->per_line;

	return !m->whole && m->printed >= FIRST_LINES && n + LAST_LINES < lines;
}

static void end_line(struct map *m, uint32_t first)
{
	if (strcmp(m->line, m->above) == 0) {
		m->repeats++;
		return;
	}
	put_repeats(m);
	memcpy(m->above, m->line, sizeof(m->line));
	if (in_the_middle(m, first)) {
		m->left_out++;
		m->above[0] = '\0';
		return;
	}
	put_left_out(m);
	m->printed++;
	fprintf(m->t->out, "  %*" PRIu32 "  ", m->digits, first);
	put_letters(m->t, m->line);
}

static int digits_of(uint32_t n)
{
	int digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

void text_map(struct text *t, bool whole)
{
	struct map m = { .t = t, .whole = whole };
	struct vhdxlog_map_run run;
	uint32_t cursor = 0, at = 0;

	m.per_line = t->width < MARGIN + PER_LINE ? PER_LINE / 2 : PER_LINE;
	m.sectors = vhdxlog_log(t->scan)->sectors;
	m.digits = digits_of(m.sectors) < 4 ? 4 : digits_of(m.sectors);
	if (m.sectors == 0)
		return;
	put_legend(t);
	while (vhdxlog_map_next(t->scan, &cursor, &run)) {
		char letter = text_map_letter(&run).letter;

		for (at = run.first; at < run.first + run.count; at++) {
			m.line[at % m.per_line] = letter;
			if (at % m.per_line == m.per_line - 1)
				end_line(&m, at - at % m.per_line);
		}
	}
	if (at % m.per_line) {
		m.line[at % m.per_line] = '\0';
		end_line(&m, at - at % m.per_line);
	}
	put_repeats(&m);
	put_left_out(&m);
}

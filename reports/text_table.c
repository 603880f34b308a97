/* SPDX-License-Identifier: MIT */
/*
 * Aligned columns without knowing all rows: up to LOOKAHEAD rows are kept,
 * their widest cells settle the widths, and they are printed. Widths never
 * shrink: a later stretch of a long table is at most wider than the one before.
 */
#include "reports/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LOOKAHEAD  256
#define INDENT	   2
#define GAP	   2
#define LEAST_HANG 38 /* columns for further lines of a last column: a GUID */

struct cell {
	char *content; /* owned */
	enum text_style style;
};

struct row {
	struct cell cells[TEXT_MAX_COLUMNS];
	char *line; /* owned; instead of cells, or NULL */
	unsigned hang; /* 0: the line is printed as it is, else wrapped */
};

struct text_table {
	struct text *t; /* borrowed */
	const struct text_column *columns;
	unsigned n_columns;
	unsigned width[TEXT_MAX_COLUMNS];
	unsigned owed; /* blanks before the next cell of this line */
	bool is_part;
	bool titles_printed;
	unsigned n_rows, n_cells; /* kept; cells of the row being filled */
	struct row rows[LOOKAHEAD];
};

struct text_table *text_table_open(struct text *t,
				   const struct text_column *columns)
{
	struct text_table *table = calloc(1, sizeof(*table));

	if (!table) {
		text_fail(t, VHDXLOG_E_NOMEM);
		return NULL;
	}
	table->t = t;
	table->columns = columns;
	for (unsigned i = 0; columns[i].title; i++) {
		table->n_columns++;
		table->width[i] = text_columns(columns[i].title);
	}
	return table;
}

void text_table_part(struct text_table *table)
{
	if (table)
		table->is_part = true;
}

static void settle_widths(struct text_table *table)
{
	for (unsigned r = 0; r < table->n_rows; r++) {
		const struct row *row = &table->rows[r];

		for (unsigned i = 0; !row->line && i < table->n_columns; i++) {
			unsigned n = text_columns(row->cells[i].content);

			if (n > table->width[i])
				table->width[i] = n;
		}
	}
}

/*
 * Where a column starts. *breaks: on a line of its own, as the terminal is too
 * narrow for those before it; the last column sees to that itself.
 */
static unsigned column_start(const struct text_table *table, unsigned column,
			     bool *breaks)
{
	unsigned at = INDENT;

	*breaks = false;
	for (unsigned i = 1; i <= column; i++) {
		at += table->width[i - 1] + GAP;
		*breaks = i < table->n_columns - 1 &&
			  at + table->width[i] > table->t->width;
		if (*breaks)
			at = 2 * INDENT;
	}
	return at;
}

static void pad(struct text_table *table, unsigned columns)
{
	fprintf(table->t->out, "%*s", (int)columns, "");
}

/* Go to where a column starts. */
static void begin_cell(struct text_table *table, unsigned i)
{
	bool breaks;
	unsigned at = column_start(table, i, &breaks);

	if (breaks)
		putc('\n', table->t->out);
	pad(table, breaks ? at : table->owed);
	table->owed = 0;
}

static void print_inner(struct text_table *table, unsigned i,
			enum text_style style, const char *content)
{
	unsigned room = table->width[i] - text_columns(content);

	begin_cell(table, i);
	if (table->columns[i].right)
		pad(table, room);
	text_put(table->t, style, "%s", content);
	table->owed = GAP + (table->columns[i].right ? 0 : room);
}

/* Where a last column has little room, its further lines begin before it. */
static unsigned hang_of(const struct text *t, unsigned at)
{
	unsigned least = t->width > LEAST_HANG + 2 * INDENT ?
				 t->width - LEAST_HANG :
				 2 * INDENT;

	return at < least ? at : least;
}

/* Whether the first word alone goes past the end of the line. */
static bool starts_too_late(const struct text *t, unsigned at,
			    const char *content)
{
	return at + strcspn(content, " ") > t->width && at > hang_of(t, at);
}

/* The last cell of a row that is not empty; nothing is padded behind it. */
static void print_last(struct text_table *table, unsigned last,
		       enum text_style style, const char *content)
{
	unsigned columns = text_columns(content), room = 0, at;
	struct text *t = table->t;
	bool breaks;

	if (table->columns[last].right && columns < table->width[last])
		room = table->width[last] - columns;
	at = column_start(table, last, &breaks) + room;
	if (at + columns > t->width && starts_too_late(t, at, content)) {
		table->owed = 0;
		putc('\n', t->out);
		at = hang_of(t, at);
		pad(table, at);
	} else {
		begin_cell(table, last);
		pad(table, room);
	}
	if (at + columns > t->width) {
		text_wrap(t, at, hang_of(t, at), content);
		return;
	}
	text_put(t, style, "%s", content);
	putc('\n', t->out);
}

static void print_cells(struct text_table *table, const struct row *row)
{
	unsigned last = table->n_columns - 1;

	while (last > 0 && !*row->cells[last].content)
		last--;
	pad(table, INDENT);
	for (unsigned i = 0; i < last; i++)
		print_inner(table, i, row->cells[i].style,
			    row->cells[i].content);
	print_last(table, last, row->cells[last].style,
		   row->cells[last].content);
}

static void print_row(struct text_table *table, const struct row *row)
{
	if (!row->line) {
		print_cells(table, row);
		return;
	}
	if (!*row->line) {
		putc('\n', table->t->out);
		return;
	}
	pad(table, INDENT);
	if (row->hang)
		text_wrap(table->t, INDENT, INDENT + row->hang, row->line);
	else
		fprintf(table->t->out, "%s\n", row->line);
}

static void print_titles(struct text_table *table)
{
	unsigned last = table->n_columns - 1;

	if (table->is_part)
		putc('\n', table->t->out);
	pad(table, INDENT);
	for (unsigned i = 0; i < last; i++)
		print_inner(table, i, TEXT_STRONG, table->columns[i].title);
	print_last(table, last, TEXT_STRONG, table->columns[last].title);
	table->titles_printed = true;
}

static void release_row(struct row *row)
{
	for (unsigned i = 0; i < TEXT_MAX_COLUMNS; i++)
		free(row->cells[i].content);
	free(row->line);
	*row = (struct row){ .line = NULL };
}

static void flush(struct text_table *table)
{
	settle_widths(table);
	if (table->n_rows && !table->titles_printed)
		print_titles(table);
	for (unsigned r = 0; r < table->n_rows; r++) {
		print_row(table, &table->rows[r]);
		release_row(&table->rows[r]);
	}
	table->n_rows = 0;
}

static char *format_cell(struct text_table *table, const char *format,
			 va_list ap) __attribute__((format(printf, 2, 0)));

static char *format_cell(struct text_table *table, const char *format,
			 va_list ap)
{
	char *content = NULL;

	if (vasprintf(&content, format, ap) >= 0)
		return content;
	text_fail(table->t, VHDXLOG_E_NOMEM);
	return NULL;
}

/* The row being filled is only counted when it is whole. */
static void end_row(struct text_table *table)
{
	table->n_cells = 0;
	if (table->t->failed)
		release_row(&table->rows[table->n_rows]);
	else if (++table->n_rows == LOOKAHEAD)
		flush(table);
}

void text_cell(struct text_table *table, enum text_style style,
	       const char *format, ...)
{
	struct cell *cell;
	va_list ap;

	if (!table)
		return;
	cell = &table->rows[table->n_rows].cells[table->n_cells];
	va_start(ap, format);
	cell->content = format_cell(table, format, ap);
	va_end(ap);
	cell->style = style;
	if (++table->n_cells == table->n_columns)
		end_row(table);
}

static void put_line(struct text_table *table, unsigned hang,
		     const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void put_line(struct text_table *table, unsigned hang,
		     const char *format, va_list ap)
{
	struct row *row = &table->rows[table->n_rows];

	row->line = format_cell(table, format, ap);
	row->hang = hang;
	end_row(table);
}

void text_table_line(struct text_table *table, const char *format, ...)
{
	va_list ap;

	if (!table)
		return;
	va_start(ap, format);
	put_line(table, 0, format, ap);
	va_end(ap);
}

void text_table_words(struct text_table *table, unsigned hang,
		      const char *format, ...)
{
	va_list ap;

	if (!table)
		return;
	va_start(ap, format);
	put_line(table, hang, format, ap);
	va_end(ap);
}

bool text_table_close(struct text_table *table)
{
	bool any;

	if (!table)
		return false;
	flush(table);
	any = table->titles_printed;
	release_row(&table->rows[0]);
	free(table);
	return any;
}

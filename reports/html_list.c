/* SPDX-License-Identifier: MIT */
/*
 * Tables that may be long. Rows are written as they come, so that memory does not
 * grow with them; what a page that opens cannot hold is counted.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHORT 60 /* rows that are not folded at all */
#define FIRST 40 /* of more, so many stand open */
#define FOLD  500 /* and so many in each fold */
#define PRINT 2000 /* of more, paper has what stands open */

static void put_head(struct html_list *l, bool first)
{
	html_raw(l->h, "<div class=\"scroll\">\n<table class=\"%s\">\n",
		 l->name);
	if (first) {
		html_raw(l->h, "<caption>");
		html_put(l->h, l->caption);
		html_raw(l->h, "</caption>\n");
	}
	html_raw(l->h, "<thead><tr>");
	for (unsigned i = 0; l->columns[i].title; i++) {
		html_raw(l->h, "<th scope=\"col\"%s>",
			 strncmp(l->columns[i].class_, "n ", 2) == 0 ?
				 " class=\"n\"" :
				 "");
		html_put(l->h, l->columns[i].title);
		html_raw(l->h, "</th>");
	}
	html_raw(l->h, "</tr></thead>\n<tbody>\n");
}

static void put_foot(struct html_list *l)
{
	html_raw(l->h, "</tbody>\n</table>\n</div>\n");
}

void html_list_open(struct html_list *l, struct html *h, const char *name,
		    const char *caption, const struct html_column *columns,
		    uint64_t total)
{
	*l = (struct html_list){
		.h = h,
		.columns = columns,
		.name = name,
		.caption = caption,
		.total = total,
		.most = HTML_LIST_MOST,
	};
	put_head(l, true);
}

static void end_row(struct html_list *l)
{
	if (l->in_row)
		html_raw(l->h, "</tr>\n");
	l->in_row = false;
}

static void end_fold(struct html_list *l)
{
	if (l->folded)
		html_raw(l->h, "</details>\n");
	l->folded = false;
}

static void begin_fold(struct html_list *l)
{
	uint64_t last = l->rows + FOLD;

	put_foot(l);
	end_fold(l);
	html_raw(l->h, "<details%s>\n<summary>",
		 l->total && l->total <= PRINT ? "" : " class=\"long\"");
	if (l->total && last > l->total)
		last = l->total;
	if (l->total)
		html_putf(l->h, "rows %" PRIu64 " to %" PRIu64 " of %" PRIu64,
			  l->rows + 1, last, l->total);
	else
		html_putf(l->h, "more, from row %" PRIu64 " on", l->rows + 1);
	html_raw(l->h, "</summary>\n");
	l->folded = true;
	put_head(l, false);
}

static bool folds_here(const struct html_list *l)
{
	if (l->total && l->total <= SHORT)
		return false;
	return l->rows >= FIRST && (l->rows - FIRST) % FOLD == 0;
}

bool html_row(struct html_list *l, const char *id)
{
	end_row(l);
	if (l->rows >= l->most) {
		l->rows++;
		return false;
	}
	if (folds_here(l))
		begin_fold(l);
	l->rows++;
	l->column = 0;
	l->in_row = true;
	html_raw(l->h, "<tr");
	if (id)
		html_raw(l->h, " id=\"%s\"", id);
	if (l->stands_out)
		html_raw(l->h, " class=\"chosen\"");
	html_raw(l->h, ">");
	return true;
}

void html_cell_open(struct html_list *l)
{
	const char *class_ = l->columns[l->column].class_;

	html_raw(l->h, "%s", l->column ? "<td" : "<th scope=\"row\"");
	if (*class_)
		html_raw(l->h, " class=\"%s\"", class_);
	html_raw(l->h, ">");
}

void html_cell_close(struct html_list *l)
{
	html_raw(l->h, "%s", l->column++ ? "</td>" : "</th>");
}

void html_cell(struct html_list *l, const char *format, ...)
{
	char *words;
	va_list ap;

	va_start(ap, format);
	words = text_format(&l->h->t, format, ap);
	va_end(ap);
	if (!words)
		return;
	html_cell_open(l);
	html_put(l->h, words);
	html_cell_close(l);
	free(words);
}

void html_list_close(struct html_list *l)
{
	end_row(l);
	put_foot(l);
	end_fold(l);
	if (l->rows > l->most)
		html_note(l->h,
			  "%" PRIu64 " more are not in this page; -f json has "
			  "them all",
			  l->rows - l->most);
}

/* SPDX-License-Identifier: MIT */
/* What was inferred in the place of structures that are gone, and by what. */
#include "reports/html.h"

#include <stdlib.h>

static void put_evidence(struct html_list *l, size_t index)
{
	const struct vhdxlog_scan *scan = l->h->t.scan;
	const char *sentence;

	html_cell_open(l);
	html_raw(l->h, "<ul>");
	for (size_t k = 0;
	     (sentence = vhdxlog_guess_evidence(scan, index, k)); k++) {
		html_raw(l->h, "<li>");
		html_value(l->h, sentence);
		html_raw(l->h, "</li>");
	}
	html_raw(l->h, "</ul>");
	html_cell_close(l);
}

void html_guesses(struct html *h)
{
	static const struct html_column columns[] = {
		{ "what", "what" },   { "value", "value" },
		{ "score", "n score" }, { "used", "use" },
		{ "evidence", "evidence" }, { NULL, NULL },
	};
	size_t count = vhdxlog_guess_count(h->t.scan);
	struct html_list l;

	if (count == 0)
		return;
	html_section(h, "guesses", "Assumed, as the image does not say it");
	html_list_open(&l, h, "guesses", "Candidates, the best of each kind "
					 "first",
		       columns, count);
	for (size_t i = 0; i < count && html_row(&l, NULL); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(h->t.scan, i);
		char *value = text_guess_value(&h->t, g);

		html_cell(&l, "%s", vhdxlog_guess_kind_name(g->kind));
		html_cell(&l, "%s", value ? value : "");
		html_cell(&l, "%u", g->score);
		html_cell(&l, "%s",
			  !g->assumed ? "not used" :
			  g->certain  ? "used; nothing else fits" :
					"used");
		put_evidence(&l, i);
		free(value);
	}
	html_list_close(&l);
	html_section_end(h);
}

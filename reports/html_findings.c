/* SPDX-License-Identifier: MIT */
/* Findings with what they mean and what to do; and what the report cannot tell. */
#include "reports/html.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN 40 /* of the things that a finding names, before they fold */

/* The identifiers from *cursor on, at most so many; those with a row in the page
 * lead there. */
static bool put_ids(struct html *h, size_t index, size_t *cursor, uint64_t most)
{
	char id[VHDXLOG_ID_TEXT];

	for (uint64_t n = 0; n < most; n++) {
		if (!vhdxlog_finding_where(h->t.scan, index, cursor, id))
			return false;
		html_raw(h, "%s<code>", n ? " " : "");
		html_put(h, id);
		html_raw(h, "</code>");
	}
	return true;
}

static void put_where(struct html *h, size_t index)
{
	uint64_t count = vhdxlog_finding_at(h->t.scan, index)->where_count;
	size_t cursor = 0;

	html_raw(h, "<p class=\"where\"><span>where</span> ");
	put_ids(h, index, &cursor, SHOWN);
	html_raw(h, "</p>\n");
	if (count <= SHOWN)
		return;
	html_raw(h, "<details>\n<summary>");
	html_putf(h, "%" PRIu64 " more", count - SHOWN);
	html_raw(h, "</summary>\n<p class=\"where\">");
	put_ids(h, index, &cursor, UINT64_MAX);
	html_raw(h, "</p>\n</details>\n");
}

static void put_catalogue(struct html *h, const struct vhdxlog_check *check)
{
	if (!check)
		return;
	html_raw(h, "<p class=\"advice\">");
	html_put(h, check->advice);
	html_raw(h, "</p>\n");
}

static void put_finding(struct html *h, size_t index)
{
	const struct vhdxlog_finding *f = vhdxlog_finding_at(h->t.scan, index);
	const char *severity = vhdxlog_severity_name(f->severity);

	html_raw(h, "<li class=\"finding %s\">\n<p class=\"title\">"
		    "<span class=\"class\">", severity);
	html_put(h, severity);
	html_raw(h, "</span> <code class=\"id\">");
	html_put(h, f->id);
	html_raw(h, "</code></p>\n<p class=\"message\">");
	html_value(h, f->message);
	html_raw(h, "</p>\n");
	put_where(h, index);
	put_catalogue(h, vhdxlog_check_find(f->id));
	html_raw(h, "</li>\n");
}

void html_findings(struct html *h)
{
	static const enum vhdxlog_severity order[] = { VHDXLOG_ERROR,
						       VHDXLOG_WARNING,
						       VHDXLOG_INFO };
	size_t count = vhdxlog_finding_count(h->t.scan);

	html_section(h, "findings", "Findings");
	if (count == 0)
		html_note(h, "There are none.");
	else
		html_raw(h, "<ol class=\"findings\">\n");
	for (size_t s = 0; s < sizeof(order) / sizeof(*order); s++) {
		for (size_t i = 0; i < count; i++) {
			if (vhdxlog_finding_at(h->t.scan, i)->severity ==
			    order[s])
				put_finding(h, i);
		}
	}
	if (count)
		html_raw(h, "</ol>\n");
	html_section_end(h);
}

static void put_limit(struct html *h, const char *words)
{
	html_raw(h, "<li>");
	html_put(h, words);
	html_raw(h, "</li>\n");
}

void html_limits(struct html *h)
{
	const struct vhdxlog_matches *matches = h->t.options->matches;
	const char *words;

	html_section(h, "limits", "What this report cannot tell");
	if (!vhdxlog_limitation(h->t.scan, 0))
		html_note(h, "Nothing that it knows of.");
	html_raw(h, "<ul class=\"limits\">\n");
	for (size_t i = 0; (words = vhdxlog_limitation(h->t.scan, i)); i++)
		put_limit(h, words);
	for (size_t i = 0;
	     matches && (words = vhdxlog_match_limitation(matches, i)); i++)
		put_limit(h, words);
	html_raw(h, "</ul>\n");
	html_section_end(h);
}

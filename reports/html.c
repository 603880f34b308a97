/* SPDX-License-Identifier: MIT */
/* The HTML report: the page, and its parts in order. */
#include "reports/html.h"

#include "reports/facts.h"

/* ---------------------------------------------------------------- the page */

/*
 * Nothing is loaded and nothing runs: the one thing allowed is the style, by its
 * digest. What an image says can then be wrong, but not do anything.
 */
static void open_page(struct html *h)
{
	char hash[HTML_STYLE_HASH];

	html_style_hash(hash);
	html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\"/>\n"
		    "<meta http-equiv=\"Content-Security-Policy\" "
		    "content=\"default-src 'none'; style-src '%s'; "
		    "base-uri 'none'; form-action 'none'\"/>\n"
		    "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
		    "<meta name=\"viewport\" content=\"width=device-width, "
		    "initial-scale=1\"/>\n"
		    "<meta name=\"color-scheme\" content=\"light dark\"/>\n",
		 hash);
	html_raw(h, "<title>");
	html_value(h, h->t.options->path);
	html_raw(h, ": vhdxlog</title>\n<style>");
	html_raw(h, "%s", html_style);
	html_raw(h, "</style>\n</head>\n<body>\n"
		    "<a class=\"skip\" href=\"#main\">to the verdict</a>\n"
		    "<header>\n<p class=\"kicker\">vhdxlog scan</p>\n"
		    "<h1 id=\"path\">");
	html_value(h, h->t.options->path);
	html_raw(h, "</h1>\n</header>\n<main id=\"main\">\n");
}

static void close_page(struct html *h)
{
	html_raw(h, "</main>\n<footer>\n<p>");
	html_putf(h, "vhdxlog %s. The image was only read. This page loads "
		     "nothing and runs nothing.",
		  vhdxlog_version());
	html_raw(h, "</p>\n</footer>\n</body>\n</html>\n");
}

/* --------------------------------------------------------------- the parts */

struct part {
	const char *id, *title; /* in the list of contents; NULL: in none */
	void (*put)(struct html *h);
};

static const struct part parts[] = {
	{ "image", "Image", html_summary },
	{ NULL, NULL, html_guesses },
	{ "ring", "Ring", html_ring },
	{ "findings", "Findings", html_findings },
	{ "readers", "Tools", html_readers },
	{ "sequences", "Sequences", html_sequences },
	{ "compare", "Compared", html_compare },
	{ "sessions", "Sessions", html_sessions },
	{ "entries", "Entries", html_entries },
	{ NULL, NULL, html_orphans },
	{ NULL, NULL, html_yara },
	{ "headers", "Headers", html_headers },
	{ "regions", "Regions", html_regions },
	{ "metadata", "Metadata", html_metadata },
	{ "checks", "Checks", html_checks },
	{ NULL, NULL, html_hashes },
	{ "limits", "Limits", html_limits },
};

#define PARTS (sizeof(parts) / sizeof(*parts))

static void put_contents(struct html *h)
{
	html_raw(h, "<nav aria-label=\"contents\">\n<ul>\n");
	for (size_t i = 0; i < PARTS; i++) {
		if (!parts[i].id)
			continue;
		html_raw(h, "<li><a href=\"#%s\">", parts[i].id);
		html_put(h, parts[i].title);
		html_raw(h, "</a></li>\n");
	}
	html_raw(h, "</ul>\n</nav>\n");
}

static void put_body(struct html *h)
{
	put_contents(h);
	for (size_t i = 0; i < PARTS && !h->t.failed; i++)
		parts[i].put(h);
}

static void put_cut(struct html *h)
{
	html_section(h, "cut", "This report is not whole");
	html_note(h, "%s", vhdxlog_strerror(h->t.failed));
	html_section_end(h);
}

int report_scan_html(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct html h = { .t = text_begin(out, subject, options, err) };
	int rc;

	open_page(&h);
	html_verdict(&h);
	if (!options->quiet && facts_has_body(h.t.scan)) {
		rc = vhdxlog_history_open(h.t.scan, &h.history, err);
		if (rc)
			text_fail(&h.t, rc);
		else
			put_body(&h);
	}
	html_custody(&h);
	if (h.t.failed)
		put_cut(&h);
	close_page(&h);
	vhdxlog_history_close(h.history);
	return h.t.failed;
}

int report_failure_html(FILE *out, const struct report_options *options,
			const char *message)
{
	struct html h = { .t = text_begin(out, NULL, options, NULL) };

	open_page(&h);
	html_verdict_failed(&h, message);
	html_custody(&h);
	close_page(&h);
	return h.t.failed;
}

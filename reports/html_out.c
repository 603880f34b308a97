/* SPDX-License-Identifier: MIT */
#include "reports/html.h"

#include <stdarg.h>
#include <stdlib.h>

void html_raw(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(h->t.out, format, ap);
	va_end(ap);
}

void html_put(struct html *h, const char *words)
{
	report_put_html(h->t.out, words);
}

__attribute__((format(printf, 2, 0))) static void
put_list(struct html *h, const char *format, va_list ap)
{
	char *words = text_format(&h->t, format, ap);

	if (words)
		html_put(h, words);
	free(words);
}

void html_putf(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_list(h, format, ap);
	va_end(ap);
}

void html_value(struct html *h, const char *bytes)
{
	char *escaped = text_escaped(&h->t, bytes);

	html_put(h, escaped ? escaped : "");
	free(escaped);
}

void html_utf16(struct html *h, struct vhdxlog_utf16 units)
{
	char *escaped = text_utf16(&h->t, units);

	html_put(h, escaped ? escaped : "");
	free(escaped);
}

/* ---------------------------------------------------------------- sections */

void html_section(struct html *h, const char *id, const char *title)
{
	html_raw(h, "<section id=\"%s\">\n<h2>", id);
	html_put(h, title);
	html_raw(h, "</h2>\n");
}

void html_section_end(struct html *h)
{
	html_raw(h, "</section>\n");
}

void html_note(struct html *h, const char *format, ...)
{
	va_list ap;

	html_raw(h, "<p class=\"note\">");
	va_start(ap, format);
	put_list(h, format, ap);
	va_end(ap);
	html_raw(h, "</p>\n");
}

/* ------------------------------------------------------------------- facts */

void html_facts(struct html *h)
{
	html_raw(h, "<dl class=\"facts\">\n");
}

void html_fact_open(struct html *h, const char *key, const char *term)
{
	html_raw(h, "<div><dt>");
	html_put(h, term);
	html_raw(h, "</dt><dd data-fact=\"%s\">", key);
}

void html_fact_close(struct html *h)
{
	html_raw(h, "</dd></div>\n");
}

void html_fact(struct html *h, const char *key, const char *term,
	       const char *format, ...)
{
	va_list ap;

	html_fact_open(h, key, term);
	va_start(ap, format);
	put_list(h, format, ap);
	va_end(ap);
	html_fact_close(h);
}

void html_facts_end(struct html *h)
{
	html_raw(h, "</dl>\n");
}

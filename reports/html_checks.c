/* SPDX-License-Identifier: MIT */
/* Verdicts: in the row of what they are about, or in a table of their own. */
#include "reports/html.h"

#include <inttypes.h>

static bool is_listed(const struct html *h, const struct vhdxlog_verdict *v)
{
	return h->t.options->all_checks || v->status == VHDXLOG_FAIL ||
	       v->status == VHDXLOG_BLOCKED;
}

static void put_found(struct html *h, const struct vhdxlog_verdict *v)
{
	if (v->has_offset) {
		html_raw(h, " <span class=\"at\">");
		html_putf(h, "0x%" PRIx64, v->offset);
		html_raw(h, "</span>");
	}
	if (*v->got) {
		html_raw(h, " <span class=\"got\">");
		html_put(h, v->got);
		html_raw(h, "</span>");
	}
	if (*v->want) {
		html_raw(h, ", want <span class=\"want\">");
		html_put(h, v->want);
		html_raw(h, "</span>");
	}
}

void html_check_list(struct html *h, const struct vhdxlog_verdict *v, int n)
{
	bool any = false;

	for (int i = 0; i < n; i++) {
		if (!is_listed(h, &v[i]))
			continue;
		html_raw(h, "%s<li class=\"%s %s\"><code>",
			 any ? "" : "<ul class=\"checks\">",
			 vhdxlog_status_name(v[i].status),
			 vhdxlog_severity_name(v[i].check->severity));
		html_put(h, v[i].check->name);
		html_raw(h, "</code> <b>");
		html_put(h, vhdxlog_status_name(v[i].status));
		html_raw(h, "</b>");
		put_found(h, &v[i]);
		html_raw(h, "</li>");
		any = true;
	}
	if (any)
		html_raw(h, "</ul>");
}

void html_checks_of(struct html *h, enum vhdxlog_object object, size_t which)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(h->t.scan, object, which, v, h->t.err);

	if (n < 0)
		text_fail(&h->t, n);
	else
		html_check_list(h, v, n);
}

/* ------------------------------------------------- of the image and the log */

static void put_rows(struct html *h, const char *name,
		     enum vhdxlog_object object)
{
	html_raw(h, "<div><dt>");
	html_put(h, name);
	html_raw(h, "</dt><dd class=\"checks-of\" data-object=\"%s\">",
		 vhdxlog_object_name(object));
	html_checks_of(h, object, 0);
	html_raw(h, "</dd></div>\n");
}

void html_checks(struct html *h)
{
	html_section(h, "checks", "Checks of image and log that did not pass");
	html_facts(h);
	put_rows(h, "image", VHDXLOG_OBJECT_IMAGE);
	put_rows(h, "log", VHDXLOG_OBJECT_LOG);
	html_facts_end(h);
	html_note(h, "Those of headers, region tables, entries and sequences "
		     "stand where these are listed.");
	html_section_end(h);
}

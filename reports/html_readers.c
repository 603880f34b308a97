/* SPDX-License-Identifier: MIT */
/*
 * What each modelled reader would show. Those that end with the same bytes, or
 * come to nothing in the same way, stand together.
 */
#include "reports/text_readers.h"

#include <inttypes.h>
#include <string.h>

#include "reports/facts.h"
#include "reports/html.h"
#include "reports/readers.h"

#define SHOWN 12 /* of the entries that a reader applies */

static const struct vhdxlog_selection *reader(const struct html *h, size_t i)
{
	return vhdxlog_selection_at(h->t.scan, i);
}

static bool is_shown(const struct html *h, size_t i)
{
	return readers_shows(h->t.options, i);
}

static bool same_group(const struct vhdxlog_selection *a,
		       const struct vhdxlog_selection *b)
{
	return a->outcome == b->outcome && a->known == b->known &&
	       strcmp(a->result, b->result) == 0;
}

static bool leads(const struct html *h, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_shown(h, i) && same_group(reader(h, i), reader(h, index)))
			return false;
	}
	return is_shown(h, index);
}

/* ------------------------------------------------------------------- a row */

static void put_entries(struct html *h, const struct vhdxlog_selection *s)
{
	if (s->applied_count == 0 && s->entry_count == 0)
		html_put(h, "none");
	else if (s->applied_count == s->entry_count)
		html_putf(h, "%" PRIu64, s->applied_count);
	else
		html_putf(h, "%" PRIu64 " of %" PRIu64, s->applied_count,
			  s->entry_count);
	for (uint64_t i = 0; i < s->applied_count && i < SHOWN; i++)
		html_putf(h, "%sE%" PRIu32, i ? ", " : ": ", s->applied[i]);
	if (s->applied_count > SHOWN)
		html_putf(h, " and %" PRIu64 " more", s->applied_count - SHOWN);
}

static void put_outcome(struct html *h, const struct vhdxlog_selection *s)
{
	html_put(h, vhdxlog_outcome_name(s->outcome));
	if (text_remark(s))
		html_putf(h, " (%s)", text_remark(s));
}

static void put_reader(struct html *h, const struct vhdxlog_selection *s)
{
	char id[VHDXLOG_ID_TEXT] = "", size[32];

	if (s->has_sequence)
		facts_range_id(s->sequence, id);
	html_raw(h, "<tr><th scope=\"row\" class=\"policy\">");
	html_put(h, s->policy);
	html_raw(h, "</th><td class=\"outcome\">");
	put_outcome(h, s);
	html_raw(h, "</td><td class=\"sequence\">");
	html_put(h, id);
	html_raw(h, "</td><td class=\"entries\">");
	put_entries(h, s);
	html_raw(h, "</td><td class=\"length\">");
	if (s->length_known)
		html_put(h, text_size(s->result_length, size));
	html_raw(h, "</td><td class=\"reason\">");
	html_put(h, s->reason);
	html_raw(h, "<br/><span class=\"reader\">");
	html_put(h, s->reader);
	html_raw(h, "</span></td></tr>\n");
}

/* ------------------------------------------------------------------ a group */

/* "replay: disk A", "refuse", "stale data" */
static void put_title(struct html *h, const struct vhdxlog_selection *s)
{
	char letter[2];

	if (!readers_completes(s)) {
		html_put(h, text_outcome(h->t.scan, s));
		return;
	}
	html_put(h, "replay");
	if (readers_disks(h->t.scan) > 1)
		html_putf(h, ": disk %s",
			  text_disk_letter(&h->t, s, letter));
}

static void put_group(struct html *h, size_t first)
{
	const struct vhdxlog_selection *s = reader(h, first);

	html_raw(h, "<tbody class=\"%s\">\n<tr class=\"group\">"
		    "<th scope=\"rowgroup\" colspan=\"6\"><b>",
		 vhdxlog_outcome_name(s->outcome));
	put_title(h, s);
	html_raw(h, "</b>");
	if (s->applied_count) {
		html_raw(h, " <span class=\"digest\">bytes that change, SHA-256 "
			    "<code class=\"result\">");
		html_put(h, *s->result ? s->result : "not known");
		html_raw(h, "</code></span>");
	}
	html_raw(h, "</th></tr>\n");
	for (size_t i = first; i < vhdxlog_selection_count(h->t.scan); i++) {
		if (is_shown(h, i) && same_group(reader(h, i), s))
			put_reader(h, reader(h, i));
	}
	html_raw(h, "</tbody>\n");
}

static void put_groups(struct html *h)
{
	static const enum vhdxlog_outcome_kind order[] = {
		VHDXLOG_OUTCOME_REPLAY, VHDXLOG_OUTCOME_PARTIAL,
		VHDXLOG_OUTCOME_HANG,	VHDXLOG_OUTCOME_REFUSE,
		VHDXLOG_OUTCOME_IGNORE, VHDXLOG_OUTCOME_CLEAN,
	};

	for (size_t o = 0; o < sizeof(order) / sizeof(*order); o++) {
		for (size_t i = 0; i < vhdxlog_selection_count(h->t.scan);
		     i++) {
			if (reader(h, i)->outcome == order[o] && leads(h, i))
				put_group(h, i);
		}
	}
}

void html_readers(struct html *h)
{
	unsigned disks = readers_disks(h->t.scan);

	html_section(h, "readers", "What would each tool show");
	if (disks > 1)
		html_note(h, "Readers that complete a replay end with %u "
			     "different disks.", disks);
	html_raw(h, "<div class=\"scroll\">\n<table class=\"readers\">\n"
		    "<caption>Readers by the bytes with which they end"
		    "</caption>\n<thead><tr><th scope=\"col\">policy</th>"
		    "<th scope=\"col\">outcome</th>"
		    "<th scope=\"col\">sequence</th>"
		    "<th scope=\"col\">entries applied</th>"
		    "<th scope=\"col\">file then</th>"
		    "<th scope=\"col\">because</th></tr></thead>\n");
	put_groups(h);
	html_raw(h, "</table>\n</div>\n");
	html_section_end(h);
}

/* SPDX-License-Identifier: MIT */
/* What YARA rules found. */
#include "reports/html.h"

#include <inttypes.h>
#include <stdlib.h>

#define BRIEF 16 /* bytes shown of a match */

static void put_meta(struct html *h, const struct vhdxlog_meta *meta)
{
	html_value(h, meta->name);
	html_put(h, " = ");
	switch (meta->kind) {
	case VHDXLOG_META_INTEGER:
		html_putf(h, "%" PRId64, meta->integer);
		break;
	case VHDXLOG_META_BOOLEAN:
		html_put(h, meta->integer ? "true" : "false");
		break;
	case VHDXLOG_META_STRING: html_value(h, meta->string); break;
	}
}

/* What the rule says of itself. */
static void put_words(struct html *h, const struct vhdxlog_match *m)
{
	struct vhdxlog_meta meta;
	const char *tag;

	for (size_t i = 0; (tag = vhdxlog_match_tag(m, i)); i++) {
		html_raw(h, " <span class=\"tag\">");
		html_value(h, tag);
		html_raw(h, "</span>");
	}
	for (size_t i = 0; vhdxlog_match_meta(m, i, &meta); i++) {
		html_raw(h, "<br/><span class=\"meta\">");
		put_meta(h, &meta);
		html_raw(h, "</span>");
	}
}

/* Its name, and below it its words, unless the row above has them. */
static void put_rule(struct html *h, const struct vhdxlog_match *m,
		     const struct vhdxlog_match *above)
{
	html_raw(h, "<code>");
	html_value(h, m->namespace_);
	html_put(h, ":");
	html_value(h, m->rule);
	html_raw(h, "</code>");
	if (!above || above->origin != m->origin)
		put_words(h, m);
}

static void put_offset(struct html_list *l, bool known, uint64_t offset)
{
	if (known)
		html_cell(l, "0x%" PRIx64, offset);
	else
		html_cell(l, "%s", "");
}

static void put_places(struct html_list *l, const struct vhdxlog_match *m)
{
	if (m->entry != VHDXLOG_NO_SECTOR)
		html_cell(l, "E%" PRIu32 "%s", m->entry,
			  m->stale ? " (stale)" : "");
	else
		html_cell(l, "%s", "");
	put_offset(l, m->has_log_offset, m->log_offset);
	if (m->piece_count > 1)
		html_cell(l, "0x%" PRIx64 ", in %zu pieces", m->file_offset,
			  m->piece_count);
	else
		put_offset(l, m->has_file_offset, m->file_offset);
	if (m->has_target)
		html_cell(l, "%s 0x%" PRIx64, text_area(m->area),
			  m->target_offset);
	else
		html_cell(l, "%s", "");
	put_offset(l, m->has_virtual, m->virtual_offset);
	if (m->has_sequence)
		html_cell(l, "S%" PRIu32 "-%" PRIu32, m->sequence.first,
			  m->sequence.head);
	else
		html_cell(l, "%s", "");
}

static void put_bytes(struct html_list *l, const struct vhdxlog_match *m)
{
	char *bytes = text_match_bytes(&l->h->t, m, BRIEF);

	html_cell_open(l);
	html_raw(l->h, "<code>");
	html_put(l->h, bytes ? bytes : "");
	html_raw(l->h, "</code>");
	html_cell_close(l);
	free(bytes);
}

static void put_hit(struct html_list *l, const struct vhdxlog_match *m,
		    const struct vhdxlog_match *above)
{
	if (!html_row(l, NULL))
		return;
	html_cell_open(l);
	put_rule(l->h, m, above);
	html_cell_close(l);
	html_cell_open(l);
	html_value(l->h, m->string ? m->string : "");
	html_cell_close(l);
	put_bytes(l, m);
	html_cell(l, "%s", vhdxlog_match_scope_name(m->scope));
	put_places(l, m);
}

static void put_hits(struct html *h, const struct vhdxlog_matches *matches)
{
	static const struct html_column columns[] = {
		{ "rule", "rule" },
		{ "string", "id" },
		{ "bytes", "bytes" },
		{ "scope", "scope" },
		{ "entry", "entry" },
		{ "in the ring", "n ring" },
		{ "in the file", "n file" },
		{ "goes to", "n target" },
		{ "guest's disk", "n virtual" },
		{ "sequence", "sequence" },
		{ NULL, NULL },
	};
	const size_t count = vhdxlog_match_count(matches);
	struct html_list l;

	html_list_open(&l, h, "yara", "Strings of rules, and where they lie",
		       columns, count);
	for (size_t i = 0; i < count; i++)
		put_hit(&l, vhdxlog_match_at(matches, i),
			i ? vhdxlog_match_at(matches, i - 1) : NULL);
	html_list_close(&l);
}

void html_yara(struct html *h)
{
	const struct vhdxlog_matches *matches = h->t.options->matches;
	char summary[TEXT_MATCHES];

	if (!matches)
		return;
	html_section(h, "yara", "YARA rules");
	html_note(h, "%s.", text_match_summary(&h->t, summary));
	if (vhdxlog_match_count(matches))
		put_hits(h, matches);
	html_section_end(h);
}

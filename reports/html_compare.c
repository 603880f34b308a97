/* SPDX-License-Identifier: MIT */
/*
 * The two leading candidates side by side: two readers that end with different
 * disks, or else the file as it is and what the specification replays.
 */
#include "reports/html.h"

#include <inttypes.h>

#include "reports/facts.h"
#include "reports/readers.h"
#include "reports/text_compare.h"

#define SENTENCE 512
#define NAME	 64

struct sides {
	struct html *h;
	struct report_subject subject;
	struct text_compare c;
	struct report_compare compare;
	char a_name[NAME], b_name[NAME];
	struct html_list *list; /* that a walk fills */
};

/* ------------------------------------------------------------- what to take */

static size_t row_of(const struct vhdxlog_scan *scan,
		     const struct vhdxlog_selection *s)
{
	size_t i = 0;

	while (vhdxlog_selection_at(scan, i) != s)
		i++;
	return i;
}

/* The first reader that ends with a disk. */
static const struct vhdxlog_selection *first_disk(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (readers_disk(scan, s) == 0)
			return s;
	}
	return NULL;
}

static int take_policy(struct sides *s, struct report_side *side, char *name,
		       const struct vhdxlog_selection *row)
{
	struct vhdxlog_scan *scan = s->h->t.scan;

	side->state = (struct report_state){
		.kind = REPORT_STATE_POLICY,
		.policy = row_of(scan, row),
	};
	snprintf(name, NAME, "policy:%s", row->policy);
	return vhdxlog_overlay_policy(scan, side->state.policy, &side->overlay,
				      s->h->t.err);
}

static int take_disk(struct sides *s, struct report_side *side, char *name)
{
	side->state = (struct report_state){ .kind = REPORT_STATE_DISK };
	snprintf(name, NAME, "disk");
	return vhdxlog_overlay_disk(s->h->t.scan, &side->overlay,
				    s->h->t.err);
}

static int take_sequence(struct sides *s, struct report_side *side, char *name,
			 struct vhdxlog_range range)
{
	side->state = (struct report_state){
		.kind = REPORT_STATE_SEQUENCE,
		.range = range,
	};
	facts_range_id(range, name);
	return vhdxlog_overlay_sequence(s->h->t.scan, range, &side->overlay,
					s->h->t.err);
}

/* 0, 1: there are no two candidates, or a negative code. */
static int take(struct sides *s)
{
	struct vhdxlog_scan *scan = s->h->t.scan;
	const struct vhdxlog_selection *first = first_disk(scan);
	struct report_side *a = &s->compare.a, *b = &s->compare.b;
	struct vhdxlog_sequence active;
	int rc;

	if (facts_is_raw_log(scan))
		return 1;
	if (first && readers_rival(scan, first)) {
		rc = take_policy(s, a, s->a_name, first);
		return rc ? rc :
			    take_policy(s, b, s->b_name,
					readers_rival(scan, first));
	}
	if (!facts_active_sequence(scan, &active))
		return 1;
	rc = take_disk(s, a, s->a_name);
	return rc ? rc : take_sequence(s, b, s->b_name, active.id);
}

/* ------------------------------------------------------------------- tables */

static void put_from(struct html_list *l, const struct report_side *side,
		     const struct vhdxlog_difference *page, uint32_t entry,
		     enum vhdxlog_certainty certainty)
{
	char id[VHDXLOG_ID_TEXT];
	const char *from = compare_from(side, page->offset, entry, id);

	html_cell(l, "%s%s", *from ? from : "-",
		  *from && certainty != VHDXLOG_KNOWN ? ", inferred" : "");
}

static void add_page(void *ctx, const struct vhdxlog_difference *page)
{
	struct sides *s = ctx;
	struct html_list *l = s->list;
	char size[32];

	if (!html_row(l, NULL))
		return;
	html_cell(l, "0x%" PRIx64, page->offset);
	html_cell(l, "%s", text_size(page->length, size));
	html_cell(l, "%s", text_area(page->area));
	put_from(l, &s->compare.a, page, page->a_from, page->a_certainty);
	put_from(l, &s->compare.b, page, page->b_from, page->b_certainty);
	if (page->unread)
		html_cell(l, "not read");
	else
		html_cell(l, "%" PRIu64, page->differing);
}

static void add_bat(void *ctx, const struct vhdxlog_difference *page,
		    const struct vhdxlog_detail *d)
{
	struct sides *s = ctx;
	struct html_list *l = s->list;
	const struct vhdxlog_bat_entry *e = compare_entry(d);
	char words[TEXT_COMPARE_WORDS];

	(void)page;
	if (!d->is_bat || !html_row(l, NULL))
		return;
	html_cell(l, "%s%" PRIu64, e->is_bitmap ? "bitmap of chunk " : "",
		  e->block);
	html_cell(l, "%" PRIu64, e->index);
	html_cell(l, "%s", text_compare_range(e->virtual_offset,
					      e->virtual_length, words));
	html_cell(l, "%s", text_compare_entry(&d->a, words));
	html_cell(l, "%s", text_compare_entry(&d->b, words));
}

static void add_item(void *ctx, const struct vhdxlog_difference *page,
		     const struct vhdxlog_detail *d)
{
	struct sides *s = ctx;
	struct html_list *l = s->list;

	(void)page;
	if (d->is_bat || !html_row(l, NULL))
		return;
	html_cell(l, "0x%" PRIx64, d->offset);
	html_cell(l, "%s", d->item ? d->item : "");
	html_cell_open(l);
	html_value(l->h, *d->a_text ? d->a_text : "-");
	html_cell_close(l);
	html_cell_open(l);
	html_value(l->h, *d->b_text ? d->b_text : "-");
	html_cell_close(l);
}

static void add_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	struct sides *s = ctx;
	char words[TEXT_COMPARE_WORDS], size[32];

	if (!html_row(s->list, NULL))
		return;
	html_cell(s->list, "%s", text_compare_range(range->offset,
						    range->length, words));
	html_cell(s->list, "%s", text_size(range->length, size));
}

static void put_table(struct sides *s, const char *name, const char *caption,
		      const struct html_column *columns,
		      struct compare_visitor visitor, uint64_t total)
{
	struct html_list l;
	int rc;

	if (total == 0)
		return;
	html_list_open(&l, s->h, name, caption, columns, total);
	s->list = &l;
	visitor.ctx = s;
	rc = compare_walk(&s->compare, &visitor, s->h->t.err);
	html_list_close(&l);
	s->list = NULL;
	if (rc)
		text_fail(&s->h->t, rc);
}

static void put_tables(struct sides *s)
{
	const struct html_column bat[] = {
		{ "block", "n block" }, { "BAT entry", "n index" },
		{ "guest's disk", "range" }, { s->a_name, "a" },
		{ s->b_name, "b" }, { NULL, NULL },
	};
	const struct html_column items[] = {
		{ "file offset", "n offset" }, { "item", "item" },
		{ s->a_name, "a" }, { s->b_name, "b" }, { NULL, NULL },
	};
	const struct html_column pages[] = {
		{ "file offset", "n offset" }, { "length", "n length" },
		{ "what", "area" }, { s->a_name, "a" }, { s->b_name, "b" },
		{ "bytes", "n bytes" }, { NULL, NULL },
	};
	static const struct html_column ranges[] = {
		{ "guest's disk", "range" }, { "length", "n length" },
		{ NULL, NULL },
	};
	const struct compare_tally *t = &s->c.tally;

	put_table(s, "compare-bat", "BAT entries that differ, by block", bat,
		  (struct compare_visitor){ .detail = add_bat }, t->bat);
	put_table(s, "compare-items", "Items of the tables that differ", items,
		  (struct compare_visitor){ .detail = add_item }, t->items);
	put_table(s, "compare-pages", "Pages that differ", pages,
		  (struct compare_visitor){ .page = add_page }, t->stretches);
	put_table(s, "compare-ranges", "A guest would see a change in", ranges,
		  (struct compare_visitor){ .range = add_range }, t->ranges);
}

/* -------------------------------------------------------------- the section */

static void put_side(struct sides *s, const char *key, const char *name,
		     const struct report_side *side)
{
	char words[256];

	compare_side_words(words, sizeof(words), side);
	html_fact(s->h, key, name, "%s", words);
}

static void put_comparison(struct sides *s)
{
	char sentence[SENTENCE];
	struct phrase p = { sentence, sizeof(sentence), 0 };

	text_compare_sentence(&p, &s->c);
	html_raw(s->h, "<p class=\"sentence\">");
	html_put(s->h, sentence);
	html_raw(s->h, "</p>\n");
	html_facts(s->h);
	put_side(s, "a", s->a_name, &s->compare.a);
	put_side(s, "b", s->b_name, &s->compare.b);
	html_facts_end(s->h);
	put_tables(s);
}

void html_compare(struct html *h)
{
	struct sides s = {
		.h = h,
		.subject = { h->t.source, h->t.scan },
	};
	int rc;

	s.compare.a.subject = s.compare.b.subject = &s.subject;
	s.compare.a.path = s.compare.b.path = h->t.options->path;
	s.compare.a.name = s.a_name;
	s.compare.b.name = s.b_name;
	s.c.compare = &s.compare;
	s.c.a_name = s.a_name;
	s.c.b_name = s.b_name;
	html_section(h, "compare", "The two leading candidates");
	rc = take(&s);
	if (rc == 1)
		html_note(h, "There are no two: nothing is there to replay.");
	if (rc == 0)
		rc = compare_count(&s.compare, &s.c.tally, h->t.err);
	if (rc == 0)
		put_comparison(&s);
	html_section_end(h);
	vhdxlog_overlay_close(s.compare.a.overlay);
	vhdxlog_overlay_close(s.compare.b.overlay);
	if (rc < 0)
		text_fail(&h->t, rc);
}

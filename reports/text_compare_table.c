/* SPDX-License-Identifier: MIT */
/* What differs, as tables. */
#include "reports/text_compare.h"

#include <inttypes.h>

/* -------------------------------------------------------------------- pages */

/* "E5", "disk, inferred", "-": behind the end of that file. */
static void put_from(struct text_table *table, const struct report_side *side,
		     uint64_t offset, uint32_t entry,
		     enum vhdxlog_certainty certainty)
{
	const bool inferred = certainty != VHDXLOG_KNOWN;
	char id[VHDXLOG_ID_TEXT];
	const char *from = compare_from(side, offset, entry, id);

	text_cell(table, inferred ? TEXT_WARN : TEXT_PLAIN, "%s%s",
		  *from ? from : "-", *from && inferred ? ", inferred" : "");
}

static void put_page(const struct text_compare *c, struct text_table *table,
		     const struct vhdxlog_difference *page)
{
	char size[32];

	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, page->offset);
	text_cell(table, TEXT_PLAIN, "%s", text_size(page->length, size));
	text_cell(table, TEXT_PLAIN, "%s", text_area(page->area));
	put_from(table, &c->compare->a, page->offset, page->a_from,
		 page->a_certainty);
	put_from(table, &c->compare->b, page->offset, page->b_from,
		 page->b_certainty);
	if (page->unread) {
		text_cell(table, TEXT_WARN, "not read");
		text_cell(table, TEXT_PLAIN, "%s", "");
		return;
	}
	text_cell(table, TEXT_PLAIN, "%" PRIu64, page->differing);
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, page->first);
}

/* ---------------------------------------------------------------------- BAT */

const char *text_compare_entry(const struct vhdxlog_bat_entry *e,
			       char buf[TEXT_COMPARE_WORDS])
{
	char size[32];

	if (!compare_has_entry(e))
		return "-";
	if (!compare_is_located(e))
		return e->state_name;
	snprintf(buf, TEXT_COMPARE_WORDS, "%s at %s", e->state_name,
		 text_size(e->file_offset, size));
	return buf;
}

const char *text_compare_range(uint64_t offset, uint64_t length,
			       char buf[TEXT_COMPARE_WORDS])
{
	char from[32], to[32];

	if (!length)
		return "behind its end";
	snprintf(buf, TEXT_COMPARE_WORDS, "%s to %s",
		 offset ? text_size(offset, from) : "0",
		 text_size(offset + length, to));
	return buf;
}

static void put_entry(struct text_table *table,
		      const struct vhdxlog_bat_entry *e)
{
	char words[TEXT_COMPARE_WORDS];

	text_cell(table, compare_has_entry(e) ? TEXT_PLAIN : TEXT_DIM, "%s",
		  text_compare_entry(e, words));
}

static void put_range_cell(struct text_table *table, uint64_t offset,
			   uint64_t length)
{
	char words[TEXT_COMPARE_WORDS];

	text_cell(table, length ? TEXT_PLAIN : TEXT_DIM, "%s",
		  text_compare_range(offset, length, words));
}

static void put_bat(struct text_table *table, const struct vhdxlog_detail *d)
{
	const struct vhdxlog_bat_entry *e = compare_entry(d);

	text_cell(table, TEXT_PLAIN, "%" PRIu64, e->index);
	text_cell(table, TEXT_PLAIN, "%s%" PRIu64,
		  e->is_bitmap ? "bitmap of chunk " : "", e->block);
	put_range_cell(table, e->virtual_offset, e->virtual_length);
	put_entry(table, &d->a);
	put_entry(table, &d->b);
}

/* -------------------------------------------------------------------- items */

static void put_text(struct text_table *table, const char *text)
{
	text_cell(table, *text ? TEXT_PLAIN : TEXT_DIM, "%s",
		  *text ? text : "-");
}

static void put_item(struct text_table *table, const struct vhdxlog_detail *d)
{
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, d->offset);
	text_cell(table, TEXT_PLAIN, "%s", d->item ? d->item : "");
	put_text(table, d->a_text);
	put_text(table, d->b_text);
}

/* ------------------------------------------------------------- guest's disk */

static void put_range(struct text_table *table,
		      const struct vhdxlog_virtual_range *range)
{
	char size[32];

	put_range_cell(table, range->offset, range->length);
	text_cell(table, TEXT_PLAIN, "%s", text_size(range->length, size));
}

/* --------------------------------------------------------------- the tables */

struct filling {
	struct text_compare *c;
	struct text_table *table;
};

static void add_page(void *ctx, const struct vhdxlog_difference *page)
{
	struct filling *f = ctx;

	put_page(f->c, f->table, page);
}

static void add_bat(void *ctx, const struct vhdxlog_difference *page,
		    const struct vhdxlog_detail *detail)
{
	struct filling *f = ctx;

	(void)page;
	if (detail->is_bat)
		put_bat(f->table, detail);
}

static void add_item(void *ctx, const struct vhdxlog_difference *page,
		     const struct vhdxlog_detail *detail)
{
	struct filling *f = ctx;

	(void)page;
	if (!detail->is_bat)
		put_item(f->table, detail);
}

static void add_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	struct filling *f = ctx;

	put_range(f->table, range);
}

/* What a walk would tell a visitor, as far as it is kept. */
static void tell_kept(const struct text_compare *c,
		      const struct compare_visitor *v)
{
	const struct compare_tally *t = &c->tally;

	for (uint64_t i = 0; v->page && i < t->stretches && i < c->room; i++)
		v->page(v->ctx, &c->pages[i]);
	for (uint64_t i = 0; v->detail && i < t->bat && i < c->room; i++)
		v->detail(v->ctx, NULL, &c->bat[i]);
	for (uint64_t i = 0; v->detail && i < t->items && i < c->room; i++)
		v->detail(v->ctx, NULL, &c->items[i]);
	for (uint64_t i = 0; v->range && i < t->ranges && i < c->room; i++)
		v->range(v->ctx, &c->ranges[i]);
}

int text_compare_tell(struct text_compare *c, const struct compare_visitor *v,
		      uint64_t total)
{
	if (total > c->room && c->t.options->verbose)
		return compare_walk(c->compare, v, c->t.err);
	tell_kept(c, v);
	return 0;
}

static int put_table(struct text_compare *c, const struct text_column *columns,
		     struct compare_visitor visitor, uint64_t total)
{
	struct filling f = { c, text_table_open(&c->t, columns) };
	uint64_t more = 0;
	int rc;

	text_table_part(f.table);
	visitor.ctx = &f;
	rc = text_compare_tell(c, &visitor, total);
	text_table_close(f.table);
	if (total > c->room && !c->t.options->verbose)
		more = total - c->room;
	if (more)
		fprintf(c->t.out, "  %" PRIu64 " more; -v lists %s\n", more,
			more == 1 ? "it" : "them");
	return rc;
}

int text_compare_tables(struct text_compare *c)
{
	static const struct text_column pages[] = {
		{ "file offset", true }, { "length", true }, { "what", false },
		{ "a", false },		 { "b", false },     { "bytes", true },
		{ "first", true },	 { NULL, false },
	};
	static const struct text_column bat[] = {
		{ "BAT", true }, { "block", true }, { "guest's disk", false },
		{ "a", false },	 { "b", false },    { NULL, false },
	};
	static const struct text_column items[] = {
		{ "file offset", true }, { "item", false }, { "a", false },
		{ "b", false },		 { NULL, false },
	};
	static const struct text_column ranges[] = {
		{ "a guest would see a change in", false },
		{ "length", true },
		{ NULL, false },
	};
	const struct compare_tally *t = &c->tally;
	int rc;

	rc = put_table(c, pages, (struct compare_visitor){ .page = add_page },
		       t->stretches);
	if (rc == 0)
		rc = put_table(c, bat,
			       (struct compare_visitor){ .detail = add_bat },
			       t->bat);
	if (rc == 0)
		rc = put_table(c, items,
			       (struct compare_visitor){ .detail = add_item },
			       t->items);
	if (rc == 0)
		rc = put_table(c, ranges,
			       (struct compare_visitor){ .range = add_range },
			       t->ranges);
	return rc;
}

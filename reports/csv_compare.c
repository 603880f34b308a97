/* SPDX-License-Identifier: MIT */
/*
 * A comparison as rows: one for each thing in a page that differs, or for the
 * page where it holds nothing that has a name; then one for each range of the
 * guest's disk that reads differently, of which the last two fields are filled.
 */
#include "reports/compare.h"

#include <inttypes.h>

#include "reports/csv.h"

struct rows {
	struct csv csv;
	struct report_compare *compare;
};

static void put_page(struct rows *r, const struct vhdxlog_difference *page)
{
	char a[VHDXLOG_ID_TEXT], b[VHDXLOG_ID_TEXT];
	struct csv *c = &r->csv;

	r->compare->differs = true;
	csv_number(c, page->offset);
	csv_number(c, page->length);
	csv_text(c, vhdxlog_area_name(page->area));
	csv_text(c, compare_from(&r->compare->a, page->offset, page->a_from,
				 a));
	csv_text(c, compare_from(&r->compare->b, page->offset, page->b_from,
				 b));
	csv_maybe_number(c, !page->unread, page->differing);
}

static void skip(struct csv *c, unsigned fields)
{
	while (fields-- > 0)
		csv_text(c, NULL);
}

/* "present@4194304" */
static void put_entry(struct csv *c, const struct vhdxlog_bat_entry *e)
{
	char text[64] = "";

	if (compare_has_entry(e) && compare_is_located(e))
		snprintf(text, sizeof(text), "%s@%" PRIu64, e->state_name,
			 e->file_offset);
	else if (compare_has_entry(e))
		snprintf(text, sizeof(text), "%s", e->state_name);
	csv_text(c, text);
}

static void put_bat(struct csv *c, const struct vhdxlog_detail *d)
{
	const struct vhdxlog_bat_entry *e = compare_entry(d);

	csv_number(c, e->index);
	csv_maybe_number(c, !e->is_bitmap, e->block);
	csv_text(c, e->is_bitmap ? "sector-bitmap" : NULL);
	put_entry(c, &d->a);
	put_entry(c, &d->b);
	csv_number(c, e->virtual_offset);
	csv_number(c, e->virtual_length);
}

static void put_item(struct csv *c, const struct vhdxlog_detail *d)
{
	skip(c, 2);
	csv_text(c, d->item);
	csv_text(c, d->a_text);
	csv_text(c, d->b_text);
	skip(c, 2);
}

static void add_detail(void *ctx, const struct vhdxlog_difference *page,
		       const struct vhdxlog_detail *detail)
{
	struct rows *r = ctx;

	put_page(r, page);
	if (detail->is_bat)
		put_bat(&r->csv, detail);
	else
		put_item(&r->csv, detail);
	csv_end_row(&r->csv);
}

static void end_page(void *ctx, const struct vhdxlog_difference *page,
		     uint64_t details)
{
	struct rows *r = ctx;

	if (details)
		return;
	put_page(r, page);
	skip(&r->csv, 7);
	csv_end_row(&r->csv);
}

static void add_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	struct rows *r = ctx;

	skip(&r->csv, 11);
	csv_number(&r->csv, range->offset);
	csv_number(&r->csv, range->length);
	csv_end_row(&r->csv);
}

int report_compare_csv(FILE *out, struct report_compare *compare,
		       const struct report_options *options,
		       struct vhdxlog_error *err)
{
	static const char *const columns[] = {
		"file_offset", "length", "region", "a_from",
		"b_from", "differing_bytes", "bat_index", "block",
		"item", "a", "b", "virtual_offset",
		"virtual_length", NULL,
	};
	struct rows r = { .csv = csv_begin(out, columns), .compare = compare };
	const struct compare_visitor visitor = {
		.detail = add_detail,
		.page_end = end_page,
		.range = add_range,
		.ctx = &r,
	};
	int rc;

	(void)options;
	compare->differs = compare_longer(compare) > 0;
	rc = compare_walk(compare, &visitor, err);
	return csv_finish(&r.csv, rc, err);
}

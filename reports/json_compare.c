/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.compare/1. `same` stands before what differs, so that is found out
 * first; from there on a page is written when it is found. With --quiet it is
 * one record, the document without its arrays.
 */
#include "reports/compare.h"

#include <stdlib.h>

#include "reports/json_parts.h"

#define SCHEMA "vhdxlog.compare/1"

struct comparing {
	struct rj_out out;
	struct report_compare *compare;
	const struct report_options *options;
	struct vhdxlog_error *err;
	uint8_t *bytes;		     /* REPORT_COMPARE_BYTES; or NULL */
	struct compare_tally tally;
	struct rj_record bat, items; /* of the page that is being told */
	int failed;		     /* code of a read that failed, or 0 */
	bool in_ranges;		     /* that list is open, not `pages` */
};

/* -------------------------------------------------------------------- sides */

static const char *kind_name(enum report_state_kind kind)
{
	static const char *const names[] = {
		[REPORT_STATE_DISK] = "disk",
		[REPORT_STATE_SEQUENCE] = "sequence",
		[REPORT_STATE_AS_OF] = "as-of",
		[REPORT_STATE_POLICY] = "policy",
	};

	return names[kind];
}

static void put_side(struct comparing *p, const char *key,
		     const struct report_side *side)
{
	const struct vhdxlog_replay *about =
		vhdxlog_overlay_about(side->overlay);
	const bool is_policy = side->state.kind == REPORT_STATE_POLICY;
	const struct report_options options = { .path = side->path };
	const struct rj_view view = {
		.subject = side->subject,
		.options = &options,
	};
	struct rj_record r = rj_object();
	char words[256];

	compare_side_words(words, sizeof(words), side);
	rj_text_twin(&r, "path", "path_hex", side->path);
	rj_text(&r, "name", side->name);
	rj_words(&r, "kind", kind_name(side->state.kind));
	rj_words(&r, "from", words);
	rj_words(&r, "policy", is_policy ? about->policy : NULL);
	rj_words(&r, "outcome",
		 is_policy ? vhdxlog_outcome_name(about->outcome) : NULL);
	rj_maybe_text(&r, "reason", is_policy ? about->reason : NULL);
	rj_open(&p->out, key);
	rj_members(&p->out, r);
	rj_source(&p->out, &view);
	rj_close(&p->out);
}

static void put_head(struct comparing *p)
{
	const struct report_compare *c = p->compare;
	struct rj_record tool = rj_object(), r = rj_object();
	struct rj_record length = rj_object();

	rj_words(&tool, "name", "vhdxlog");
	rj_words(&tool, "version", vhdxlog_version());
	rj_put(&r, "tool", tool);
	rj_members(&p->out, r);
	put_side(p, "a", &c->a);
	put_side(p, "b", &c->b);
	r = rj_object();
	rj_bool(&r, "same", !c->differs);
	rj_decimal(&length, "a", compare_length(&c->a));
	rj_decimal(&length, "b", compare_length(&c->b));
	rj_put(&r, "length", length);
	rj_members(&p->out, r);
}

/* -------------------------------------------------------------------- pages */

static struct rj_record page_side(const struct report_side *side,
				  uint64_t offset, uint32_t entry,
				  enum vhdxlog_certainty certainty)
{
	struct rj_record r = rj_object();
	char id[VHDXLOG_ID_TEXT];

	rj_words(&r, "from", compare_from(side, offset, entry, id));
	rj_words(&r, "certainty", vhdxlog_certainty_name(certainty));
	return r;
}

static void put_hex(struct comparing *p, struct rj_record *r, const char *key,
		    const struct report_side *side,
		    const struct vhdxlog_difference *page)
{
	uint64_t n = compare_present(side, page->offset, page->length);

	if (n > REPORT_COMPARE_BYTES)
		n = REPORT_COMPARE_BYTES;
	if (n && !p->failed)
		p->failed = vhdxlog_overlay_read(side->overlay, page->offset,
						 p->bytes, (size_t)n, p->err);
	rj_hex(r, key, p->bytes, p->failed ? 0 : (size_t)n);
}

static struct rj_record page_bytes(struct comparing *p,
				   const struct vhdxlog_difference *page)
{
	struct rj_record r = rj_object();

	put_hex(p, &r, "a", &p->compare->a, page);
	put_hex(p, &r, "b", &p->compare->b, page);
	rj_bool(&r, "complete", page->length <= REPORT_COMPARE_BYTES);
	return r;
}

static struct rj_record bat_side(const struct vhdxlog_bat_entry *e)
{
	const bool known = compare_has_entry(e);
	struct rj_record r = rj_object();

	rj_words(&r, "state", e->state_name);
	rj_maybe_decimal(&r, "file_offset", known, e->file_offset);
	return r;
}

static struct rj_record bat_record(const struct vhdxlog_detail *d)
{
	const struct vhdxlog_bat_entry *e = compare_entry(d);
	struct rj_record r = rj_object();

	rj_number(&r, "index", e->index);
	rj_number(&r, "block", e->block);
	rj_bool(&r, "is_bitmap", e->is_bitmap);
	rj_decimal(&r, "virtual_offset", e->virtual_offset);
	rj_decimal(&r, "virtual_length", e->virtual_length);
	rj_put(&r, "a", bat_side(&d->a));
	rj_put(&r, "b", bat_side(&d->b));
	return r;
}

static struct rj_record item_record(const struct vhdxlog_detail *d)
{
	struct rj_record r = rj_object();

	rj_words(&r, "item", d->item);
	rj_decimal(&r, "file_offset", d->offset);
	rj_decimal(&r, "length", d->length);
	rj_maybe_text(&r, "a", *d->a_text ? d->a_text : NULL);
	rj_maybe_text(&r, "b", *d->b_text ? d->b_text : NULL);
	return r;
}

static void begin_page(void *ctx, const struct vhdxlog_difference *page)
{
	struct comparing *p = ctx;

	compare_count_page(&p->tally, page);
	p->bat = rj_list();
	p->items = rj_list();
}

static void add_detail(void *ctx, const struct vhdxlog_difference *page,
		       const struct vhdxlog_detail *detail)
{
	struct comparing *p = ctx;

	(void)page;
	compare_count_detail(&p->tally, detail);
	if (detail->is_bat)
		rj_put(&p->bat, NULL, bat_record(detail));
	else
		rj_put(&p->items, NULL, item_record(detail));
}

static void end_page(void *ctx, const struct vhdxlog_difference *page,
		     uint64_t details)
{
	struct comparing *p = ctx;
	const struct report_compare *c = p->compare;
	struct rj_record r = rj_object();

	(void)details;
	rj_decimal(&r, "file_offset", page->offset);
	rj_decimal(&r, "length", page->length);
	rj_words(&r, "region", vhdxlog_area_name(page->area));
	rj_put(&r, "a", page_side(&c->a, page->offset, page->a_from,
				  page->a_certainty));
	rj_put(&r, "b", page_side(&c->b, page->offset, page->b_from,
				  page->b_certainty));
	rj_maybe_decimal(&r, "differing_bytes", !page->unread,
			 page->differing);
	rj_maybe_decimal(&r, "first_difference", !page->unread, page->first);
	rj_put(&r, "bat", p->bat);
	rj_put(&r, "items", p->items);
	p->bat = p->items = (struct rj_record){ .text = NULL };
	if (p->bytes && !page->unread)
		rj_put(&r, "bytes", page_bytes(p, page));
	else
		rj_null(&r, "bytes");
	rj_element(&p->out, r);
}

/* ------------------------------------------------------------- the document */

/* From the pages on to the ranges, if that is still to be done. */
static void open_ranges(struct comparing *p)
{
	if (p->in_ranges)
		return;
	rj_close(&p->out);
	rj_open_list(&p->out, "virtual", "virtual");
	p->in_ranges = true;
}

static void add_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	struct comparing *p = ctx;
	struct rj_record r = rj_object();

	compare_count_range(&p->tally, range);
	open_ranges(p);
	rj_decimal(&r, "offset", range->offset);
	rj_decimal(&r, "length", range->length);
	rj_element(&p->out, r);
}

static int put_differences(struct comparing *p)
{
	const struct compare_visitor visitor = {
		.page = begin_page,
		.detail = add_detail,
		.page_end = end_page,
		.range = add_range,
		.ctx = p,
	};
	int rc = 0;

	rj_open_list(&p->out, "pages", "page");
	if (p->compare->differs)
		rc = compare_walk(p->compare, &visitor, p->err);
	open_ranges(p);
	rj_close(&p->out);
	rj_drop(&p->bat);
	rj_drop(&p->items);
	return rc ? rc : p->failed;
}

static void put_totals(struct comparing *p)
{
	const struct compare_tally *t = &p->tally;
	struct rj_record r = rj_object(), member = rj_object();

	rj_number(&r, "pages", t->pages);
	rj_number(&r, "unread_pages", t->unread);
	rj_decimal(&r, "differing_bytes", t->bytes);
	rj_number(&r, "bat", t->bat);
	rj_number(&r, "items", t->items);
	rj_decimal(&r, "virtual_bytes", t->virtual_bytes);
	rj_put(&member, "totals", r);
	rj_members(&p->out, member);
}

static void put_limitations(struct comparing *p)
{
	const char *sentence;

	if (!rj_open_list(&p->out, "limitations", "limitation"))
		return;
	for (size_t i = 0; (sentence = compare_limitation(p->compare, i)); i++)
		rj_element(&p->out, rj_string(sentence));
	if (p->bytes)
		rj_element(&p->out, rj_string("of a stretch that differs the "
					      "first 64 KiB are given"));
	rj_close(&p->out);
}

static int write_document(struct comparing *p, FILE *out)
{
	const bool quiet = p->options->quiet;
	int rc;

	rj_begin(&p->out, out, quiet ? RJ_SUMMARY : RJ_DOCUMENT, SCHEMA,
		 p->options->path);
	put_head(p);
	rc = quiet ? compare_count(p->compare, &p->tally, p->err) :
		     put_differences(p);
	if (rc == 0) {
		put_totals(p);
		put_limitations(p);
		rc = rj_end(&p->out, p->err);
	}
	rj_release(&p->out);
	return rc;
}

int report_compare_json(FILE *out, struct report_compare *compare,
			const struct report_options *options,
			struct vhdxlog_error *err)
{
	struct comparing p = {
		.compare = compare,
		.options = options,
		.err = err,
	};
	int rc = compare_differs(compare, &compare->differs, err);

	if (rc < 0)
		return rc;
	if (compare->bytes) {
		p.bytes = malloc(REPORT_COMPARE_BYTES);
		if (!p.bytes) {
			*err = (struct vhdxlog_error){
				.code = VHDXLOG_E_NOMEM,
				.what = "writing the report",
			};
			return VHDXLOG_E_NOMEM;
		}
	}
	rc = write_document(&p, out);
	free(p.bytes);
	return rc;
}

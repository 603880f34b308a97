/* SPDX-License-Identifier: MIT */
#include "reports/compare.h"

#include <inttypes.h>

#include "reports/facts.h"
#include "reports/phrase.h"

#define PAGE 4096

/* -------------------------------------------------------------------- walks */

static int visit_details(struct vhdxlog_comparison *c,
			 const struct compare_visitor *v,
			 const struct vhdxlog_difference *page,
			 struct vhdxlog_error *err)
{
	struct vhdxlog_detail detail;
	uint64_t n = 0;
	int rc;

	while ((rc = vhdxlog_compare_detail(c, &detail, err)) == 0) {
		n++;
		if (v->detail)
			v->detail(v->ctx, page, &detail);
	}
	if (rc > 0 && v->page_end)
		v->page_end(v->ctx, page, n);
	return rc < 0 ? rc : 0;
}

static int visit_pages(struct vhdxlog_comparison *c,
		       const struct compare_visitor *v,
		       struct vhdxlog_error *err)
{
	struct vhdxlog_difference page;
	int rc;

	while ((rc = vhdxlog_compare_next(c, &page, err)) == 0) {
		if (v->page)
			v->page(v->ctx, &page);
		rc = visit_details(c, v, &page, err);
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : 0;
}

static int visit_ranges(struct vhdxlog_comparison *c,
			const struct compare_visitor *v,
			struct vhdxlog_error *err)
{
	struct vhdxlog_virtual_range range;
	int rc = 1;

	while (v->range &&
	       (rc = vhdxlog_compare_virtual(c, &range, err)) == 0)
		v->range(v->ctx, &range);
	return rc < 0 ? rc : 0;
}

static int begin(const struct report_compare *compare,
		 struct vhdxlog_comparison **c, struct vhdxlog_error *err)
{
	int rc = vhdxlog_compare_open(compare->a.overlay, compare->b.overlay, c,
				      err);

	if (rc == 0)
		vhdxlog_compare_progress(*c, compare->progress,
					 compare->progress_ctx);
	return rc;
}

int compare_walk(const struct report_compare *compare,
		 const struct compare_visitor *v, struct vhdxlog_error *err)
{
	struct vhdxlog_comparison *c = NULL;
	int rc = begin(compare, &c, err);

	if (rc == 0)
		rc = visit_pages(c, v, err);
	if (rc == 0)
		rc = visit_ranges(c, v, err);
	vhdxlog_compare_close(c);
	return rc;
}

int compare_differs(const struct report_compare *compare, bool *differs,
		    struct vhdxlog_error *err)
{
	struct vhdxlog_comparison *c = NULL;
	struct vhdxlog_difference page;
	int rc;

	*differs = compare_longer(compare) > 0;
	if (*differs)
		return 0;
	rc = begin(compare, &c, err);
	if (rc == 0)
		rc = vhdxlog_compare_next(c, &page, err);
	*differs = rc == 0;
	vhdxlog_compare_close(c);
	return rc < 0 ? rc : 0;
}

/* ------------------------------------------------------------------- counts */

void compare_count_page(struct compare_tally *t,
			const struct vhdxlog_difference *page)
{
	uint64_t pages = page->length / PAGE + (page->length % PAGE != 0);

	t->stretches++;
	t->pages += pages;
	t->unread += page->unread ? pages : 0;
	t->bytes += page->differing;
	t->area_pages[page->area] += pages;
}

void compare_count_detail(struct compare_tally *t,
			  const struct vhdxlog_detail *detail)
{
	t->bat += detail->is_bat;
	t->items += !detail->is_bat;
}

void compare_count_range(struct compare_tally *t,
			 const struct vhdxlog_virtual_range *range)
{
	t->ranges++;
	t->virtual_bytes += range->length;
}

static void take_page(void *ctx, const struct vhdxlog_difference *page)
{
	compare_count_page(ctx, page);
}

static void take_detail(void *ctx, const struct vhdxlog_difference *page,
			const struct vhdxlog_detail *detail)
{
	(void)page;
	compare_count_detail(ctx, detail);
}

static void take_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	compare_count_range(ctx, range);
}

int compare_count(const struct report_compare *compare,
		  struct compare_tally *tally, struct vhdxlog_error *err)
{
	const struct compare_visitor visitor = {
		.page = take_page,
		.detail = take_detail,
		.range = take_range,
		.ctx = tally,
	};

	return compare_walk(compare, &visitor, err);
}

/* -------------------------------------------------------------------- sides */

uint64_t compare_longer(const struct report_compare *compare)
{
	uint64_t a = compare_length(&compare->a);
	uint64_t b = compare_length(&compare->b);

	return a > b ? a - b : b - a;
}

uint64_t compare_present(const struct report_side *side, uint64_t offset,
			 uint64_t length)
{
	uint64_t end = compare_length(side);
	uint64_t left = offset < end ? end - offset : 0;

	return length < left ? length : left;
}

const char *compare_from(const struct report_side *side, uint64_t offset,
			 uint32_t entry, char buf[VHDXLOG_ID_TEXT])
{
	if (!compare_present(side, offset, 1))
		return "";
	if (entry == VHDXLOG_NO_SECTOR)
		return "disk";
	snprintf(buf, VHDXLOG_ID_TEXT, "E%" PRIu32, entry);
	return buf;
}

static void say_policy(struct phrase *p, const struct vhdxlog_replay *about)
{
	char id[VHDXLOG_ID_TEXT];

	if (about->entry_count == 0) {
		phrase_add(p, "the file as it is: %s applies nothing",
			   about->policy);
		return;
	}
	phrase_add(p, "the file as %s leaves it: with ", about->policy);
	phrase_count(p, about->entry_count, "entry", "entries", false);
	if (about->has_sequence)
		phrase_add(p, ", %s,", facts_range_id(about->sequence, id));
	phrase_add(p, " applied");
	if (about->outcome == VHDXLOG_OUTCOME_PARTIAL)
		phrase_add(p, ", at which it fails");
}

int compare_side_words(char *buf, size_t size, const struct report_side *side)
{
	const struct vhdxlog_replay *about =
		vhdxlog_overlay_about(side->overlay);
	struct phrase p = { buf, size, 0 };

	switch (side->state.kind) {
	case REPORT_STATE_DISK:
		phrase_add(&p, "the file as it is");
		break;
	case REPORT_STATE_SEQUENCE:
		phrase_add(&p, "the file with ");
		phrase_count(&p, about->entry_count, "entry", "entries", false);
		phrase_add(&p, " laid over it");
		break;
	case REPORT_STATE_AS_OF:
		phrase_add(&p,
			   "the file as it stood once E%" PRIu32
			   " was applied, as far as the log tells",
			   side->state.range.head);
		break;
	case REPORT_STATE_POLICY: say_policy(&p, about); break;
	}
	return (int)p.length;
}

/* ------------------------------------------------------------- what is not */

const char *compare_limitation(const struct report_compare *compare, size_t i)
{
	bool as_of = compare->a.state.kind == REPORT_STATE_AS_OF ||
		     compare->b.state.kind == REPORT_STATE_AS_OF;
	const struct {
		bool applies;
		const char *sentence;
	} all[] = {
		{ as_of,
		  "what an earlier entry wrote is known as far as the ring "
		  "still has it; a page that is marked inferred may have held "
		  "something else" },
		{ as_of,
		  "the log holds no guest data: a block that both states have "
		  "at the same place reads as it does today in both" },
		{ !compare->two_images && !as_of,
		  "only what the log writes can differ between two states of "
		  "one file" },
	};

	for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
		if (all[k].applies && i-- == 0)
			return all[k].sentence;
	}
	return NULL;
}

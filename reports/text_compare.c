/* SPDX-License-Identifier: MIT */
/*
 * A comparison for people: in a sentence whether and how much the two differ,
 * then what they are, the pages, the things in them that have a name, and what a
 * guest would see. One walk counts and keeps what is shown; only where -v asks
 * for more than is kept there are others.
 */
#include "reports/text_compare.h"

#include <inttypes.h>
#include <stdlib.h>

#define MARGIN	 10 /* where text_label() ends */
#define SENTENCE 512

/* ------------------------------------------------------------ the one walk */

static void keep_page(void *ctx, const struct vhdxlog_difference *page)
{
	struct text_compare *c = ctx;

	if (c->tally.stretches < c->room)
		c->pages[c->tally.stretches] = *page;
	compare_count_page(&c->tally, page);
}

static void keep_detail(void *ctx, const struct vhdxlog_difference *page,
			const struct vhdxlog_detail *detail)
{
	struct text_compare *c = ctx;

	(void)page;
	if (detail->is_bat && c->tally.bat < c->room)
		c->bat[c->tally.bat] = *detail;
	if (!detail->is_bat && c->tally.items < c->room)
		c->items[c->tally.items] = *detail;
	compare_count_detail(&c->tally, detail);
}

static void keep_range(void *ctx, const struct vhdxlog_virtual_range *range)
{
	struct text_compare *c = ctx;

	if (c->tally.ranges < c->room)
		c->ranges[c->tally.ranges] = *range;
	compare_count_range(&c->tally, range);
}

static bool make_room(struct text_compare *c)
{
	c->room = c->t.options->verbose ? TEXT_COMPARE_KEPT :
					  TEXT_COMPARE_SHOWN;
	c->pages = calloc(c->room, sizeof(*c->pages));
	c->bat = calloc(c->room, sizeof(*c->bat));
	c->items = calloc(c->room, sizeof(*c->items));
	c->ranges = calloc(c->room, sizeof(*c->ranges));
	return c->pages && c->bat && c->items && c->ranges;
}

static void release(struct text_compare *c)
{
	free(c->pages);
	free(c->bat);
	free(c->items);
	free(c->ranges);
}

static int collect(struct text_compare *c)
{
	const struct compare_visitor visitor = {
		.page = keep_page,
		.detail = keep_detail,
		.range = keep_range,
		.ctx = c,
	};

	if (!make_room(c))
		return text_fail(&c->t, VHDXLOG_E_NOMEM);
	return compare_walk(c->compare, &visitor, c->t.err);
}

/* ------------------------------------------------------------- the sentence */

/* "3 pages, 4 BAT entries, 5 MiB of the guest's disk" */
static void say_counts(struct phrase *p, const struct text_compare *c)
{
	const struct compare_tally *t = &c->tally;
	uint64_t longer = compare_longer(c->compare);
	char size[32];

	phrase_add(p, "%" PRIu64 " page%s", t->pages, t->pages == 1 ? "" : "s");
	if (t->unread)
		phrase_add(p, " (%" PRIu64 " not read)", t->unread);
	if (t->bat)
		phrase_add(p, ", %" PRIu64 " BAT entr%s", t->bat,
			   t->bat == 1 ? "y" : "ies");
	if (t->items)
		phrase_add(p, ", %" PRIu64 " item%s of the tables", t->items,
			   t->items == 1 ? "" : "s");
	if (t->virtual_bytes)
		phrase_add(p, ", %s of the guest's disk",
			   report_size(t->virtual_bytes, size));
	if (longer)
		phrase_add(p, ", %s of length", report_size(longer, size));
}

static void say_length(struct phrase *p, const struct text_compare *c)
{
	const bool is_a = compare_length(&c->compare->a) >
			  compare_length(&c->compare->b);
	char size[32];

	phrase_add(p, "%s is %s longer", is_a ? c->a_name : c->b_name,
		   report_size(compare_longer(c->compare), size));
}

static void say_differs(struct phrase *p, const struct text_compare *c)
{
	const struct compare_tally *t = &c->tally;
	struct vhdxlog_effect effect = { .pages = t->pages };
	char size[32];

	for (unsigned i = 0; i < VHDXLOG_AREA_COUNT; i++)
		effect.area_pages[i] = t->area_pages[i];
	phrase_add(p, "%s and %s differ in ", c->a_name, c->b_name);
	phrase_areas(p, &effect);
	if (t->bat) {
		phrase_add(p, ", and in ");
		phrase_count(p, t->bat, "BAT entry", "BAT entries", false);
	}
	if (t->virtual_bytes)
		phrase_add(p, "; a guest would see a change in %s of its disk.",
			   report_size(t->virtual_bytes, size));
	else
		phrase_add(p, "; a guest would see no change.");
	if (t->unread) {
		phrase_add(p, " Not read, so these may differ or not: ");
		phrase_count(p, t->unread, "page", "pages", false);
		phrase_add(p, ".");
	}
	if (compare_longer(c->compare)) {
		phrase_add(p, " ");
		say_length(p, c);
		phrase_add(p, ".");
	}
}

/* What only one of them has is zeroes where it differs in nothing. */
void text_compare_sentence(struct phrase *p, const struct text_compare *c)
{
	if (c->tally.stretches) {
		say_differs(p, c);
	} else if (compare_longer(c->compare)) {
		say_length(p, c);
		phrase_add(p, ", with zeroes, and that is all.");
	} else {
		phrase_add(p, "%s and %s hold the same bytes.", c->a_name,
			   c->b_name);
	}
}

static void put_quiet(struct text_compare *c)
{
	char sentence[SENTENCE] = "";
	struct phrase p = { sentence, sizeof(sentence), 0 };

	if (c->compare->differs)
		say_counts(&p, c);
	fprintf(c->t.out, "%s%s\n", c->compare->differs ? "differ: " : "same",
		sentence);
}

/* Names of two images are too long for a line; a and b stand for them. */
static void put_headline(struct text_compare *c)
{
	const bool differs = c->compare->differs;
	const char *word = differs ? "DIFFERENT" : "SAME";
	char sentence[SENTENCE];
	struct phrase p = { sentence, sizeof(sentence), 0 };
	unsigned at = text_columns(word) + 2;

	text_compare_sentence(&p, c);
	fputs(c->head, c->t.out);
	text_put(&c->t, differs ? TEXT_WARN : TEXT_GOOD, "%s", word);
	fputs(". ", c->t.out);
	text_wrap(&c->t, at + text_columns(c->head), 2, sentence);
}

static void put_side(struct text_compare *c, const char *label,
		     const struct report_side *side)
{
	char *path = text_escaped(&c->t, side->path);
	char words[256], size[32];

	compare_side_words(words, sizeof(words), side);
	text_label(&c->t, label);
	if (path && c->compare->two_images)
		text_wrapf(&c->t, MARGIN, MARGIN, "%s: %s; %s", path, words,
			   text_size(compare_length(side), size));
	else
		text_wrapf(&c->t, MARGIN, MARGIN, "%s: %s; %s", side->name,
			   words, text_size(compare_length(side), size));
	free(path);
}

/* ---------------------------------------------------------------- the parts */

static void put_limitations(struct text_compare *c)
{
	const char *sentence;

	for (size_t i = 0; (sentence = compare_limitation(c->compare, i));
	     i++) {
		if (i == 0)
			text_heading(&c->t, "what this cannot tell");
		fputs("  ", c->t.out);
		text_wrap(&c->t, 2, 2, sentence);
	}
}

static int put_report(struct text_compare *c)
{
	int rc = 0;

	put_headline(c);
	putc('\n', c->t.out);
	put_side(c, "a", &c->compare->a);
	put_side(c, "b", &c->compare->b);
	if (c->compare->differs)
		rc = text_compare_tables(c);
	if (rc == 0 && c->compare->bytes)
		rc = text_compare_bytes(c);
	if (c->t.options->verbose)
		put_limitations(c);
	return rc;
}

/* What stands before the verdict, and how the sides are called in sentences. */
static char *head_of(struct text_compare *c)
{
	char *path, *head = NULL;

	c->a_name = c->compare->two_images ? "a" : c->compare->a.name;
	c->b_name = c->compare->two_images ? "b" : c->compare->b.name;
	if (c->compare->two_images)
		return strdup("");
	path = text_escaped(&c->t, c->compare->a.path);
	if (path && asprintf(&head, "%s: ", path) < 0)
		head = NULL;
	free(path);
	return head;
}

int report_compare_text(FILE *out, struct report_compare *compare,
			const struct report_options *options,
			struct vhdxlog_error *err)
{
	struct text_compare c = {
		.t = text_begin(out, compare->b.subject, options, err),
		.compare = compare,
	};
	char *head = head_of(&c);
	int rc = head ? collect(&c) : text_fail(&c.t, VHDXLOG_E_NOMEM);

	c.head = head;
	compare->differs = c.tally.stretches > 0 || compare_longer(compare) > 0;
	if (rc == 0 && options->quiet)
		put_quiet(&c);
	else if (rc == 0)
		rc = put_report(&c);
	release(&c);
	free(head);
	return rc ? rc : c.t.failed;
}

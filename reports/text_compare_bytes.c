/* SPDX-License-Identifier: MIT */
/*
 * Bytes side by side, 16 of a and 16 of b in a line:
 *
 *	00200040  00000000 00000000 00000000 00000000   06005001 00000000 ..
 *	          ^^  ^^^^                              ^^  ^^^^
 *
 * Colour and a line below mark those that differ. Lines in which none does are
 * counted, and one that repeats the line above becomes an asterisk.
 */
#include "reports/text_compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE  16
#define GROUP 4
#define CHUNK (64 * 1024)

struct dumping {
	struct text_compare *c;
	uint8_t *a, *b; /* CHUNK bytes each */
	int failed;
};

/* One line of both. */
struct line {
	uint64_t at;
	const uint8_t *a, *b;
	size_t a_size, b_size; /* up to LINE */
};

/* What a file is too short to have is compared with zeroes. */
static bool differs(const struct line *l, size_t i)
{
	return (i < l->a_size ? l->a[i] : 0) != (i < l->b_size ? l->b[i] : 0);
}

/* How many bytes one of the two has. */
static size_t length(const struct line *l)
{
	return l->a_size > l->b_size ? l->a_size : l->b_size;
}

static bool any_differs(const struct line *l)
{
	for (size_t i = 0; i < LINE; i++) {
		if (differs(l, i))
			return true;
	}
	return false;
}

static void put_gap(struct text *t, size_t i)
{
	fputs(i && i % GROUP == 0 ? " " : "", t->out);
}

/* In so many columns that `until` bytes take. */
static void put_hex(struct text *t, const struct line *l, const uint8_t *bytes,
		    size_t size, size_t until)
{
	for (size_t i = 0; i < until; i++) {
		put_gap(t, i);
		if (i < size)
			text_put(t, differs(l, i) ? TEXT_BAD : TEXT_PLAIN,
				 "%02x", bytes[i]);
		else
			fputs(i < length(l) ? "--" : "  ", t->out);
	}
}

static void put_marks(struct text *t, const struct line *l, size_t until)
{
	for (size_t i = 0; i < until; i++) {
		put_gap(t, i);
		fputs(differs(l, i) ? "^^" : "  ", t->out);
	}
}

static void put_line(struct text *t, const struct line *l)
{
	int indent = fprintf(t->out, "  %08" PRIx64 "  ", l->at);
	size_t last = LINE;

	while (last > 0 && !differs(l, last - 1))
		last--;
	put_hex(t, l, l->a, l->a_size, LINE);
	fputs("   ", t->out);
	put_hex(t, l, l->b, l->b_size, length(l));
	fprintf(t->out, "\n%*s", indent, "");
	put_marks(t, l, LINE);
	fputs("   ", t->out);
	put_marks(t, l, last);
	putc('\n', t->out);
}

/* ------------------------------------------------------------- one stretch */

/* What was left out since the last line that was shown. */
struct left_out {
	uint64_t equal; /* bytes */
	bool repeated;	/* an asterisk stands for some */
};

static void put_equal(struct text *t, struct left_out *left)
{
	if (left->equal)
		fprintf(t->out, "  %8s  %" PRIu64 " equal bytes\n", "..",
			left->equal);
	left->equal = 0;
}

static bool repeats(const struct line *l, const struct line *above)
{
	return above->a && l->a_size == above->a_size &&
	       l->b_size == above->b_size &&
	       memcmp(l->a, above->a, l->a_size) == 0 &&
	       memcmp(l->b, above->b, l->b_size) == 0;
}

static void add_line(struct text *t, struct left_out *left,
		     const struct line *l, struct line *above)
{
	if (!any_differs(l)) {
		left->equal += length(l);
		*above = (struct line){ .a = NULL };
		return;
	}
	put_equal(t, left);
	if (repeats(l, above)) {
		if (!left->repeated)
			fputs("  *\n", t->out);
		left->repeated = true;
		return;
	}
	left->repeated = false;
	*above = *l;
	put_line(t, l);
}

static size_t of_line(size_t size, size_t i)
{
	size_t left = i < size ? size - i : 0;

	return left < LINE ? left : LINE;
}

static int read_side(struct dumping *d, const struct report_side *side,
		     uint64_t offset, uint64_t length, uint8_t *bytes,
		     size_t *size)
{
	*size = (size_t)compare_present(side, offset, length);
	if (*size == 0)
		return 0;
	return vhdxlog_overlay_read(side->overlay, offset, bytes, *size,
				    d->c->t.err);
}

/* Up to CHUNK bytes. */
static int dump_chunk(struct dumping *d, struct left_out *left, uint64_t offset,
		      uint64_t length)
{
	const struct report_compare *compare = d->c->compare;
	struct line above = { .a = NULL };
	size_t a_size, b_size;
	int rc = read_side(d, &compare->a, offset, length, d->a, &a_size);

	if (rc == 0)
		rc = read_side(d, &compare->b, offset, length, d->b, &b_size);
	for (size_t i = 0; rc == 0 && i < length; i += LINE) {
		const struct line l = {
			offset + i,	      d->a + i,
			d->b + i,	      of_line(a_size, i),
			of_line(b_size, i),
		};

		add_line(&d->c->t, left, &l, &above);
	}
	return rc;
}

static void put_title(struct dumping *d, const struct vhdxlog_difference *page)
{
	const struct report_compare *compare = d->c->compare;
	char size[32], a[VHDXLOG_ID_TEXT], b[VHDXLOG_ID_TEXT];
	const char *a_from =
		compare_from(&compare->a, page->offset, page->a_from, a);
	const char *b_from =
		compare_from(&compare->b, page->offset, page->b_from, b);

	text_heading(&d->c->t, "0x%" PRIx64 ", %s, %s: a (%s), b (%s)",
		     page->offset, text_size(page->length, size),
		     text_area(page->area), *a_from ? a_from : "not there",
		     *b_from ? b_from : "not there");
}

static void dump_stretch(void *ctx, const struct vhdxlog_difference *page)
{
	struct dumping *d = ctx;
	struct left_out left = { .equal = 0 };
	uint64_t shown = page->length;

	if (d->failed)
		return;
	if (shown > REPORT_COMPARE_BYTES && !d->c->t.options->verbose)
		shown = REPORT_COMPARE_BYTES;
	put_title(d, page);
	if (page->unread) {
		fputs("  not read; it may differ\n", d->c->t.out);
		return;
	}
	for (uint64_t i = 0; !d->failed && i < shown; i += CHUNK)
		d->failed = dump_chunk(d, &left, page->offset + i,
				       shown - i < CHUNK ? shown - i : CHUNK);
	put_equal(&d->c->t, &left);
	if (shown < page->length)
		fprintf(d->c->t.out,
			"  %" PRIu64 " bytes more; -v shows them\n",
			page->length - shown);
}

int text_compare_bytes(struct text_compare *c)
{
	struct dumping d = { .c = c, .a = malloc(CHUNK), .b = malloc(CHUNK) };
	const struct compare_visitor visitor = { .page = dump_stretch,
						 .ctx = &d };
	int rc;

	if (d.a && d.b)
		rc = text_compare_tell(c, &visitor, c->tally.stretches);
	else
		rc = text_fail(&c->t, VHDXLOG_E_NOMEM);
	free(d.a);
	free(d.b);
	return rc ? rc : d.failed;
}

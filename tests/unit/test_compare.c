/* SPDX-License-Identifier: MIT */
/*
 * Two states, or two files, side by side: the pages that differ against a
 * comparison of all bytes.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "opened.h"

#define IMAGES 60u
#define MOST (64 * VL_MIB) /* of a file that is compared byte by byte */

/* Any state that is not too long; NULL: there is no such. */
static struct vhdxlog_overlay *short_state(struct opened *p, struct rng *r)
{
	struct vhdxlog_overlay *o = some_state(p, r);

	if (!o || o->pile.view.size < MOST)
		return o;
	vhdxlog_overlay_close(o);
	return NULL;
}

/* ------------------------------------------------------------- the reference */

/* A state in memory, zeroes behind its end. */
static uint8_t *read_whole(struct vhdxlog_overlay *o, size_t len)
{
	size_t size = vhdxlog_overlay_about(o)->size;
	uint8_t *bytes = calloc(1, len + 1);

	cr_assert(bytes);
	cr_assert_leq(size, len);
	cr_assert_eq(vhdxlog_overlay_read(o, 0, bytes, size, NULL), 0);
	return bytes;
}

struct pair {
	struct vhdxlog_overlay *a, *b;
	uint8_t *in_a, *in_b; /* owned */
	size_t len; /* of the longer */
};

static struct pair pair_of(struct vhdxlog_overlay *a, struct vhdxlog_overlay *b)
{
	struct pair p = { .a = a, .b = b };

	p.len = vl_max64(vhdxlog_overlay_about(a)->size,
			 vhdxlog_overlay_about(b)->size);
	p.in_a = read_whole(a, p.len);
	p.in_b = read_whole(b, p.len);
	return p;
}

static void pair_free(struct pair *p)
{
	free(p->in_a);
	free(p->in_b);
}

static bool page_differs(const struct pair *p, size_t off)
{
	size_t len = vl_min64(VL_SECTOR, p->len - off);

	return memcmp(p->in_a + off, p->in_b + off, len) != 0;
}

/* ------------------------------------------------------------- the pages */

static void compare_side(struct vhdxlog_overlay *o, uint64_t off,
			 uint32_t from, enum vhdxlog_certainty certainty)
{
	uint32_t want;

	cr_assert_eq(certainty, vhdxlog_overlay_certainty(o, off));
	if (off >= o->pile.view.size)
		return;
	cr_assert_eq(vhdxlog_overlay_from(o, off, &want, NULL), 0);
	cr_assert_eq(from, want);
}

/* Up to the end of a stretch: the same as byte by byte. */
static void compare_stretch(const struct pair *p,
			    const struct vhdxlog_difference *d, size_t *at,
			    uint64_t seed)
{
	uint64_t differing = 0, first = UINT64_MAX;

	cr_assert_not(d->unread);
	cr_assert_eq(d->offset % VL_SECTOR, 0);
	cr_assert_geq(d->offset, *at, "seed %ju, told twice", (uintmax_t)seed);
	for (; *at < d->offset; *at += VL_SECTOR)
		cr_assert_not(page_differs(p, *at), "seed %ju, %#zx",
			      (uintmax_t)seed, *at);
	for (; *at < d->offset + d->length; *at += VL_SECTOR)
		cr_assert(page_differs(p, *at), "seed %ju, %#zx",
			  (uintmax_t)seed, *at);
	cr_assert_leq(d->offset + d->length, p->len);
	for (uint64_t i = d->offset; i < d->offset + d->length; i++) {
		if (p->in_a[i] == p->in_b[i])
			continue;
		differing++;
		first = vl_min64(first, i);
	}
	cr_assert_eq(d->differing, differing);
	cr_assert_eq(d->first, first);
	compare_side(p->a, d->first, d->a_from, d->a_certainty);
	compare_side(p->b, d->first, d->b_from, d->b_certainty);
}

/* Details hold every byte that differs of a page of tables. */
static void compare_details(struct vhdxlog_comparison *c, const struct pair *p,
			    const struct vhdxlog_difference *d)
{
	uint64_t at = d->offset;
	struct vhdxlog_detail t;
	unsigned n = 0;
	int rc;

	for (; (rc = vhdxlog_compare_detail(c, &t, NULL)) == 0; n++) {
		cr_assert_geq(t.offset, at);
		at = t.offset + t.length;
		cr_assert_leq(at, d->offset + d->length);
		if (!t.is_bat)
			continue;
		cr_assert_eq(t.a.raw, vl_le64(p->in_a + t.offset));
		cr_assert_eq(t.b.raw, vl_le64(p->in_b + t.offset));
		cr_assert_neq(t.a.raw, t.b.raw);
	}
	cr_assert_eq(rc, 1);
	if (d->area == VHDXLOG_AREA_PAYLOAD || d->area == VHDXLOG_AREA_UNOWNED)
		cr_assert_eq(n, 0);
}

/* Returns how many differences there are. */
static unsigned compare_pages(const struct pair *p, uint64_t seed)
{
	struct vhdxlog_comparison *c;
	struct vhdxlog_virtual_range range;
	struct vhdxlog_difference d;
	unsigned n = 0;
	size_t at = 0;
	int rc;

	cr_assert_eq(vhdxlog_compare_open(p->a, p->b, &c, NULL), 0);
	cr_assert_eq(vhdxlog_compare_virtual(c, &range, NULL),
		     VHDXLOG_E_MISUSE);
	for (; (rc = vhdxlog_compare_next(c, &d, NULL)) == 0; n++) {
		compare_stretch(p, &d, &at, seed);
		compare_details(c, p, &d);
	}
	cr_assert_eq(rc, 1);
	for (; at < p->len; at += VL_SECTOR)
		cr_assert_not(page_differs(p, at), "seed %ju, %#zx",
			      (uintmax_t)seed, at);
	while ((rc = vhdxlog_compare_virtual(c, &range, NULL)) == 0)
		cr_assert_gt(n, 0);
	cr_assert_eq(rc, 1);
	vhdxlog_compare_close(c);
	return n;
}

/* The same the other way round. */
static void compare_mirrored(struct vhdxlog_overlay *a,
			     struct vhdxlog_overlay *b, uint64_t seed)
{
	struct vhdxlog_comparison *x, *y;
	struct vhdxlog_difference d, e;
	struct vhdxlog_virtual_range r, s;
	int rc;

	cr_assert_eq(vhdxlog_compare_open(a, b, &x, NULL), 0);
	cr_assert_eq(vhdxlog_compare_open(b, a, &y, NULL), 0);
	while ((rc = vhdxlog_compare_next(x, &d, NULL)) == 0) {
		cr_assert_eq(vhdxlog_compare_next(y, &e, NULL), 0);
		/* Of pages that mean different things, the areas differ. */
		if (d.area != e.area)
			goto out;
		cr_assert_eq(d.offset, e.offset, "seed %ju", (uintmax_t)seed);
		cr_assert_eq(d.length, e.length);
		cr_assert_eq(d.differing, e.differing);
		cr_assert_eq(d.a_from, e.b_from);
		cr_assert_eq(d.b_from, e.a_from);
	}
	cr_assert_eq(vhdxlog_compare_next(y, &e, NULL), rc);
	while ((rc = vhdxlog_compare_virtual(x, &r, NULL)) == 0) {
		cr_assert_eq(vhdxlog_compare_virtual(y, &s, NULL), 0);
		cr_assert_eq(r.offset, s.offset, "seed %ju", (uintmax_t)seed);
		cr_assert_eq(r.length, s.length);
	}
	cr_assert_eq(vhdxlog_compare_virtual(y, &s, NULL), rc);
out:
	vhdxlog_compare_close(x);
	vhdxlog_compare_close(y);
}

/* ---------------------------------------------------------- states of a file */

Test(compare, states_of_a_file_differ_where_their_bytes_do)
{
	unsigned n = rounds(IMAGES), differ = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct opened p = open_random(seed);
		struct vhdxlog_overlay *a = short_state(&p, &r);
		struct vhdxlog_overlay *b = short_state(&p, &r);

		if (a && b) {
			struct pair pair = pair_of(a, b);

			differ += compare_pages(&pair, seed) > 0;
			compare_mirrored(a, b, seed);
			pair_free(&pair);
		}
		vhdxlog_overlay_close(a);
		vhdxlog_overlay_close(b);
		close_image(&p);
	}
	assert_often(differ, n / 4, n);
}

static bool is_same(struct vhdxlog_overlay *a, struct vhdxlog_overlay *b)
{
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	struct vhdxlog_virtual_range range;
	int rc;

	cr_assert_eq(vhdxlog_compare_open(a, b, &c, NULL), 0);
	rc = vhdxlog_compare_next(c, &d, NULL);
	if (rc == 1)
		cr_assert_eq(vhdxlog_compare_virtual(c, &range, NULL), 1);
	vhdxlog_compare_close(c);
	cr_assert_geq(rc, 0);
	return rc == 1;
}

/* Entries that are not sound may write parts of pages. */
Test(compare, a_page_of_which_parts_are_written_is_told_once)
{
	static const char recipe[] =
		"{\"about\": \"zeroes\", \"image\": {\"virtual_size\": \"64M\","
		" \"file_size\": \"8M\"}, \"log\": {\"entries\": [{}]},"
		" \"damage\": [{\"fill\": \"file+0x600000\", \"byte\": 7,"
		" \"length\": 16384}]}";
	static const uint64_t parts[][2] = {
		{ 0x600100, 0x10 }, { 0x600200, 0x10 }, { 0x600ff0, 0x20 },
		{ 0x601800, 0x10 }, { 0x603fff, 1 },
	};
	struct opened p = open_image(build_recipe(recipe));
	struct vl_log *log = &p.s.scan->log;
	struct vl_pile pile = { calloc(5, sizeof(uint32_t)), 5 };
	struct vhdxlog_overlay *a, *b;
	struct pair pair;

	cr_assert(pile.layer);
	cr_assert_eq(vhdxlog_overlay_disk(p.s.scan, &a, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_disk(p.s.scan, &b, NULL), 0);
	for (size_t i = 0; i < pile.n; i++)
		cr_assert_eq(vl_layer_of_zeroes(log, 0, parts[i][0],
						parts[i][1], &pile.layer[i],
						NULL),
			     0);
	cr_assert_eq(vl_overlay_of(&b->pile, vl_scan_disk(p.s.scan), log, pile,
				   p.image.len, NULL),
		     0);
	pair = pair_of(a, b);
	cr_assert_eq(compare_pages(&pair, 0), 2); /* two and one page */
	compare_mirrored(a, b, 0);
	pair_free(&pair);
	vhdxlog_overlay_close(a);
	vhdxlog_overlay_close(b);
	close_image(&p);
}

Test(compare, a_state_is_the_same_as_itself)
{
	unsigned n = rounds(IMAGES / 2);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed), again = rng_seed(seed);
		struct opened p = open_random(seed), q = open_random(seed);
		struct vhdxlog_overlay *a = short_state(&p, &r);
		struct vhdxlog_overlay *b = short_state(&q, &again);

		if (a) {
			cr_assert(is_same(a, a), "seed %ju", (uintmax_t)seed);
			cr_assert(is_same(a, b), "seed %ju", (uintmax_t)seed);
		}
		vhdxlog_overlay_close(a);
		vhdxlog_overlay_close(b);
		close_image(&p);
		close_image(&q);
	}
}

/* ------------------------------------------------------------------ two files */

/* A copy with bytes changed here and there, now and then longer. */
static struct buffer drifted(const struct buffer *image, struct rng *r)
{
	size_t len = image->len + (rng_chance(r, 30) ? rng_below(r, 3) * 5000 :
						       0);
	struct buffer b = { calloc(1, len), len };
	uint64_t n = rng_below(r, 6);

	cr_assert(b.at);
	memcpy(b.at, image->at, image->len);
	for (uint64_t i = 0; i < n; i++) {
		uint8_t *at = &b.at[VL_MIB + rng_below(r, len - VL_MIB)];

		*at = (uint8_t)~*at;
	}
	return b;
}

Test(compare, copies_differ_where_their_bytes_do)
{
	unsigned n = rounds(IMAGES), differ = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct opened p = open_random(seed);
		struct opened q = open_image(drifted(&p.image, &r));
		struct vhdxlog_overlay *a = short_state(&p, &r);
		struct vhdxlog_overlay *b = short_state(&q, &r);

		if (a && b) {
			struct pair pair = pair_of(a, b);

			differ += compare_pages(&pair, seed) > 0;
			compare_mirrored(a, b, seed);
			pair_free(&pair);
		}
		vhdxlog_overlay_close(a);
		vhdxlog_overlay_close(b);
		close_image(&p);
		close_image(&q);
	}
	assert_often(differ, n / 2, n);
}

/* ---------------------------------------------------------------- the budget */

/* An image of which the rest is full of bytes, up to 6 GiB. */
static int64_t full_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	const struct buffer *image = ctx;
	size_t part = off < image->len ? vl_min64(len, image->len - off) : 0;

	if (part)
		memcpy(buf, image->at + off, part);
	memset((uint8_t *)buf + part, 0x55, len - part);
	return (int64_t)len;
}

/* A descriptor that wipes all of it is not believed at the price of reading it. */
Test(compare, what_is_over_the_budget_is_told_and_not_read)
{
	static const char recipe[] =
		"{\"about\": \"zeroes\", \"image\": {\"virtual_size\": \"64M\"},"
		" \"log\": {\"entries\": [{\"writes\": [{\"zero\": \"16M\","
		" \"length\": \"5000M\"}]}]}}";
	static const struct vhdxlog_source_ops ops = { full_read, NULL, NULL };
	struct buffer image = build_recipe(recipe);
	struct vhdxlog_overlay *a, *b;
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	uint64_t before;

	cr_assert_eq(vhdxlog_source_custom(&ops, &image, 6 * VL_GIB, &source,
					   NULL),
		     0);
	cr_assert_eq(vhdxlog_scan(source, NULL, &scan, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_disk(scan, &a, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_policy(scan, 0, &b, NULL), 0);
	before = scan->log.cost.target_bytes_read;
	cr_assert_eq(vhdxlog_compare_open(a, b, &c, NULL), 0);
	cr_assert_eq(vhdxlog_compare_next(c, &d, NULL), 0);
	cr_assert_eq(d.offset, 16 * VL_MIB);
	cr_assert_eq(d.length, 5000 * VL_MIB);
	cr_assert(d.unread);
	cr_assert_eq(d.differing, 0);
	cr_assert_eq(vhdxlog_compare_next(c, &d, NULL), 1);
	cr_assert_eq(scan->log.cost.target_bytes_read, before);
	vhdxlog_compare_close(c);
	vhdxlog_overlay_close(a);
	vhdxlog_overlay_close(b);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	buffer_free(&image);
}

/* -------------------------------------------------------------------- cost */

/* Many entries, each of which writes the same page and one of its own. */
static struct buffer long_log(unsigned entries)
{
	char *text;
	struct buffer b;

	cr_assert_geq(asprintf(&text,
			       "{\"about\": \"many\", \"image\":"
			       " {\"virtual_size\": \"64M\","
			       " \"log\": {\"offset\": \"1M\","
			       " \"length\": \"8M\"},"
			       " \"file_size\": \"40M\"},"
			       " \"log\": {\"entries\": [{\"repeat\": %u,"
			       " \"writes\": [{\"page\": \"20M\"},"
			       " {\"zero\": \"21M\", \"length\": \"4M\"},"
			       " {\"page\": \"22M\", \"fill\": 7}]}]}}",
			       entries),
		      0);
	b = build_recipe(text);
	free(text);
	return b;
}

static uint64_t compare_cost(unsigned entries)
{
	struct opened p = open_image(long_log(entries));
	const struct vl_order *order = &p.h->order;
	struct vhdxlog_cost *cost = &p.s.scan->log.cost;
	struct vhdxlog_overlay *a, *b;
	struct pair pair;
	uint64_t steps;

	cr_assert_eq(order->n, entries);
	steps = cost->sweep_steps + cost->target_bytes_read / VL_SECTOR;
	cr_assert_eq(vhdxlog_overlay_as_of(
			     p.h,
			     order->log->entries[order->entries[entries / 4]]
				     .sector,
			     &a, NULL),
		     0);
	cr_assert_eq(vhdxlog_overlay_policy(p.s.scan, 0, &b, NULL), 0);
	cr_assert(is_same(a, b));
	steps = cost->sweep_steps + cost->target_bytes_read / VL_SECTOR - steps;
	pair = pair_of(a, b);
	cr_assert_eq(compare_pages(&pair, 0), 0);
	pair_free(&pair);
	vhdxlog_overlay_close(a);
	vhdxlog_overlay_close(b);
	close_image(&p);
	return steps;
}

Test(compare, the_cost_is_linear_in_the_log)
{
	uint64_t small = compare_cost(120), large = compare_cost(480);

	cr_assert_gt(large, 480);
	cr_assert_leq(large, 5 * small, "%ju after %ju", (uintmax_t)large,
		      (uintmax_t)small);
}

/* SPDX-License-Identifier: MIT */
/* BAT entries that break a rule, against a list of all of them. */
#include <criterion/criterion.h>

#include "helpers.h"
#include "image/breaches.h"

/* Everything that is named, in order, against indices that were noted. */
static void expect_named(const struct vl_breach *b, const uint64_t *want,
			 size_t n)
{
	uint64_t index;
	size_t cursor = 0, k = 0;

	cr_assert_eq(vl_breach_named(b), n);
	for (; vl_breach_next(b, &cursor, &index); k++)
		cr_assert(k < n && index == want[k], "%zu: %ju", k,
			  (uintmax_t)index);
	cr_assert_eq(k, n);
}

static void release(struct vl_breach *b)
{
	struct vl_breaches all = { .of = { *b } };

	vl_breaches_release(&all);
}

Test(breaches, random_runs_are_named_one_by_one)
{
	static uint64_t want[4096];

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct rng r = rng_seed(seed);
		struct vl_breach b = { 0 };
		uint64_t at = rng_below(&r, 3);
		size_t n = 0;

		while (n < 2000 && rng_below(&r, 400)) {
			uint64_t count = 1 + rng_below(&r, 4);

			cr_assert(vl_breach_note(&b, at, n ? 9 : 7, count));
			for (uint64_t k = 0; k < count; k++)
				want[n++] = at + k;
			at += count + rng_below(&r, 3);
		}
		cr_expect_eq(b.count, n);
		cr_expect(!n || b.raw == 7);
		expect_named(&b, want, n);
		release(&b);
	}
}

/* A hostile table: every other entry, and one run without end. */
Test(breaches, what_is_kept_has_a_bound)
{
	struct vl_breach b = { 0 };
	uint64_t index = 0, last = 0;
	size_t cursor = 0, n = 0;

	for (uint64_t i = 0; i < 1000000; i += 2)
		cr_assert(vl_breach_note(&b, i, 6, 1));
	cr_expect_eq(b.count, 500000u);
	cr_expect_leq(b.cap * sizeof(*b.runs), 1u << 20);
	for (; vl_breach_next(&b, &cursor, &index); n++)
		last = index;
	cr_expect_eq(n, vl_breach_named(&b));
	cr_expect_eq(last, 2 * (n - 1));
	release(&b);

	b = (struct vl_breach){ 0 };
	cr_assert(vl_breach_note(&b, 5, 6, UINT64_C(1) << 26));
	cr_expect_eq(vl_breach_named(&b), 65536u);
	for (n = 0, cursor = 0; vl_breach_next(&b, &cursor, &index); n++)
		cr_assert_eq(index, 5 + n);
	cr_expect_eq(n, 65536u);
	release(&b);
}

Test(breaches, losses_add_up)
{
	struct vl_loss l = { 0 };

	vl_loss_add(&l, 100, 0);
	vl_loss_add(&l, 100, 100);
	vl_loss_add(&l, 100, 1);
	cr_expect_eq(l.lost, 1u);
	cr_expect_eq(l.cut, 1u);
	cr_expect_eq(l.missing, 101u);
	vl_loss_add(&l, UINT64_MAX, UINT64_MAX);
	cr_expect_eq(l.missing, UINT64_MAX);
}

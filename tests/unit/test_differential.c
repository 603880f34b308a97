/* SPDX-License-Identifier: MIT */
/*
 * Thousands of small rings, each looked at by the library and by reference.c. A
 * mismatch prints the seed; VHDXLOG_SEED=N in the environment tests that alone.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

#include "compared.h"

#define BLOCKS 16u
#define RINGS_IN_BLOCK 1200u

static void compare_seed(uint64_t seed)
{
	static struct compare c;

	c.seed = seed;
	random_ring_make(&c.ring, seed);
	if (seed % 2)
		compared_raw(&c);
	else
		compared_placed(&c);
	random_ring_free(&c.ring);
}

ParameterizedTestParameters(differential, sections_10_and_11_read_literally)
{
	static unsigned block[BLOCKS];

	for (unsigned i = 0; i < BLOCKS; i++)
		block[i] = i;
	return cr_make_param_array(unsigned, block, BLOCKS);
}

ParameterizedTest(unsigned *block, differential,
		  sections_10_and_11_read_literally)
{
	const char *only = getenv("VHDXLOG_SEED");

	if (only) {
		compare_seed(strtoull(only, NULL, 10));
		return;
	}
	for (unsigned i = 0; i < rounds(RINGS_IN_BLOCK); i++)
		compare_seed(*block * UINT64_C(1000000) + i);
}

/* ------------------------------------------- that the rings are worth it */

struct tally {
	unsigned sound, unsound, stale, active, ties, complete, incomplete;
	unsigned overlaps, padding, orphans, wraps, nested, long_active;
};

static void count_entry(const struct reference *r, uint32_t s, struct tally *t)
{
	const struct ref_entry *e = &r->at[s];

	t->unsound += e->begins && !e->sound;
	t->sound += e->sound;
	t->stale += e->sound && !e->valid;
	t->complete += e->sound && e->complete;
	t->incomplete += e->sound && !e->complete;
	t->overlaps += e->overlaps;
	t->wraps += e->sound && s + e->sectors > r->sectors;
	t->padding += r->kind[s] == VHDXLOG_SECTOR_PADDING;
	t->orphans += reference_is_orphan(r, s);
	t->nested += e->sound && r->owner[(s + r->sectors - 1) % r->sectors] !=
					 REF_NONE &&
		     r->owner[(s + e->sectors) % r->sectors] ==
			     r->owner[(s + r->sectors - 1) % r->sectors];
}

/* A generator that makes nothing but damage would prove nothing. */
Test(differential, rings_show_every_shape_often)
{
	static struct reference r;
	struct tally t = { 0 };
	unsigned n = rounds(1000);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct random_ring ring;

		random_ring_make(&ring, seed);
		reference_make(&r, &ring, false);
		for (uint32_t s = 0; s < r.sectors; s++)
			count_entry(&r, s, &t);
		t.active += r.active_head != REF_NONE;
		t.long_active += r.active_first != r.active_head;
		t.ties += r.tie != REF_NONE;
		random_ring_free(&ring);
	}
	if (n != 1000)
		return; /* under a checker: too few to say */
	cr_expect_gt(t.sound, 3000u);
	cr_expect_gt(t.unsound, 1000u);
	cr_expect_gt(t.stale, 300u);
	cr_expect_gt(t.active, 400u);
	cr_expect_gt(t.long_active, 100u);
	cr_expect_gt(t.ties, 4u);
	cr_expect_gt(t.complete, 1000u);
	cr_expect_gt(t.incomplete, 500u);
	cr_expect_gt(t.overlaps, 4u);
	cr_expect_gt(t.padding, 300u);
	cr_expect_gt(t.orphans, 300u);
	cr_expect_gt(t.wraps, 100u);
	cr_expect_gt(t.nested, 50u);
}

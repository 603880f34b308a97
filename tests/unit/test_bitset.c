/* SPDX-License-Identifier: MIT */
/* The greatest number of a set below another, against looking at all of them. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "helpers.h"

static bool below(const bool *in, size_t i, size_t *found)
{
	while (i--) {
		if (!in[i])
			continue;
		*found = i;
		return true;
	}
	return false;
}

/* Few numbers near one another, or far apart, come and go. */
static void come_and_go(struct rng *r, size_t n)
{
	struct vl_bitset s;
	bool *in = calloc(n, sizeof(*in));
	uint64_t span = rng_chance(r, 50) ? n : 1 + rng_below(r, n);
	size_t members = 0;

	cr_assert(in && vl_bitset_init(&s, n));
	for (unsigned k = 0; k < 300; k++) {
		size_t i = (size_t)(n - 1 - rng_below(r, span));
		size_t at = (size_t)rng_below(r, n + 1), x = 0, y = 0;

		if (in[i]) {
			vl_bitset_remove(&s, i);
			members--;
		} else {
			vl_bitset_add(&s, i);
			members++;
		}
		in[i] = !in[i];
		cr_assert_eq(vl_bitset_is_empty(&s), !members);
		cr_assert_eq(below(in, at, &x), vl_bitset_below(&s, at, &y));
		cr_assert_eq(x, y, "below %zu of %zu", at, n);
	}
	vl_bitset_release(&s);
	free(in);
}

Test(bitset, finds_what_looking_at_all_finds)
{
	static const size_t sizes[] = { 1,  2,	  63,	64,    65,
					100, 4096, 4097, 70000, 300000 };
	struct rng r = rng_seed(3);

	for (unsigned k = 0; k < rounds(10); k++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
			come_and_go(&r, sizes[i]);
	}
}

/* SPDX-License-Identifier: MIT */
/* Sorted ranges, and the map of the file, against looking at every pair. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ranges.h"
#include "helpers.h"
#include "image/claims.h"
#include "ondisk/layout.h"

#define MAX_RANGES 12u

/* ------------------------------------------------------------------ ranges */

/* Ranges of a small world, so that they meet; some empty, some at its top. */
static size_t some_ranges(struct rng *r, struct vl_range *v)
{
	size_t n = rng_below(r, MAX_RANGES + 1);

	for (size_t i = 0; i < n; i++) {
		uint64_t top = rng_chance(r, 10) ? UINT64_MAX - 60 : 0;

		v[i] = (struct vl_range){ top + rng_below(r, 60),
					  rng_below(r, 12), (uint32_t)i };
		if (rng_chance(r, 3))
			v[i].len = UINT64_MAX - rng_below(r, 3);
	}
	return n;
}

static bool meet(const struct vl_range *a, const struct vl_range *b)
{
	return vl_overlap(a->off, a->len, b->off, b->len);
}

static bool any_pair(const struct vl_range *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (meet(&v[i], &v[k]))
				return true;
		}
	}
	return false;
}

static const struct vl_range *tagged(const struct vl_range *v, size_t n,
				     uint32_t tag)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].tag == tag)
			return &v[i];
	}
	cr_assert_fail("no range has the tag %u", tag);
	return NULL;
}

Test(ranges, overlap_is_found_where_any_two_share_a_byte)
{
	struct vl_range v[MAX_RANGES];
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(50000); i++) {
		size_t n = some_ranges(&r, v);
		bool want = any_pair(v, n);
		uint32_t a = 0, b = 0;

		vl_ranges_sort(v, n);
		cr_assert_eq(vl_ranges_overlap(v, n, &a, &b), want, "round %u",
			     i);
		if (!want)
			continue;
		cr_assert_neq(a, b);
		cr_assert(meet(tagged(v, n, a), tagged(v, n, b)), "round %u",
			  i);
	}
}

Test(ranges, sort_is_by_offset_and_keeps_every_range)
{
	struct vl_range v[MAX_RANGES];
	struct rng r = rng_seed(2);

	vl_ranges_sort(NULL, 0);
	for (unsigned i = 0; i < rounds(2000); i++) {
		size_t n = some_ranges(&r, v);
		unsigned seen = 0;

		vl_ranges_sort(v, n);
		for (size_t k = 0; k < n; k++) {
			seen |= 1u << v[k].tag;
			cr_assert(!k || v[k - 1].off <= v[k].off);
		}
		cr_assert_eq(seen, (1u << n) - 1);
	}
}

/* One behind the other, with gaps. */
static size_t some_apart(struct rng *r, struct vl_range *v)
{
	size_t n = rng_below(r, MAX_RANGES);
	uint64_t at = rng_below(r, 5);

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct vl_range){ at, 1 + rng_below(r, 8),
					  (uint32_t)i };
		at += v[i].len + rng_below(r, 4);
	}
	return n;
}

static bool any_meets(const struct vl_range *v, size_t n, uint64_t off,
		      uint64_t len)
{
	for (size_t i = 0; i < n; i++) {
		if (vl_overlap(v[i].off, v[i].len, off, len))
			return true;
	}
	return false;
}

Test(ranges, find_gives_the_range_that_shares_a_byte)
{
	struct vl_range v[MAX_RANGES];
	struct rng r = rng_seed(3);

	for (unsigned i = 0; i < rounds(50000); i++) {
		size_t n = some_apart(&r, v);
		uint64_t off = rng_below(&r, 100), len = rng_below(&r, 6);
		const struct vl_range *got = vl_ranges_find(v, n, off, len);

		cr_assert_eq(got != NULL, any_meets(v, n, off, len),
			     "round %u: %ju + %ju", i, (uintmax_t)off,
			     (uintmax_t)len);
		if (got)
			cr_assert(vl_overlap(got->off, got->len, off, len));
	}
}

/* ------------------------------------------------------------------ claims */

#define MAX_MIB 600u
#define ALL_MIB (MAX_MIB + 64u) /* what claims reach */

struct claims_case {
	struct vl_claims c;
	uint8_t naive[ALL_MIB]; /* one byte for each MiB */
};

static void open_claims(struct claims_case *c)
{
	memset(c, 0, sizeof(*c));
	cr_assert(vl_claims_init(&c->c));
}

/* Claim in the naive map; whether it was free before. */
static bool claim(struct claims_case *c, uint64_t off, uint64_t len,
		  enum vl_claim kind)
{
	bool fresh = true;

	for (uint64_t m = 0; m < ALL_MIB; m++) {
		if (!vl_overlap(m * VL_MIB, VL_MIB, off, len))
			continue;
		fresh = fresh && !c->naive[m];
		c->naive[m] |= (uint8_t)kind;
	}
	return fresh;
}

static void add_some(struct claims_case *c, struct rng *r)
{
	for (size_t n = rng_below(r, 40); n > 0; n--) {
		uint64_t off = rng_below(r, MAX_MIB) * VL_MIB;
		uint64_t len = (1 + rng_below(r, 64)) * VL_MIB;
		enum vl_claim kind = rng_chance(r, 70) ? VL_CLAIM_PAYLOAD :
							 VL_CLAIM_BITMAP;

		bool fresh;

		if (rng_chance(r, 5))
			off = UINT64_MAX - rng_below(r, 2 * VL_MIB);
		cr_assert(vl_claims_add(&c->c, off, len, kind, &fresh));
		cr_assert_eq(fresh, claim(c, off, len, kind));
	}
	cr_assert(vl_claims_seal(&c->c));
}

static struct vl_claimed naive_claimed(const struct claims_case *c,
				       uint64_t off, uint64_t len)
{
	struct vl_claimed sum = { 0, 0 };

	for (uint64_t m = 0; m < ALL_MIB; m++) {
		uint64_t from = vl_max64(off, m * VL_MIB);
		uint64_t to = vl_min64(vl_end(off, len), (m + 1) * VL_MIB);
		uint64_t n = from < to ? to - from : 0;

		if (c->naive[m] & VL_CLAIM_PAYLOAD)
			sum.payload += n;
		else if (c->naive[m])
			sum.bitmap += n;
	}
	return sum;
}

Test(claims, claimed_bytes_are_counted_as_by_looking_at_every_mib)
{
	struct rng r = rng_seed(4);

	for (unsigned round = 0; round < rounds(300); round++) {
		struct claims_case c;

		open_claims(&c);
		add_some(&c, &r);
		for (unsigned i = 0; i < 100; i++) {
			uint64_t off = rng_below(&r, (ALL_MIB + 20) * VL_MIB);
			uint64_t len = rng_below(&r, 1u << rng_below(&r, 31));
			struct vl_claimed got, want;

			if (rng_chance(&r, 5))
				len = UINT64_MAX - rng_below(&r, 9);
			got = vl_claims_in(&c.c, off, len);
			want = naive_claimed(&c, off, len);
			cr_assert(got.payload == want.payload &&
					  got.bitmap == want.bitmap,
				  "round %u: %ju + %ju", round, (uintmax_t)off,
				  (uintmax_t)len);
		}
		vl_claims_release(&c.c);
	}
}

Test(claims, every_mib_has_the_claims_that_were_made)
{
	struct rng r = rng_seed(5);

	for (unsigned round = 0; round < rounds(200); round++) {
		struct claims_case c;

		open_claims(&c);
		add_some(&c, &r);
		for (uint64_t m = 0; m < ALL_MIB; m++) {
			uint64_t off = m * VL_MIB + rng_below(&r, VL_MIB);

			cr_assert_eq((unsigned)vl_claims_at(&c.c, off),
				     c.naive[m],
				     "round %u: MiB %ju", round, (uintmax_t)m);
		}
		vl_claims_release(&c.c);
	}
}

Test(claims, without_any_there_are_none)
{
	struct vl_claims c = { 0 };
	bool fresh;

	cr_assert(vl_claims_init(&c));
	cr_assert(vl_claims_seal(&c));
	cr_expect_eq(vl_claims_at(&c, 0), VL_CLAIM_NONE);
	cr_expect_eq(vl_claims_in(&c, 0, UINT64_MAX).payload, 0);
	vl_claims_release(&c);
	cr_assert(vl_claims_init(&c));
	cr_expect(vl_claims_add(&c, VL_MIB, VL_MIB, VL_CLAIM_PAYLOAD, &fresh));
	cr_expect(fresh);
	cr_expect(vl_claims_add(&c, 0, 2 * VL_MIB, VL_CLAIM_BITMAP, &fresh));
	cr_expect_not(fresh);
	cr_assert(vl_claims_seal(&c));
	cr_expect_eq(vl_claims_in(&c, 0, UINT64_MAX).payload, VL_MIB);
	cr_expect_eq(vl_claims_in(&c, 0, UINT64_MAX).bitmap, VL_MIB);
	vl_claims_release(&c);
	vl_claims_release(&c);
}

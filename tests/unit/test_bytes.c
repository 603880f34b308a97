/* SPDX-License-Identifier: MIT */
/* Loads and sums: the two places where hostile numbers are first met. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "base/zeroes.h"
#include "helpers.h"

Test(bytes, loads_are_little_endian_at_any_alignment)
{
	uint8_t b[16];
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(1000); i++) {
		unsigned off = (unsigned)rng_below(&r, 8);
		uint64_t want = 0;

		rng_fill(&r, b, sizeof(b));
		for (unsigned k = 8; k-- > 0;)
			want = want << 8 | b[off + k];
		cr_assert_eq(vl_le64(b + off), want);
		cr_assert_eq(vl_le32(b + off), (uint32_t)want);
		cr_assert_eq(vl_le16(b + off), (uint16_t)want);
	}
}

Test(bytes, what_is_put_is_loaded_and_nothing_else_is_touched)
{
	struct rng r = rng_seed(2);
	uint8_t b[10];

	for (unsigned i = 0; i < rounds(1000); i++) {
		uint64_t v = rng_next(&r);

		memset(b, 0xa5, sizeof(b));
		vl_put_le64(b + 1, v);
		cr_assert_eq(vl_le64(b + 1), v);
		cr_assert_eq(b[0], 0xa5);
		cr_assert_eq(b[9], 0xa5);
		vl_put_le32(b + 1, (uint32_t)~v);
		cr_assert_eq(vl_le32(b + 1), (uint32_t)~v);
		cr_assert_eq(vl_le32(b + 5), (uint32_t)(v >> 32));
		vl_put_le16(b + 1, (uint16_t)v);
		cr_assert_eq(vl_le16(b + 1), (uint16_t)v);
		cr_assert_eq(vl_le16(b + 3), (uint16_t)(~v >> 16));
	}
}

Test(bytes, a_sum_that_does_not_fit_is_refused)
{
	uint64_t sum;

	cr_expect(vl_add(UINT64_MAX - 1, 1, &sum));
	cr_expect_eq(sum, UINT64_MAX);
	cr_expect_not(vl_add(UINT64_MAX, 1, &sum));
	cr_expect_not(vl_add(1, UINT64_MAX, &sum));
	cr_expect_not(vl_add(UINT64_C(1) << 63, UINT64_C(1) << 63, &sum));
	cr_expect_eq(vl_end(UINT64_MAX, 2), UINT64_MAX);
	cr_expect_eq(vl_end(5, UINT64_MAX), UINT64_MAX);
	cr_expect_eq(vl_end(5, 6), 11u);
}

static bool share_a_byte(unsigned a, unsigned alen, unsigned b, unsigned blen)
{
	for (unsigned i = 0; i < alen; i++) {
		if (a + i >= b && a + i < b + blen)
			return true;
	}
	return false;
}

Test(bytes, ranges_overlap_where_they_share_a_byte)
{
	for (unsigned i = 0; i < 7 * 7 * 7 * 7; i++) {
		unsigned a = i % 7, alen = i / 7 % 7;
		unsigned b = i / 49 % 7, blen = i / 343;

		cr_assert_eq(vl_overlap(a, alen, b, blen),
			     share_a_byte(a, alen, b, blen), "%u+%u, %u+%u", a,
			     alen, b, blen);
	}
}

Test(bytes, ranges_that_end_beyond_64_bits_overlap_all_that_follows)
{
	uint64_t top = UINT64_MAX - 4096;

	cr_expect(vl_overlap(top, UINT64_MAX, top + 100, 1));
	cr_expect(vl_overlap(top + 100, 1, top, UINT64_MAX));
	cr_expect(vl_overlap(0, UINT64_MAX, top, 1));
	cr_expect_not(vl_overlap(top, UINT64_MAX, top - 1, 1));
	cr_expect_not(vl_overlap(top, UINT64_MAX, 0, 4096));
}

Test(bytes, division_rounds_up_without_overflow)
{
	struct rng r = rng_seed(3);

	cr_expect_eq(vl_div_up(UINT64_MAX, 1), UINT64_MAX);
	cr_expect_eq(vl_div_up(UINT64_MAX, 2), UINT64_C(1) << 63);
	cr_expect_eq(vl_div_up(0, 7), 0u);
	for (unsigned i = 0; i < rounds(1000); i++) {
		uint64_t n = rng_next(&r) >> rng_below(&r, 60);
		uint64_t d = 1 + rng_below(&r, 1000);
		uint64_t q = vl_div_up(n, d);

		cr_assert(n == 0 ? q == 0 : (n - 1) / d + 1 == q);
	}
}

/* Every place of the byte around the stretches that are passed at once. */
Test(bytes, the_first_byte_that_is_not_zero_is_found_wherever_it_is)
{
	static uint8_t b[3 * 4096 + 5];
	static const size_t lengths[] = { 0, 1, 4095, 4096, 4097, sizeof(b) };

	for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
		cr_assert_eq(vl_first_nonzero(b, lengths[k]), lengths[k]);
		for (size_t i = 0; i < lengths[k]; i++) {
			b[i] = 1;
			cr_assert_eq(vl_first_nonzero(b, lengths[k]), i);
			b[sizeof(b) - 1] = 1;
			cr_assert_eq(vl_first_nonzero(b, lengths[k]), i);
			b[i] = b[sizeof(b) - 1] = 0;
		}
	}
}

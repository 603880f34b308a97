/* SPDX-License-Identifier: MIT */
/*
 * An image without what it holds for the guest: it is told of in the same way.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "exported.h"
#include "faulty.h"
#include "random_bat.h"
#include "scan.h"

static void damage(struct buffer *image, struct rng *r)
{
	unsigned n = (unsigned)rng_below(r, 4);

	for (unsigned i = 0; i < n; i++) {
		uint64_t at = rng_chance(r, 60) ?
				      VL_MIB + rng_below(r, 40 * VL_SECTOR) :
				      rng_below(r, image->len);

		image->at[at] ^= (uint8_t)(1 + rng_below(r, 255));
	}
	if (rng_chance(r, 10))
		buffer_resize(image, VL_MIB + rng_below(r, image->len - VL_MIB));
}

/* ---------------------------------------------------------------- the report */

Test(export, image_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct buffer image = export_random_image(seed);

		expect_same_export(&image, "image", seed);
		buffer_free(&image);
	}
}

Test(export, tables_are_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES / 2); seed++) {
		struct buffer image = random_bat(seed, seed % 2);
		struct rng r = rng_seed(seed);

		for (uint64_t at = EXPORT_BEHIND; at < image.len; at += VL_MIB)
			rng_fill(&r, image.at + at, VL_SECTOR);
		expect_same_export(&image, "table", seed);
		buffer_free(&image);
	}
}

Test(export, any_log_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct base b;

		base_make_random(&b, seed);
		expect_same_export(&b.image, "ring", seed);
		base_free(&b);
	}
}

Test(export, damage_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct buffer image = export_random_image(seed);
		struct rng r = rng_seed(seed);
		struct scanned s;
		bool none;

		damage(&image, &r);
		s = scan_memory(image.at, image.len, NULL);
		none = vhdxlog_verdict(s.scan)->state == VHDXLOG_NOT_VHDX;
		scan_release(&s);
		if (!none)
			expect_same_export(&image, "damaged", seed);
		buffer_free(&image);
	}
}

/* --------------------------------------------------------------------- limits */

Test(export, what_cannot_be_read_is_a_hole)
{
	struct base b;
	struct faulty f;
	struct scanned s;
	struct exported x;

	base_make(&b, BASE_DYNAMIC);
	faulty_init(&f, &b.image);
	faulty_add(&f, b.log_offset + 2 * VL_SECTOR, VL_SECTOR);
	s = faulty_scan(&f, NULL);
	export_from(&x, s.scan, false);
	cr_assert(is_all_zero(x.image.at + b.log_offset + 2 * VL_SECTOR,
			  VL_SECTOR));
	cr_assert(memcmp(x.image.at + b.log_offset, b.image.at + b.log_offset,
			 2 * VL_SECTOR) == 0);
	cr_assert_eq(x.limitations, 3);
	scan_release(&s);
	buffer_free(&x.image);
	base_free(&b);
}

Test(export, what_is_no_image_is_refused)
{
	struct vhdxlog_options raw = VHDXLOG_OPTIONS_INIT;
	static const uint8_t zeroes[16 * VL_SECTOR];
	struct vhdxlog_export *e;
	struct scanned s = scan_memory(zeroes, sizeof(zeroes), NULL);

	cr_assert_eq(vhdxlog_export_open(s.scan, NULL, &e, NULL),
		     VHDXLOG_E_NOT_FOUND);
	cr_assert_null(e);
	scan_release(&s);
	raw.raw_log = true;
	s = scan_memory(zeroes, sizeof(zeroes), &raw);
	cr_assert_eq(vhdxlog_export_open(s.scan, NULL, &e, NULL),
		     VHDXLOG_E_MISUSE);
	scan_release(&s);
	vhdxlog_export_close(NULL);
}

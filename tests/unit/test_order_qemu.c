/* SPDX-License-Identifier: MIT */
/*
 * What QEMU wrote, each entry of a LogGuid of its own, in the order of its
 * openings of the file.
 */
#include <criterion/criterion.h>

#include "laid.h"

static void expect_three_openings(const struct told *t)
{
	expect_order(t, "E10 E12 E14 E16 E18 E20 E22 E6 E8 E0 E2 E4");
	for (size_t i = 0; i < 12; i++)
		cr_expect_str_eq(told_session(t, i)->writer, "QEMU");
	expect_why(t, 1, VHDXLOG_INFERRED, "E12 begins where E10 ends");
	expect_why(t, 7, VHDXLOG_INFERRED, "in front of E10; where they lay is E8");
}

/* Opened three times: the third entry of the last opening looks as if the fourth
 * of the one before followed it. */
Test(order_qemu, openings_are_told_apart_by_size)
{
	struct laid_ring ring = laid_alone();
	uint32_t blocks = 0;
	struct told t;

	lay_opening(&ring, 12, &blocks, true);
	lay_opening(&ring, 5, &blocks, true);
	lay_opening(&ring, 3, &blocks, true);
	t = tell(&ring, NULL);
	expect_three_openings(&t);
	told_release(&t);
	laid_free(&ring);
}

Test(order_qemu, openings_are_told_apart_by_their_bat)
{
	struct laid_ring ring = laid_in_image();
	uint32_t blocks = 0;
	struct told t;

	lay_opening(&ring, 12, &blocks, false);
	lay_opening(&ring, 5, &blocks, false);
	lay_opening(&ring, 3, &blocks, false);
	t = tell(&ring, NULL);
	expect_three_openings(&t);
	told_release(&t);
	laid_free(&ring);
}

/* 140 entries go round, and another opening lies over the first five of the
 * second lap. */
Test(order_qemu, an_opening_goes_round_the_ring)
{
	struct laid_ring ring = laid_alone();
	uint32_t blocks = 0;
	struct told t;

	lay_opening(&ring, 140, &blocks, true);
	lay_opening(&ring, 5, &blocks, true);
	t = tell(&ring, NULL);
	cr_assert_eq(vhdxlog_session_count(t.history), 128u);
	for (size_t i = 1; i < 128; i++)
		cr_expect_gt(told_session(&t, i)->first_size,
			     told_session(&t, i - 1)->first_size);
	cr_expect_eq(told_session(&t, 0)->first, 24u);
	cr_expect_eq(told_session(&t, 127)->first, 8u);
	told_release(&t);
	laid_free(&ring);
}

/* Its end lies at the start of the ring, and what is in between is older. */
Test(order_qemu, an_opening_that_goes_round_is_placed_by_its_end)
{
	struct laid_ring ring = laid_alone();
	uint32_t at = 250;
	struct told t;

	lay(&ring, (struct laid){ 100, laid_guid(GUID_RFC, 9), 60, SELF, 4, 4,
				  1, 1 });
	for (uint32_t i = 0; i < 5; i++)
		at = lay(&ring, (struct laid){ at, laid_guid(GUID_RFC, i),
					       100 + i, SELF, 8, 8, 1, 1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E100 E250 E252 E254 E0 E2");
	told_release(&t);
	laid_free(&ring);
}

/* A header that names the first: nothing comes after it, whatever its number. */
Test(order_qemu, nothing_follows_the_header_s_session)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid first = laid_guid(GUID_RFC, 1);
	uint32_t blocks = 0;
	struct told t;

	lay_opening(&ring, 3, &blocks, true);
	t = tell(&ring, &first);
	expect_order(&t, "E2 E4 E0");
	told_release(&t);
	laid_free(&ring);
}

/* QEMU over Windows: of an opening's entries the second lies where the older
 * session's Tail points to; the first is earlier than that, as they go together. */
Test(order_qemu, an_opening_is_placed_by_any_of_its_entries)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid older = laid_guid(GUID_WINDOWS, 1);
	uint32_t blocks = 0;
	struct told t;

	lay(&ring, (struct laid){ 5, older, UINT64_MAX / 3, 3, 4, 4, 1, 1 });
	lay_opening(&ring, 2, &blocks, true);
	t = tell(&ring, NULL);
	expect_order(&t, "E5 E0 E2");
	expect_why(&t, 1, VHDXLOG_INFERRED, "Tail of E5 names sector 3, where E2");
	expect_why(&t, 1, VHDXLOG_INFERRED, "with what else that opening");
	expect_why(&t, 2, VHDXLOG_INFERRED, "E2 begins where E0 ends");
	told_release(&t);
	laid_free(&ring);
}

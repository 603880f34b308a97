/* SPDX-License-Identifier: MIT */
/*
 * The order of sessions: from what lies over what, each reason by a ring in which
 * nothing else tells.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "laid.h"
#include "ondisk/layout.h"
#include "write/encode.h"

#define BIG UINT64_C(0x6123456789abcdef)

/* ------------------------------------------------------------- known order */

/* As Windows left it: a session of eleven entries, and one of two over it. */
static struct laid_ring windows_over_windows(void)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid older = laid_guid(GUID_WINDOWS, 1);
	struct vhdxlog_guid newer = laid_guid(GUID_WINDOWS, 2);
	uint32_t at = lay(&ring, (struct laid){ 0, older, BIG, SELF, 4, 4, 0, 0 });

	for (uint32_t i = 1; i < 5; i++)
		at = lay(&ring, (struct laid){ at, older, BIG + i,
					       i == 1 ? 1 : at - 2, 36, 36 + i,
					       1, i });
	/* Smaller numbers: these say nothing. */
	at = lay(&ring, (struct laid){ 0, newer, BIG / 2, SELF, 50, 50, 0, 0 });
	lay(&ring, (struct laid){ at, newer, BIG / 2 + 1, SELF, 42, 50, 1, 9 });
	return ring;
}

Test(order, what_a_tail_pointed_to_was_written_over)
{
	struct laid_ring ring = windows_over_windows();
	struct told t = tell(&ring, NULL);

	expect_order(&t, "E3 E5 E7 E0 E1");
	expect_why(&t, 0, VHDXLOG_KNOWN, "Tail of E3 names sector 1, where E1");
	expect_why(&t, 1, VHDXLOG_KNOWN, "the file grew from 40 MiB to 50 MiB");
	cr_expect_eq(told_session(&t, 0)->entries, 3u);
	cr_expect_eq(told_session(&t, 0)->first_sequence_number, BIG + 2);
	cr_expect_eq(told_session(&t, 0)->last, 7u);
	cr_expect_eq(told_session(&t, 0)->first_size, 38 * VL_MIB);
	cr_expect_not(told_session(&t, 0)->begins);
	cr_expect(told_session(&t, 1)->begins);
	cr_expect_str_eq(told_session(&t, 0)->writer, "Hyper-V");
	cr_expect_str_eq(told_session(&t, 1)->writer, "Hyper-V");
	told_release(&t);
	laid_free(&ring);
}

/* The older one's first entry that is left is its own Tail; the one before it
 * has left its data sector. */
static struct laid_ring with_remains(uint64_t number_of_them)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid older = laid_guid(GUID_PLAIN, 1);
	struct vhdxlog_guid newer = laid_guid(GUID_PLAIN, 2);

	lay(&ring, (struct laid){ 2, older, number_of_them, SELF, 4, 4, 1, 1 });
	lay(&ring, (struct laid){ 4, older, BIG, SELF, 4, 4, 1, 2 });
	lay(&ring, (struct laid){ 0, newer, 1, SELF, 4, 4, 0, 0 });
	lay(&ring, (struct laid){ 1, newer, 2, SELF, 4, 4, 1, 1 });
	return ring;
}

Test(order, what_has_left_its_data_was_written_over)
{
	struct laid_ring ring = with_remains(BIG - 1);
	struct told t = tell(&ring, NULL);

	expect_order(&t, "E4 E0 E1");
	expect_why(&t, 1, VHDXLOG_KNOWN, "written over by E1");
	cr_expect_eq(told_session(&t, 0)->orphans, 1u);
	cr_expect_eq(told_session(&t, 1)->orphans, 0u);
	told_release(&t);
	laid_free(&ring);

	ring = with_remains(BIG / 2); /* of whatever was there before */
	t = tell(&ring, NULL);
	expect_order(&t, "E4 E0 E1");
	expect_why(&t, 1, VHDXLOG_INFERRED, "further along than E0");
	cr_expect_eq(told_session(&t, 0)->orphans, 0u);
	told_release(&t);
	laid_free(&ring);
}

Test(order, the_header_names_the_last_session)
{
	struct laid_ring ring = laid_in_image();
	struct vhdxlog_guid last = laid_guid(GUID_PLAIN, 1);
	struct told t;

	lay(&ring, (struct laid){ 9, last, 7, SELF, 4, 4, 1, 1 });
	lay(&ring, (struct laid){ 0, laid_guid(GUID_PLAIN, 2), 8, SELF, 4, 4,
				  1, 1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E9 E0");
	told_release(&t);

	/* An option is no header. */
	t = tell(&ring, &last);
	expect_order(&t, "E0 E9");
	expect_why(&t, 1, VHDXLOG_INFERRED, "LogGuid of E9 is taken for");
	told_release(&t);

	for (unsigned i = 0; i < 2; i++) {
		uint8_t *header = ring.image.at + 0x10000 + i * 0x10000;

		memcpy(header + VL_OFF_header_log_guid, last.bytes, 16);
		vl_seal(header, VL_SIZE_header);
	}
	t = tell(&ring, NULL);
	expect_order(&t, "E0 E9");
	expect_why(&t, 0, VHDXLOG_KNOWN, "LogGuid of E9 is the header's");
	expect_why(&t, 1, VHDXLOG_KNOWN, "LogGuid of E9 is the header's");
	cr_expect(told_session(&t, 1)->current);
	told_release(&t);
	laid_free(&ring);
}

Test(order, one_session_needs_no_reason)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid guid = laid_guid(GUID_WINDOWS, 1);
	uint32_t at = 0;
	struct told t = tell(&ring, NULL);

	cr_expect_eq(vhdxlog_session_count(t.history), 0u);
	expect_order(&t, "");
	told_release(&t);
	/* It goes round the ring: numbers, not places, tell. */
	for (uint32_t i = 0; i < 100; i++)
		at = lay(&ring, (struct laid){ at, guid, BIG + i, SELF, 4, 4, 4,
					       i });
	t = tell(&ring, NULL);
	cr_assert_eq(vhdxlog_session_count(t.history), 1u);
	expect_why(&t, 0, VHDXLOG_KNOWN, "no other session");
	cr_expect_eq(told_session(&t, 0)->entries, 51u);
	cr_expect_eq(told_session(&t, 0)->last_sequence_number, BIG + 99);
	cr_expect_eq(told_session(&t, 0)->first, 49 * 5u);
	told_release(&t);
	laid_free(&ring);
}

/* ---------------------------------------------------------- inferred order */

Test(order, what_begins_behind_another_is_later)
{
	struct laid_ring ring = laid_alone();
	struct told t;

	lay(&ring, (struct laid){ 0, laid_guid(GUID_PLAIN, 2), 5, SELF, 4, 9, 1,
				  1 });
	lay(&ring, (struct laid){ 2, laid_guid(GUID_PLAIN, 1), 1, SELF, 4, 8, 1,
				  1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E0 E2");
	expect_why(&t, 1, VHDXLOG_INFERRED,
		   "begins with E2 where E0 of the earlier one ends; the file shrank");
	told_release(&t);

	/* Not with a number that has others before it. */
	lay(&ring, (struct laid){ 2, laid_guid(GUID_PLAIN, 1), 9, SELF, 4, 9, 1,
				  1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E2 E0");
	expect_why(&t, 0, VHDXLOG_INFERRED, "where they lay is E0");
	told_release(&t);
	laid_free(&ring);
}

Test(order, whose_page_the_disk_holds_is_told)
{
	struct laid_ring ring = laid_in_image();
	struct told t;

	/* The image's BAT is all zeroes, as a page without blocks is. */
	lay(&ring, (struct laid){ 9, laid_guid(GUID_PLAIN, 1), 7, SELF, 4, 4, 1,
				  1 });
	lay(&ring, (struct laid){ 0, laid_guid(GUID_PLAIN, 2), 8, SELF, 4, 4, 1,
				  0 });
	t = tell(&ring, NULL);
	expect_order(&t, "E9 E0");
	expect_why(&t, 1, VHDXLOG_INFERRED, "; the disk holds the later one's");
	told_release(&t);
	laid_free(&ring);
}

Test(order, contradictions_are_put_in_some_order_and_told)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid a = laid_guid(GUID_PLAIN, 1);
	struct vhdxlog_guid b = laid_guid(GUID_PLAIN, 2);
	struct told t;

	lay(&ring, (struct laid){ 0, a, 5, 10, 4, 4, 1, 1 });
	lay(&ring, (struct laid){ 10, b, 5, 0, 4, 4, 1, 1 });
	/* And one that both of them say was there before. */
	lay(&ring, (struct laid){ 4, laid_guid(GUID_PLAIN, 3), 5, 0, 4, 4, 1,
				  1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E4 E10 E0");
	expect_why(&t, 1, VHDXLOG_INFERRED, "contradicts itself");
	expect_why(&t, 2, VHDXLOG_INFERRED, "contradicts itself");
	told_release(&t);
	laid_free(&ring);
}

/* Nothing but zeroes is between them. */
Test(order, what_lies_apart_is_older_further_along)
{
	struct laid_ring ring = laid_alone();
	struct rng r = rng_seed(1);
	struct told t;

	for (uint32_t at = 0; at < LAID_SECTORS - 2; at += 3)
		lay(&ring, (struct laid){ at, laid_guid(GUID_PLAIN,
							(uint32_t)rng_next(&r)),
					  7, SELF, 4, 4, 1, 1 });
	t = tell(&ring, NULL);
	cr_assert_eq(vhdxlog_session_count(t.history), 85u);
	for (uint32_t i = 0; i < 85; i++)
		cr_expect_eq(told_session(&t, i)->first, (84 - i) * 3);
	told_release(&t);
	laid_free(&ring);
}

/* After a replay QEMU counts on, but from sector 0: the end of the ring says
 * nothing of what was in front. */
Test(order, a_session_at_sector_0_may_have_any_number)
{
	struct laid_ring ring = laid_alone();
	struct told t;

	lay(&ring, (struct laid){ LAID_SECTORS - 2, laid_guid(GUID_RFC, 1), 5,
				  SELF, 4, 4, 1, 1 });
	lay(&ring, (struct laid){ 0, laid_guid(GUID_RFC, 2), 8, SELF, 4, 4, 1,
				  1 });
	t = tell(&ring, NULL);
	expect_order(&t, "E254 E0");
	expect_why(&t, 1, VHDXLOG_INFERRED, "further along than E0");
	told_release(&t);
	laid_free(&ring);
}

/* SPDX-License-Identifier: MIT */
/*
 * What each stretch of the ring belongs to, and whose habits a session shows.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "laid.h"
#include "ondisk/layout.h"

#define BIG UINT64_C(0x6123456789abcdef)

/* ------------------------------------------------------------------ strata */

enum what {
	OWN,
	ORPHAN,
	EMPTY,
	OTHER,
};

#define NOBODY SIZE_MAX

/* The stratum behind the last one. number: of orphans. */
static void expect_stratum(struct told *t, uint32_t *cursor, uint32_t count,
			   enum what what, size_t session, uint64_t number)
{
	struct vhdxlog_stratum want = { *cursor, count, session,
					what == ORPHAN, number,
					what == EMPTY };
	struct vhdxlog_stratum got;

	cr_assert_eq(vhdxlog_stratum_next(t->history, cursor, &got, NULL), 0);
	cr_expect_eq(got.first, want.first);
	cr_expect_eq(got.count, want.count, "stratum at %u", want.first);
	cr_expect_eq(got.session, want.session, "stratum at %u", want.first);
	cr_expect_eq(got.orphan, want.orphan);
	cr_expect_eq(got.sequence_number, want.sequence_number);
	cr_expect_eq(got.empty, want.empty);
	cr_expect_eq(*cursor, want.first + want.count);
}

Test(strata, every_sector_is_of_one)
{
	struct laid_ring ring = laid_alone();
	struct vhdxlog_guid older = laid_guid(GUID_WINDOWS, 1);
	struct vhdxlog_guid newer = laid_guid(GUID_WINDOWS, 2);
	struct vhdxlog_stratum s;
	struct told t;
	uint32_t cursor = 0;

	lay(&ring, (struct laid){ 0, older, 3, SELF, 4, 4, 6, 0 });
	lay(&ring, (struct laid){ 0, older, BIG - 1, SELF, 4, 4, 4, 0 });
	lay(&ring, (struct laid){ 7, older, BIG, SELF, 4, 4, 1, 0 });
	lay(&ring, (struct laid){ 9, older, BIG + 1, 7, 4, 4, 1, 0 });
	lay(&ring, (struct laid){ 20, older, BIG + 2, 7, 4, 4, 2, 0 });
	lay(&ring, (struct laid){ 0, newer, 1, SELF, 4, 4, 1, 0 });
	ring.bytes[20 * VL_SECTOR + 100] ^= 1; /* its checksum */
	memset(ring.bytes + 30 * VL_SECTOR, 'x', 3 * VL_SECTOR);
	t = tell(&ring, NULL);
	expect_order(&t, "E7 E9 E0");
	expect_stratum(&t, &cursor, 2, OWN, 1, 0);
	/* One before the first of a session, and a small one. */
	expect_stratum(&t, &cursor, 3, ORPHAN, 0, BIG - 1);
	expect_stratum(&t, &cursor, 2, ORPHAN, NOBODY, 3);
	expect_stratum(&t, &cursor, 4, OWN, 0, 0);
	expect_stratum(&t, &cursor, 9, EMPTY, NOBODY, 0);
	/* What is not sound, and its data: behind the last of the session. */
	expect_stratum(&t, &cursor, 1, OTHER, NOBODY, 0);
	expect_stratum(&t, &cursor, 2, ORPHAN, NOBODY, BIG + 2);
	expect_stratum(&t, &cursor, 7, EMPTY, NOBODY, 0);
	expect_stratum(&t, &cursor, 3, OTHER, NOBODY, 0);
	expect_stratum(&t, &cursor, LAID_SECTORS - 33, EMPTY, NOBODY, 0);
	cr_expect_eq(vhdxlog_stratum_next(t.history, &cursor, &s, NULL), 1);
	cr_expect_eq(vhdxlog_session_at(t.history, 0)->orphans, 3u);
	told_release(&t);
	laid_free(&ring);
}

/* Numbers that two sessions may have are nobody's. */
Test(strata, a_number_of_two_sessions_is_of_none)
{
	struct laid_ring ring = laid_alone();
	struct told t;

	lay(&ring, (struct laid){ 20, laid_guid(GUID_PLAIN, 3), BIG - 100, SELF,
				  4, 4, 4, 0 });
	lay(&ring, (struct laid){ 0, laid_guid(GUID_PLAIN, 1), BIG, SELF, 4, 4,
				  1, 0 });
	lay(&ring, (struct laid){ 20, laid_guid(GUID_PLAIN, 2), BIG - 50, SELF,
				  4, 4, 1, 0 });
	t = tell(&ring, NULL);
	cr_expect_eq(vhdxlog_session_at(t.history, 0)->orphans, 0u);
	cr_expect_eq(vhdxlog_session_at(t.history, 1)->orphans, 0u);
	told_release(&t);

	/* Too far before the one. */
	lay(&ring, (struct laid){ 0, laid_guid(GUID_PLAIN, 1), BIG + 3997, SELF,
				  4, 4, 1, 0 });
	t = tell(&ring, NULL);
	cr_expect_eq(vhdxlog_session_at(t.history, 0)->orphans, 3u);
	told_release(&t);
	laid_free(&ring);
}

/* ------------------------------------------------------------------ habits */

/* Two entries of a session, the second as `second` says where it has pages. */
static void expect_writer(struct laid first, struct laid second,
			  const char *want)
{
	struct laid_ring ring = laid_alone();
	struct told t;
	const struct vhdxlog_session *s;

	second.at = lay(&ring, first);
	second.guid = first.guid;
	if (second.pages)
		lay(&ring, second);
	t = tell(&ring, NULL);
	cr_assert_eq(vhdxlog_session_count(t.history), 1u);
	s = vhdxlog_session_at(t.history, 0);
	cr_expect_eq(s->entries, 1u + (second.pages > 0));
	if (want) {
		cr_assert(s->writer, "not %s", want);
		cr_expect_str_eq(s->writer, want);
		cr_expect(s->writer_why && *s->writer_why);
	} else {
		cr_expect_null(s->writer);
		cr_expect_null(s->writer_why);
	}
	told_release(&t);
	laid_free(&ring);
}

Test(habits, each_writer_shows_its_own)
{
	struct vhdxlog_guid rfc = laid_guid(GUID_RFC, 1);
	struct vhdxlog_guid windows = laid_guid(GUID_WINDOWS, 1);
	struct vhdxlog_guid plain = laid_guid(GUID_PLAIN, 1);
	struct laid none = { 0 };
	struct laid next = { .number = 2, .tail = SELF, .flushed = 4, .last = 4,
			     .pages = 1 };

	expect_writer((struct laid){ 4, rfc, 3, SELF, 9, 9, 1, 0 }, none,
		      "QEMU");
	expect_writer((struct laid){ 4, plain, 3, SELF, 9, 9, 1, 0 }, none,
		      NULL);
	expect_writer((struct laid){ 4, rfc, 3, SELF, 8, 9, 1, 0 }, none, NULL);
	expect_writer((struct laid){ 4, rfc, 3, SELF, 9, 9, 2, 0 }, none, NULL);
	expect_writer((struct laid){ 4, rfc, 3, 2, 9, 9, 1, 0 }, none, NULL);
	expect_writer((struct laid){ 0, rfc, 1, SELF, 4, 4, 1, 0 }, next, NULL);

	next.number = BIG + 1;
	expect_writer((struct laid){ 0, windows, BIG, SELF, 4, 4, 0, 0 }, next,
		      "Hyper-V");
	expect_writer((struct laid){ 0, plain, BIG, SELF, 4, 4, 0, 0 }, next,
		      NULL);

	next.number = 2;
	expect_writer((struct laid){ 0, windows, 1, SELF, 4, 4, 0, 0 }, next,
		      "openvmm");
	next.last = 5;
	expect_writer((struct laid){ 0, windows, 1, SELF, 4, 4, 0, 0 }, next,
		      NULL);

	next = (struct laid){ .number = 2, .tail = 0, .flushed = 7, .last = 7,
			      .pages = 1 };
	expect_writer((struct laid){ 0, plain, 1, SELF, 4, 4, 1, 0 }, next,
		      "UrBackup");
	expect_writer((struct laid){ 0, plain, 1, SELF, 4, 4, 1, 0 }, none,
		      NULL);
	next.tail = SELF;
	expect_writer((struct laid){ 0, plain, 1, SELF, 4, 4, 1, 0 }, next,
		      NULL);
}

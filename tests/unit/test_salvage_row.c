/* SPDX-License-Identifier: MIT */
/* Salvaging: which entries are looked at, and what becomes of the rest. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/bat.h"
#include "ondisk/layout.h"
#include "salvage_case.h"

#define AT(mib) (VL_BLOCK_FULLY_PRESENT | (mib) * VL_MIB)

static void make(struct salvage_case *c)
{
	salvage_case_make(c, false);
	salvage_case_bat(c, 0, 9, AT(20));
}

/* Put it with a checksum that is wrong in one byte; how many are had. */
static uint32_t run(struct salvage_case *c)
{
	struct salvage_result r;
	uint32_t had;

	salvage_case_put(c)[VL_OFF_entry_header_checksum] ^= 1;
	salvage_case_run(c, &r);
	had = r.of_others;
	for (uint32_t i = 0; i < c->n; i++)
		had += r.salvaged[i];
	cr_assert_eq(vhdxlog_overlay_about(r.overlay)->salvaged > 0, had > 0);
	salvage_result_release(&r);
	return had;
}

Test(salvage_row, numbers_follow_without_a_gap)
{
	struct salvage_case c;

	make(&c);
	cr_assert_eq(run(&c), 1);
	c.number = 10;
	cr_assert_eq(run(&c), 0);
	c.number = 8;
	cr_assert_eq(run(&c), 0);
	c.number = UINT64_MAX;
	cr_assert_eq(run(&c), 0);
	salvage_case_free(&c);
}

Test(salvage_row, only_the_session_that_the_header_names)
{
	struct salvage_case c;

	make(&c);
	c.guid.bytes[3] ^= 1;
	cr_assert_eq(run(&c), 0);
	salvage_case_free(&c);
}

Test(salvage_row, a_tail_must_be_one)
{
	struct salvage_case c;

	make(&c);
	c.tail = 4096;
	cr_assert_eq(run(&c), 1);
	c.tail = 4095;
	cr_assert_eq(run(&c), 0);
	c.tail = 2 << 20;
	cr_assert_eq(run(&c), 0);
	salvage_case_free(&c);
}

/* An entry that is sound is none that is salvaged. */
Test(salvage_row, nothing_where_nothing_is_damaged)
{
	struct salvage_result r;
	struct salvage_case c;

	make(&c);
	salvage_case_put(&c);
	salvage_case_run(&c, &r);
	cr_assert_not(r.salvaged[0]);
	cr_assert_null(r.whole);
	cr_assert_eq(vhdxlog_overlay_about(r.overlay)->salvaged, 0);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* A sound entry of number 10 behind it, which names it as its Tail. */
static void put_behind(struct salvage_case *c, uint64_t number, uint32_t tail)
{
	static uint8_t page[VL_SECTOR];
	struct vl_record record = { VHDXLOG_DESCRIPTOR_DATA,
				    c->bat + 2 * VL_SECTOR, VL_SECTOR, page };
	struct vl_entry_plan plan = {
		.log_guid = c->guid,
		.sequence_number = number,
		.tail = tail,
		.flushed_file_offset = CASE_SIZE_MIB * VL_MIB,
		.last_file_offset = CASE_SIZE_MIB * VL_MIB,
		.records = &record,
		.record_count = 1,
	};

	vl_put_le64(page + 8 * 7, AT(26));
	vl_entry_encode(&plan, c->image.at + c->log +
				       (CASE_SECTOR + 2) * VL_SECTOR);
}

Test(salvage_row, sound_entries_behind_are_part_of_it)
{
	struct salvage_case c;

	make(&c);
	put_behind(&c, 10, CASE_SECTOR * VL_SECTOR);
	cr_assert_eq(run(&c), 2);
	/* Not with a number that does not follow. */
	put_behind(&c, 11, CASE_SECTOR * VL_SECTOR);
	cr_assert_eq(run(&c), 1);
	salvage_case_free(&c);
}

/* Without a sequence the newest entry's Tail is where the row begins. */
Test(salvage_row, without_a_sequence_the_newest_tail_leads)
{
	struct salvage_result r;
	struct salvage_case c;
	uint8_t *log;

	make(&c);
	log = c.image.at + c.log;
	c.tail = 2 * VL_SECTOR;
	/* E0 and E2 are no longer sound either: nothing is. */
	log[VL_OFF_entry_header_checksum] ^= 1;
	log[2 * VL_SECTOR + VL_OFF_entry_header_checksum] ^= 1;
	cr_assert_eq(run(&c), 2);
	/* A Tail that leads nowhere. */
	c.tail = 9 * VL_SECTOR;
	cr_assert_eq(run(&c), 0);
	/* A row that is broken on the way. */
	c.tail = 0;
	cr_assert_eq(run(&c), 3);
	memset(log + 2 * VL_SECTOR, 0, 4);
	cr_assert_eq(run(&c), 0);
	salvage_case_run(&c, &r);
	cr_assert_null(r.whole);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* What an entry of a right checksum breaks was written so. */
Test(salvage_row, a_right_checksum_is_no_damage)
{
	struct salvage_result r;
	struct salvage_case c;

	make(&c);
	c.records[0].file_offset += 1;
	salvage_case_put(&c);
	salvage_case_run(&c, &r);
	cr_assert_not(r.salvaged[0]);
	cr_assert(r.whole);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* Which data sector is whose is told by counting. */
Test(salvage_row, a_length_must_be_what_descriptors_need)
{
	struct salvage_result r;
	struct salvage_case c;
	uint8_t *entry;

	make(&c);
	salvage_case_bat(&c, 1, 9, AT(21));
	entry = salvage_case_put(&c);
	vl_put_le32(entry + VL_OFF_entry_header_entry_length, 4 * VL_SECTOR);
	salvage_case_run(&c, &r);
	cr_assert(r.whole);
	cr_assert_not(r.salvaged[0] || r.salvaged[1]);
	salvage_result_release(&r);

	entry = salvage_case_put(&c);
	vl_put_le32(entry + VL_OFF_entry_header_descriptor_count, 1);
	salvage_case_run(&c, &r);
	cr_assert(r.whole);
	cr_assert_not(r.salvaged[0] || r.salvaged[1]);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* Over a choice that was looked at already, or as of an entry, there is none. */
Test(salvage_row, misuse_is_refused)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct salvage_result r;
	struct salvage_case c;
	struct vhdxlog_overlay *o;

	make(&c);
	salvage_case_put(&c)[VL_OFF_entry_header_checksum] ^= 1;
	salvage_case_run(&c, &r);
	cr_assert_eq(vhdxlog_overlay_salvage(r.overlay, NULL),
		     VHDXLOG_E_MISUSE);
	cr_assert_eq(vhdxlog_overlay_policy(r.s.scan, 0, &o, NULL), 0);
	cr_assert_gt(vhdxlog_overlay_verdicts(o, v, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_salvage(o, NULL), VHDXLOG_E_MISUSE);
	vhdxlog_overlay_close(o);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* Over a prefix that is asked for, a sound entry behind it is not "damaged". */
Test(salvage_row, a_prefix_is_not_made_longer)
{
	struct vhdxlog_range first = { 0, 0 };
	struct salvage_result r;
	struct salvage_case c;
	struct vhdxlog_overlay *o;

	make(&c);
	salvage_case_put(&c)[VL_OFF_entry_header_checksum] ^= 1;
	salvage_case_run(&c, &r);
	cr_assert_eq(vhdxlog_overlay_sequence(r.s.scan, first, &o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_salvage(o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_about(o)->salvaged, 0);
	vhdxlog_overlay_close(o);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* A log of nothing but damaged entries: it ends, and says where it stopped. */
Test(salvage_row, many_damaged_entries_are_not_all_followed)
{
	struct salvage_result r;
	struct salvage_case c;
	uint32_t sectors;

	make(&c);
	sectors = (2 << 20) / VL_SECTOR;
	/* Empty ones, of a sector each. */
	c.n = 0;
	for (uint32_t s = CASE_SECTOR; s < sectors; s++, c.number++) {
		struct vl_entry_plan plan = {
			.log_guid = c.guid,
			.sequence_number = c.number,
			.flushed_file_offset = CASE_SIZE_MIB * VL_MIB,
			.last_file_offset = CASE_SIZE_MIB * VL_MIB,
		};
		uint8_t *entry = c.image.at + c.log + (size_t)s * VL_SECTOR;

		vl_entry_encode(&plan, entry);
		entry[VL_OFF_entry_header_checksum] ^= 1;
	}
	salvage_case_run(&c, &r);
	cr_assert(r.whole);
	cr_assert(strstr(r.whole, "than is looked at"));
	cr_assert_eq(r.of_others, 0);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* SPDX-License-Identifier: MIT */
/*
 * A log region without its file: nothing is known of what its targets hold, and
 * the bytes of the log itself must not be taken for them.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "ondisk/layout.h"
#include "walk.h"
#include "write/entry.h"

static const struct vhdxlog_guid guid = { { 0x5a, 1 } };

static struct vhdxlog_options raw(bool has_guid)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;

	o.raw_log = true;
	o.has_log_guid = has_guid;
	o.log_guid = guid;
	return o;
}

/* One entry that writes zeroes where the log itself has zeroes. */
static uint8_t *log_of_one(uint32_t sectors)
{
	uint8_t *log = calloc(sectors, VL_SECTOR);
	struct vl_record r = { VHDXLOG_DESCRIPTOR_ZERO, 0x30000, VL_SECTOR,
			       NULL };
	struct vl_entry_plan p = { .log_guid = guid,
				   .sequence_number = 1,
				   .last_file_offset = VL_MIB,
				   .records = &r,
				   .record_count = 1 };

	cr_assert(log);
	vl_entry_encode(&p, log);
	return log;
}

Test(raw_log, targets_are_not_looked_for_in_the_log)
{
	uint8_t *log = log_of_one(256);
	struct vhdxlog_options o = raw(true);
	struct scanned s = scan_memory(log, 256 * VL_SECTOR, &o);
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	struct vhdxlog_effect effect;
	bool filled;

	cr_assert_eq(vhdxlog_sequence_count(s.scan), 1u);
	cr_expect_neq(status_of(s.scan, "log-already-applied", 0),
		      VHDXLOG_FAIL, "the file is not at hand");
	cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_DIRTY_NOOP);
	cr_assert_eq(vhdxlog_sequence_effect(s.scan, 0, &filled, &effect,
					     NULL), 0);
	cr_expect(!filled || !effect.changes_known);
	cr_expect_str_eq(vhdxlog_selection_at(s.scan, 0)->result, "");
	cr_assert_eq(vhdxlog_descriptors_open(s.scan, 0, &it, NULL), 0);
	cr_assert_eq(vhdxlog_descriptors_next(it, &d, NULL), 0);
	cr_expect_eq(d.applied, VHDXLOG_APPLIED_UNKNOWN);
	cr_expect_eq(d.area, VHDXLOG_AREA_UNKNOWN);
	vhdxlog_descriptors_close(it);
	scan_release(&s);
	free(log);
}

/* The same ring, of the file and alone: the same entries and sequences. */
Test(raw_log, holds_what_it_holds_in_its_file)
{
	static struct base b;
	struct vhdxlog_options o = raw(true);
	struct scanned whole, alone;

	base_make(&b, BASE_DYNAMIC);
	whole = scan_memory(b.image.at, b.image.len, NULL);
	o.log_guid = vhdxlog_log(whole.scan)->guid;
	alone = scan_memory(b.image.at + b.log_offset, b.log_length, &o);
	cr_expect(vhdxlog_log(alone.scan)->assumed);
	cr_expect_eq(vhdxlog_entry_count(alone.scan), b.entry_count);
	for (unsigned k = 0; k < 3; k++) {
		enum vhdxlog_soundness v = (enum vhdxlog_soundness)k;

		cr_expect_eq(vhdxlog_entry_tally(alone.scan, v),
			     vhdxlog_entry_tally(whole.scan, v));
	}
	for (size_t i = 0; i < vhdxlog_sequence_count(whole.scan); i++) {
		struct vhdxlog_sequence p, q;

		vhdxlog_sequence_at(whole.scan, i, &p, NULL);
		vhdxlog_sequence_at(alone.scan, i, &q, NULL);
		cr_expect_eq(p.id.first, q.id.first);
		cr_expect_eq(p.verdict, q.verdict);
		cr_expect_eq(p.active, q.active);
	}
	walk_everything(alone.scan, WALK_ALL);
	scan_release(&alone);
	scan_release(&whole);
	base_free(&b);
}

Test(raw_log, without_a_guid_nothing_is_current)
{
	uint8_t *log = log_of_one(16);
	struct vhdxlog_options o = raw(false);
	struct scanned s = scan_memory(log, 16 * VL_SECTOR, &o);

	cr_expect_eq(vhdxlog_entry_tally(s.scan, VHDXLOG_STALE), 1u);
	cr_expect_eq(status_of(s.scan, "entry-guid-mismatch", 0),
		     VHDXLOG_BLOCKED);
	cr_expect_not(vhdxlog_log(s.scan)->has_guid);
	cr_expect_not(vhdxlog_selection_at(s.scan, 0)->has_sequence);
	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
	free(log);
}

/* What is left over at the end is no sector. */
Test(raw_log, may_be_of_any_length)
{
	static const uint64_t lengths[] = { 0, 1, 4095, 4096, 4097, 12288,
					    20000 };
	uint8_t *log = log_of_one(16);
	struct vhdxlog_options o = raw(true);

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct scanned s = scan_memory(log, lengths[i], &o);

		if (vhdxlog_log(s.scan)->known)
			cr_expect_eq(vhdxlog_log(s.scan)->sectors,
				     lengths[i] / 4096);
		cr_expect_eq(vhdxlog_entry_count(s.scan), lengths[i] >= 4096,
			     "%ju", (uintmax_t)lengths[i]);
		walk_everything(s.scan, WALK_ALL);
		scan_release(&s);
	}
	free(log);
}

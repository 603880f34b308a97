/* SPDX-License-Identifier: MIT */
/* Events of small logs made by hand: each kind, and what it says. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "log_case.h"
#include "scan.h"

static void put_bat(uint8_t page[VL_SECTOR], unsigned slot, unsigned state,
		    uint64_t mib)
{
	vl_put_le64(page + 8 * slot, state | mib * VL_MIB);
}

Test(events, blocks_are_allocated_moved_and_changed)
{
	uint8_t a[VL_SECTOR] = { 0 }, b[VL_SECTOR];
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	log_case_dirty(&c, false);
	put_bat(a, 2, 6, 20);
	put_bat(a, 9, 6, 21);
	r = record_data(c.bat, a);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	memcpy(b, a, sizeof(b));
	put_bat(b, 1, 6, 22); /* allocated */
	put_bat(b, 2, 6, 23); /* its place changes */
	put_bat(b, 9, 2, 0);
	put_bat(b, 10, 6, 21); /* has the place of 9 */
	put_bat(b, 11, 3, 0);
	r = record_data(c.bat, b);
	cr_assert(log_case_put(&c, &r, 1, 24 * VL_MIB));
	told_open(&t, &c, NULL);

	e = told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	cr_assert_not(e.has_target);
	e = told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	cr_assert(e.inferred);
	cr_assert_eq(e.index, 9);
	cr_assert_str_eq(e.after, "present@22020096");
	cr_assert_str_eq(e.before, "");
	e = told_next(&t, VHDXLOG_EVENT_FILE_GREW);
	cr_assert_str_eq(e.before, "8388608");
	cr_assert_str_eq(e.after, "25165824");
	cr_assert_str_eq(e.message, "the file grew from 8 MiB to 24 MiB");
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_ALLOCATED);
	cr_assert_eq(e.ordinal, 4);
	cr_assert_eq(e.index, 1);
	cr_assert_eq(e.file_offset, c.bat + 8);
	cr_assert_eq(e.length, 8);
	cr_assert_eq(e.area, VHDXLOG_AREA_BAT);
	cr_assert_eq(e.virtual_offset, VL_MIB);
	cr_assert_eq(e.virtual_length, VL_MIB);
	cr_assert_not(e.inferred);
	cr_assert_str_eq(e.message, "block 1 (virtual 1 MiB to 2 MiB) was "
				    "allocated at 0x1600000 (22 MiB)");
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_MOVED);
	cr_assert_eq(e.index, 2);
	cr_assert_not(e.has_moved_to);
	cr_assert_str_eq(e.before, "present@20971520");
	cr_assert_str_eq(e.after, "present@24117248");
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_MOVED);
	cr_assert_eq(e.index, 9);
	cr_assert(e.has_moved_to);
	cr_assert_eq(e.moved_to, 10);
	cr_assert_str_eq(e.before, "present@22020096");
	cr_assert_str_eq(e.after, "zero");
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_STATE_CHANGED);
	cr_assert_eq(e.index, 11);
	cr_assert_str_eq(e.after, "unmapped");
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

/* 10 has the place of 9, and its own is nobody's now: that is told too. */
Test(events, an_entry_that_loses_its_place_to_a_moved_one_is_told)
{
	uint8_t a[VL_SECTOR] = { 0 }, b[VL_SECTOR] = { 0 };
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	put_bat(a, 9, 6, 21);
	put_bat(a, 10, 6, 22);
	put_bat(b, 10, 6, 21);
	r = record_data(c.bat, a);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	r = record_data(c.bat, b);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_MOVED);
	cr_assert_eq(e.moved_to, 10);
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_MOVED);
	cr_assert_eq(e.index, 10);
	cr_assert_str_eq(e.before, "present@23068672");
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

/* A page that waits, of which the disk has no version yet, is known before. */
Test(events, the_disk_tells_what_was_before_a_log_that_waits)
{
	uint8_t page[VL_SECTOR];
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	memcpy(page, c.b.image.at + c.bat, VL_SECTOR);
	put_bat(page, 3, 6, 30);
	r = record_data(c.bat, page);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	log_case_dirty(&c, true);
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_ALLOCATED);
	cr_assert_eq(e.index, 3);
	cr_assert_str_eq(e.before, "not-present");
	cr_assert(e.has_applied);
	cr_assert_eq(e.applied, VHDXLOG_APPLIED_NO);
	told_end(&t);
	told_close(&t);

	/* Not where the session is over, */
	log_case_dirty(&c, false);
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	told_end(&t);
	told_close(&t);

	/* and not where the page has got to the disk. */
	log_case_dirty(&c, true);
	memcpy(c.b.image.at + c.bat, page, VL_SECTOR);
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	e = told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	cr_assert_eq(e.applied, VHDXLOG_APPLIED_YES);
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

/* Of a page that was cut off while it was written, the disk may have a part. */
Test(events, a_page_that_may_be_there_in_part_is_no_more_than_inferred)
{
	uint8_t page[VL_SECTOR];
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	memcpy(page, c.b.image.at + c.bat, VL_SECTOR);
	put_bat(page, 1, 6, 29);
	put_bat(page, 511, 6, 30);
	r = record_data(c.bat, page);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	log_case_dirty(&c, true);
	memcpy(c.b.image.at + c.bat, page, 512);
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_ALLOCATED);
	cr_assert_eq(e.index, 511);
	cr_assert(e.inferred);
	cr_assert(strstr(e.message, "the disk may have a part of it already"),
		  "%s", e.message);
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

/* Zeroes over a BAT are one event, and what the next page is compared with. */
Test(events, zeroes_are_one_event)
{
	uint8_t page[VL_SECTOR] = { 0 };
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	put_bat(page, 3, 6, 30);
	r = record_data(c.bat, page);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	r = record_zero(c.bat, 2 * VL_SECTOR);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	put_bat(page, 4, 2, 0);
	r = record_data(c.bat, page);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	e = told_next(&t, VHDXLOG_EVENT_ZEROED);
	cr_assert_eq(e.file_offset, c.bat);
	cr_assert_eq(e.length, 2 * VL_SECTOR);
	cr_assert_eq(e.area, VHDXLOG_AREA_BAT);
	cr_assert(e.has_index);
	cr_assert_eq(e.index, 0);
	cr_assert(e.has_virtual);
	cr_assert_eq(e.virtual_offset, 0);
	cr_assert_eq(e.virtual_length, 64 * VL_MIB);
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_ALLOCATED);
	cr_assert_eq(e.index, 3);
	cr_assert_str_eq(e.before, "not-present");
	e = told_next(&t, VHDXLOG_EVENT_BLOCK_STATE_CHANGED);
	cr_assert_eq(e.index, 4);
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

static uint64_t item_at(const struct log_case *c, enum vl_item item)
{
	struct scanned s = scan_memory(c->b.image.at, c->b.image.len, NULL);
	const struct vl_metadata *m = &s.scan->image.metadata;
	uint64_t off = m->base + m->entries[m->known[item]].offset;

	scan_release(&s);
	return off;
}

/* The same BAT, once before and once after the disk's blocks were doubled. */
Test(events, a_page_is_told_by_the_geometry_of_its_time)
{
	uint8_t bat[4][VL_SECTOR] = { { 0 } }, meta[VL_SECTOR];
	struct vl_record r[2];
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;
	uint64_t item;

	log_case_make(&c, BASE_DYNAMIC);
	item = item_at(&c, VL_ITEM_FILE_PARAMETERS);
	for (unsigned i = 0; i < 4; i++)
		put_bat(bat[i], 10 + i, 6, 20 + i);
	memcpy(meta, c.b.image.at + item - item % VL_SECTOR, VL_SECTOR);
	vl_put_le32(meta + item % VL_SECTOR, 2 * VL_MIB);
	r[0] = record_data(c.bat, bat[0]);
	cr_assert(log_case_put(&c, r, 1, 8 * VL_MIB));
	r[0] = record_data(c.bat, bat[1]);
	cr_assert(log_case_put(&c, r, 1, 8 * VL_MIB));
	r[0] = record_data(item - item % VL_SECTOR, meta);
	r[1] = record_data(c.bat, bat[2]);
	cr_assert(log_case_put(&c, r, 2, 8 * VL_MIB));
	r[0] = record_data(c.bat, bat[3]);
	cr_assert(log_case_put(&c, r, 1, 8 * VL_MIB));
	log_case_dirty(&c, true);
	told_open(&t, &c, NULL);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	for (unsigned i = 0; i < 4; i++) {
		/* The disk has what was before: blocks 0 and 5 of the base. */
		do {
			cr_assert_eq(vhdxlog_events_next(t.events, &e, NULL),
				     0);
			if (e.kind == VHDXLOG_EVENT_METADATA_CHANGED) {
				cr_assert_str_eq(e.item, "file parameters");
				cr_assert_str_eq(e.before,
						 "block_size=1048576");
				cr_assert_str_eq(e.after,
						 "block_size=2097152");
			}
		} while (e.kind != VHDXLOG_EVENT_BLOCK_ALLOCATED);
		cr_assert_eq(e.index, 10 + i);
		cr_assert_eq(e.virtual_length, i < 2 ? VL_MIB : 2 * VL_MIB,
			     "%u: %s", i, e.message);
	}
	told_close(&t);
	base_free(&c.b);
}

/* Each change of geometry is followed, but not more of them than is worth it. */
Test(events, a_geometry_that_never_rests_is_a_limitation)
{
	uint8_t meta[VL_SECTOR];
	struct vl_record r;
	struct log_case c;
	struct told t;
	struct vhdxlog_event e;
	uint64_t page;

	log_case_make(&c, BASE_DYNAMIC);
	page = item_at(&c, VL_ITEM_DISK_SIZE);
	page -= page % VL_SECTOR;
	memcpy(meta, c.b.image.at + page, VL_SECTOR);
	r = record_data(page, meta);
	for (unsigned i = 0; i < 66; i++) {
		meta[VL_SECTOR - 1] = (uint8_t)i;
		cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
		told_open(&t, &c, NULL);
		while (vhdxlog_events_next(t.events, &e, NULL) == 0)
			;
		cr_assert_eq(!vhdxlog_events_limitation(t.events, 0), i < 64,
			     "%u", i);
		told_close(&t);
	}
	base_free(&c.b);
}

/* Without the file there are pages, and nobody knows what they are. */
Test(events, a_ring_alone_has_pages_without_a_meaning)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	uint8_t page[VL_SECTOR] = { 0 };
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	r = record_data(c.bat, page);
	for (unsigned i = 0; i < 3; i++) {
		page[100] = i == 2; /* the third differs from the second */
		cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	}
	options.raw_log = true;
	t.s = scan_memory(c.b.image.at + c.b.log_offset, c.b.log_length,
			  &options);
	cr_assert_eq(vhdxlog_history_open(t.s.scan, &t.history, NULL), 0);
	cr_assert_eq(vhdxlog_events_open(t.history, NULL, &t.events, NULL), 0);
	told_next(&t, VHDXLOG_EVENT_LOG_STARTED);
	e = told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	cr_assert_eq(e.area, VHDXLOG_AREA_UNKNOWN);
	cr_assert_not(e.has_index || e.has_applied);
	told_next(&t, VHDXLOG_EVENT_REWRITTEN);
	e = told_next(&t, VHDXLOG_EVENT_PAGE_CHANGED);
	cr_assert_eq(e.file_offset, c.bat + 100);
	cr_assert_eq(e.length, 1);
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

/* Of a page that is first seen, the value of the block that is asked about. */
Test(events, the_first_value_of_a_block_is_known_when_asked_for)
{
	struct vhdxlog_event_filter filter = { .has_block = true, .block = 2 };
	uint8_t page[VL_SECTOR] = { 0 };
	struct vl_record r;
	struct log_case c;
	struct vhdxlog_event e;
	struct told t;

	log_case_make(&c, BASE_DYNAMIC);
	put_bat(page, 2, 6, 20);
	put_bat(page, 3, 6, 21);
	r = record_data(c.bat, page);
	cr_assert(log_case_put(&c, &r, 1, 8 * VL_MIB));
	told_open(&t, &c, &filter);
	e = told_next(&t, VHDXLOG_EVENT_PAGE_FIRST_SEEN);
	cr_assert_eq(e.ordinal, 2);
	cr_assert_eq(e.block, 2);
	cr_assert_not(e.inferred);
	cr_assert_str_eq(e.after, "present@20971520");
	told_end(&t);
	told_close(&t);
	base_free(&c.b);
}

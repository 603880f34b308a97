/* SPDX-License-Identifier: MIT */
/* The parts of the log writer: header updates and the ring. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guid.h"
#include "crc32c.h"
#include "write/encode.h"
#include "write/header_update.h"
#include "write/random.h"
#include "write/log_ring.h"
#include "write_trace.h"

static const struct vhdxlog_guid some_guid = { { 0x11, 0x22, 0x33 } };

/* ------------------------------------------------------------------ headers */

Test(write_header, update_writes_the_other_slot_only_and_flushes)
{
	struct vl_header_change change = { .log_guid = &some_guid };
	struct vl_header_pair h;
	struct vl_medium m;
	struct trace t;

	trace_open(&t, 2 * VL_MIB, &m);
	trace_put_headers(&m, VL_MIB, VL_MIB);
	trace_forget(&t);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(h.current, 2u);
	cr_assert_eq(vl_header_update(&m, &h, &change, NULL), 0);
	cr_expect_eq(h.current, 1u);
	cr_assert_eq(t.count, 2u);
	cr_expect_eq(t.steps[0].off, VL_HEADER_OFFSET(1));
	cr_expect_eq(t.steps[0].len, 4096u);
	cr_expect(t.steps[1].flush);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(h.current, 1u);
	cr_expect_eq(h.copy[0].sequence_number, 9u);
	cr_expect(vl_guid_equal(&h.copy[0].log_guid, &some_guid));
	cr_expect(vl_guid_is_zero(&h.copy[1].log_guid));
	cr_expect_eq(h.copy[0].data_write_guid.bytes[0], 2, "carried over");
	trace_close(&t);
}

Test(write_header, update_of_both_leaves_consecutive_numbers)
{
	struct vl_header_change change = { .log_guid = &some_guid };
	struct vl_header_pair h;
	struct vl_medium m;
	struct trace t;

	trace_open(&t, 2 * VL_MIB, &m);
	trace_put_headers(&m, VL_MIB, VL_MIB);
	trace_forget(&t);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_assert_eq(vl_header_update_both(&m, &h, &change, NULL), 0);
	cr_assert_eq(t.count, 4u, "write, flush, write, flush");
	cr_expect(t.steps[1].flush && t.steps[3].flush);
	cr_expect_eq(h.copy[0].sequence_number, 9u);
	cr_expect_eq(h.copy[1].sequence_number, 10u);
	cr_expect(vl_guid_equal(&h.copy[1].log_guid, &some_guid));
	trace_close(&t);
}

Test(write_header, a_bad_copy_is_the_one_that_is_replaced)
{
	static const struct vl_header_change nothing;
	struct vl_header_pair h;
	struct vl_medium m;
	struct trace t;

	trace_open(&t, 2 * VL_MIB, &m);
	trace_put_headers(&m, VL_MIB, VL_MIB);
	cr_assert_eq(
		vl_medium_write(&m, VL_HEADER_OFFSET(2) + 100, "x", 1, NULL),
		0);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(h.current, 1u);
	cr_expect_not(h.copy[1].valid);
	cr_assert_eq(vl_header_update(&m, &h, &nothing, NULL), 0);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(h.current, 2u);
	cr_expect_eq(h.copy[1].sequence_number, 8u);
	trace_close(&t);
}

Test(write_header, update_refuses_a_sequence_number_that_would_wrap)
{
	static const struct vl_header_change nothing;
	struct vhdxlog_header last = { .sequence_number = UINT64_MAX,
				       .version = 1 };
	uint8_t b[VL_SIZE_header];
	struct vl_header_pair h;
	struct vl_medium m;
	struct trace t;

	trace_open(&t, 2 * VL_MIB, &m);
	vl_header_encode(&last, b);
	cr_assert_eq(
		vl_medium_write(&m, VL_HEADER_OFFSET(1), b, sizeof(b), NULL),
		0);
	trace_forget(&t);
	cr_assert_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(vl_header_update(&m, &h, &nothing, NULL), VHDXLOG_E_RANGE);
	cr_expect_eq(t.count, 0u, "nothing is written");
	trace_close(&t);
}

Test(write_header, equal_numbers_are_a_choice_only_where_copies_are_the_same)
{
	struct vhdxlog_header same = { .sequence_number = 1, .version = 1 };
	uint8_t b[VL_SIZE_header];
	struct vl_header_pair h;
	struct vl_medium m;
	struct trace t;

	trace_open(&t, 2 * VL_MIB, &m);
	vl_header_encode(&same, b);
	for (unsigned slot = 1; slot <= 2; slot++)
		vl_medium_write(&m, VL_HEADER_OFFSET(slot), b, sizeof(b), NULL);
	cr_expect_eq(vl_header_pair_read(&m, &h, NULL), 0);
	cr_expect_eq(h.current, 1u);
	same.file_write_guid = some_guid;
	vl_header_encode(&same, b);
	vl_medium_write(&m, VL_HEADER_OFFSET(2), b, sizeof(b), NULL);
	cr_expect_eq(vl_header_pair_read(&m, &h, NULL), VHDXLOG_E_NOT_FOUND);
	trace_close(&t);
}

Test(write_header, random_guids_have_the_version_digit_of_microsoft)
{
	struct vhdxlog_guid a, b;
	char text[VHDXLOG_GUID_TEXT];

	cr_assert_eq(vl_guid_random(&a, NULL), 0);
	cr_assert_eq(vl_guid_random(&b, NULL), 0);
	cr_expect_not(vl_guid_equal(&a, &b));
	cr_expect_eq(vhdxlog_guid_format(&a, text)[14], '4');
}

/* --------------------------------------------------------------------- ring */

#define RING_SECTORS 16u

struct ring_case {
	struct trace trace;
	struct vl_medium medium;
	struct vl_log_ring ring;
	uint8_t page[VL_SECTOR];
};

static void ring_open(struct ring_case *c, uint64_t first_sequence)
{
	trace_open(&c->trace, VL_MIB, &c->medium);
	vl_log_ring_init(&c->ring, &c->medium, VL_MIB,
			 RING_SECTORS * VL_SECTOR);
	vl_log_ring_start(&c->ring, &some_guid, first_sequence);
	memset(c->page, 0xaa, sizeof(c->page));
}

static void ring_close(struct ring_case *c)
{
	vl_log_ring_release(&c->ring);
	trace_close(&c->trace);
}

/* An entry of n pages, so of n + 1 sectors. */
static int append(struct ring_case *c, uint32_t pages)
{
	static const struct vl_entry_sizes sizes = { VL_MIB, VL_MIB };
	struct vl_record r[RING_SECTORS];

	for (uint32_t i = 0; i < pages; i++)
		r[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA,
					   3 * VL_MIB + i * VL_SECTOR,
					   VL_SECTOR, c->page };
	return vl_log_ring_append(&c->ring, r, pages, &sizes, NULL);
}

static struct vl_entry_header entry_at(const struct ring_case *c,
				       uint32_t log_off)
{
	struct vl_entry_header h;

	vl_entry_header_decode(
		vl_medium_bytes(&c->trace.memory, NULL) + VL_MIB + log_off, &h);
	return h;
}

Test(write_ring, first_entry_of_a_guid_names_itself_as_tail)
{
	struct ring_case c;

	ring_open(&c, 41);
	cr_assert_eq(append(&c, 1), 0);
	cr_expect_eq(entry_at(&c, 0).tail, 0u);
	cr_expect_eq(entry_at(&c, 0).sequence_number, 41u);
	cr_expect(vl_guid_equal(&c.ring.guid, &some_guid));
	ring_close(&c);
}

Test(write_ring, tail_is_the_oldest_entry_not_yet_applied)
{
	struct ring_case c;

	ring_open(&c, 1);
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(append(&c, 1), 0);
	cr_expect_eq(entry_at(&c, 0x4000).tail, 0u);
	vl_log_ring_applied(&c.ring, 2);
	cr_assert_eq(append(&c, 1), 0);
	cr_expect_eq(entry_at(&c, 0x6000).tail, 0x4000u);
	vl_log_ring_applied(&c.ring, SIZE_MAX);
	cr_assert_eq(append(&c, 1), 0);
	cr_expect_eq(entry_at(&c, 0x8000).tail, 0x8000u, "its own offset");
	ring_close(&c);
}

Test(write_ring, entry_is_on_disk_and_flushed_before_append_returns)
{
	struct ring_case c;

	ring_open(&c, 1);
	cr_assert_eq(append(&c, 2), 0);
	cr_assert_eq(c.trace.count, 2u);
	cr_expect_eq(c.trace.steps[0].len, 3 * VL_SECTOR);
	cr_expect(c.trace.steps[1].flush);
	ring_close(&c);
}

Test(write_ring, one_sector_stays_open)
{
	struct ring_case c;

	ring_open(&c, 1);
	for (unsigned i = 0; i < RING_SECTORS - 1; i++)
		cr_assert_eq(append(&c, 0), 0, "entry %u of one sector", i);
	cr_expect_eq(vl_log_ring_room(&c.ring), 0u);
	cr_expect_eq(append(&c, 0), 1, "no room now");
	cr_expect_neq(c.ring.head, c.ring.disk_tail);
	ring_close(&c);
}

Test(write_ring, entry_as_long_as_the_ring_is_refused_for_good)
{
	struct ring_case c;

	ring_open(&c, 1);
	cr_expect_eq(append(&c, RING_SECTORS - 1), VHDXLOG_E_MISUSE);
	cr_expect_eq(c.trace.count, 0u, "nothing is written");
	cr_expect_eq(append(&c, RING_SECTORS - 2), 0);
	ring_close(&c);
}

Test(write_ring, entry_crosses_the_end_on_a_sector_boundary)
{
	static uint8_t whole[4 * VL_SECTOR];
	struct ring_case c;
	const uint8_t *log;

	ring_open(&c, 1);
	cr_assert_eq(append(&c, 12), 0); /* 13 sectors */
	vl_log_ring_applied(&c.ring, 1);
	cr_assert_eq(append(&c, 0), 0); /* moves the tail on disk; 14 */
	vl_log_ring_applied(&c.ring, 1);
	cr_assert_eq(append(&c, 3), 0); /* 4 sectors: 14, 15, 0, 1 */
	cr_expect_eq(c.ring.head, 2 * VL_SECTOR);
	log = vl_medium_bytes(&c.trace.memory, NULL) + VL_MIB;
	memcpy(whole, log + 14 * VL_SECTOR, 2 * VL_SECTOR);
	memcpy(whole + 2 * VL_SECTOR, log, 2 * VL_SECTOR);
	cr_expect_eq(vl_le32(whole + 4),
		     vl_crc32c_sealed(whole, sizeof(whole)));
	cr_expect_arr_eq(whole + 3 * VL_SECTOR, "data", 4);
	ring_close(&c);
}

/*
 * Applying moves T at once, but the disk learns it with the next entry: until
 * that is durable, a crash still needs the old sequence whole.
 */
Test(write_ring, what_the_newest_tail_on_disk_names_is_not_overwritten)
{
	struct ring_case c;

	ring_open(&c, 1);
	cr_assert_eq(append(&c, 6), 0); /* 7 sectors */
	cr_assert_eq(append(&c, 5), 0); /* 6 sectors, Tail 0 */
	vl_log_ring_applied(&c.ring, SIZE_MAX);
	cr_expect_eq(vl_log_ring_room(&c.ring), 2u);
	cr_expect_eq(append(&c, 5), 1, "would run into the old tail");
	cr_expect_eq(append(&c, 0), 0);
	cr_expect_eq(vl_log_ring_room(&c.ring), RING_SECTORS - 2);
	vl_log_ring_applied(&c.ring, SIZE_MAX);
	cr_expect_eq(append(&c, 5), 0);
	ring_close(&c);
}

Test(write_ring, nothing_follows_the_last_sequence_number)
{
	struct ring_case c;

	ring_open(&c, UINT64_MAX);
	cr_expect_eq(append(&c, 0), 0);
	cr_expect_eq(entry_at(&c, 0).sequence_number, UINT64_MAX);
	cr_expect_eq(append(&c, 0), VHDXLOG_E_RANGE);
	ring_close(&c);
}

/* Whatever is appended and applied: no write touches a pending entry. */
Test(write_ring, pending_entries_are_never_overwritten)
{
	struct ring_case c;
	unsigned refused = 0;

	ring_open(&c, 1);
	srand(7);
	for (unsigned round = 0; round < 2000; round++) {
		size_t before = c.trace.count;
		uint32_t tail = c.ring.disk_tail, head = c.ring.head;
		uint32_t used = !c.ring.used ?
					0 :
					(head + RING_SECTORS * VL_SECTOR -
					 tail) % (RING_SECTORS * VL_SECTOR);

		refused += append(&c, (uint32_t)rand() % 6) == 1;
		for (size_t i = before; i < c.trace.count; i++) {
			const struct trace_step *s = &c.trace.steps[i];
			uint32_t at = (uint32_t)(s->off - VL_MIB);
			uint32_t ring = RING_SECTORS * VL_SECTOR;

			/* Counted from the old tail: behind what is used. */
			if (!s->flush)
				cr_assert_geq((at + ring - tail) % ring + !used,
					      used);
		}
		if (rand() % 3 == 0)
			vl_log_ring_applied(&c.ring, (size_t)rand() % 4);
	}
	cr_expect_gt(refused, 10u, "the ring was full now and then");
	ring_close(&c);
}

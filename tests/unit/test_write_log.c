/* SPDX-License-Identifier: MIT */
/* The write path of a driver, against a plain memory of what was written. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guid.h"
#include "crc32c.h"
#include "write/writer.h"
#include "write_trace.h"

#define FILE_SIZE  (4 * VL_MIB)
#define LOG_OFFSET VL_MIB

static const struct vl_session session = {
	.log_guid.bytes = { 0xaa, 0xbb },
	.file_write_guid.bytes = { 0xcc },
	.first_sequence = 1000,
};

struct log_case {
	struct trace trace;
	struct vl_medium medium;
	struct vl_log_writer w;
	uint8_t *model; /* what the file should read as; FILE_SIZE bytes */
};

static void open_case(struct log_case *c)
{
	trace_open(&c->trace, FILE_SIZE, &c->medium);
	for (uint64_t i = 2 * VL_MIB; i < FILE_SIZE; i++)
		vl_medium_bytes(&c->trace.memory, NULL)[i] = (uint8_t)(i * 7);
	trace_put_headers(&c->medium, LOG_OFFSET, VL_MIB);
	cr_assert_eq(vl_writer_open(&c->w, &c->medium, NULL), 0);
	cr_assert_eq(vl_writer_start(&c->w, &session, NULL), 0);
	c->model = malloc(FILE_SIZE);
	memcpy(c->model, vl_medium_bytes(&c->trace.memory, NULL), FILE_SIZE);
}

static void close_case(struct log_case *c)
{
	free(c->model);
	vl_writer_release(&c->w);
	trace_close(&c->trace);
}

static void write_both(struct log_case *c, const uint8_t *bytes, uint64_t off,
		       uint64_t len)
{
	memcpy(c->model + off, bytes, len);
	cr_assert_eq(vl_writer_write(&c->w, bytes, off, len, NULL), 0);
}

/* From 2 MiB on: what lies before is headers and log. */
static void expect_reads_as_model(const struct log_case *c)
{
	uint8_t *got = malloc(FILE_SIZE);

	cr_assert_eq(vl_writer_read(&c->w, 2 * VL_MIB, got,
				    FILE_SIZE - 2 * VL_MIB, NULL),
		     0);
	cr_expect_arr_eq(got, c->model + 2 * VL_MIB, FILE_SIZE - 2 * VL_MIB);
	free(got);
}

static void expect_file_is_model(const struct log_case *c)
{
	cr_expect_arr_eq(vl_medium_bytes(&c->trace.memory, NULL) + 2 * VL_MIB,
			 c->model + 2 * VL_MIB, FILE_SIZE - 2 * VL_MIB);
}

Test(write_log, session_begins_with_an_empty_entry_before_the_header_names_it)
{
	struct vl_entry_header e;
	struct log_case c;
	size_t i = 0, first_log = SIZE_MAX, first_header = SIZE_MAX;

	open_case(&c);
	for (; i < c.trace.count; i++) {
		const struct trace_step *s = &c.trace.steps[i];

		if (s->flush || i < 2)
			continue; /* the two headers of the fixture */
		if (s->off == LOG_OFFSET && first_log == SIZE_MAX)
			first_log = i;
		if (s->off < VL_MIB && first_header == SIZE_MAX)
			first_header = i;
	}
	cr_assert_lt(first_log, first_header);
	cr_expect(c.trace.steps[first_log + 1].flush);
	vl_entry_header_decode(c.trace.steps[first_log].bytes, &e);
	cr_expect_eq(e.sequence_number, 1000u);
	cr_expect_eq(e.descriptor_count, 0u);
	cr_expect_eq(e.flushed_file_offset, FILE_SIZE);
	for (unsigned slot = 0; slot < 2; slot++) {
		const struct vhdxlog_header *h = &c.w.headers.copy[slot];

		cr_expect(vl_guid_equal(&h->log_guid, &session.log_guid));
		cr_expect_eq(h->file_write_guid.bytes[0], 0xcc);
		cr_expect_eq(h->data_write_guid.bytes[0], 2, "kept");
	}
	close_case(&c);
}

Test(write_log, open_refuses_a_log_that_waits_to_be_replayed)
{
	struct vl_log_writer second;
	struct log_case c;

	open_case(&c);
	cr_expect_eq(vl_writer_open(&second, &c.medium, NULL),
		     VHDXLOG_E_MISUSE);
	cr_assert_eq(vl_writer_clear(&c.w, NULL), 0);
	cr_expect_eq(vl_writer_open(&second, &c.medium, NULL), 0);
	vl_writer_release(&second);
	close_case(&c);
}

Test(write_log, logged_pages_reach_their_place_only_by_apply)
{
	static const uint8_t bytes[5] = "12345";
	struct log_case c;

	open_case(&c);
	write_both(&c, bytes, 2 * VL_MIB + 4094, 5);
	cr_expect_neq(vl_medium_bytes(&c.trace.memory, NULL)[2 * VL_MIB + 4094],
		      '1');
	expect_reads_as_model(&c);
	cr_assert_eq(vl_writer_apply(&c.w, NULL), 0);
	expect_file_is_model(&c);
	close_case(&c);
}

/* QEMU merged the last page from the first page's place: 18.2. */
Test(write_log, rest_of_the_last_page_comes_from_its_own_place)
{
	uint8_t bytes[VL_SECTOR + 8];
	struct log_case c;

	memset(bytes, 0x5a, sizeof(bytes));
	open_case(&c);
	write_both(&c, bytes, 2 * VL_MIB + 4096, 8);
	write_both(&c, bytes, 2 * VL_MIB + 8192 - 8, VL_SECTOR + 8);
	write_both(&c, bytes, 2 * VL_MIB + 16384, 8);
	cr_assert_eq(vl_writer_apply(&c.w, NULL), 0);
	expect_file_is_model(&c);
	close_case(&c);
}

Test(write_log, random_writes_read_and_apply_as_a_plain_memory_would)
{
	uint8_t bytes[20000];
	struct log_case c;

	open_case(&c);
	srand(11);
	for (unsigned round = 0; round < 600; round++) {
		uint64_t len = (uint64_t)rand() % sizeof(bytes);
		uint64_t off = 2 * VL_MIB +
			       (uint64_t)rand() % (2 * VL_MIB - len);

		memset(bytes, rand(), len);
		if (rand() % 4) {
			write_both(&c, bytes, off, len);
		} else {
			memset(c.model + off, 0, len);
			cr_assert_eq(vl_writer_zero(&c.w, off, len, NULL), 0);
		}
		if (rand() % 50 == 0)
			expect_reads_as_model(&c);
		if (rand() % 20 == 0) {
			cr_assert_eq(vl_writer_apply(&c.w, NULL), 0);
			expect_file_is_model(&c);
		}
	}
	cr_assert_eq(vl_writer_clear(&c.w, NULL), 0);
	expect_file_is_model(&c);
	close_case(&c);
}

Test(write_log, a_write_longer_than_the_log_goes_through_it_in_turns)
{
	uint8_t *bytes = malloc(2 * VL_MIB - 2);
	struct log_case c;

	memset(bytes, 0x77, 2 * VL_MIB - 2);
	open_case(&c);
	write_both(&c, bytes, 2 * VL_MIB + 1, 2 * VL_MIB - 2);
	expect_reads_as_model(&c);
	cr_assert_eq(vl_writer_apply(&c.w, NULL), 0);
	expect_file_is_model(&c);
	free(bytes);
	close_case(&c);
}

Test(write_log, last_file_offset_covers_what_is_logged_and_the_file_grows_to_it)
{
	struct vl_entry_header e;
	struct log_case c;
	uint64_t size;

	open_case(&c);
	cr_assert_eq(
		vl_writer_write(&c.w, "x", FILE_SIZE + 5 * VL_MIB, 1, NULL), 0);
	vl_entry_header_decode(vl_medium_bytes(&c.trace.memory, NULL) +
				       LOG_OFFSET + VL_SECTOR,
			       &e);
	cr_expect_eq(e.flushed_file_offset, FILE_SIZE);
	cr_expect_eq(e.last_file_offset, FILE_SIZE + 6 * VL_MIB);
	cr_assert_eq(vl_writer_apply(&c.w, NULL), 0);
	vl_medium_size(&c.medium, &size, NULL);
	cr_expect_eq(size, FILE_SIZE + 6 * VL_MIB);
	close_case(&c);
}

Test(write_log, headers_and_log_are_no_targets)
{
	struct log_case c;

	open_case(&c);
	cr_expect_eq(vl_writer_write(&c.w, "x", 0x2ffff, 1, NULL),
		     VHDXLOG_E_MISUSE);
	cr_expect_eq(
		vl_writer_write(&c.w, "x", LOG_OFFSET + VL_MIB - 1, 1, NULL),
		VHDXLOG_E_MISUSE);
	cr_expect_eq(vl_writer_zero(&c.w, 0x40000, VL_MIB, NULL),
		     VHDXLOG_E_MISUSE);
	cr_expect_eq(vl_writer_write(&c.w, "x", UINT64_MAX, 1, NULL),
		     VHDXLOG_E_MISUSE);
	cr_expect_eq(vl_writer_write(&c.w, "x", 0x30000, 1, NULL), 0);
	close_case(&c);
}

Test(write_log, clear_empties_the_log_in_both_headers_after_all_is_in_place)
{
	struct log_case c;
	size_t before;

	open_case(&c);
	write_both(&c, (const uint8_t *)"abc", 3 * VL_MIB, 3);
	before = c.trace.count;
	cr_assert_eq(vl_writer_clear(&c.w, NULL), 0);
	cr_expect_eq(c.trace.steps[before].off, 3 * VL_MIB);
	cr_expect(c.trace.steps[before + 1].flush);
	cr_expect_eq(c.trace.count, before + 6);
	expect_file_is_model(&c);
	cr_expect(vl_guid_is_zero(&c.w.headers.copy[0].log_guid));
	cr_expect(vl_guid_is_zero(&c.w.headers.copy[1].log_guid));
	cr_expect_eq(vl_writer_write(&c.w, "x", 3 * VL_MIB, 1, NULL),
		     VHDXLOG_E_MISUSE, "the session is over");
	cr_expect_eq(vl_writer_start(&c.w, NULL, NULL), 0);
	cr_expect_eq(vl_writer_write(&c.w, "x", 3 * VL_MIB, 1, NULL), 0);
	close_case(&c);
}

Test(write_log, a_write_that_failed_is_not_pending)
{
	struct log_case c;
	uint8_t got;

	open_case(&c);
	c.trace.fail_at = c.trace.count + 1;
	cr_expect_eq(vl_writer_write(&c.w, "x", 3 * VL_MIB, 1, NULL),
		     VHDXLOG_E_IO);
	cr_assert_eq(vl_writer_read(&c.w, 3 * VL_MIB, &got, 1, NULL), 0);
	cr_expect_eq(got, c.model[3 * VL_MIB]);
	close_case(&c);
}

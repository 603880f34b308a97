/* SPDX-License-Identifier: MIT */
/*
 * What is claimed costs no more than what is there: each byte goes through a
 * checksum once, and is read twice at most.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "carve/carve.h"
#include "carved.h"
#include "crc32c.h"
#include "ondisk/layout.h"
#include "ondisk/logrecord.h"

#define DUMP (8 * VL_MIB)

struct cost {
	uint64_t crc, read, items;
};

static struct cost cost_of(const struct buffer *dump)
{
	struct vhdxlog_source *source;
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	struct cost cost = { 0 };

	cr_assert_eq(vhdxlog_source_memory(dump->at, dump->len, &source, NULL),
		     0);
	vl_crc32c_bytes = 0;
	cr_assert_eq(vhdxlog_carve_open(source, NULL, &carve, NULL), 0);
	while (vhdxlog_carve_next(carve, &item, NULL) == 0)
		cost.items++;
	cost.crc = vl_crc32c_bytes;
	cost.read = carve->in.bytes_read;
	cr_assert_eq(vhdxlog_carve_bytes_read(carve), dump->len);
	vhdxlog_carve_close(carve);
	vhdxlog_source_close(source);
	return cost;
}

/* Structures that each claim `claim` bytes, one every `stride`. */
static void expect_linear(const struct buffer *dump, const char *what)
{
	struct cost cost = cost_of(dump);
	/* Checksums of the fields, of the source's first page. */
	uint64_t few = dump->len / 512 * 16 + VL_SECTOR;

	cr_assert_leq(cost.crc, dump->len + few, "%s", what);
	cr_assert_leq(cost.read, 3 * dump->len + VL_MIB, "%s", what);
	cr_assert_leq(cost.items, 3 * dump->len / 512, "%s", what);
}

static void put_entry(uint8_t *p, uint32_t length, uint32_t descriptors,
		      uint64_t number)
{
	memcpy(p, vl_entry_signature, 4);
	vl_put_le32(p + VL_OFF_entry_header_checksum, 1);
	vl_put_le32(p + VL_OFF_entry_header_entry_length, length);
	vl_put_le32(p + VL_OFF_entry_header_tail, 0);
	vl_put_le64(p + VL_OFF_entry_header_sequence_number, number);
	vl_put_le32(p + VL_OFF_entry_header_descriptor_count, descriptors);
	memset(p + VL_OFF_entry_header_log_guid, (int)number | 1, 16);
}

/* In each unit an entry that is nothing but padding. */
Test(carve_cost, entries_of_any_length_cost_what_is_there)
{
	static const uint64_t lengths[] = { VL_SECTOR, VL_MIB, 2 * VL_MIB,
					    64 * VL_MIB, UINT32_MAX - 4095u };

	for (size_t i = 0; i < 5; i++) {
		struct buffer dump = dump_make(DUMP, true, 1);

		for (size_t at = 0; at < dump.len; at += 512)
			put_entry(dump.at + at, (uint32_t)lengths[i], 0, at);
		expect_linear(&dump, "entries");
		buffer_free(&dump);
	}
}

/* All that an entry is made of, but for its last data sector. */
static void put_long_entry(uint8_t *p, uint32_t n, uint64_t number)
{
	uint32_t sectors = (uint32_t)vl_descriptor_sectors(n);

	put_entry(p, (sectors + n) * VL_SECTOR, n, number);
	for (uint32_t k = 0; k < n; k++) {
		uint8_t *d = p + VL_FIRST_DESCRIPTOR + k * VL_DESCRIPTOR_SIZE;
		uint8_t *s = p + (size_t)(sectors + k) * VL_SECTOR;

		memcpy(d, vl_data_descriptor_signature, 4);
		vl_put_le64(d + VL_OFF_data_descriptor_file_offset, VL_MIB);
		vl_put_le64(d + VL_OFF_data_descriptor_sequence_number, number);
		if (k == n - 1)
			break;
		memcpy(s, vl_data_signature, 4);
		vl_put_le32(s + VL_OFF_data_sector_sequence_high, 0);
		vl_put_le32(s + VL_OFF_data_sector_sequence_low,
			    (uint32_t)number);
	}
}

/* Long ones in the data sectors of another, in each phase. */
Test(carve_cost, entries_within_entries_cost_what_is_there)
{
	struct buffer dump = dump_make(DUMP, false, 1);

	for (uint32_t phase = 0; phase < 8; phase++)
		put_long_entry(dump.at + phase * 512, 1800 - phase,
			       phase + 1);
	expect_linear(&dump, "entries within entries");
	buffer_free(&dump);
}

Test(carve_cost, headers_and_tables_in_each_unit_cost_what_is_there)
{
	static const char *const words[] = { "head", "regi", "metadata",
					     "vhdxfile" };
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	for (size_t w = 0; w < 4; w++) {
		static const uint64_t from[] = { VL_HEADER_OFFSET(1),
						 VL_TABLE_OFFSET(1), 3 * VL_MIB,
						 0 };
		struct buffer dump = dump_make(DUMP / 2, false, 1);

		for (size_t at = 0; at + 512 <= dump.len; at += 512) {
			memcpy(dump.at + at, b.image.at + from[w], 512);
			memcpy(dump.at + at, words[w], strlen(words[w]));
		}
		expect_linear(&dump, words[w]);
		buffer_free(&dump);
	}
	base_free(&b);
}

/* Ahead of the position, the registers of any run are those of its bytes. */
Test(carve_cost, a_checksum_put_together_is_that_of_the_bytes)
{
	struct buffer dump = dump_make(DUMP, true, 2);
	struct vl_carve_reader reader;
	struct vhdxlog_source *source;
	struct vl_ahead ahead;
	struct rng r = rng_seed(3);
	uint64_t off = 0;

	cr_assert_eq(vhdxlog_source_memory(dump.at, dump.len, &source, NULL),
		     0);
	cr_assert(vl_reader_init(&reader, (const struct vl_view *)source));
	cr_assert(vl_ahead_init(&ahead));
	for (; off < dump.len / 2; off += 512 * rng_below(&r, 200)) {
		uint64_t len = VL_SECTOR * (1 + rng_below(&r, 500));

		cr_assert(vl_ahead_want(&ahead, &reader, off, len));
		cr_assert_eq(vl_ahead_sealed(&ahead, off, len, dump.at + off + 4),
			     vl_crc32c_sealed(dump.at + off, len));
	}
	cr_assert_not(vl_ahead_want(&ahead, &reader, off, dump.len));
	vl_ahead_release(&ahead);
	vl_reader_release(&reader);
	vhdxlog_source_close(source);
	buffer_free(&dump);
}

/* The window is no longer than the longest entry, and goes along. */
Test(carve_cost, what_is_ahead_may_be_longer_than_the_window)
{
	struct buffer dump = dump_make(VL_AHEAD_MAX + 16 * VL_MIB, false, 0);
	struct vl_carve_reader reader;
	struct vhdxlog_source *source;
	struct vl_ahead ahead;

	for (size_t at = 0; at < dump.len; at += VL_SECTOR)
		vl_put_le64(dump.at + at, at);
	cr_assert_eq(vhdxlog_source_memory(dump.at, dump.len, &source, NULL),
		     0);
	cr_assert(vl_reader_init(&reader, (const struct vl_view *)source));
	cr_assert(vl_ahead_init(&ahead));
	for (uint64_t off = 0; off <= 16 * VL_MIB; off += VL_MIB / 2) {
		cr_assert(vl_ahead_want(&ahead, &reader, off, VL_AHEAD_MAX));
		cr_assert_eq(vl_ahead_sealed(&ahead, off, VL_AHEAD_MAX,
					     dump.at + off + 4),
			     vl_crc32c_sealed(dump.at + off, VL_AHEAD_MAX));
	}
	vl_ahead_release(&ahead);
	vl_reader_release(&reader);
	vhdxlog_source_close(source);
	buffer_free(&dump);
}

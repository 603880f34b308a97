/* SPDX-License-Identifier: MIT */
/*
 * Structures with known checksums, built by the encoders. Three of the region
 * tables are those of real images (Windows, QEMU, Disk2vhd); a checksum over a
 * whole structure is right only if every byte of it is.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"
#include "write/encode.h"
#include "write/entry.h"

static struct vhdxlog_guid counting_guid(uint8_t first)
{
	struct vhdxlog_guid g;

	for (unsigned i = 0; i < 16; i++)
		g.bytes[i] = (uint8_t)(first + i);
	return g;
}

static void counting_page(uint8_t *page, bool reversed)
{
	for (unsigned i = 0; i < VL_SECTOR; i++)
		page[i] = (uint8_t)(reversed ? VL_SECTOR - 1 - i : i);
}

static uint32_t stored(const uint8_t *b)
{
	return vl_le32(b + 4);
}

/* ------------------------------------------------------------------ CRC-32C */

Test(vectors, crc32c_is_castagnoli_reflected_and_inverted)
{
	uint8_t b[4096];

	cr_expect_eq(vl_crc32c("", 0), 0u);
	cr_expect_eq(vl_crc32c("123456789", 9), 0xE3069283u);
	memset(b, 0, sizeof(b));
	cr_expect_eq(vl_crc32c(b, 32), 0x8A9136AAu);
	cr_expect_eq(vl_crc32c(b, 4096), 0x98F94189u);
	memset(b, 0xff, sizeof(b));
	cr_expect_eq(vl_crc32c(b, 32), 0x62A8AB43u);
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	cr_expect_eq(vl_crc32c(b, 32), 0x46DD794Eu);
}

/* ------------------------------------------------------------------ headers */

Test(vectors, V1_header)
{
	struct vhdxlog_header h = {
		.sequence_number = 1,
		.file_write_guid = counting_guid(0x00),
		.data_write_guid = counting_guid(0x10),
		.log_guid = counting_guid(0x20),
		.version = 1,
		.log_length = 0x100000,
		.log_offset = 0x100000,
	};
	uint8_t b[VL_SIZE_header];

	vl_header_encode(&h, b);
	cr_expect_eq(stored(b), 0xB2AA6472u);
	vl_header_decode(b, &h);
	cr_expect_eq(h.checksum_computed, 0xB2AA6472u);
}

static uint32_t table_crc(const struct vhdxlog_guid *first, uint64_t first_off,
			  const struct vhdxlog_guid *second,
			  uint64_t second_off, uint32_t required)
{
	struct vhdxlog_region r[2] = {
		{ .guid = *first, .offset = first_off },
		{ .guid = *second, .offset = second_off },
	};
	static uint8_t b[VL_SLOT_SIZE];

	for (unsigned i = 0; i < 2; i++) {
		r[i].length = VL_MIB;
		r[i].required = required;
	}
	vl_region_table_encode(r, 2, b);
	return stored(b);
}

Test(vectors, V7_region_table_of_windows)
{
	cr_expect_eq(table_crc(&vl_region_bat, 0x300000, &vl_region_metadata,
			       0x200000, 1),
		     0xC66B8CAEu);
}

Test(vectors, V8_region_table_of_qemu)
{
	cr_expect_eq(table_crc(&vl_region_bat, 0x200000, &vl_region_metadata,
			       0x300000, 0),
		     0x2C6FCE83u);
}

Test(vectors, V9_region_table_of_disk2vhd)
{
	cr_expect_eq(table_crc(&vl_region_metadata, 0x200000, &vl_region_bat,
			       0x300000, 1),
		     0x1C142859u);
}

/* ------------------------------------------------------------------ entries */

static struct vl_entry_plan plan(uint64_t seq, uint32_t tail,
				 const struct vl_record *records, uint32_t n)
{
	return (struct vl_entry_plan){
		.log_guid = counting_guid(0x20),
		.sequence_number = seq,
		.tail = tail,
		.flushed_file_offset = 0x400000,
		.last_file_offset = 0x400000,
		.records = records,
		.record_count = n,
	};
}

static struct vl_record data_at(uint64_t off, const uint8_t *page)
{
	return (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA, off, VL_SECTOR,
				   page };
}

static struct vl_record zero_at(uint64_t off, uint64_t len)
{
	return (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO, off, len, NULL };
}

/* Check length and checksum; the bytes, to be freed. */
static uint8_t *expect_entry(const struct vl_entry_plan *p, uint64_t length,
			     uint32_t crc)
{
	uint8_t *b;

	cr_assert_eq(vl_entry_length(p), length);
	b = malloc(length);
	memset(b, 0xee, length);
	vl_entry_encode(p, b);
	cr_expect_eq(vl_le32(b + VL_OFF_entry_header_entry_length), length);
	cr_expect_eq(stored(b), crc, "got %08X", stored(b));
	cr_expect_eq(vl_crc32c_sealed(b, length), crc);
	return b;
}

Test(vectors, V2_entry_without_descriptors)
{
	struct vl_entry_plan p = plan(1, 0, NULL, 0);

	free(expect_entry(&p, 0x1000, 0xC2172D33));
}

Test(vectors, V3_entry_with_a_page_and_a_64_bit_number)
{
	static const uint8_t front[96] = {
		0x6c, 0x6f, 0x67, 0x65, 0xfc, 0xf0, 0x06, 0xec, /* loge CRC */
		0x00, 0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, /* length tail
								 */
		0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, /* sequence */
		0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 1 descr. */
		0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
		0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x00, 0x00,
		0x40, 0x00, 0x00, 0x00, 0x00, 0x00,		/* flushed */
		0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, /* last */
		0x64, 0x65, 0x73, 0x63, 0xfc, 0xfd, 0xfe, 0xff, /* trailing */
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, /* leading */
		0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, /* target */
		0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, /* sequence */
	};
	static uint8_t page[VL_SECTOR], joined[VL_SECTOR];
	struct vl_record r = data_at(0x300000, page);
	struct vl_entry_plan p = plan(0x100000002, 0x1000, &r, 1);
	uint8_t *b;

	counting_page(page, false);
	b = expect_entry(&p, 0x2000, 0xEC06F0FC);
	cr_expect_arr_eq(b, front, sizeof(front));
	cr_expect_arr_eq(b + 0x1000, "data\1\0\0\0", 8);
	cr_expect_arr_eq(b + 0x1ffc, "\2\0\0\0", 4);
	vl_page_join(b + VL_FIRST_DESCRIPTOR, b + VL_SECTOR, joined);
	cr_expect_arr_eq(joined, page, VL_SECTOR);
	free(b);
}

Test(vectors, V4_entry_with_a_zero_range)
{
	struct vl_record r = zero_at(0x300000, 0x2000);
	struct vl_entry_plan p = plan(3, 0, &r, 1);

	free(expect_entry(&p, 0x1000, 0x93473FD0));
}

Test(vectors, V5_entry_whose_descriptors_fill_a_second_sector)
{
	static struct vl_record r[127];
	struct vl_entry_plan p = plan(4, 0, r, 127);
	uint8_t *b;

	for (unsigned i = 0; i < 127; i++)
		r[i] = zero_at(0x300000 + i * 0x1000, 0x1000);
	b = expect_entry(&p, 0x2000, 0x8D576658);
	cr_expect_arr_eq(b + VL_SECTOR, "zero", 4,
			 "descriptor 126 is the first of the second sector");
	free(b);
}

Test(vectors, V6_data_sectors_skip_the_zero_descriptors)
{
	static uint8_t page[VL_SECTOR], back[VL_SECTOR];
	struct vl_record r[3] = { data_at(0x300000, page),
				  zero_at(0x302000, 0x1000),
				  data_at(0x301000, back) };
	struct vl_entry_plan p = plan(5, 0, r, 3);

	counting_page(page, false);
	counting_page(back, true);
	free(expect_entry(&p, 0x3000, 0x930CBCCA));
}

Test(vectors, descriptor_sectors_of_9_2)
{
	static const uint32_t cases[][2] = {
		{ 0, 1 },   { 126, 1 }, { 127, 2 },
		{ 254, 2 }, { 255, 3 }, { 382, 3 }
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		cr_expect_eq(vl_descriptor_sectors(cases[i][0]), cases[i][1]);
	cr_expect_eq(vl_entry_pages_in(128), 126u);
	cr_expect_eq(vl_entry_pages_in(127), 126u);
	cr_expect_eq(vl_entry_pages_in(126), 125u);
	cr_expect_eq(vl_entry_pages_in(129), 127u);
	cr_expect_eq(vl_entry_pages_in(1), 0u);
	cr_expect_eq(vl_entry_pages_in(0), 0u);
}

/* SPDX-License-Identifier: MIT */
/*
 * Each structure decoded, encoded and decoded again: the fields stay, and what is
 * encoded from the same fields is the same. The first byte says which structure the
 * rest is of.
 */
#include <criterion/criterion.h>

#include "base/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "write/encode.h"
#include "write/entry.h"

#define ROOM (4 * VL_SECTOR)
#define MOST_REGIONS 8u

/* What there is of the input, and zeroes behind it. */
static uint8_t in[ROOM];

static void code_header(void)
{
	static uint8_t out[VL_SIZE_header], again[VL_SIZE_header];
	struct vhdxlog_header h = { 0 }, k = { 0 };

	vl_header_decode(in, &h);
	vl_header_encode(&h, out);
	vl_header_decode(out, &k);
	cr_assert_eq(k.checksum_stored, k.checksum_computed);
	vl_header_encode(&k, again);
	cr_assert(memcmp(out, again, sizeof(out)) == 0);
	/* Of the fields nothing is lost, nor of their bytes. */
	cr_assert(memcmp(in + 8, out + 8, VL_OFF_header_reserved - 8) == 0);
}

static void code_regions(void)
{
	static uint8_t out[VL_SLOT_SIZE];
	struct vhdxlog_region r[MOST_REGIONS] = { 0 };
	struct vl_region_header h;
	size_t n = in[0] % (MOST_REGIONS + 1);

	for (size_t i = 0; i < n; i++)
		vl_region_decode(in + 16 + 32 * i, &r[i]);
	vl_region_table_encode(r, n, out);
	vl_region_header_decode(out, &h);
	cr_assert_eq(h.entry_count, n);
	cr_assert(memcmp(out + 16, in + 16, 32 * n) == 0);
	cr_assert_eq(out[16 + 32 * n], 0);
}

/* One descriptor, of either kind, from the record that it stands for. */
static void code_descriptor(const struct vl_record *v, const uint8_t *entry,
			    uint64_t number)
{
	uint8_t page[VL_SECTOR];
	struct vl_descriptor d;

	vl_descriptor_decode(entry + VL_FIRST_DESCRIPTOR, &d);
	cr_assert_eq(d.kind, v->kind);
	cr_assert_eq(d.file_offset, v->file_offset);
	cr_assert_eq(d.length, v->length);
	cr_assert_eq(d.sequence_number, number);
	if (v->kind == VHDXLOG_DESCRIPTOR_ZERO)
		return;
	cr_assert_eq(vl_data_number(entry + VL_SECTOR), number);
	vl_page_join(entry + VL_FIRST_DESCRIPTOR, entry + VL_SECTOR, page);
	cr_assert(memcmp(page, v->page, VL_SECTOR) == 0);
}

static void code_entry(void)
{
	static uint8_t out[ROOM];
	struct vl_entry_header h, k;
	struct vl_record v = { .kind = in[1] & 1 ? VHDXLOG_DESCRIPTOR_ZERO :
						   VHDXLOG_DESCRIPTOR_DATA,
			       .file_offset = vl_le64(in + 64),
			       .length = vl_le64(in + 72),
			       .page = in + 128 };
	struct vl_entry_plan plan = { .records = &v,
				      .record_count = in[0] & 1,
				      .padding = in[0] >> 1 & 1 };

	vl_entry_header_decode(in, &h);
	plan.log_guid = h.log_guid;
	plan.sequence_number = h.sequence_number;
	plan.tail = h.tail;
	plan.flushed_file_offset = h.flushed_file_offset;
	plan.last_file_offset = h.last_file_offset;
	if (v.kind == VHDXLOG_DESCRIPTOR_ZERO)
		v.page = NULL;
	else
		v.length = VL_SECTOR;
	cr_assert_leq(vl_entry_length(&plan), sizeof(out));
	vl_entry_encode(&plan, out);
	vl_entry_header_decode(out, &k);
	cr_assert_eq(k.entry_length, vl_entry_length(&plan));
	cr_assert_eq(k.tail, h.tail);
	cr_assert_eq(k.sequence_number, h.sequence_number);
	cr_assert_eq(k.descriptor_count, plan.record_count);
	cr_assert_eq(k.flushed_file_offset, h.flushed_file_offset);
	cr_assert_eq(k.last_file_offset, h.last_file_offset);
	cr_assert(memcmp(&k.log_guid, &h.log_guid, 16) == 0);
	if (plan.record_count)
		code_descriptor(&v, out, h.sequence_number);
}

static void code_bat(void)
{
	static const uint32_t sectors[] = { 512, 4096 };
	uint32_t block = (uint32_t)VL_MIB << in[0] % 9;
	struct vl_bat_geometry g;
	struct vhdxlog_bat_entry e;
	uint64_t raw = vl_le64(in + 16), index, disk;

	disk = 1 + vl_le64(in + 8) % (64 * VL_TIB);
	vl_bat_geometry(block, sectors[in[1] & 1], disk, in[2] & 1, &g);
	index = vl_le64(in + 24) % g.entries;
	vl_bat_decode(&g, index, raw, &e);
	cr_assert_eq(e.raw, raw);
	cr_assert_eq(e.is_bitmap, vl_bat_is_bitmap(&g, index));
	cr_assert_eq(e.is_bitmap ? vl_bat_bitmap_index(&g, e.block) :
				   vl_bat_index(&g, e.block),
		     index);
	raw &= ~UINT64_C(0xffff8);
	cr_assert_eq(vl_bat_encode((enum vl_block_state)(raw & 7),
				   VL_BAT_OFFSET(raw)),
		     raw);
}

static void code_metadata(void)
{
	static uint8_t out[VL_METADATA_TABLE_SIZE];
	struct vl_item_plan items[MOST_REGIONS] = { 0 };
	struct vl_metadata_header h;
	struct vl_metadata_entry e;
	size_t n = in[0] % (MOST_REGIONS + 1);

	for (size_t i = 0; i < n; i++) {
		vl_metadata_entry_decode(in + 32 + 32 * i, &e);
		items[i] = (struct vl_item_plan){ .id = e.id,
						  .flags = e.flags,
						  .offset = e.offset,
						  .length = e.length };
	}
	vl_metadata_table_encode(items, n, out);
	vl_metadata_header_decode(out, &h);
	cr_assert_eq(h.entry_count, n);
	for (size_t i = 0; i < n; i++)
		cr_assert(memcmp(out + 32 + 32 * i, in + 32 + 32 * i, 28) == 0);
	cr_assert_eq(out[32 + 32 * n], 0);
}

static void code_locator(void)
{
	static uint8_t out[ROOM];
	struct vhdxlog_locator_pair pairs[3];
	struct vhdxlog_locator l = { .pairs = pairs, .pair_count = in[0] & 3 };
	struct vl_locator_header h;
	struct vl_locator_entry e;

	if (l.pair_count > 3)
		l.pair_count = 3;
	memcpy(l.type.bytes, in + 4, 16);
	for (size_t i = 0; i < l.pair_count; i++)
		pairs[i] = (struct vhdxlog_locator_pair){
			{ in + 64, in[20 + i] }, { in + 700, in[24 + i] }
		};
	cr_assert_leq(vl_locator_length(&l), sizeof(out));
	vl_locator_encode(&l, out);
	vl_locator_header_decode(out, &h);
	cr_assert_eq(h.count, l.pair_count);
	cr_assert(memcmp(&h.type, &l.type, 16) == 0);
	for (size_t i = 0; i < l.pair_count; i++) {
		vl_locator_entry_decode(out + 20 + 12 * i, &e);
		cr_assert_eq(e.key_length, 2 * pairs[i].key.units);
		cr_assert_eq(e.value_length, 2 * pairs[i].value.units);
		cr_assert(memcmp(out + e.key_offset, in + 64, e.key_length) ==
			  0);
		cr_assert(memcmp(out + e.value_offset, in + 700,
				 e.value_length) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const codes[])(void) = { code_header,  code_regions,
					       code_entry,   code_bat,
					       code_metadata, code_locator };

	if (!size)
		return 0;
	memset(in, 0, sizeof(in));
	memcpy(in, data + 1, vl_min64(size - 1, sizeof(in)));
	codes[data[0] % 6]();
	return 0;
}

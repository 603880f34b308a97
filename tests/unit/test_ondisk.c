/* SPDX-License-Identifier: MIT */
/* Layouts, the geometry of the BAT, pages put together: what is where. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "ondisk/bat.h"
#include "ondisk/logrecord.h"

/* ----------------------------------------------------------------- layouts */

static const uint32_t structure_size[VHDXLOG_STRUCT_COUNT] = {
	[VHDXLOG_STRUCT_IDENTIFIER] = 65536,
	[VHDXLOG_STRUCT_HEADER] = 4096,
	[VHDXLOG_STRUCT_REGION_HEADER] = 16,
	[VHDXLOG_STRUCT_REGION_ENTRY] = 32,
	[VHDXLOG_STRUCT_METADATA_HEADER] = 32,
	[VHDXLOG_STRUCT_METADATA_ENTRY] = 32,
	[VHDXLOG_STRUCT_FILE_PARAMETERS] = 8,
	[VHDXLOG_STRUCT_LOCATOR_HEADER] = 20,
	[VHDXLOG_STRUCT_LOCATOR_ENTRY] = 12,
	[VHDXLOG_STRUCT_ENTRY_HEADER] = 64,
	[VHDXLOG_STRUCT_ZERO_DESCRIPTOR] = 32,
	[VHDXLOG_STRUCT_DATA_DESCRIPTOR] = 32,
	[VHDXLOG_STRUCT_DATA_SECTOR] = 4096,
};

Test(ondisk, fields_tile_every_structure)
{
	for (unsigned s = 0; s < VHDXLOG_STRUCT_COUNT; s++) {
		enum vhdxlog_structure structure = (enum vhdxlog_structure)s;
		const char *name = vhdxlog_structure_name(structure);
		size_t count;
		const struct vhdxlog_field *f =
			vhdxlog_layout(structure, &count);
		uint32_t at = 0;

		for (size_t i = 0; i < count; i++) {
			cr_expect_eq(f[i].offset, at, "%s.%s", name, f[i].name);
			at += f[i].size;
		}
		cr_expect_eq(at, structure_size[s], "%s", name);
	}
}

static bool width_fits(const struct vhdxlog_field *f)
{
	switch (f->kind) {
	case VHDXLOG_FIELD_GUID: return f->size == 16;
	case VHDXLOG_FIELD_HEX: return f->size == 4;
	case VHDXLOG_FIELD_NUMBER:
		return f->size == 2 || f->size == 4 || f->size == 8;
	default: return f->size > 0;
	}
}

Test(ondisk, numbers_are_as_wide_as_their_kind)
{
	for (unsigned s = 0; s < VHDXLOG_STRUCT_COUNT; s++) {
		size_t count;
		const struct vhdxlog_field *f = vhdxlog_layout(
			(enum vhdxlog_structure)s, &count);

		for (size_t i = 0; i < count; i++)
			cr_expect(width_fits(&f[i]), "%s", f[i].name);
	}
}

/* Offsets of [MS-VHDX] that a misplaced line of the table would move. */
Test(ondisk, fields_are_where_the_specification_has_them)
{
	static const struct {
		enum vhdxlog_structure structure;
		const char *name;
		uint32_t offset;
	} known[] = {
		{ VHDXLOG_STRUCT_IDENTIFIER, "creator", 8 },
		{ VHDXLOG_STRUCT_HEADER, "log_guid", 48 },
		{ VHDXLOG_STRUCT_HEADER, "log_version", 64 },
		{ VHDXLOG_STRUCT_HEADER, "version", 66 },
		{ VHDXLOG_STRUCT_HEADER, "log_length", 68 },
		{ VHDXLOG_STRUCT_HEADER, "log_offset", 72 },
		{ VHDXLOG_STRUCT_REGION_ENTRY, "required", 28 },
		{ VHDXLOG_STRUCT_METADATA_HEADER, "entry_count", 10 },
		{ VHDXLOG_STRUCT_METADATA_ENTRY, "flags", 24 },
		{ VHDXLOG_STRUCT_LOCATOR_HEADER, "key_value_count", 18 },
		{ VHDXLOG_STRUCT_LOCATOR_ENTRY, "value_length", 10 },
		{ VHDXLOG_STRUCT_ENTRY_HEADER, "tail", 12 },
		{ VHDXLOG_STRUCT_ENTRY_HEADER, "descriptor_count", 24 },
		{ VHDXLOG_STRUCT_ENTRY_HEADER, "log_guid", 32 },
		{ VHDXLOG_STRUCT_ENTRY_HEADER, "last_file_offset", 56 },
		{ VHDXLOG_STRUCT_ZERO_DESCRIPTOR, "zero_length", 8 },
		{ VHDXLOG_STRUCT_DATA_DESCRIPTOR, "trailing_bytes", 4 },
		{ VHDXLOG_STRUCT_DATA_DESCRIPTOR, "leading_bytes", 8 },
		{ VHDXLOG_STRUCT_DATA_SECTOR, "sequence_low", 4092 },
	};

	for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++) {
		size_t count, i = 0;
		const struct vhdxlog_field *f =
			vhdxlog_layout(known[k].structure, &count);

		while (i < count && strcmp(f[i].name, known[k].name) != 0)
			i++;
		cr_assert_lt(i, count, "%s", known[k].name);
		cr_expect_eq(f[i].offset, known[k].offset, "%s", f[i].name);
	}
}

/* --------------------------------------------------------------------- BAT */

/* Section 7 of the notes: examples A to D, and the table of chunk ratios. */
static const struct {
	uint32_t block_mib, sector;
	uint64_t disk_size;
	bool has_parent;
	uint32_t ratio;
	uint64_t blocks, entries;
} geometries[] = {
	{ 32, 512, 127 * VL_GIB, false, 128, 4064, 4095 },
	{ 32, 512, 127 * VL_GIB, true, 128, 4064, 4128 },
	{ 1, 512, 10 * VL_GIB, false, 4096, 10240, 10242 },
	{ 1, 512, 4 * VL_GIB, false, 4096, 4096, 4096 },
	{ 1, 512, 4 * VL_GIB + 1, false, 4096, 4097, 4098 },
	{ 1, 512, 64 * VL_TIB, false, 4096, 67108864, 67125247 },
	{ 1, 512, 1, false, 4096, 1, 1 },
	{ 1, 512, 1, true, 4096, 1, 4097 },
	{ 2, 512, VL_TIB, true, 2048, 524288, 256 * 2049 },
	{ 32, 512, VL_GIB, false, 128, 32, 32 },
	{ 256, 512, 64 * VL_TIB, false, 16, 262144, 262144 + 16383 },
	{ 256, 4096, 64 * VL_TIB, false, 128, 262144, 262144 + 2047 },
	{ 1, 4096, 64 * VL_TIB, true, 32768, 67108864, 2048 * 32769u },
};

Test(ondisk, bat_has_as_many_entries_as_the_worked_examples)
{
	for (size_t i = 0; i < sizeof(geometries) / sizeof(*geometries); i++) {
		struct vl_bat_geometry g;

		vl_bat_geometry((uint32_t)(geometries[i].block_mib * VL_MIB),
				geometries[i].sector, geometries[i].disk_size,
				geometries[i].has_parent, &g);
		cr_expect_eq(g.chunk_ratio, geometries[i].ratio, "%zu", i);
		cr_expect_eq(g.blocks, geometries[i].blocks, "%zu", i);
		cr_expect_eq(g.entries, geometries[i].entries, "%zu: %ju", i,
			     (uintmax_t)g.entries);
	}
}

Test(ondisk, bat_indices_of_example_A)
{
	struct vl_bat_geometry g;

	vl_bat_geometry(32 * VL_MIB, 512, 127 * VL_GIB, false, &g);
	cr_expect_eq(vl_bat_index(&g, 127), 127u);
	cr_expect_eq(vl_bat_index(&g, 128), 129u);
	cr_expect_eq(vl_bat_bitmap_index(&g, 0), 128u);
	cr_expect_eq(vl_bat_bitmap_index(&g, 1), 257u);
	cr_expect_eq(vl_bat_block(&g, 4094), 4063u, "the last payload block");
	cr_expect(vl_bat_is_bitmap(&g, 128));
	cr_expect_not(vl_bat_is_bitmap(&g, 4094));
}

static void some_geometry(struct rng *r, struct vl_bat_geometry *g)
{
	uint32_t block = (uint32_t)(VL_MIB << rng_below(r, 9));
	uint32_t sector = rng_chance(r, 50) ? 512 : 4096;
	uint64_t size = 1 + rng_below(r, VL_TIB << rng_below(r, 7));

	vl_bat_geometry(block, sector, size, rng_chance(r, 50), g);
}

/* Every index is one payload block or one bitmap, and that one has it. */
Test(ondisk, bat_index_maps_go_both_ways)
{
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(20000); i++) {
		struct vl_bat_geometry g;
		uint64_t index, block;

		some_geometry(&r, &g);
		index = rng_below(&r, g.entries);
		block = vl_bat_block(&g, index);
		cr_assert_eq(vl_bat_is_bitmap(&g, index) ?
				     vl_bat_bitmap_index(&g, block) :
				     vl_bat_index(&g, block),
			     index);
		block = rng_below(&r, g.blocks);
		index = vl_bat_index(&g, block);
		cr_assert_lt(index, g.entries);
		cr_assert_not(vl_bat_is_bitmap(&g, index));
		cr_assert_eq(vl_bat_block(&g, index), block);
	}
}

/* The table ends with the last payload block, or the last chunk's bitmap. */
Test(ondisk, bat_ends_with_what_the_disk_needs)
{
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(20000); i++) {
		struct vl_bat_geometry g;
		uint64_t last;

		some_geometry(&r, &g);
		last = g.blocks - 1;
		if (g.has_parent)
			cr_assert_eq(vl_bat_bitmap_index(&g,
							 last / g.chunk_ratio),
				     g.entries - 1);
		else
			cr_assert_eq(vl_bat_index(&g, last), g.entries - 1);
	}
}

/* The payload entries together are the disk, each byte once and in order. */
Test(ondisk, bat_entries_say_which_part_of_the_disk_they_are)
{
	struct rng r = rng_seed(3);

	for (unsigned i = 0; i < rounds(300); i++) {
		struct vl_bat_geometry g;
		struct vhdxlog_bat_entry e;
		uint64_t at = 0;

		vl_bat_geometry((uint32_t)(VL_MIB << rng_below(&r, 9)), 512,
				1 + rng_below(&r, 20 * VL_GIB),
				rng_chance(&r, 50), &g);
		for (uint64_t n = 0; n < g.entries; n++) {
			vl_bat_decode(&g, n, rng_next(&r), &e);
			if (e.is_bitmap)
				continue;
			cr_assert(e.virtual_length == 0 ||
				  e.virtual_offset == at);
			at += e.virtual_length;
		}
		cr_assert_eq(at, g.disk_size);
	}
}

Test(ondisk, bat_entry_is_state_reserved_bits_and_megabytes)
{
	struct vl_bat_geometry g;
	struct vhdxlog_bat_entry e;

	vl_bat_geometry(VL_MIB, 512, 10 * VL_GIB, false, &g);
	vl_bat_decode(&g, 17, 0x1D00006, &e);
	cr_expect_eq(e.state, VL_BLOCK_FULLY_PRESENT);
	cr_expect_eq(e.file_offset, 0x1D00000u);
	cr_expect_eq(e.virtual_offset, 0x1100000u);
	cr_expect_eq(e.virtual_length, VL_MIB);
	cr_expect_str_eq(e.state_name, "present");
	vl_bat_decode(&g, 0, UINT64_MAX, &e);
	cr_expect_eq(e.state, VL_BLOCK_PARTIALLY_PRESENT);
	cr_expect_eq(e.file_offset, UINT64_MAX - 0xfffff);
	cr_expect_eq(VL_BAT_RESERVED(UINT64_MAX), 0xffff8u);
	cr_expect_eq(VL_BAT_RESERVED(UINT64_C(0xfffffffffff00007)), 0u);
}

/* An entry by itself: what may be in some BAT, in one whose disk nobody knows, and
 * in this one. */
Test(ondisk, bat_entries_are_judged_in_one_place)
{
	enum { BITMAP = 1, PARENT = 2 };
	static const struct {
		uint64_t raw;
		unsigned of;
		enum vl_bat_fault fault;
		bool held, plausible;
	} cases[] = {
		{ 0, 0, VL_BAT_GOOD, true, true },
		{ 0x400006, 0, VL_BAT_GOOD, true, true },
		{ 0x400000, 0, VL_BAT_FAULT_PLACE, true, true },
		{ 0x400001, 0, VL_BAT_GOOD, true, true },
		{ 0x400002, 0, VL_BAT_FAULT_PLACE, true, true },
		{ 0x400003, 0, VL_BAT_GOOD, true, true },
		{ 6, 0, VL_BAT_FAULT_PLACE, true, false },
		{ 4, 0, VL_BAT_FAULT_STATE, false, false },
		{ 0x400005, 0, VL_BAT_FAULT_STATE, false, false },
		{ 0x400007, 0, VL_BAT_FAULT_PARENT, true, true },
		{ 0x400007, PARENT, VL_BAT_GOOD, true, true },
		{ 0x400008, 0, VL_BAT_FAULT_BITS, false, false },
		{ 0x480006, 0, VL_BAT_FAULT_BITS, false, false },
		{ 0x1000000000006 << 4, 0, VL_BAT_FAULT_BITS, false, false },
		{ 0x800000000006, 0, VL_BAT_GOOD, true, true },
		{ 0x800000100006, 0, VL_BAT_GOOD, true, false },
		{ 0, BITMAP, VL_BAT_GOOD, true, true },
		{ 2, BITMAP, VL_BAT_FAULT_STATE, true, true },
		{ 0x400006, BITMAP, VL_BAT_FAULT_PARENT, true, true },
		{ 0x400006, BITMAP | PARENT, VL_BAT_GOOD, true, true },
		{ 0x400007, BITMAP | PARENT, VL_BAT_FAULT_STATE, true, true },
		{ 6, BITMAP | PARENT, VL_BAT_FAULT_PLACE, true, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t raw = cases[i].raw;
		struct vhdxlog_bat_entry e;
		struct vl_bat_geometry g;

		vl_bat_geometry(VL_MIB, 512, 10 * VL_GIB,
				cases[i].of & PARENT, &g);
		vl_bat_decode(&g, cases[i].of & BITMAP ? 4096 : 7, raw, &e);
		cr_expect_eq(vl_bat_judge(&g, &e), cases[i].fault, "%zu", i);
		cr_expect_eq(vl_bat_may_hold(raw), cases[i].held, "%zu", i);
		cr_expect_eq(vl_bat_is_plausible(raw), cases[i].plausible,
			     "%zu", i);
		vl_bat_decode(&g, g.entries, raw, &e);
		cr_expect(vl_bat_judge(&g, &e) == VL_BAT_FAULT_BEYOND ||
			  VL_BAT_RESERVED(raw));
	}
}

/* -------------------------------------------------------------- log records */

Test(ondisk, the_number_of_a_data_sector_is_in_two_halves)
{
	uint8_t sector[VL_SECTOR] = { 'd', 'a', 't', 'a', 4, 3, 2, 1 };

	sector[4092] = 8;
	sector[4095] = 5;
	cr_expect_eq(vl_data_number(sector), UINT64_C(0x0102030405000008));
}

/* 9.3 of the notes, byte by byte. */
Test(ondisk, page_is_joined_from_three_places)
{
	static uint8_t descriptor[32], sector[4096], page[4096];
	struct rng r = rng_seed(4);

	for (unsigned i = 0; i < rounds(200); i++) {
		rng_fill(&r, descriptor, sizeof(descriptor));
		rng_fill(&r, sector, sizeof(sector));
		vl_page_join(descriptor, sector, page);
		for (unsigned k = 0; k < 4096; k++) {
			uint8_t want = k < 8	 ? descriptor[8 + k] :
				       k >= 4092 ? descriptor[4 + k - 4092] :
						   sector[k];

			cr_assert_eq(page[k], want, "byte %u", k);
		}
		vl_page_join(descriptor, sector, sector);
		cr_assert_arr_eq(sector, page, 4096, "in place");
	}
}

Test(ondisk, a_descriptor_keeps_every_field_of_its_kind)
{
	uint8_t b[32];
	struct rng r = rng_seed(5);
	struct vl_descriptor d;

	for (unsigned i = 0; i < rounds(300); i++) {
		rng_fill(&r, b, sizeof(b));
		memcpy(b, i % 3 == 0 ? "zero" : i % 3 == 1 ? "desc" : "Desc",
		       4);
		vl_descriptor_decode(b, &d);
		cr_assert_eq(d.file_offset, vl_le64(b + 16));
		cr_assert_eq(d.sequence_number, vl_le64(b + 24));
		cr_assert_eq(d.kind, i % 3 == 0 ? VHDXLOG_DESCRIPTOR_ZERO :
				     i % 3 == 1 ? VHDXLOG_DESCRIPTOR_DATA :
						  VHDXLOG_DESCRIPTOR_UNKNOWN);
		if (i % 3 == 0) {
			cr_assert_eq(d.length, vl_le64(b + 8));
			cr_assert_eq(d.zero_reserved, vl_le32(b + 4));
		}
		if (i % 3 == 1)
			cr_assert_eq(d.length, 4096u);
	}
}

Test(ondisk, descriptor_sectors_hold_126_and_then_128)
{
	struct rng r = rng_seed(6);

	for (unsigned i = 0; i < rounds(2000); i++) {
		uint32_t n = (uint32_t)(rng_next(&r) >>
					(32 + rng_below(&r, 32)));
		uint64_t sectors = vl_descriptor_sectors(n);

		cr_assert_geq(126 + 128 * (sectors - 1), n);
		cr_assert(sectors == 1 || 126 + 128 * (sectors - 2) < n);
	}
	cr_expect_eq(vl_descriptor_sectors(UINT32_MAX), 33554433u);
}

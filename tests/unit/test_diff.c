/* SPDX-License-Identifier: MIT */
/* What two versions of a stretch differ in: nothing is missed, values are right. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bases.h"
#include "scan.h"
#include "view/diff.h"
#include "write/encode.h"

#define MOST (3 * VL_SECTOR)

/* A scanned image, and what its bytes are judged by. */
struct judged {
	struct base base;
	struct scanned s;
	struct vl_place place;
};

static void judged_make(struct judged *j, enum base_kind kind)
{
	base_make(&j->base, kind);
	j->s = scan_memory(j->base.image.at, j->base.image.len, NULL);
	cr_assert_eq(vl_place_init(&j->place, &j->s.scan->image,
				   &j->s.scan->overlay.view, NULL),
		     0);
}

static void judged_free(struct judged *j)
{
	vl_place_release(&j->place);
	scan_release(&j->s);
	base_free(&j->base);
}

/* ---------------------------------------------------------------- property */

/* Bytes of the file, with some changed: flips, entries of a BAT, or all new. */
static void change(struct rng *r, uint8_t *b, size_t len)
{
	if (rng_chance(r, 5)) {
		rng_fill(r, b, len);
		return;
	}
	for (uint64_t n = rng_below(r, 9); n > 0; n--) {
		size_t at = (size_t)rng_below(r, len);

		if (rng_chance(r, 50) && len >= 16)
			vl_put_le64(b + at % (len - 8) / 8 * 8,
				    rng_below(r, 8) |
					    rng_below(r, 64) * VL_MIB);
		else
			b[at] ^= (uint8_t)(1 + rng_below(r, 255));
	}
}

/* Somewhere in a structure, or where structures end. */
static uint64_t somewhere(struct rng *r, const struct base *b)
{
	const struct place *p = &b->places[rng_below(r, b->place_count)];
	uint64_t off = rng_chance(r, 30) ? rng_below(r, b->image.len) :
					   p->offset;

	off -= rng_chance(r, 70) ? off % VL_SECTOR :
				   vl_min64(off, rng_below(r, VL_SECTOR));
	return vl_min64(off, b->image.len - MOST);
}

/* Copy each thing that differs from b to a: what is left must be b. */
static void compare_all(const struct vl_place *pa, const struct vl_place *pb,
			uint64_t off, uint8_t *a, const uint8_t *b, size_t len)
{
	uint8_t *was = malloc(len + 1);
	uint64_t end = off;
	struct vl_difference x;
	struct vl_diff d;

	cr_assert(was);
	memcpy(was, a, len);
	vl_diff_begin(&d, pa, pb, off, was, b, len);
	while (vl_diff_next(&d, &x)) {
		cr_assert_geq(x.offset, end);
		cr_assert_gt(x.length, 0);
		end = x.offset + x.length;
		cr_assert_leq(end, off + len);
		cr_assert_neq(memcmp(was + (x.offset - off),
				     b + (x.offset - off), x.length), 0);
		memcpy(a + (x.offset - off), b + (x.offset - off), x.length);
		cr_assert(x.a[0] && x.b[0]);
		cr_assert_lt(strlen(x.a), sizeof(x.a));
	}
	cr_assert_eq(memcmp(a, b, len), 0, "at %ju", (uintmax_t)off);
	free(was);
}

/* Also where the sides are of images with other structures, or of none. */
Test(diff, every_byte_that_differs_is_told_once)
{
	static const struct vl_place nothing = { .image = NULL };
	struct judged j[BASE_KINDS];
	const struct vl_place *places[BASE_KINDS + 1] = { &nothing };
	struct rng r = rng_seed(11);

	for (unsigned k = 0; k < BASE_KINDS; k++) {
		judged_make(&j[k], (enum base_kind)k);
		places[1 + k] = &j[k].place;
	}
	for (unsigned n = rounds(20000); n > 0; n--) {
		const struct base *base = &j[rng_below(&r, BASE_KINDS)].base;
		uint64_t off = somewhere(&r, base);
		size_t len = rng_chance(&r, 80) ? VL_SECTOR :
						  1 + rng_below(&r, MOST);
		uint8_t a[MOST], b[MOST];

		memcpy(a, base->image.at + off, len);
		memcpy(b, a, len);
		change(&r, rng_chance(&r, 50) ? a : b, len);
		compare_all(places[rng_below(&r, BASE_KINDS + 1)],
			    places[rng_below(&r, BASE_KINDS + 1)], off, a, b,
			    len);
	}
	for (unsigned k = 0; k < BASE_KINDS; k++)
		judged_free(&j[k]);
}

Test(diff, what_is_the_same_has_no_difference)
{
	uint8_t page[VL_SECTOR] = { 1 };
	struct vl_difference x;
	struct vl_diff d;
	struct judged j;

	judged_make(&j, BASE_DYNAMIC);
	vl_diff_begin(&d, &j.place, &j.place,
		      j.s.scan->image.bat->offset, page, page, VL_SECTOR);
	cr_assert_not(vl_diff_next(&d, &x));
	judged_free(&j);
}

/* ------------------------------------------------------------------ values */

/* The only difference that a change of `len` bytes at off makes in its page. */
static struct vl_difference only(const struct judged *j, uint64_t off,
				 const void *bytes, size_t len)
{
	uint64_t page = off - off % VL_SECTOR;
	uint8_t b[VL_SECTOR];
	struct vl_difference x, more;
	struct vl_diff d;

	memcpy(b, j->base.image.at + page, VL_SECTOR);
	memcpy(b + (off - page), bytes, len);
	vl_diff_begin(&d, &j->place, &j->place, page,
		      j->base.image.at + page, b, VL_SECTOR);
	cr_assert(vl_diff_next(&d, &x));
	cr_assert_not(vl_diff_next(&d, &more));
	return x;
}

static uint64_t item_at(const struct judged *j, enum vl_item item)
{
	const struct vl_metadata *m = &j->s.scan->image.metadata;

	cr_assert_geq(m->known[item], 0);
	return m->base + m->entries[m->known[item]].offset;
}

static void expect_item(const struct judged *j, enum vl_item item,
			const void *bytes, size_t len, const char *name,
			const char *before, const char *after)
{
	struct vl_difference x = only(j, item_at(j, item), bytes, len);

	cr_assert_eq(x.thing, VL_THING_ITEM);
	cr_assert_eq(x.area, VHDXLOG_AREA_METADATA);
	cr_assert_eq(x.offset, item_at(j, item));
	cr_assert_str_eq(x.item, name);
	if (before)
		cr_assert_str_eq(x.a, before);
	cr_assert_str_eq(x.b, after);
}

Test(diff, metadata_items_are_told_by_their_values)
{
	static const uint8_t id[16] = { 4, 3, 2, 1, 6, 5, 8, 7, 9, 10 };
	uint8_t params[8], size[8], sector[4];
	struct judged j;

	judged_make(&j, BASE_DIFFERENCING);
	vl_file_parameters_encode(2 * VL_MIB, 3, params);
	expect_item(&j, VL_ITEM_FILE_PARAMETERS, params, 8, "file parameters",
		    "block_size=1048576, has_parent",
		    "block_size=2097152, fixed, has_parent");
	vl_put_le64(size, 128 * VL_MIB);
	expect_item(&j, VL_ITEM_DISK_SIZE, size, 8, "virtual disk size",
		    "67108864", "134217728");
	vl_put_le32(sector, 4096);
	expect_item(&j, VL_ITEM_LOGICAL_SECTOR, sector, 4,
		    "logical sector size", "512", "4096");
	expect_item(&j, VL_ITEM_DISK_ID, id, 16, "virtual disk id", NULL,
		    "01020304-0506-0708-090a-000000000000");
	judged_free(&j);
}

Test(diff, tables_are_told_by_entry_and_by_field)
{
	struct judged j;
	struct vl_difference x;
	uint64_t table = VL_TABLE_OFFSET(2), metadata;
	uint8_t zero[32] = { 0 };

	judged_make(&j, BASE_DYNAMIC);
	metadata = j.s.scan->image.metadata.base;
	x = only(&j, table + VL_OFF_region_header_checksum, zero, 4);
	cr_assert_eq(x.thing, VL_THING_REGION);
	cr_assert_str_eq(x.item, "checksum");
	cr_assert_str_eq(x.b, "0x00000000");
	cr_assert_not(x.has_index);
	x = only(&j, table + 16 + 32, zero, 32);
	cr_assert_eq(x.thing, VL_THING_REGION);
	cr_assert(x.has_index);
	cr_assert_eq(x.index, 1);
	cr_assert_eq(x.offset, table + 16 + 32);
	cr_assert(strstr(x.a, "+1048576 required"), "%s", x.a);
	cr_assert_str_eq(x.b, "empty");
	x = only(&j, metadata + VL_OFF_metadata_header_entry_count, zero, 2);
	cr_assert_str_eq(x.item, "entry_count");
	cr_assert_str_eq(x.b, "0");
	x = only(&j, metadata + 32 + 32, zero, 32);
	cr_assert_eq(x.thing, VL_THING_ITEM);
	cr_assert_eq(x.index, 1);
	cr_assert_str_eq(x.b, "empty");
	judged_free(&j);
}

/* Entry 127 of a region table has 16 bytes in each of two pages. */
Test(diff, a_table_entry_on_two_pages_is_told_by_the_part_in_each)
{
	static const uint8_t bytes[16] = { 0xab };
	struct vl_difference x;
	struct judged j;

	judged_make(&j, BASE_DYNAMIC);
	x = only(&j, VL_TABLE_OFFSET(1) + 4080, bytes, 16);
	cr_assert_eq(x.index, 127);
	cr_assert_eq(x.length, 16);
	cr_assert_str_eq(x.b, "ab000000000000000000000000000000");
	x = only(&j, VL_TABLE_OFFSET(1) + 4096, bytes, 16);
	cr_assert_eq(x.index, 127);
	cr_assert_eq(x.offset, VL_TABLE_OFFSET(1) + 4096);
	cr_assert_eq(x.length, 16);
	judged_free(&j);
}

static void expect_bat(const struct judged *j, uint64_t index, uint64_t raw,
		       const char *text)
{
	uint8_t b[8];
	struct vl_difference x;

	vl_put_le64(b, raw);
	x = only(j, j->s.scan->image.bat->offset + 8 * index, b, 8);
	cr_assert_eq(x.thing, VL_THING_BAT);
	cr_assert_eq(x.area, VHDXLOG_AREA_BAT);
	cr_assert_eq(x.index, index);
	cr_assert_eq(x.b_entry.raw, raw);
	cr_assert_str_eq(x.a, "not-present");
	cr_assert_str_eq(x.b, text);
}

Test(diff, bat_entries_are_told_by_state_and_place)
{
	struct judged j;

	judged_make(&j, BASE_DYNAMIC);
	expect_bat(&j, 3, 6 | 4 * VL_MIB, "present@4194304");
	expect_bat(&j, 3, 7 | 5 * VL_MIB, "partial@5242880");
	expect_bat(&j, 3, 2, "zero");
	expect_bat(&j, 3, 2 | VL_MIB, "zero@1048576");
	expect_bat(&j, 3, VL_MIB, "not-present@1048576");
	expect_bat(&j, 3, 6, "present@0");
	expect_bat(&j, 3, 6 | 8 | 4 * VL_MIB, "0x000000000040000e");
	expect_bat(&j, 3, 5, "0x0000000000000005");
	/* Behind the last that the disk needs. */
	expect_bat(&j, 64, 6 | 4 * VL_MIB, "present@4194304");
	judged_free(&j);
}

Test(diff, a_slot_past_the_end_of_the_disk_has_no_virtual_bytes)
{
	uint8_t b[8];
	struct vl_difference x;
	struct judged j;

	judged_make(&j, BASE_DYNAMIC);
	vl_put_le64(b, 6 | 4 * VL_MIB);
	x = only(&j, j.s.scan->image.bat->offset + 8 * 64, b, 8);
	cr_assert_eq(x.virtual_offset, 64 * VL_MIB);
	cr_assert_eq(x.virtual_length, 0);
	x = only(&j, j.s.scan->image.bat->offset + 8 * 63, b, 8);
	cr_assert_eq(x.virtual_offset, 63 * VL_MIB);
	cr_assert_eq(x.virtual_length, VL_MIB);
	judged_free(&j);
}

/* Bit n of a sector bitmap is sector n of its chunk. */
Test(diff, bits_of_a_sector_bitmap_are_sectors_of_the_disk)
{
	const uint64_t first = 3 * 4096 * 8 + 13, last = first + 30;
	struct judged j;
	struct vl_difference x;
	uint64_t block;
	uint8_t bytes[5];

	judged_make(&j, BASE_DIFFERENCING);
	cr_assert_eq(j.place.n_bitmaps, 1);
	block = j.place.bitmaps[0].off;
	memcpy(bytes, j.base.image.at + block + first / 8, 5);
	cr_assert_eq(bytes[0] | bytes[4], 0);
	bytes[0] = 1 << first % 8;
	bytes[4] = 1 << last % 8;
	x = only(&j, block + first / 8, bytes, 5);
	cr_assert_eq(x.thing, VL_THING_BITMAP);
	cr_assert_eq(x.area, VHDXLOG_AREA_SECTOR_BITMAP);
	cr_assert_eq(x.chunk, 0);
	cr_assert(x.has_virtual);
	cr_assert_eq(x.virtual_offset, first * 512);
	cr_assert_eq(x.virtual_length, (last - first + 1) * 512);
	cr_assert_str_eq(x.a, "0 sectors set");
	cr_assert_str_eq(x.b, "2 sectors set");
	judged_free(&j);
}

/* Each side by its own geometry. */
Test(diff, sides_with_other_blocks_are_decoded_apart)
{
	struct judged j;
	struct vl_image other;
	struct vl_place place;
	uint8_t a[VL_SECTOR] = { 0 }, b[VL_SECTOR] = { 0 };
	struct vl_difference x;
	struct vl_diff d;

	judged_make(&j, BASE_DYNAMIC);
	other = j.s.scan->image;
	other.geometry.block_size = 2 * VL_MIB;
	place = j.place;
	place.image = &other;
	vl_put_le64(a + 8 * 5, 2);
	vl_put_le64(b + 8 * 5, 6 | 9 * VL_MIB);
	vl_diff_begin(&d, &place, &j.place, other.bat->offset, a, b, VL_SECTOR);
	cr_assert(vl_diff_next(&d, &x));
	cr_assert_eq(x.a_entry.virtual_offset, 10 * VL_MIB);
	cr_assert_eq(x.b_entry.virtual_offset, 5 * VL_MIB);
	cr_assert_str_eq(x.a, "zero");
	judged_free(&j);
}

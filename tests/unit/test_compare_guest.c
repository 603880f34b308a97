/* SPDX-License-Identifier: MIT */
/*
 * What a guest would see of two states that differ, against one that reads its
 * disk block by block; and disks of which the answer is known.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "opened.h"
#include "random_bat.h"

#define IMAGES 30u

/* What a guest would read, and of what kind it is. */
struct guest_block {
	uint8_t state;
	uint8_t bytes[VL_MIB];
};

static void read_block(struct vhdxlog_overlay *o, uint64_t block,
		       struct guest_block *g)
{
	uint64_t size = vhdxlog_overlay_about(o)->size;
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;

	memset(g, 0, sizeof(*g));
	cr_assert_eq(vhdxlog_overlay_block(o, block, &e, &certainty, NULL), 0);
	g->state = (uint8_t)e.state;
	if (e.state >= 6 && e.file_offset < size)
		cr_assert_eq(vhdxlog_overlay_read(
				     o, e.file_offset, g->bytes,
				     vl_min64(VL_MIB, size - e.file_offset),
				     NULL),
			     0);
}

static bool is_located(const struct guest_block *g)
{
	return g->state >= 6;
}

/* A mark for each page of the disk that a range covers. */
static uint8_t *guest_pages(struct vhdxlog_overlay *a,
			    struct vhdxlog_overlay *b, size_t blocks)
{
	uint8_t *marks = calloc(blocks, VL_MIB / VL_SECTOR);
	struct vhdxlog_virtual_range r;
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	uint64_t at = 0;
	int rc;

	cr_assert(marks);
	cr_assert_eq(vhdxlog_compare_open(a, b, &c, NULL), 0);
	while (vhdxlog_compare_next(c, &d, NULL) == 0)
		continue;
	while ((rc = vhdxlog_compare_virtual(c, &r, NULL)) == 0) {
		cr_assert(!at || r.offset > at, "they touch");
		at = r.offset + r.length;
		cr_assert_leq(at, blocks * VL_MIB);
		for (uint64_t i = r.offset / VL_SECTOR;
		     i < vl_div_up(at, VL_SECTOR); i++)
			marks[i] = 1;
	}
	cr_assert_eq(rc, 1);
	vhdxlog_compare_close(c);
	return marks;
}

/*
 * What reads differently is told; what is told reads differently, in two files,
 * or is a block that has another place or state.
 */
static unsigned compare_block(const struct guest_block *a,
			      const struct guest_block *b,
			      const uint8_t *marks, bool one_file,
			      uint64_t seed, uint64_t block)
{
	unsigned n = 0;

	for (size_t i = 0; i < VL_MIB / VL_SECTOR; i++) {
		bool differs = memcmp(a->bytes + i * VL_SECTOR,
				      b->bytes + i * VL_SECTOR,
				      VL_SECTOR) != 0;

		if (differs)
			cr_assert(marks[i], "seed %ju, block %ju",
				  (uintmax_t)seed, (uintmax_t)block);
		if (marks[i] && !one_file && a->state == b->state)
			cr_assert(differs, "seed %ju, block %ju",
				  (uintmax_t)seed, (uintmax_t)block);
		if (marks[i])
			cr_assert(is_located(a) || is_located(b));
		if (is_located(a) != is_located(b))
			cr_assert(marks[i]);
		n += marks[i];
	}
	return n;
}

static unsigned compare_guests(struct vhdxlog_overlay *a,
			       struct vhdxlog_overlay *b, bool one_file,
			       uint64_t seed)
{
	static struct guest_block in_a, in_b;
	uint8_t *marks = guest_pages(a, b, 1024);
	unsigned n = 0;

	for (uint64_t block = 0; block < 1024; block++) {
		/* Others are never anything. */
		if (block == 16)
			block = 590;
		if (block == 616)
			break;
		read_block(a, block, &in_a);
		read_block(b, block, &in_b);
		n += compare_block(&in_a, &in_b,
				   marks + block * (VL_MIB / VL_SECTOR),
				   one_file, seed, block);
	}
	free(marks);
	return n;
}

Test(compare_guest, a_guest_sees_what_its_blocks_hold)
{
	unsigned n = rounds(IMAGES), told = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		bool one_file = seed % 2;
		struct opened p = open_image(random_bat(seed, false));
		struct opened q = { .h = NULL };
		struct vhdxlog_overlay *a = some_state(&p, &r), *b;

		if (!one_file)
			q = open_image(random_bat(seed + n, false));
		b = some_state(one_file ? &p : &q, &r);
		if (a && b)
			told += compare_guests(a, b, one_file, seed);
		vhdxlog_overlay_close(a);
		vhdxlog_overlay_close(b);
		close_image(&p);
		if (!one_file)
			close_image(&q);
	}
	cr_assert_gt(told, 0);
}

/* -------------------------------------------------------------- known answers */

/* Two images as recipes; their disks are compared. */
static void expect_ranges(const char *a, const char *b,
			  const struct vhdxlog_virtual_range *want, size_t n)
{
	struct opened p = open_image(build_recipe(a));
	struct opened q = open_image(build_recipe(b));
	struct vhdxlog_overlay *x, *y;
	struct vhdxlog_comparison *c;
	struct vhdxlog_virtual_range r;
	struct vhdxlog_difference d;

	cr_assert_eq(vhdxlog_overlay_disk(p.s.scan, &x, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_disk(q.s.scan, &y, NULL), 0);
	cr_assert_eq(vhdxlog_compare_open(x, y, &c, NULL), 0);
	while (vhdxlog_compare_next(c, &d, NULL) == 0)
		continue;
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(vhdxlog_compare_virtual(c, &r, NULL), 0, "%zu", i);
		cr_assert_eq(r.offset, want[i].offset, "%zu: %#jx", i,
			     (uintmax_t)r.offset);
		cr_assert_eq(r.length, want[i].length, "%zu: %#jx", i,
			     (uintmax_t)r.length);
	}
	cr_assert_eq(vhdxlog_compare_virtual(c, &r, NULL), 1);
	vhdxlog_compare_close(c);
	vhdxlog_overlay_close(x);
	vhdxlog_overlay_close(y);
	close_image(&p);
	close_image(&q);
}

#define DISK(rest) "{\"about\": \"a disk\", \"image\": {" rest "}}"

/* Bytes of a block, where the tables are the same. */
Test(compare_guest, bytes_of_a_block_are_pages)
{
#define BLOCK                                                              \
	"\"image\": {\"virtual_size\": \"64M\", \"file_size\": \"12M\","      \
	" \"blocks\": {\"5\": \"present@6M\", \"6\": \"present@7M\"}}"
	static const struct vhdxlog_virtual_range want[] = {
		{ 5 * VL_MIB + 0x3000, 0x1000 },
		{ 6 * VL_MIB - 0x1000, 0x2000 },
	};

	expect_ranges("{\"about\": \"a\", " BLOCK "}",
		      "{\"about\": \"b\", " BLOCK ", \"damage\": ["
		      "{\"set\": \"file+0x603456\", \"bytes\": \"77\"},"
		      "{\"fill\": \"file+0x6ffff0\", \"byte\": 7,"
		      " \"length\": 32},"
		      "{\"set\": \"file+0x900000\", \"bytes\": \"77\"}]}",
		      want, 2);
}

/* The same bytes at another place are the same to a guest. */
Test(compare_guest, a_block_that_lies_elsewhere_in_another_file_is_the_same)
{
	expect_ranges(DISK("\"virtual_size\": \"64M\", \"file_size\": \"12M\","
			   "\"blocks\": {\"0\": \"present@6M\","
			   " \"1\": \"present@7M\"}"),
		      DISK("\"virtual_size\": \"64M\", \"file_size\": \"12M\","
			   "\"blocks\": {\"0\": \"present@9M\","
			   " \"1\": \"present@6M\"}"),
		      NULL, 0);
}

/* Without a parent all that has no place reads as zeroes. */
Test(compare_guest, states_without_a_place_count_only_with_a_parent)
{
	static const struct vhdxlog_virtual_range want[] = {
		{ 3 * VL_MIB, VL_MIB },
	};

	expect_ranges(DISK("\"virtual_size\": \"64M\","
			   "\"blocks\": {\"3\": \"zero\"}"),
		      DISK("\"virtual_size\": \"64M\","
			   "\"blocks\": {\"3\": \"unmapped\"}"),
		      NULL, 0);
	expect_ranges(DISK("\"virtual_size\": \"64M\","
			   "\"parent\": {\"parent_linkage\": \"guid:p\"},"
			   "\"blocks\": {\"3\": \"zero\"}"),
		      DISK("\"virtual_size\": \"64M\","
			   "\"parent\": {\"parent_linkage\": \"guid:p\"},"
			   "\"blocks\": {\"3\": \"not-present\"}"),
		      want, 1);
}

/* Bits count in blocks that are in part the parent's: 512 bytes each. */
Test(compare_guest, bits_of_a_sector_bitmap_are_ranges)
{
#define PARTIAL(damage)                                                    \
	"{\"about\": \"bits\", \"image\": {\"virtual_size\": \"64M\","     \
	" \"parent\": {\"parent_linkage\": \"guid:p\"},"                    \
	" \"blocks\": {\"0\": \"present@6M\", \"1\": \"partial@7M\"},"      \
	" \"bitmaps\": {\"0\": \"present@8M\"}, \"file_size\": \"10M\"},"   \
	" \"damage\": [" damage "]}"
	static const struct vhdxlog_virtual_range want[] = {
		{ VL_MIB + 8 * 512, 512 },
		{ VL_MIB + 11 * 512, 2 * 512 },
	};

	/* Block 0 has bytes 0 to 255 of the bitmap, block 1 the next. */
	expect_ranges(PARTIAL(""),
		      PARTIAL("{\"set\": \"file+0x800000\", \"bytes\": \"ff\"},"
			      "{\"set\": \"file+0x800101\","
			      " \"bytes\": \"19\"}"),
		      want, 2);
}

/* A disk of another length, or cut in other blocks. */
Test(compare_guest, another_size_and_other_blocks_are_seen)
{
	static const struct vhdxlog_virtual_range more[] = {
		{ 64 * VL_MIB, 6 * VL_MIB },
	}, all[] = { { 0, 64 * VL_MIB } };

	expect_ranges(DISK("\"virtual_size\": \"64M\""),
		      DISK("\"virtual_size\": \"70M\""), more, 1);
	expect_ranges(DISK("\"virtual_size\": \"64M\""),
		      DISK("\"virtual_size\": \"64M\","
			   " \"block_size\": \"2M\""),
		      all, 1);
}

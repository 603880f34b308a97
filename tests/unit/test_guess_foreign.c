/* SPDX-License-Identifier: MIT */
/*
 * What is not the image's own, or is no image at all, does not win: tables of
 * another file, an image in a block, a file made to cost much, noise.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "faulty.h"
#include "guessed.h"
#include "ondisk/bat.h"
#include "ondisk/layout.h"
#include "random_bat.h"

#define TABLES VL_TABLE_OFFSET(1)

/* -------------------------------------------------------- another's tables */

/* Put tables of one image into another; expect it to be seen, and overcome. */
static void expect_foreign(const char *own, const char *other, unsigned last,
			   const char *evidence)
{
	struct buffer b = build_recipe(own), o = build_recipe(other);
	struct buffer c = copy_of(&b);
	struct scanned want, got;
	const struct vhdxlog_guess *g;

	memcpy(c.at + TABLES, o.at + TABLES, last * VL_SLOT_SIZE);
	want = scan_memory(b.at, b.len, NULL);
	got = scan_memory(c.at, c.len, NULL);
	cr_assert(has_finding(got.scan, "region-tables-foreign"), "%s", own);
	expect_regions(by_guess(got.scan), by_table(want.scan), own);
	expect_same_disk(got.scan, want.scan, own);
	g = assumed(got.scan, VHDXLOG_GUESS_METADATA);
	cr_assert(!evidence || has_evidence(got.scan, g, evidence));
	scan_release(&got);
	scan_release(&want);
	buffer_free(&b);
	buffer_free(&o);
	buffer_free(&c);
}

Test(guess_foreign, sound_tables_of_another_file_are_not_believed)
{
	expect_foreign(layouts[QEMU], layouts[WINDOWS], 2, NULL);
	expect_foreign(layouts[WINDOWS], layouts[QEMU], 2, NULL);
	/* Only the length of the BAT differs. */
	expect_foreign(layouts[QEMU], layouts[QEMU_300G], 2, NULL);
	expect_foreign(layouts[QEMU_300G], layouts[QEMU], 2, NULL);
	expect_foreign(layouts[QEMU_EMPTY], layouts[QEMU_300G], 2, NULL);
	expect_foreign(layouts[QEMU_FAR_LOG], layouts[QEMU], 2, NULL);
	/* The other copy is the image's own. */
	expect_foreign(layouts[QEMU], layouts[WINDOWS], 1,
		       "region table 2 names it");
}

/* The whole first MiB is another's: by its tables, both alike, the metadata is where
 * the BAT is, and the BAT in the log. */
Test(guess_foreign, two_copies_that_say_the_same_are_one_witness)
{
	struct buffer b = build_recipe(LAID("\"log\": {\"length\": \"4M\"},"
					    "\"blocks\": {\"0\": \"present\"}"));
	struct buffer o = build_recipe(LAID("\"log\": {\"length\": \"3M\"}"));
	struct buffer c = copy_of(&b);
	struct scanned want = scan_memory(b.at, b.len, NULL), got;

	memcpy(c.at, o.at, VL_MIB);
	got = scan_memory(c.at, c.len, NULL);
	cr_assert(has_finding(got.scan, "region-tables-foreign"));
	expect_regions(by_guess(got.scan), by_table(want.scan), "first MiB");
	scan_release(&got);
	scan_release(&want);
	buffer_free(&b);
	buffer_free(&o);
	buffer_free(&c);
}

#define WINDOWS_300G(block)                                            \
	LAID("\"virtual_size\": \"300G\", \"metadata\": {\"offset\": \"2M\"}," \
	     "\"bat\": {\"offset\": \"3M\"}, \"blocks\": {" block ": \"present\"}")

/* Where Windows' tables differ in the length of the BAT alone, a block behind the
 * end of a foreign one is the proof; without it, it stays what it was. */
Test(guess_foreign, a_block_behind_the_table_s_bat_proves_it_foreign)
{
	struct buffer b = build_recipe(WINDOWS_300G("\"0\""));
	struct buffer o = build_recipe(layouts[WINDOWS]);
	struct scanned s;

	expect_foreign(WINDOWS_300G("\"260000\""), layouts[WINDOWS], 2, NULL);
	memcpy(b.at + TABLES, o.at + TABLES, 2 * VL_SLOT_SIZE);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert(has_finding(s.scan, "bat-region-too-small"));
	cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
	scan_release(&s);
	buffer_free(&b);
	buffer_free(&o);
}

/* ----------------------------------------------- images that lie in blocks */

#define NEST                                                           \
	"\"block_size\": \"32M\", \"virtual_size\": \"1G\","             \
	"\"file_size\": \"110M\","                                       \
	"\"blocks\": {\"0\": \"present@10M\", \"1\": \"present@42M\"}"

/* With another image in its first block, or where no block is. */
static struct buffer nest(const char *recipe, uint64_t at)
{
	struct buffer outer = build_recipe(recipe);
	struct buffer inner = build_recipe(LAID(
		"\"virtual_size\": \"2G\", \"blocks\": {\"0\": \"present\","
		"\"1\": \"present\", \"2\": \"present\", \"3\": \"present\"}"));

	cr_assert_leq(at + inner.len, outer.len);
	memcpy(outer.at + at, inner.at, inner.len);
	buffer_free(&inner);
	return outer;
}

static const char *const nests[] = {
	LAID(NEST),
	LAID("\"metadata\": {\"offset\": \"2M\"}, \"bat\": {\"offset\": \"3M\"},"
	     NEST),
};

Test(guess_foreign, an_image_in_a_block_does_not_win)
{
	for (unsigned i = 0; i < 2; i++) {
		struct buffer in_block = nest(nests[i], 10 * VL_MIB);
		struct buffer in_none = nest(nests[i], 80 * VL_MIB);

		expect_found_all_ways(&in_block, "in a block");
		expect_found_all_ways(&in_none, "in no block");
		buffer_free(&in_block);
		buffer_free(&in_none);
	}
}

/* The nested BAT says that all real structures are blocks of its own. */
Test(guess_foreign,
     an_image_in_a_block_that_claims_the_real_one_does_not_win)
{
	for (unsigned i = 0; i < 4; i++) {
		uint64_t at = (i % 2 ? 10 : 80) * VL_MIB;
		struct buffer b = nest(nests[i / 2], at);
		uint8_t *bat = b.at + at + 2 * VL_MIB;

		for (unsigned k = 0; k < 4; k++)
			vl_put_le64(bat + 8 * k,
				    (k + 2) * VL_MIB | VL_BLOCK_FULLY_PRESENT);
		expect_found_all_ways(&b, nests[i / 2]);
		buffer_free(&b);
	}
}

/* Metadata that was lost is not that of an image in a block. */
Test(guess_foreign, metadata_in_a_block_does_not_replace_what_is_lost)
{
	struct buffer b = nest(nests[0], 10 * VL_MIB);
	struct scanned s;

	wipe(&b, 3 * VL_MIB, VL_MIB);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert(!has_finding(s.scan, "region-tables-foreign"));
	cr_assert(has_finding(s.scan, "metadata-signature-bad"));
	cr_assert_null(assumed(s.scan, VHDXLOG_GUESS_METADATA));
	cr_assert_eq(assumed(s.scan, VHDXLOG_GUESS_BLOCK_SIZE)->length,
		     32 * VL_MIB);
	cr_assert_eq(vhdxlog_image(s.scan)->bat.present, 2);
	scan_release(&s);
	buffer_free(&b);
}

/* Nothing of the host is left but blocks and perhaps the BAT: what the image in a
 * block has is that one's, as its own region tables say. */
Test(guess_foreign, what_an_image_in_a_block_has_is_not_adopted)
{
	static const struct {
		uint64_t from, to; /* MiB that are gone */
		bool tells_blocks; /* by the BAT */
	} gone[] = {
		{ 0, 1, true }, { 1, 3, false }, { 1, 4, false }, { 3, 4, true },
	};

	for (size_t k = 0; k < sizeof(gone) / sizeof(*gone); k++) {
		struct buffer b = nest(nests[0], 10 * VL_MIB);
		struct scanned s;
		struct regions r;

		damage_tables(&b, 1, 2, ZEROES, 0);
		wipe(&b, gone[k].from * VL_MIB,
		     (gone[k].to - gone[k].from) * VL_MIB);
		s = scan_memory(b.at, b.len, NULL);
		r = by_guess(s.scan);
		cr_assert_lt(r.metadata.offset, 10 * VL_MIB, "%zu", k);
		cr_assert_lt(r.bat.offset, 10 * VL_MIB, "%zu", k);
		if (gone[k].tells_blocks)
			cr_assert_eq(vhdxlog_image(s.scan)->bat.present, 2,
				     "%zu", k);
		scan_release(&s);
		buffer_free(&b);
	}
}

/* Its tables are gone, too: what lies behind it may be its own, and is not sure. */
Test(guess_foreign, what_lies_behind_another_image_is_not_sure)
{
	struct buffer b = nest(nests[0], 10 * VL_MIB);
	const struct vhdxlog_guess *g;
	struct scanned s;

	wipe(&b, VL_TABLE_OFFSET(1), 4 * VL_MIB - VL_TABLE_OFFSET(1));
	wipe(&b, 10 * VL_MIB + VL_TABLE_OFFSET(1), 2 * VL_SLOT_SIZE);
	s = scan_memory(b.at, b.len, NULL);
	for (size_t i = 0; i < vhdxlog_guess_count(s.scan); i++)
		cr_assert_not(vhdxlog_guess_at(s.scan, i)->certain);
	g = assumed(s.scan, VHDXLOG_GUESS_METADATA);
	cr_assert(g);
	cr_assert(has_evidence(s.scan, g, "another VHDX begins before it"));
	cr_assert_lt(g->score, 30);
	scan_release(&s);
	buffer_free(&b);
}

/* The first block, right behind the BAT, begins with a metadata table. */
Test(guess_foreign, metadata_in_the_first_block_is_what_a_guest_wrote)
{
	struct buffer b = build_recipe(layouts[WINDOWS]);
	struct scanned s = scan_memory(b.at, b.len, NULL);
	struct vhdxlog_bat_entry e;

	cr_assert_eq(vhdxlog_bat_entry(s.scan, 0, &e, NULL), 0);
	cr_assert_eq(e.file_offset, 4 * VL_MIB);
	scan_release(&s);
	memcpy(b.at + e.file_offset, b.at + 2 * VL_MIB, VL_MIB);
	wipe(&b, 2 * VL_MIB, VL_MIB);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert(!has_finding(s.scan, "region-tables-foreign"));
	cr_assert(has_finding(s.scan, "metadata-geometry-assumed"));
	scan_release(&s);
	buffer_free(&b);
}

/* A rival is known for what it is. */
Test(guess_foreign, what_lies_in_a_block_is_no_rival)
{
	struct buffer b = nest(nests[1], 10 * VL_MIB);
	struct scanned s;
	unsigned in_a_block = 0;

	damage_tables(&b, 1, 2, ZEROES, 0);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert(assumed(s.scan, VHDXLOG_GUESS_METADATA)->certain);
	cr_assert(assumed(s.scan, VHDXLOG_GUESS_BAT)->certain);
	for (size_t i = 0; i < vhdxlog_guess_count(s.scan); i++)
		in_a_block += has_evidence(s.scan, vhdxlog_guess_at(s.scan, i),
					   "it lies in a block");
	cr_assert_geq(in_a_block, 1);
	scan_release(&s);
	buffer_free(&b);
}

/* Entries that are legal one by one, before the real BAT: but their blocks would
 * lie over the metadata and the log. */
Test(guess_foreign, blocks_cannot_lie_on_structures)
{
	struct buffer good = build_recipe(
		LAID("\"log\": {\"offset\": \"5M\"},"
		     "\"metadata\": {\"offset\": \"2M\"},"
		     "\"bat\": {\"offset\": \"3M\"},"
		     "\"blocks\": {\"0\": \"present\", \"1\": \"present\"}"));
	struct buffer b = copy_of(&good);

	vl_put_le64(b.at + VL_MIB, 2 * VL_MIB | VL_BLOCK_FULLY_PRESENT);
	vl_put_le64(b.at + VL_MIB + 8, 5 * VL_MIB | VL_BLOCK_FULLY_PRESENT);
	damage_tables(&b, 1, 2, ZEROES, 0);
	expect_found(&good, &b, "blocks on structures");
	buffer_free(&good);
	buffer_free(&b);
}

/* ----------------------------------------------------------------- hostile */

#define MIBS 512u

/* A file of MiB, each of which begins with the same page; no tables. */
static struct buffer same_starts(const uint8_t *page, size_t len)
{
	struct buffer b = build_recipe(layouts[QEMU]);
	struct buffer c = { calloc(1, MIBS * VL_MIB), MIBS * VL_MIB };

	cr_assert(c.at);
	memcpy(c.at, b.at, VL_TABLE_OFFSET(1));
	for (unsigned k = 1; k < MIBS; k++)
		memcpy(c.at + k * VL_MIB, page, len);
	buffer_free(&b);
	return c;
}

/* Every MiB a BAT, or metadata: little more is read than a page of each. */
Test(guess_foreign, the_cost_is_bounded_whatever_each_mib_begins_with)
{
	struct buffer b = build_recipe(layouts[WINDOWS]);

	for (unsigned i = 0; i < 3; i++) {
		uint64_t len = i == 2 ? VL_MIB / 2 : VL_SECTOR;
		struct buffer c = same_starts(
			b.at + (i ? 2 : 3) * VL_MIB, (size_t)len);
		struct faulty f;
		struct scanned s;

		faulty_init(&f, &c);
		s = faulty_scan(&f, NULL);
		cr_assert_lt(f.reads, 10 * MIBS, "%ju reads",
			     (uintmax_t)f.reads);
		cr_assert_leq(vhdxlog_guess_count(s.scan), 16);
		scan_release(&s);
		buffer_free(&c);
	}
	buffer_free(&b);
}

/* Random pages where tables, BAT and metadata were: no error, whatever is read. */
Test(guess_foreign, noise_is_no_error)
{
	for (unsigned seed = 0; seed < rounds(60); seed++) {
		struct buffer b = random_bat(seed, seed % 2);
		struct rng r = rng_seed(seed);

		damage_tables(&b, 1, 2, NOISE, seed);
		for (unsigned k = 0; k < 6; k++) {
			uint64_t at = VL_MIB + rng_below(&r, 3 * 256) * VL_SECTOR;

			rng_fill(&r, b.at + at, VL_SECTOR);
		}
		scan_and_walk(b.at, b.len, NULL);
		buffer_free(&b);
	}
}

/* Bad sectors are passed over. */
Test(guess_foreign, what_cannot_be_read_is_passed_over)
{
	for (uint64_t mib = 1; mib < 6; mib++) {
		struct buffer b = build_recipe(layouts[QEMU]);
		struct faulty f;
		struct scanned s;

		damage_tables(&b, 1, 2, ZEROES, 0);
		faulty_init(&f, &b);
		faulty_add(&f, mib * VL_MIB, VL_SECTOR);
		s = faulty_scan(&f, NULL);
		if (mib > 3)
			cr_assert(vhdxlog_image(s.scan)->bat.known);
		scan_release(&s);
		buffer_free(&b);
	}
}

Test(guess_foreign, a_file_that_was_cut_off_is_no_error)
{
	struct buffer b = build_recipe(layouts[QEMU_TWO_BLOCKS]);
	struct buffer c = copy_of(&b);

	damage_tables(&c, 1, 2, ZEROES, 0);
	/* Every length that ends inside a structure, or between two. */
	for (c.len = VL_MIB; c.len < b.len; c.len += VL_MIB / 4 + 512)
		scan_and_walk(c.at, c.len, NULL);
	/* What is there of it is found all the same. */
	c.len = b.len - VL_MIB;
	{
		struct scanned s = scan_memory(c.at, c.len, NULL);

		cr_assert_eq(by_guess(s.scan).bat.offset, 2 * VL_MIB);
		cr_assert_eq(vhdxlog_image(s.scan)->bat.present, 2);
		scan_release(&s);
	}
	buffer_free(&b);
	buffer_free(&c);
}

/* SPDX-License-Identifier: MIT */
/*
 * BAT and metadata without region tables: the same regions, geometry and blocks as
 * with them, whoever laid the file out and whatever the log writes; and nothing
 * assumed where a table is good.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bases.h"
#include "guess/places.h"
#include "guessed.h"
#include "ondisk/layout.h"
#include "random_bat.h"

/* ------------------------------------------------------------- one's tables */

Test(guess_regions, finds_what_the_tables_said_however_it_is_laid_out)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct buffer b = build_recipe(layouts[i]);

		expect_found_all_ways(&b, layouts[i]);
		buffer_free(&b);
	}
}

/* A ring that writes over the tables leaves nothing to compare with. */
static bool is_readable(struct vhdxlog_scan *scan)
{
	return by_table(scan).bat.length && vhdxlog_image(scan)->bat.known;
}

Test(guess_regions, finds_it_under_any_log)
{
	unsigned compared = 0;

	for (unsigned seed = 0; seed < rounds(40); seed++) {
		struct base b;
		struct buffer c;
		struct scanned want, got;

		base_make_random(&b, seed);
		c = copy_of(&b.image);
		damage_tables(&c, 1, 2, (enum damage)(seed % DAMAGES), seed);
		want = scan_memory(b.image.at, b.image.len, NULL);
		got = scan_memory(c.at, c.len, NULL);
		/* The ring may bring the tables back, too. */
		if (is_readable(want.scan) && !by_table(got.scan).bat.length) {
			expect_regions(by_guess(got.scan), by_table(want.scan),
				       "random ring");
			expect_same_disk(got.scan, want.scan, "random ring");
			compared++;
		}
		scan_release(&got);
		scan_release(&want);
		base_free(&b);
		buffer_free(&c);
	}
	assert_often(compared, rounds(20), rounds(40));
}

Test(guess_regions, finds_it_with_any_blocks)
{
	for (unsigned seed = 0; seed < rounds(60); seed++) {
		struct buffer b = random_bat(seed, seed % 2);
		struct buffer c = copy_of(&b);
		struct scanned want, got;
		char what[32];

		snprintf(what, sizeof(what), "seed %u", seed);
		damage_tables(&c, 1, 2, (enum damage)(seed % DAMAGES), seed);
		want = scan_memory(b.at, b.len, NULL);
		got = scan_memory(c.at, c.len, NULL);
		expect_regions(by_guess(got.scan), by_table(want.scan), what);
		expect_same_disk(got.scan, want.scan, what);
		scan_release(&got);
		scan_release(&want);
		buffer_free(&b);
		buffer_free(&c);
	}
}

/* What a damaged copy still names counts, as to the length, too. */
Test(guess_regions, a_damaged_copy_still_names_regions)
{
	struct buffer b = build_recipe(LAID(
		"\"bat\": {\"length\": \"3M\"}, \"blocks\": {\"0\": \"present\"}"));
	struct buffer c = copy_of(&b);
	struct scanned s;
	const struct vhdxlog_guess *g;

	damage_tables(&c, 1, 1, ZEROES, 0);
	damage_tables(&c, 2, 2, ONE_BIT, 0);
	expect_found(&b, &c, "named");
	s = scan_memory(c.at, c.len, NULL);
	g = assumed(s.scan, VHDXLOG_GUESS_BAT);
	cr_assert(has_evidence(s.scan, g, "region table 2, though damaged"));
	scan_release(&s);
	buffer_free(&b);
	buffer_free(&c);
}

Test(guess_regions, evidence_names_the_writers_layout)
{
	static const struct {
		enum layout layout;
		const char *text;
	} cases[] = {
		{ QEMU, "right behind the log, as QEMU has it" },
		{ QEMU_EMPTY, "all entries are zero" },
		{ NONE_LOCATED, "none locates a block" },
		{ WINDOWS, "right behind the metadata, as Windows has it" },
		{ WINDOWS_MOVED, "2 entries locate blocks" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer b = build_recipe(layouts[cases[i].layout]);
		const struct vhdxlog_guess *g;
		struct scanned s;

		damage_tables(&b, 1, 2, ZEROES, 0);
		s = scan_memory(b.at, b.len, NULL);
		g = assumed(s.scan, VHDXLOG_GUESS_BAT);
		cr_assert(has_evidence(s.scan, g, cases[i].text), "%zu", i);
		/* Zeroes could be anywhere. */
		if (cases[i].layout == QEMU_EMPTY)
			cr_assert(!g->certain && g->score < 50);
		scan_release(&s);
		buffer_free(&b);
	}
}

/* One good copy is enough. */
Test(guess_regions, one_good_copy_is_enough)
{
	struct buffer b = build_recipe(layouts[QEMU]);

	for (unsigned n = 1; n <= 2; n++) {
		struct buffer c = copy_of(&b);
		struct scanned s;

		damage_tables(&c, n, n, NOISE, n);
		s = scan_memory(c.at, c.len, NULL);
		cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
		cr_assert(!has_finding(s.scan, "region-places-assumed"));
		scan_release(&s);
		buffer_free(&c);
	}
	buffer_free(&b);
}

/* ------------------------------------------------------------ no metadata */

#define FOUR_BLOCKS                                                     \
	"\"block_size\": \"8M\", \"virtual_size\": \"8G\", \"blocks\": {" \
	"\"0\": \"present\", \"1\": \"present\", \"9\": \"present\","     \
	"\"1023\": \"present\"}"

/* The BAT alone, with and without a table that says where it is. */
Test(guess_regions, blocks_tell_the_geometry_without_metadata)
{
	static const char *const recipes[] = {
		LAID(FOUR_BLOCKS),
		LAID("\"metadata\": {\"offset\": \"2M\"},"
		     "\"bat\": {\"offset\": \"3M\"}," FOUR_BLOCKS),
	};

	for (unsigned i = 0; i < 4; i++) {
		struct buffer b = build_recipe(recipes[i / 2]);
		struct scanned want = scan_memory(b.at, b.len, NULL), got;
		struct regions r = by_table(want.scan);
		struct buffer c = copy_of(&b);
		struct vhdxlog_bat bat;

		wipe(&c, r.metadata.offset, r.metadata.length);
		if (i % 2)
			damage_tables(&c, 1, 2, ZEROES, 0);
		got = scan_memory(c.at, c.len, NULL);
		/* Of metadata that is gone the room is no-one's. */
		bat = vhdxlog_image(got.scan)->bat;
		bat.unowned = vhdxlog_image(want.scan)->bat.unowned;
		cr_assert_eq(memcmp(&bat, &vhdxlog_image(want.scan)->bat,
				    sizeof(bat)),
			     0, "%u", i);
		cr_assert_eq(assumed(got.scan, VHDXLOG_GUESS_BLOCK_SIZE)->length,
			     8 * VL_MIB);
		cr_assert_eq(assumed(got.scan, VHDXLOG_GUESS_DISK_SIZE)->length,
			     8 * VL_GIB);
		cr_assert(has_finding(got.scan, "metadata-geometry-assumed"));
		cr_assert(!vhdxlog_image(got.scan)->metadata_known);
		scan_release(&got);
		scan_release(&want);
		buffer_free(&b);
		buffer_free(&c);
	}
}

/* No block is located: there is nothing to guess from. */
Test(guess_regions, an_empty_bat_tells_nothing_without_metadata)
{
	struct buffer b = build_recipe(layouts[QEMU_EMPTY]);
	struct scanned s;

	wipe(&b, 3 * VL_MIB, VL_MIB);
	damage_tables(&b, 1, 2, ZEROES, 0);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
	cr_assert(!vhdxlog_image(s.scan)->bat.known);
	scan_release(&s);
	buffer_free(&b);
}

/* ------------------------------------------------------- other states, too */

Test(guess_regions, other_states_go_on_with_it)
{
	for (unsigned kind = 0; kind < BASE_KINDS; kind++) {
		struct base b;
		struct scanned want, got;

		base_make(&b, (enum base_kind)kind);
		want = scan_memory(b.image.at, b.image.len, NULL);
		{
			struct buffer c = copy_of(&b.image);
			struct vhdxlog_overlay *x, *y;

			damage_tables(&c, 1, 2, NOISE, kind);
			got = scan_memory(c.at, c.len, NULL);
			cr_assert_eq(vhdxlog_overlay_disk(want.scan, &x, NULL),
				     0);
			cr_assert_eq(vhdxlog_overlay_disk(got.scan, &y, NULL),
				     0);
			cr_assert_eq(memcmp(&vhdxlog_overlay_image(x, NULL)->bat,
					    &vhdxlog_overlay_image(y, NULL)->bat,
					    sizeof(struct vhdxlog_bat)),
				     0);
			cr_assert(vhdxlog_overlay_image(y, NULL)->bat.known);
			vhdxlog_overlay_close(x);
			vhdxlog_overlay_close(y);
			scan_release(&got);
			buffer_free(&c);
		}
		scan_release(&want);
		base_free(&b);
	}
}

/* ------------------------------------------------------------------ places */

Test(guess_regions, entries_that_may_be_of_a_bat)
{
	static const struct {
		uint64_t raw;
		bool may;
		unsigned located;
	} cases[] = {
		{ 0, true, 0 },
		{ 2, true, 0 },
		{ 3 * VL_MIB | 6, true, 1 },
		{ 3 * VL_MIB | 7, true, 1 },
		{ 3 * VL_MIB, true, 0 },
		{ 6, false, 0 },	    /* nowhere */
		{ 4, false, 0 },	    /* reserved */
		{ 3 * VL_MIB | 5, false, 0 },
		{ 3 * VL_MIB | 14, false, 0 }, /* reserved bits */
		{ UINT64_C(1) << 50 | 6, false, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t located;
		uint8_t bytes[8];

		vl_put_le64(bytes, cases[i].raw);
		cr_assert_eq(vl_may_be_bat(bytes, 1, &located), cases[i].may,
			     "%zu", i);
		if (cases[i].may)
			cr_assert_eq(located, cases[i].located);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * BAT and metadata without region tables: the same regions, geometry and blocks as
 * with them, whoever laid the file out and whatever lies in its blocks; and nothing
 * assumed where the tables are good.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bases.h"
#include "faulty.h"
#include "guess/places.h"
#include "ondisk/bat.h"
#include "ondisk/layout.h"
#include "random_bat.h"

#define TABLES VL_TABLE_OFFSET(1)

struct region {
	uint64_t offset, length;
};

/* Where the regions are, by the table or by what is assumed. */
struct regions {
	struct region bat, metadata;
};

static struct regions by_table(struct vhdxlog_scan *scan)
{
	struct regions found = { { 0, 0 }, { 0, 0 } };

	for (unsigned n = 1; n <= 2; n++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(scan, n);

		for (size_t i = 0; t->chosen && i < t->region_count; i++) {
			const struct vhdxlog_region *r = &t->regions[i];

			*(strcmp(r->name, "bat") == 0 ? &found.bat :
							&found.metadata) =
				(struct region){ r->offset, r->length };
		}
	}
	return found;
}

/* The best of a kind, or NULL. */
static const struct vhdxlog_guess *assumed(struct vhdxlog_scan *scan,
					   enum vhdxlog_guess_kind kind)
{
	const struct vhdxlog_guess *found = NULL;

	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind != kind || !g->assumed)
			continue;
		cr_assert_null(found, "one of a kind is assumed");
		found = g;
	}
	return found;
}

static bool has_evidence(struct vhdxlog_scan *scan,
			 const struct vhdxlog_guess *guess, const char *text)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		for (size_t k = 0; k < guess->evidence_count; k++) {
			if (vhdxlog_guess_at(scan, i) == guess &&
			    strstr(vhdxlog_guess_evidence(scan, i, k), text))
				return true;
		}
	}
	return false;
}

static struct regions by_guess(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_guess *b = assumed(scan, VHDXLOG_GUESS_BAT);
	const struct vhdxlog_guess *m = assumed(scan, VHDXLOG_GUESS_METADATA);
	struct regions found = { { 0, 0 }, { 0, 0 } };

	if (b)
		found.bat = (struct region){ b->offset, b->length };
	if (m)
		found.metadata = (struct region){ m->offset, m->length };
	return found;
}

static void expect_regions(struct regions got, struct regions want,
			   const char *what)
{
	cr_assert_eq(got.bat.offset, want.bat.offset, "%s: BAT at %ju, not %ju",
		     what, (uintmax_t)got.bat.offset,
		     (uintmax_t)want.bat.offset);
	cr_assert_eq(got.bat.length, want.bat.length, "%s", what);
	cr_assert_eq(got.metadata.offset, want.metadata.offset, "%s", what);
	cr_assert_eq(got.metadata.length, want.metadata.length, "%s", what);
}

static void expect_same_disk(struct vhdxlog_scan *got,
			     struct vhdxlog_scan *want, const char *what)
{
	const struct vhdxlog_image *a = vhdxlog_image(got);
	const struct vhdxlog_image *b = vhdxlog_image(want);

	cr_assert_eq(memcmp(&a->bat, &b->bat, sizeof(a->bat)), 0, "%s", what);
	cr_assert_eq(a->metadata.block_size, b->metadata.block_size);
	cr_assert_eq(a->metadata.virtual_disk_size,
		     b->metadata.virtual_disk_size);
	cr_assert_eq(a->metadata.has_parent, b->metadata.has_parent);
	cr_assert_eq(a->metadata.logical_sector_size,
		     b->metadata.logical_sector_size);
	cr_assert_eq(vhdxlog_log(got)->descriptor_count,
		     vhdxlog_log(want)->descriptor_count);
}

/* ------------------------------------------------------------------ damage */

enum damage { ZEROES, NOISE, ONE_BIT, DAMAGES };

/* Both tables, or one of them. */
static void damage_tables(struct buffer *image, unsigned first, unsigned last,
			  enum damage how, uint64_t seed)
{
	struct rng r = rng_seed(seed);

	for (unsigned n = first; n <= last; n++) {
		uint8_t *slot = image->at + VL_TABLE_OFFSET(n);

		switch (how) {
		case ZEROES: memset(slot, 0, VL_SLOT_SIZE); break;
		case NOISE: rng_fill(&r, slot, VL_SLOT_SIZE); break;
		default: slot[60000] ^= 1; break;
		}
	}
}

static struct buffer copy_of(const struct buffer *b)
{
	struct buffer c = { malloc(b->len), b->len };

	cr_assert(c.at);
	memcpy(c.at, b->at, b->len);
	return c;
}

/* Expect a damaged copy to be read as the good one is. */
static void expect_found(const struct buffer *good,
			 const struct buffer *damaged, const char *what)
{
	struct scanned want = scan_memory(good->at, good->len, NULL);
	struct scanned got = scan_memory(damaged->at, damaged->len, NULL);

	cr_assert_eq(vhdxlog_guess_count(want.scan), 0, "%s", what);
	expect_regions(by_guess(got.scan), by_table(want.scan), what);
	expect_same_disk(got.scan, want.scan, what);
	cr_assert(has_finding(got.scan, "region-places-assumed"));
	cr_assert_eq(vhdxlog_verdict(got.scan)->state, VHDXLOG_DAMAGED);
	scan_release(&got);
	scan_release(&want);
}

static void expect_found_all_ways(const struct buffer *good, const char *what)
{
	for (unsigned how = 0; how < DAMAGES; how++) {
		struct buffer c = copy_of(good);

		damage_tables(&c, 1, 2, (enum damage)how, how);
		expect_found(good, &c, what);
		buffer_free(&c);
	}
}

/* ------------------------------------------------------------- one's tables */

#define LAID(image) "{\"about\": \"a layout\", \"image\": {" image "}}"

static const char *const layouts[] = {
	/* As QEMU, with the least and the most there is to see. */
	LAID("\"blocks\": {\"0\": \"present\"}"),
	LAID("\"blocks\": {\"7\": \"present\", \"3\": \"present\"}"),
	LAID("\"virtual_size\": \"300G\", \"blocks\": {\"0\": \"present\"}"),
	LAID("\"virtual_size\": \"300G\", \"blocks\": {\"260000\": \"present\"}"),
	LAID("\"log\": {\"offset\": \"4M\", \"length\": \"2M\"},"
	     "\"blocks\": {\"1\": \"present\"}"),
	/* As Windows. */
	LAID("\"metadata\": {\"offset\": \"2M\"}, \"bat\": {\"offset\": \"3M\"},"
	     "\"block_size\": \"32M\","
	     "\"blocks\": {\"0\": \"present\", \"9\": \"zero\"}"),
	/* Its BAT moved to the end, as the disk grew. */
	LAID("\"metadata\": {\"offset\": \"2M\"}, \"bat\": {\"offset\": \"9M\"},"
	     "\"blocks\": {\"0\": \"present@5M\", \"2\": \"present@6M\"}"),
	LAID("\"logical_sector\": 4096, \"blocks\": {\"5\": \"present\"}"),
	LAID("\"virtual_size\": \"8M\", \"fixed\": true"),
	LAID("\"parent\": {\"parent_linkage\": \"guid:parent\"},"
	     "\"blocks\": {\"0\": \"partial\"}, \"bitmaps\": {\"0\": \"present\"}"),
	/* Empty disks: where QEMU, and where Windows has the BAT. */
	LAID("\"virtual_size\": \"1G\""),
	LAID("\"metadata\": {\"offset\": \"2M\"}, \"bat\": {\"offset\": \"3M\"}"),
	LAID("\"blocks\": {\"0\": \"zero\", \"1\": \"zero\", \"2\": \"zero\"}"),
};

Test(guess_regions, finds_what_the_tables_said_however_it_is_laid_out)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
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

/* One good copy is enough. */
Test(guess_regions, one_good_copy_is_enough)
{
	struct buffer b = build_recipe(layouts[0]);

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

Test(guess_regions, sound_tables_of_another_file_are_not_believed)
{
	enum { QEMU = 0, QEMU_300G = 2, FAR_LOG = 4, WINDOWS = 5, EMPTY = 10 };

	expect_foreign(layouts[QEMU], layouts[WINDOWS], 2, NULL);
	expect_foreign(layouts[WINDOWS], layouts[QEMU], 2, NULL);
	/* Only the length of the BAT differs. */
	expect_foreign(layouts[QEMU], layouts[QEMU_300G], 2, NULL);
	expect_foreign(layouts[QEMU_300G], layouts[QEMU], 2, NULL);
	expect_foreign(layouts[EMPTY], layouts[QEMU_300G], 2, NULL);
	expect_foreign(layouts[FAR_LOG], layouts[QEMU], 2, NULL);
	/* The other copy is the image's own. */
	expect_foreign(layouts[QEMU], layouts[WINDOWS], 1,
		       "region table 2 names it");
}

#define WINDOWS_300G(block)                                            \
	LAID("\"virtual_size\": \"300G\", \"metadata\": {\"offset\": \"2M\"}," \
	     "\"bat\": {\"offset\": \"3M\"}, \"blocks\": {" block ": \"present\"}")

/* Where Windows' tables differ in the length of the BAT alone, a block behind the
 * end of a foreign one is the proof; without it, it stays what it was. */
Test(guess_regions, a_block_behind_the_table_s_bat_proves_it_foreign)
{
	struct buffer b = build_recipe(WINDOWS_300G("\"0\""));
	struct buffer o = build_recipe(layouts[5]);
	struct scanned s;

	expect_foreign(WINDOWS_300G("\"260000\""), layouts[5], 2, NULL);
	memcpy(b.at + TABLES, o.at + TABLES, 2 * VL_SLOT_SIZE);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert(has_finding(s.scan, "bat-region-too-small"));
	cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
	scan_release(&s);
	buffer_free(&b);
	buffer_free(&o);
}

/* ------------------------------------------------------------ no metadata */

static void wipe(struct buffer *image, uint64_t off, uint64_t len)
{
	memset(image->at + off, 0, len);
}

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

		wipe(&c, r.metadata.offset, r.metadata.length);
		if (i % 2)
			damage_tables(&c, 1, 2, ZEROES, 0);
		got = scan_memory(c.at, c.len, NULL);
		cr_assert_eq(memcmp(&vhdxlog_image(got.scan)->bat,
				    &vhdxlog_image(want.scan)->bat,
				    sizeof(struct vhdxlog_bat)),
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
	struct buffer b = build_recipe(layouts[10]);
	struct scanned s;

	wipe(&b, 3 * VL_MIB, VL_MIB);
	damage_tables(&b, 1, 2, ZEROES, 0);
	s = scan_memory(b.at, b.len, NULL);
	cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
	cr_assert(!vhdxlog_image(s.scan)->bat.known);
	scan_release(&s);
	buffer_free(&b);
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

Test(guess_regions, an_image_in_a_block_does_not_win)
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
Test(guess_regions,
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
Test(guess_regions, metadata_in_a_block_does_not_replace_what_is_lost)
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

/* ----------------------------------------------------------------- hostile */

#define MIBS 512u

/* A file of MiB, each of which begins with the same page; no tables. */
static struct buffer same_starts(const uint8_t *page, size_t len)
{
	struct buffer b = build_recipe(layouts[0]);
	struct buffer c = { calloc(1, MIBS * VL_MIB), MIBS * VL_MIB };

	cr_assert(c.at);
	memcpy(c.at, b.at, VL_TABLE_OFFSET(1));
	for (unsigned k = 1; k < MIBS; k++)
		memcpy(c.at + k * VL_MIB, page, len);
	buffer_free(&b);
	return c;
}

/* Every MiB a BAT, or metadata: little more is read than a page of each. */
Test(guess_regions, the_cost_is_bounded_whatever_each_mib_begins_with)
{
	struct buffer b = build_recipe(layouts[5]);

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
Test(guess_regions, noise_is_no_error)
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
Test(guess_regions, what_cannot_be_read_is_passed_over)
{
	for (uint64_t mib = 1; mib < 6; mib++) {
		struct buffer b = build_recipe(layouts[0]);
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

Test(guess_regions, a_file_that_was_cut_off_is_no_error)
{
	struct buffer b = build_recipe(layouts[1]);
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

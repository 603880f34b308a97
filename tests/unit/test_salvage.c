/* SPDX-License-Identifier: MIT */
/*
 * Salvaging: of an entry with one damage those pages are had of which everything is
 * whole, and never one that the undamaged entry would not have written.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/bat.h"
#include "ondisk/layout.h"
#include "salvage_case.h"

#define CASES 40u

/* ------------------------------------------------------------ random entries */

static void add_random(struct salvage_case *c, struct rng *r, bool parent)
{
	uint32_t pages = 1 + (uint32_t)rng_below(r, 7);

	for (uint32_t page = 0; page < pages; page++) {
		salvage_case_bat(c, page, (uint32_t)(40 + rng_below(r, 400)),
				 salvage_case_block(c));
		if (rng_chance(r, 30))
			vl_put_le64(c->pages[c->n - 1] + 8 * 500,
				    salvage_case_block(c));
		if (rng_chance(r, 20))
			salvage_case_zeroes(c);
		if (rng_chance(r, 20))
			salvage_case_payload(c);
		/* One range of zeroes, one page of payload: else they overlap. */
		if (c->n > 1 && c->kinds[c->n - 1] != PAGE_BAT)
			break;
	}
	if (rng_chance(r, 50))
		salvage_case_metadata(c, 0xa5);
	if (rng_chance(r, 50))
		salvage_case_region_table(c, 1);
	if (rng_chance(r, 50))
		salvage_case_region_table(c, 2);
	if (parent)
		salvage_case_bitmap(c, (uint32_t)rng_below(r, 4096));
}

static void make_random(struct salvage_case *c, struct rng *r, uint64_t seed)
{
	bool parent = seed % 2;

	*r = rng_seed(seed);
	salvage_case_make(c, parent);
	add_random(c, r, parent);
	salvage_case_put(c);
}

static uint32_t some_data(const struct salvage_case *c, struct rng *r)
{
	uint32_t i;

	do
		i = (uint32_t)rng_below(r, c->n);
	while (c->kinds[i] == PAGE_ZEROES);
	return i;
}

/* What is had where the damage is known to be elsewhere. */
static bool is_sure(const struct salvage_case *c, uint32_t i)
{
	return c->kinds[i] != PAGE_PAYLOAD && c->kinds[i] != PAGE_ZEROES;
}

/* All but what `lost` says, or more where the checksum vouches for all. */
static void expect(struct salvage_case *c, const bool *lost, bool sealed,
		   uint64_t seed)
{
	struct salvage_result r;

	salvage_case_run(c, &r);
	for (uint32_t i = 0; i < c->n; i++) {
		bool want = !lost[i] &&
			    (is_sure(c, i) ||
			     (sealed && c->kinds[i] == PAGE_ZEROES));

		cr_assert_eq(r.salvaged[i], want, "seed %ju, %u of %u: %s",
			     (uintmax_t)seed, i, c->n,
			     r.reason[i] ? r.reason[i] : "(salvaged)");
		cr_assert_neq(r.salvaged[i], r.reason[i] != NULL);
	}
	salvage_result_release(&r);
}

/* ------------------------------------------------------------- what is exact */

/* From some data sector on nothing of the write has arrived, or half of one. */
Test(salvage, of_a_torn_entry_all_whole_sectors_are_had)
{
	unsigned n = rounds(CASES);

	for (uint64_t seed = 0; seed < n; seed++) {
		bool lost[CASE_MAX] = { false };
		struct salvage_case c;
		struct rng r;
		uint32_t from;
		size_t cut;

		make_random(&c, &r, seed);
		from = some_data(&c, &r);
		cut = 512 * (size_t)rng_below(&r, 8);
		for (uint32_t i = from; i < c.n; i++) {
			uint8_t *data = salvage_case_data(&c, i);

			lost[i] = true;
			if (c.kinds[i] == PAGE_ZEROES)
				continue;
			if (rng_chance(&r, 50))
				memset(data + cut, 0, VL_SECTOR - cut);
			else
				rng_fill(&r, data + cut, VL_SECTOR - cut);
			cut = 0;
		}
		expect(&c, lost, false, seed);
		salvage_case_free(&c);
	}
}

/* The case that the ends of the sector do not show. */
Test(salvage, a_byte_that_changed_in_a_page_is_found)
{
	unsigned n = rounds(CASES);

	for (uint64_t seed = 0; seed < n; seed++) {
		bool lost[CASE_MAX] = { false };
		struct salvage_case c;
		struct rng r;
		uint32_t which;

		make_random(&c, &r, seed);
		which = some_data(&c, &r);
		lost[which] = true;
		salvage_case_data(&c, which)[8 + rng_below(&r, 4084)] ^=
			(uint8_t)(1 + rng_below(&r, 255));
		expect(&c, lost, false, seed);
		salvage_case_free(&c);
	}
}

static void expect_one_lost(uint64_t seed, uint32_t least, uint32_t most)
{
	bool lost[CASE_MAX] = { false };
	struct salvage_case c;
	struct rng r;
	uint32_t which, at;

	make_random(&c, &r, seed);
	which = some_data(&c, &r);
	lost[which] = true;
	at = least + (uint32_t)rng_below(&r, most - least + 1);
	salvage_case_descriptor(&c, which)[at] ^=
		(uint8_t)(1 + rng_below(&r, 255));
	expect(&c, lost, false, seed);
	salvage_case_free(&c);
}

/* Signature, ends of the page, number; the target where it leads far away. */
Test(salvage, a_byte_that_changed_in_a_descriptor_is_found)
{
	unsigned n = rounds(CASES / 4);

	for (uint64_t seed = 0; seed < n; seed++) {
		expect_one_lost(seed, 0, 3);
		expect_one_lost(seed, 4, 15);
		expect_one_lost(seed, 16 + 4, 16 + 7);
		expect_one_lost(seed, 24, 31);
	}
}

/* What must be zero, or the checksum itself, is all that is damaged. */
Test(salvage, damage_to_what_is_known_spoils_nothing)
{
	static const bool nothing[CASE_MAX];
	unsigned n = rounds(CASES / 2);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct salvage_case c;
		struct rng r;

		make_random(&c, &r, seed);
		switch (seed % 3) {
		case 0:
			rng_fill(&r, salvage_case_descriptor(&c, c.n) + 100,
				 200);
			break;
		case 1:
			salvage_case_put(&c)[VL_OFF_entry_header_reserved] = 3;
			break;
		case 2:
			salvage_case_put(&c)[VL_OFF_entry_header_checksum +
					     seed % 4] ^= 0x5a;
			break;
		}
		expect(&c, nothing, true, seed);
		salvage_case_free(&c);
	}
}

/* A checksum of which more is wrong says nothing: pages speak for themselves. */
Test(salvage, without_the_checksum_pages_must_prove_themselves)
{
	unsigned n = rounds(CASES / 2);

	for (uint64_t seed = 0; seed < n; seed++) {
		bool lost[CASE_MAX] = { false };
		struct salvage_case c;
		struct rng r;

		make_random(&c, &r, seed);
		for (uint32_t i = 0; i < c.n; i++)
			lost[i] = c.kinds[i] == PAGE_METADATA ||
				  c.kinds[i] == PAGE_BITMAP;
		memcpy(salvage_case_put(&c) + VL_OFF_entry_header_checksum,
		       "\x12\x34\x56\x78", 4);
		expect(&c, lost, false, seed);
		salvage_case_free(&c);
	}
}

/* ---------------------------------------------------- what must not go wrong */

/* Anything in one sector of the entry: salvage_case_run() compares pages. */
Test(salvage, never_a_page_that_was_not_written)
{
	unsigned n = rounds(4 * CASES), had = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct salvage_result result;
		struct salvage_case c;
		struct rng r;
		uint8_t *entry, *sector;
		size_t from, len;

		make_random(&c, &r, seed);
		entry = salvage_case_put(&c);
		sector = rng_chance(&r, 40) ?
				 entry :
				 salvage_case_data(&c, some_data(&c, &r));
		from = (size_t)rng_below(&r, sector == entry ? 320 : 4096);
		len = 1 + (size_t)rng_below(&r, 64);
		if (from + len > VL_SECTOR)
			len = VL_SECTOR - from;
		if (rng_chance(&r, 50))
			memset(sector + from, 0, len);
		else
			rng_fill(&r, sector + from, len);
		salvage_case_run(&c, &result);
		for (uint32_t i = 0; i < c.n; i++)
			had += result.salvaged[i];
		salvage_result_release(&result);
		salvage_case_free(&c);
	}
	assert_often(had, n, n);
}

/* ------------------------------------------------------------ pages of the BAT */

/* Whether a change to the BAT is believed, with a checksum that says nothing. */
static const char *reason_of(uint32_t slot, uint64_t raw, uint64_t last)
{
	struct salvage_result r;
	struct salvage_case c;
	const char *reason;

	salvage_case_make(&c, false);
	c.last = last;
	salvage_case_bat(&c, 0, slot, raw);
	memset(salvage_case_put(&c) + VL_OFF_entry_header_checksum, 0x11, 4);
	salvage_case_run(&c, &r);
	cr_assert_neq(r.salvaged[0], r.reason[0] != NULL);
	reason = r.reason[0];
	salvage_result_release(&r);
	salvage_case_free(&c);
	return reason;
}

#define AT(mib) (VL_BLOCK_FULLY_PRESENT | (mib) * VL_MIB)
#define SIZE (CASE_SIZE_MIB * VL_MIB)

Test(salvage, the_bat_changes_as_writers_change_it)
{
	cr_assert_null(reason_of(9, AT(20), SIZE));
	cr_assert_null(reason_of(9, VL_BLOCK_ZERO, SIZE));
	cr_assert_null(reason_of(9, AT(CASE_SIZE_MIB - 1), SIZE));
	/* Bits and states that there are not; no place, or one too many. */
	cr_assert(reason_of(9, AT(20) | 0x100, SIZE));
	cr_assert(reason_of(9, 4, SIZE));
	cr_assert(reason_of(9, VL_BLOCK_PARTIALLY_PRESENT | 20 * VL_MIB, SIZE));
	cr_assert(reason_of(9, VL_BLOCK_FULLY_PRESENT, SIZE));
	cr_assert(reason_of(9, VL_BLOCK_NOT_PRESENT | 20 * VL_MIB, SIZE));
	cr_assert(reason_of(9, VL_BLOCK_UNMAPPED | 20 * VL_MIB, SIZE));
	/* Structures, blocks of others, the end of the file. */
	for (uint64_t mib = 0; mib < 8; mib++)
		cr_assert(reason_of(9, AT(mib), SIZE));
	cr_assert(reason_of(9, AT(CASE_SIZE_MIB), SIZE));
	/* Block 1 has its place from E0: it neither moves nor goes. */
	cr_assert(reason_of(1, AT(20), SIZE));
	cr_assert(reason_of(1, 0, SIZE));
}

/* A block behind the end: LastFileOffset must end with it. */
Test(salvage, growth_needs_two_that_say_so)
{
	cr_assert_null(reason_of(9, AT(CASE_SIZE_MIB), SIZE + VL_MIB));
	cr_assert(reason_of(9, AT(CASE_SIZE_MIB), SIZE + 2 * VL_MIB));
	cr_assert(reason_of(9, AT(CASE_SIZE_MIB + 1), SIZE + VL_MIB));
}

Test(salvage, the_file_grows_only_where_that_is_proven)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct salvage_result r;
	struct salvage_case c;
	bool said = false;
	int n;

	salvage_case_make(&c, false);
	c.last = SIZE + 5 * VL_MIB;
	salvage_case_bat(&c, 0, 9, AT(20));
	memset(salvage_case_put(&c) + VL_OFF_entry_header_checksum, 0x11, 4);
	salvage_case_run(&c, &r);
	cr_assert(r.salvaged[0]);
	cr_assert_eq(vhdxlog_overlay_about(r.overlay)->size, SIZE);
	n = vhdxlog_overlay_verdicts(r.overlay, v, NULL);
	for (int i = 0; i < n; i++)
		said = said || (strcmp(v[i].check->name,
				       "replay-salvage-growth") == 0 &&
				v[i].status == VHDXLOG_FAIL);
	cr_assert(said);
	salvage_result_release(&r);

	/* The same with a checksum that vouches for the header. */
	salvage_case_put(&c)[VL_OFF_entry_header_reserved] = 1;
	salvage_case_run(&c, &r);
	cr_assert_eq(vhdxlog_overlay_about(r.overlay)->size, c.last);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* Two pages that place a block each in the same place. */
Test(salvage, two_blocks_do_not_get_one_place)
{
	struct salvage_result r;
	struct salvage_case c;

	salvage_case_make(&c, false);
	salvage_case_bat(&c, 0, 9, AT(20));
	salvage_case_bat(&c, 1, 9, AT(20));
	memset(salvage_case_put(&c) + VL_OFF_entry_header_checksum, 0x11, 4);
	salvage_case_run(&c, &r);
	cr_assert(r.salvaged[0]);
	cr_assert_not(r.salvaged[1]);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* The limit: several bytes that make a writer's change of a writer's change. */
Test(salvage, what_is_not_caught_is_said)
{
	struct vhdxlog_salvaged s;
	struct vhdxlog_overlay *o;
	struct scanned scanned;
	struct salvage_case c;

	salvage_case_make(&c, false);
	salvage_case_bat(&c, 0, 9, AT(20));
	salvage_case_put(&c);
	/* Two bytes: of 20 and 25 MiB one would be found. */
	vl_put_le64(salvage_case_data(&c, 0) + 8 * 9, AT(12));
	scanned = scan_memory(c.image.at, c.image.len, NULL);
	cr_assert_eq(vhdxlog_overlay_policy(scanned.scan, 0, &o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_salvage(o, NULL), 0);
	cr_assert(vhdxlog_overlay_salvaged(o, 0, &s));
	cr_assert(strstr(s.evidence[1], "was not found"));
	vhdxlog_overlay_close(o);
	scan_release(&scanned);
	salvage_case_free(&c);
}

/* --------------------------------------------------------------- other pages */

/* What no writer changes in the metadata is not changed. */
Test(salvage, metadata_stays_that_of_the_disk)
{
	struct salvage_result r;
	struct salvage_case c;

	for (unsigned at = 0; at < 64; at++) {
		salvage_case_make(&c, false);
		salvage_case_bat(&c, 0, 9, AT(20));
		salvage_case_metadata(&c, 1);
		c.pages[1][at] ^= 4;
		salvage_case_put(&c);
		/* Seen elsewhere: that would let the page in. */
		memset(salvage_case_data(&c, 0) + 4000, 0, 96);
		salvage_case_run(&c, &r);
		/* Behind the five items that all disks have: the user's. */
		cr_assert_eq(r.salvaged[1], at >= 40, "byte %u", at);
		salvage_result_release(&r);
		salvage_case_free(&c);
	}
}

/* Nor are bytes that nothing reads: a second damage would not be seen in them. */
Test(salvage, metadata_of_no_item_is_as_it_was)
{
	struct salvage_result r;
	struct salvage_case c;

	for (unsigned first = 0; first < 2; first++) {
		salvage_case_make(&c, false);
		salvage_case_bat(&c, 0, 9, AT(20));
		salvage_case_metadata(&c, 1);
		/* The second page, or the first of the table. */
		c.records[1].file_offset = first ? c.metadata :
						   c.metadata + 65536 + 4096;
		memcpy(c.pages[1], c.image.at + c.records[1].file_offset,
		       VL_SECTOR);
		c.pages[1][VL_SECTOR - 100] = 1;
		salvage_case_put(&c);
		memset(salvage_case_data(&c, 0) + 4000, 0, 96);
		salvage_case_run(&c, &r);
		cr_assert_not(r.salvaged[1]);
		cr_assert(strstr(r.reason[1], "no item"), "%s", r.reason[1]);
		salvage_result_release(&r);
		salvage_case_free(&c);
	}
}

/* In a long entry some byte would make any checksum right. */
Test(salvage, one_byte_explains_nothing_in_a_long_entry)
{
	struct salvage_result r;
	struct salvage_case c;

	for (uint32_t pages = 8; pages <= 20; pages += 12) {
		salvage_case_make(&c, false);
		salvage_case_metadata(&c, 1);
		salvage_case_bat(&c, 0, 9, AT(20));
		for (uint32_t i = 1; i < pages; i++)
			salvage_case_bat(&c, i, 300, 0);
		salvage_case_put(&c);
		salvage_case_data(&c, 1)[2000] ^= 0x10;
		salvage_case_run(&c, &r);
		cr_assert_eq(r.salvaged[0], pages == 8, "%s", r.reason[0]);
		cr_assert_not(r.salvaged[1]);
		cr_assert(r.salvaged[2]);
		salvage_result_release(&r);
		salvage_case_free(&c);
	}
}

/* A table with a wrong checksum is none, whatever else is known. */
Test(salvage, a_region_table_has_its_own_checksum)
{
	struct salvage_result r;
	struct salvage_case c;

	salvage_case_make(&c, false);
	salvage_case_region_table(&c, 1);
	salvage_case_region_table(&c, 2);
	salvage_case_bat(&c, 0, 9, AT(20));
	c.pages[0][300] ^= 1;
	salvage_case_put(&c);
	memset(salvage_case_data(&c, 2) + 4000, 0, 96);
	salvage_case_run(&c, &r);
	cr_assert_not(r.salvaged[0]);
	cr_assert(r.salvaged[1]);
	cr_assert_not(r.salvaged[2]);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

/* Sectors are not taken out of a bitmap again. */
Test(salvage, a_bitmap_only_gets_more)
{
	struct salvage_result r;
	struct salvage_case c;

	salvage_case_make(&c, true);
	memset(c.image.at + c.bitmap + VL_SECTOR, 0xff, VL_SECTOR);
	salvage_case_bitmap(&c, 4);
	c.pages[0][77] = 0xfe;
	salvage_case_bat(&c, 0, 9, AT(20));
	salvage_case_put(&c);
	memset(salvage_case_data(&c, 1) + 4000, 0, 96);
	salvage_case_run(&c, &r);
	cr_assert_not(r.salvaged[0]);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

Test(salvage, what_two_descriptors_write_is_not_had)
{
	struct salvage_result r;
	struct salvage_case c;

	salvage_case_make(&c, false);
	salvage_case_bat(&c, 0, 9, AT(20));
	salvage_case_bat(&c, 1, 9, AT(21));
	salvage_case_bat(&c, 0, 9, AT(22));
	salvage_case_put(&c)[VL_OFF_entry_header_reserved] = 1;
	salvage_case_run(&c, &r);
	cr_assert_not(r.salvaged[0]);
	cr_assert(r.salvaged[1]);
	cr_assert_not(r.salvaged[2]);
	salvage_result_release(&r);
	salvage_case_free(&c);
}

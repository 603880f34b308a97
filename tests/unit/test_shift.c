/* SPDX-License-Identifier: MIT */
/*
 * QEMU's shifted BAT pages: what two pages say, and what is told of an image. That
 * real images are never taken for one, and that every kind of shift is told right,
 * is for tests/oracle/shift.py.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "view/shift.h"

#define PRESENT UINT64_C(6)
#define PLACES 300u

/* ------------------------------------------------------------------- pages */

static void set(uint8_t page[VL_SECTOR], unsigned slot, uint64_t mib)
{
	vl_put_le64(page + 8 * slot, mib ? mib * VL_MIB | PRESENT : 0);
}

/* The bug: a new first entry, and 4088 bytes of the page as it was. */
static void shift(uint8_t page[VL_SECTOR], uint64_t mib)
{
	memmove(page + 8, page, VL_SECTOR - 8);
	set(page, 0, mib);
}

/* What a writer does that gives places up and takes them again. */
struct allocator {
	struct rng rng;
	uint8_t page[VL_SECTOR];
	unsigned slot[PLACES]; /* of each place, + 1; 0: free */
	uint64_t end;
};

static void let_go(struct allocator *a, unsigned slot)
{
	uint64_t raw = vl_le64(a->page + 8 * slot);

	if (VL_BAT_STATE(raw) == PRESENT)
		a->slot[VL_BAT_OFFSET(raw) / VL_MIB] = 0;
	set(a->page, slot, 0);
}

static void step(struct allocator *a)
{
	unsigned slot = (unsigned)rng_below(&a->rng, VL_BAT_SLOTS);
	uint64_t place = a->end;

	/* Blocks next to one another, as guests write. */
	if (rng_chance(&a->rng, 60))
		slot %= 12;
	let_go(a, slot);
	if (rng_chance(&a->rng, 40))
		return;
	if (rng_chance(&a->rng, 70)) {
		for (place = 8; place < a->end && a->slot[place]; place++)
			;
	}
	if (place >= PLACES)
		return;
	a->slot[place] = slot + 1;
	a->end = vl_max64(a->end, place + 1);
	set(a->page, slot, place);
}

/* However blocks are freed and given away, no two are ever both moved by one. */
Test(shift, no_page_of_a_sound_writer_looks_shifted)
{
	unsigned n = rounds(300);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct allocator a = { .rng = rng_seed(seed), .end = 8 };
		uint8_t old[40][VL_SECTOR] = { { 0 } };

		for (unsigned i = 0; i < 400; i++) {
			struct vl_moves m;

			for (unsigned k = 0; k < 40; k++)
				cr_assert(!vl_shift_compare(old[k], a.page, &m) ||
						  m.moved < 2,
					  "seed %ju, step %u", (uintmax_t)seed,
					  i);
			memcpy(old[rng_below(&a.rng, 40)], a.page, VL_SECTOR);
			step(&a);
		}
	}
}

/* What is allocated later is on top of it, and what was allocated between an
 * earlier version and the shift was shifted too. */
Test(shift, is_seen_under_what_came_later)
{
	unsigned n = rounds(2000);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng rng = rng_seed(seed);
		uint8_t old[VL_SECTOR] = { 0 }, now[VL_SECTOR];
		uint64_t place = 8, k = 2 + rng_below(&rng, 6);
		struct vl_moves m;

		for (uint64_t i = 0; i < k; i++)
			set(old, 1 + (unsigned)rng_below(&rng, 500), place++);
		memcpy(now, old, VL_SECTOR);
		shift(now, place++);
		cr_assert(vl_shift_compare(old, now, &m));
		cr_assert(m.exact && m.moved >= 1);
		set(now, 505, place++);
		cr_assert(vl_shift_compare(old, now, &m));
		cr_assert_not(m.exact);
		/* One block where it was: no shift. */
		for (unsigned slot = 1; slot < 504; slot++) {
			if (!vl_le64(old + 8 * slot))
				continue;
			memcpy(now + 8 * slot, old + 8 * slot, 8);
			break;
		}
		cr_assert_not(vl_shift_compare(old, now, &m), "seed %ju",
			      (uintmax_t)seed);
	}
}

/* ------------------------------------------------------------------- images */

#define QEMU(n) "\"guid\": \"0000000" #n "-1c49-0f4b-8f0f-0123456789ab\", "

/* Blocks 100 to 100 + n - 1, allocated one by one, and then block 0. */
static struct buffer many(unsigned n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct buffer image;

	cr_assert(f);
	fprintf(f, "{\"about\": \"x\", \"image\": {\"virtual_size\": \"1G\","
		   "\"file_size\": \"64M\"}, \"log\": {\"guid\": \"zero\","
		   "\"entries\": [{" QEMU(1) "\"applied\": true,"
		   "\"writes\": [{\"bat\": {");
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s\"%u\": \"present@%uM\"", i ? "," : "", 100 + i,
			8 + i);
	fprintf(f, "}}]}, {" QEMU(2) "\"applied\": true, \"writes\": [{\"bat\":"
		   " {\"0\": \"present@%uM\", \"100\": \"not-present\"",
		8 + n);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, ",\"%u\": \"present@%uM\"", 101 + i, 8 + i);
	fprintf(f, "}}]}]}}");
	fclose(f);
	image = build_recipe(text);
	free(text);
	return image;
}

static const char *message_of(const struct vhdxlog_scan *scan, uint64_t *count)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		*count = f->where_count;
		if (strcmp(f->id, "bat-shifted-page") == 0)
			return f->message;
	}
	return "";
}

Test(shift, all_blocks_are_told_and_a_few_in_the_message)
{
	struct buffer image = many(20);
	struct scanned s = scan_memory(image.at, image.len, NULL);
	uint64_t cursor = 0, count = 0;
	struct vhdxlog_shift shift, same;
	const char *message;

	for (unsigned i = 0; i < 20; i++) {
		cr_assert_eq(vhdxlog_shift_next(s.scan, &cursor, &shift, NULL),
			     0);
		cr_assert_eq(shift.block, 100 + i);
		cr_assert_eq(shift.belongs, 100 + i);
		cr_assert_eq(shift.index, 101 + i);
		cr_assert_eq(shift.file_offset, (8 + i) * VL_MIB);
		cr_assert_eq(shift.virtual_offset, (100 + i) * VL_MIB);
		cr_assert_eq(shift.virtual_length, VL_MIB);
		cr_assert_eq(shift.source, VHDXLOG_SHIFT_LOG);
		cr_assert_eq(shift.certainty, VHDXLOG_KNOWN);
		cr_assert_eq(shift.entry, 2);
		cr_assert(!shift.lost && !shift.taken && !shift.is_bitmap);
		cr_assert_eq(vhdxlog_shift_at(s.scan, 101 + i, &same, NULL), 0);
		cr_assert_eq(same.belongs, 100 + i);
		cr_assert_eq(vhdxlog_shift_from(s.scan, 100 + i, &same, NULL),
			     0);
		cr_assert_eq(same.index, 101 + i);
	}
	cr_assert_eq(vhdxlog_shift_next(s.scan, &cursor, &shift, NULL), 1);
	cr_assert_eq(vhdxlog_shift_at(s.scan, 100, &shift, NULL), 1);
	cr_assert_eq(vhdxlog_shift_at(s.scan, 0, &shift, NULL), 1);
	cr_assert_eq(vhdxlog_shift_from(s.scan, 120, &shift, NULL), 1);
	cr_assert_eq(vhdxlog_shift_from(s.scan, UINT64_MAX, &shift, NULL), 1);
	message = message_of(s.scan, &count);
	cr_assert_eq(count, 20);
	cr_assert(strstr(message, "blocks 100, 101, 102, 103, 104, 105, 106, "
				  "107 and 12 more are in slots 101, 102,"),
		  "%s", message);
	cr_assert(strstr(message, "; E2 shifted the page"), "%s", message);
	scan_release(&s);
	buffer_free(&image);
}

/* An entry that the disk does not need can be asked for where a block is in it. */
Test(shift, the_entry_behind_the_last_can_be_shown)
{
	struct buffer image = build_recipe(
		"{\"about\": \"x\", \"image\": {\"virtual_size\": \"64M\","
		"\"blocks\": {\"0\": \"present@9M\"}}, \"damage\":"
		"[{\"set\": \"bat[64]\", \"to\": \"present@8M\"}]}");
	struct scanned s = scan_memory(image.at, image.len, NULL);
	struct vhdxlog_bat_entry e;
	struct vhdxlog_shift shift;

	cr_assert_eq(vhdxlog_bat_entry(s.scan, 64, &e, NULL), 0);
	cr_assert_eq(e.file_offset, 8 * VL_MIB);
	cr_assert_eq(e.virtual_length, 0);
	cr_assert_eq(vhdxlog_bat_entry(s.scan, 65, &e, NULL), VHDXLOG_E_RANGE);
	cr_assert_eq(vhdxlog_shift_at(s.scan, 64, &shift, NULL), 0);
	cr_assert_eq(shift.source, VHDXLOG_SHIFT_DISK);
	cr_assert_eq(shift.certainty, VHDXLOG_INFERRED);
	cr_assert_eq(shift.entry, VHDXLOG_NO_SECTOR);
	scan_release(&s);
	buffer_free(&image);
}

/* A block whose entry is gone, and one that was written anew. */
Test(shift, lost_and_written_anew)
{
	struct buffer image = build_recipe(
		"{\"about\": \"x\", \"image\": {\"virtual_size\": \"1G\","
		"\"file_size\": \"16M\"}, \"log\": {\"guid\": \"zero\","
		"\"entries\": [{" QEMU(1) "\"applied\": true, \"writes\":"
		"[{\"bat\": {\"5\": \"present@8M\", \"511\": \"present@9M\"}}]},"
		"{" QEMU(2) "\"applied\": true, \"writes\": [{\"bat\": {\"0\":"
		"\"present@10M\", \"5\": \"not-present\", \"6\": \"present@8M\","
		"\"511\": \"not-present\"}}]}, {" QEMU(3) "\"applied\": true,"
		"\"writes\": [{\"bat\": {\"5\": \"present@11M\"}}]}]}}");
	struct scanned s = scan_memory(image.at, image.len, NULL);
	struct vhdxlog_shift shift;

	cr_assert_eq(vhdxlog_shift_from(s.scan, 5, &shift, NULL), 0);
	cr_assert(shift.taken && !shift.lost);
	cr_assert_eq(vhdxlog_shift_from(s.scan, 511, &shift, NULL), 0);
	cr_assert(shift.lost && !shift.taken);
	cr_assert_eq(shift.index, 511);
	cr_assert_eq(shift.file_offset, 9 * VL_MIB);
	cr_assert_eq(vhdxlog_shift_at(s.scan, 512, &shift, NULL), 1);
	scan_release(&s);
	buffer_free(&image);
}

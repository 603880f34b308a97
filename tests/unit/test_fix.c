/* SPDX-License-Identifier: MIT */
/*
 * Repairs, without the program around them: each part of the header section lost
 * in turn, and pages of the BAT that are shifted at random and put right again.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guid.h"
#include "bases.h"
#include "ondisk/header.h"
#include "source/source.h"
#include "write/encode.h"
#include "write/fix.h"
#include "write/medium.h"

static const struct vhdxlog_options plain = VHDXLOG_OPTIONS_INIT;

/* An image in memory, and repairs of it. */
struct mending {
	struct scanned s;
	struct vl_fix_plan plan;
};

static void begin(struct mending *m, const struct buffer *image,
		  const struct vhdxlog_options *options, bool force)
{
	m->s = scan_memory(image->at, image->len, options);
	cr_assert_eq(vl_fix_plan_begin(&m->plan, m->s.scan,
				       vl_source_view(m->s.source),
				       options ? options : &plain, 1, force,
				       NULL),
		     0);
}

static void end(struct mending *m)
{
	vl_fix_plan_release(&m->plan);
	scan_release(&m->s);
}

/* Carried out on a copy, which is what the plan has scanned. */
static struct buffer carry_out(struct mending *m, const struct buffer *image)
{
	const struct vl_change *change;
	struct buffer copy;
	struct vl_medium medium;
	uint64_t size;

	cr_assert_eq(vl_fix_plan_finish(&m->plan, &change, NULL), 0);
	cr_assert(!*m->plan.refusal, "%s", m->plan.refusal);
	cr_assert(change);
	cr_assert_eq(vl_medium_memory(image->len, &medium, NULL), 0);
	memcpy(vl_medium_bytes(&medium, NULL), image->at, image->len);
	cr_assert_eq(vl_change_write(change, &medium, NULL), 0);
	cr_assert_eq(vl_change_verify(change, &medium, NULL), 0);
	copy.at = malloc(change->new_size);
	copy.len = change->new_size;
	cr_assert(copy.at);
	memcpy(copy.at, vl_medium_bytes(&medium, &size), copy.len);
	vl_medium_close(&medium);
	return copy;
}

static void expect_refused(struct mending *m, enum vl_fix_kind kind,
			   const char *why)
{
	cr_assert_eq(vl_fix_plan_do(&m->plan, kind, NULL), 0);
	cr_expect(strstr(m->plan.refusal, why), "%s: \"%s\", not \"%s\"",
		  vl_fix_name(kind), m->plan.refusal, why);
}

/* ------------------------------------------------------------------ headers */

static void wipe_header(const struct buffer *image, unsigned slot)
{
	memset(image->at + VL_HEADER_OFFSET(slot), 0, VL_SIZE_header);
}

static void expect_both(const struct buffer *copy, const char *what)
{
	struct scanned s = scan_memory(copy->at, copy->len, NULL);
	const struct vhdxlog_header *a = vhdxlog_header(s.scan, 1);
	const struct vhdxlog_header *b = vhdxlog_header(s.scan, 2);

	cr_expect(a->valid && b->valid, "%s", what);
	cr_expect(a->sequence_number + 1 == b->sequence_number ||
			  b->sequence_number + 1 == a->sequence_number,
		  "%s: %ju, %ju", what, (uintmax_t)a->sequence_number,
		  (uintmax_t)b->sequence_number);
	cr_expect_arr_eq(a->data_write_guid.bytes, b->data_write_guid.bytes, 16);
	cr_expect_arr_eq(a->file_write_guid.bytes, b->file_write_guid.bytes, 16);
	cr_expect_arr_eq(a->log_guid.bytes, b->log_guid.bytes, 16);
	scan_release(&s);
}

static void lose_headers(enum base_kind kind, unsigned which)
{
	struct buffer image, copy;
	struct vhdxlog_guid was;
	struct mending m;
	struct base b;
	char what[32];

	snprintf(what, sizeof(what), "base %d, lost %u", kind, which);
	base_make(&b, kind);
	image = b.image;
	was = vl_guid_load(image.at + VL_HEADER_OFFSET(1) +
			      VL_OFF_header_data_write_guid);
	for (unsigned slot = 1; slot <= 2; slot++) {
		if (which & slot)
			wipe_header(&image, slot);
	}
	begin(&m, &image, NULL, false);
	cr_assert_eq(vl_fix_plan_do(&m.plan, VL_FIX_HEADERS, NULL), 0);
	copy = carry_out(&m, &image);
	expect_both(&copy, what);
	cr_expect_eq(copy.len, image.len);
	cr_expect_eq(memcmp(copy.at + VL_TABLE_OFFSET(1),
			    image.at + VL_TABLE_OFFSET(1),
			    image.len - VL_TABLE_OFFSET(1)),
		     0, "%s: nothing else is touched", what);
	if (which != 3)
		cr_expect_arr_eq(copy.at + VL_HEADER_OFFSET(1) +
					 VL_OFF_header_data_write_guid,
				 was.bytes, 16);
	end(&m);
	buffer_free(&copy);
	base_free(&b);
}

Test(fix, headers_that_are_lost_are_made_anew)
{
	for (unsigned kind = 0; kind < BASE_KINDS; kind++) {
		for (unsigned which = 1; which <= 3; which++)
			lose_headers((enum base_kind)kind, which);
	}
}

/* Header `slot` has that number; of the other, is_lost: nothing is left, else one
 * less. */
static void use_up(const struct buffer *image, unsigned slot, uint64_t number,
		   bool is_lost)
{
	struct vhdxlog_header h = { 0 };

	vl_header_decode(image->at + VL_HEADER_OFFSET(slot), &h);
	h.sequence_number = number;
	vl_header_encode(&h, image->at + VL_HEADER_OFFSET(slot));
	h.sequence_number--;
	vl_header_encode(&h, image->at + VL_HEADER_OFFSET(3 - slot));
	if (is_lost)
		wipe_header(image, 3 - slot);
}

Test(fix, numbers_that_are_used_up_begin_anew)
{
	static const struct {
		uint64_t number;
		bool is_lost, anew;
	} cases[] = {
		{ UINT64_MAX, false, true },
		{ UINT64_MAX, true, true },
		{ UINT64_MAX - 1, false, true },
		{ UINT64_MAX - 16, true, true },
		{ UINT64_MAX - 17, true, false },
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		uint64_t number = cases[i / 2].number;
		unsigned slot = 1 + i % 2;
		struct vhdxlog_header h = { 0 };
		struct buffer copy;
		struct mending m;
		struct base b;

		base_make(&b, BASE_DYNAMIC);
		use_up(&b.image, slot, number, cases[i / 2].is_lost);
		begin(&m, &b.image, NULL, false);
		cr_assert_eq(vl_fix_plan_do(&m.plan, VL_FIX_HEADERS, NULL), 0);
		copy = carry_out(&m, &b.image);
		expect_both(&copy, "used up");
		vl_header_decode(copy.at + VL_HEADER_OFFSET(slot), &h);
		cr_expect_eq(h.sequence_number,
			     cases[i / 2].anew ? 2 : number + 2,
			     "%zu: slot %u counts, %ju", i, slot,
			     (uintmax_t)h.sequence_number);
		end(&m);
		buffer_free(&copy);
		base_free(&b);
	}
}

Test(fix, no_other_repair_uses_numbers_up)
{
	struct mending m;
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	use_up(&b.image, 1, UINT64_MAX, false);
	begin(&m, &b.image, NULL, true);
	expect_refused(&m, VL_FIX_LENGTH, "used up; --fix headers goes first");
	end(&m);
	base_free(&b);
}

Test(fix, what_waits_comes_first)
{
	struct mending m;
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	for (unsigned k = VL_FIX_REGION_TABLES; k < VL_FIX_KINDS; k++) {
		begin(&m, &b.image, NULL, true);
		expect_refused(&m, (enum vl_fix_kind)k, "");
		cr_expect(strstr(m.plan.nothing, "nothing to fix"), "%s",
			  vl_fix_name((enum vl_fix_kind)k));
		/* That step made no scan of its own. */
		cr_expect_eq(vl_fix_plan_scan(&m.plan), m.s.scan);
		end(&m);
	}
	b.image.at[VL_TABLE_OFFSET(1)] ^= 1;
	begin(&m, &b.image, NULL, true);
	expect_refused(&m, VL_FIX_REGION_TABLES, "a log waits");
	end(&m);
	b.image.at[VL_TABLE_OFFSET(1)] ^= 1;
	begin(&m, &b.image, NULL, true);
	expect_refused(&m, VL_FIX_LOG_GUID, "has a valid sequence");
	end(&m);
	wipe_header(&b.image, 1);
	wipe_header(&b.image, 2);
	begin(&m, &b.image, NULL, true);
	expect_refused(&m, VL_FIX_LENGTH, "no header is usable");
	end(&m);
	base_free(&b);
}

/* -------------------------------------------------------------------- shifts */

#define BLOCKS 64u
#define SLOTS  512u

/* An image of 64 blocks of 1 MiB and none of them present, 100 MiB long. */
static struct buffer empty_image(void)
{
	return build_recipe("{\"about\": \"\", \"image\": {"
			    "\"virtual_size\": \"64M\", \"block_size\": \"1M\","
			    "\"file_size\": \"100M\"}}");
}

static uint64_t bat_at(const struct buffer *image)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	struct vhdxlog_bat_entry e;
	uint64_t at;

	cr_assert_eq(vhdxlog_bat_entry(s.scan, 0, &e, NULL), 0);
	at = e.offset;
	scan_release(&s);
	return at;
}

/* What a BAT should be, and what QEMU made of it. */
struct table {
	uint64_t want[SLOTS], now[SLOTS];
	unsigned since; /* blocks that were allocated after the shift */
};

static void make_table(struct rng *r, uint64_t first_free, struct table *t)
{
	uint64_t free_at = first_free, rest = rng_chance(r, 50) ? 2 : 0;

	memset(t, 0, sizeof(*t));
	for (unsigned i = 0; i < BLOCKS; i++)
		t->want[i] = rest;
	/* In the order of allocation, which is none of the blocks; the last one
	 * among them: where it goes, no block may be. */
	for (unsigned n = 1 + (unsigned)rng_below(r, 20); n; n--) {
		unsigned i = n == 1 ? BLOCKS - 1 :
				      1 + (unsigned)rng_below(r, BLOCKS - 1);

		if (t->want[i] > 7)
			continue;
		t->want[i] = free_at | 6;
		free_at += VL_MIB;
	}
	/* Block 0 comes, and all else goes one up. */
	memcpy(t->now + 1, t->want, (SLOTS - 1) * 8);
	t->now[0] = t->want[0] = free_at | 6;
	free_at += VL_MIB;
	/* More blocks come, where none seems to be. */
	for (unsigned n = (unsigned)rng_below(r, 6); n; n--) {
		unsigned i = 1 + (unsigned)rng_below(r, BLOCKS - 1);

		if (t->now[i] > 7 || t->want[i] > 7)
			continue;
		t->now[i] = t->want[i] = free_at | 6;
		free_at += VL_MIB;
		t->since++;
	}
}

static void mend_table(struct rng *r, struct buffer *image, uint64_t at,
		       uint64_t first_free, unsigned *since)
{
	struct buffer copy;
	struct mending m;
	struct table t;

	make_table(r, first_free, &t);
	for (unsigned i = 0; i < SLOTS; i++)
		vl_put_le64(image->at + at + 8 * i, t.now[i]);
	/* No log has the page from before, so it is for force. */
	begin(&m, image, NULL, false);
	expect_refused(&m, VL_FIX_BAT_SHIFT, "no version of the page");
	end(&m);
	begin(&m, image, NULL, true);
	cr_assert_eq(vl_fix_plan_do(&m.plan, VL_FIX_BAT_SHIFT, NULL), 0);
	copy = carry_out(&m, image);
	for (unsigned i = 0; i < SLOTS; i++)
		cr_assert_eq(vl_le64(copy.at + at + 8 * i), t.want[i],
			     "entry %u: %jx, not %jx", i,
			     (uintmax_t)vl_le64(copy.at + at + 8 * i),
			     (uintmax_t)t.want[i]);
	cr_expect_eq(m.plan.steps[0].fix.record.lost_count, 0u);
	*since += t.since;
	end(&m);
	buffer_free(&copy);
}

Test(fix, shifted_entries_go_back_and_all_else_with_them)
{
	struct buffer image = empty_image();
	uint64_t at = bat_at(&image);
	struct rng r = rng_seed(4);
	unsigned cases = rounds(150), since = 0;

	for (unsigned i = 0; i < cases; i++)
		mend_table(&r, &image, at, 8 * VL_MIB, &since);
	assert_often(since, cases / 2, cases);
	buffer_free(&image);
}

/* -------------------------------------------------------------------- length */

static void cut_file(struct rng *r, const struct buffer *image, uint64_t at)
{
	uint64_t from = 8 * VL_MIB, gone = 0, place[BLOCKS];
	struct buffer cut = *image, copy;
	struct mending m;

	/* Blocks one behind the other, in any order of their numbers. */
	for (unsigned i = 0; i < BLOCKS; i++)
		place[i] = from + i * VL_MIB;
	for (unsigned i = BLOCKS - 1; i; i--) {
		unsigned k = (unsigned)rng_below(r, i + 1);
		uint64_t swap = place[i];

		place[i] = place[k];
		place[k] = swap;
	}
	cut.len = (size_t)(from + rng_below(r, BLOCKS * VL_MIB));
	for (unsigned i = 0; i < BLOCKS; i++) {
		vl_put_le64(image->at + at + 8 * i, place[i] | 6);
		gone += vl_end(place[i], VL_MIB) > cut.len;
	}
	begin(&m, &cut, NULL, false);
	cr_assert_eq(vl_fix_plan_do(&m.plan, VL_FIX_LENGTH, NULL), 0);
	copy = carry_out(&m, &cut);
	cr_expect_eq(copy.len, from + BLOCKS * VL_MIB);
	cr_expect_eq(m.plan.steps[0].fix.record.lost_count, gone);
	for (size_t i = 0; i < m.plan.steps[0].fix.record.lost_count; i++) {
		const struct vl_fix_lost *l =
			&m.plan.steps[0].fix.record.lost[i];
		uint64_t end = l->file_offset + VL_MIB;

		cr_expect_eq(l->file_offset, place[l->block]);
		cr_expect_eq(l->bytes,
			     end - vl_max64(l->file_offset, cut.len));
	}
	end(&m);
	buffer_free(&copy);
}

Test(fix, blocks_behind_the_end_are_named)
{
	struct buffer image = empty_image();
	uint64_t at = bat_at(&image);
	struct rng r = rng_seed(5);
	unsigned cases = rounds(20);

	for (unsigned i = 0; i < cases; i++)
		cut_file(&r, &image, at);
	buffer_free(&image);
}

/* --------------------------------------------------------------------- stage */

Test(fix, stage_is_the_file_with_its_pages)
{
	struct buffer image = empty_image();
	struct scanned s = scan_memory(image.at, image.len, NULL);
	const struct vl_view *view = vl_source_view(s.source);
	struct vl_pages pages = { 0 };
	struct vl_stage stage;
	uint8_t *page, got[3 * VL_SECTOR];

	page = vl_pages_put(&pages, 5 * VL_MIB, VHDXLOG_AREA_BAT, NULL);
	cr_assert(page);
	memset(page, 7, VL_SECTOR);
	cr_assert_eq(vl_stage_open(&stage, view, &pages, image.len + VL_SECTOR,
				   &plain, NULL),
		     0);
	cr_assert_eq(vl_view_read(&stage.view, 5 * VL_MIB - 100, got,
				  sizeof(got), NULL),
		     0);
	cr_expect_eq(got[99], image.at[5 * VL_MIB - 1]);
	cr_expect_eq(got[100], 7);
	cr_expect_eq(got[100 + VL_SECTOR - 1], 7);
	cr_expect_eq(got[100 + VL_SECTOR], image.at[5 * VL_MIB + VL_SECTOR]);
	memset(got, 1, sizeof(got));
	cr_assert_eq(vl_view_read(&stage.view, image.len - 4, got, 8, NULL), 0);
	cr_expect_eq(got[7], 0, "beyond the file it lies on");
	vl_stage_release(&stage);
	vl_stage_release(&stage);
	vl_pages_release(&pages);
	scan_release(&s);
	buffer_free(&image);
}

/* -------------------------------------------------------------------- record */

Test(fix, record_keeps_no_more_than_its_most)
{
	struct vl_fix_record r = { .message = NULL };

	for (unsigned i = 0; i < VL_FIX_MOST_EVIDENCE + 3; i++)
		cr_assert(vl_fix_evidence(&r, "number %u", i));
	cr_expect_eq(r.evidence_count, VL_FIX_MOST_EVIDENCE);
	cr_expect_eq(r.evidence_left, 3u);
	cr_expect_str_eq(r.evidence[17], "number 17");
	cr_assert(vl_fix_message(&r, "one"));
	cr_assert(vl_fix_message(&r, "%s", "another"));
	cr_expect_str_eq(r.message, "another");
	vl_fix_record_release(&r);
	vl_fix_record_release(&r);
}

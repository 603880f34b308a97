/* SPDX-License-Identifier: MIT */
/*
 * What it may cost to tell what of a log is on the disk, and which pages of the BAT
 * were shifted: counted in bytes read, on logs that would make it quadratic.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "ondisk/layout.h"
#include "write/encode.h"
#include "write/entry.h"

#define LOG_AT VL_MIB
#define PER_SECTOR 126u

/* An image whose ring is filled by hand. */
struct ring {
	struct buffer image; /* owned */
	uint32_t sectors;
	uint64_t bat;
	struct vhdxlog_guid guid;
	uint64_t number;
	uint32_t at; /* the sector that is next */
};

static bool put(struct ring *r, const struct vl_record *records, uint32_t n)
{
	struct vl_entry_plan p = { .log_guid = r->guid,
				   .sequence_number = ++r->number,
				   .records = records,
				   .record_count = n };
	uint32_t sectors = (uint32_t)(vl_entry_length(&p) / VL_SECTOR);

	if (r->at + sectors > r->sectors)
		return false;
	vl_entry_encode(&p, r->image.at + LOG_AT + r->at * (uint64_t)VL_SECTOR);
	r->at += sectors;
	return true;
}

/* A page of the BAT that no other is: another first entry, and so many more. */
static const uint8_t *some_page(uint64_t n)
{
	static uint8_t page[VL_SECTOR];

	memset(page, 0, sizeof(page));
	for (unsigned k = 0; k < 8; k++)
		vl_put_le64(page + 512 * k + 8, (n * 8 + k) << 20);
	return page;
}

static bool put_page(struct ring *r, uint64_t page, uint64_t n)
{
	struct vl_record record = { VHDXLOG_DESCRIPTOR_DATA,
				    r->bat + page * VL_SECTOR, VL_SECTOR,
				    some_page(n) };

	return put(r, &record, 1);
}

/* Ranges of zeroes, each over the same pages. */
static bool put_zeroes(struct ring *r, uint64_t pages)
{
	struct vl_record records[PER_SECTOR];

	for (unsigned i = 0; i < PER_SECTOR; i++)
		records[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO,
						 r->bat, pages * VL_SECTOR,
						 NULL };
	return put(r, records, PER_SECTOR);
}

/* ------------------------------------------------------------------ shapes */

/* Every entry writes one page, and the disk holds none of them. */
static void one_page(struct ring *r)
{
	while (put_page(r, 0, r->number))
		;
}

/* A few pages in turn. */
static void pages_in_turn(struct ring *r)
{
	while (put_page(r, r->number % 37, r->number))
		;
}

/* The disk is made of the first and the last version. */
static void torn(struct ring *r)
{
	one_page(r);
	memcpy(r->image.at + r->bat, some_page(0), VL_SECTOR);
	memcpy(r->image.at + r->bat + 512, some_page(r->number - 2) + 512,
	       VL_SECTOR - 512);
}

/* Versions of a few pages, and ranges over all of them, of which there is as
 * much as half a ring holds; on the disk they are something else. */
static void zeroes_over_versions(struct ring *r)
{
	while (r->at < r->sectors / 2 && put_page(r, r->number % 64, r->number))
		;
	while (put_zeroes(r, 64))
		;
	memset(r->image.at + r->bat, 0x77, 64 * VL_SECTOR);
}

/* The same, and on the disk there are zeroes and the last versions by turns. */
static void zeroes_torn(struct ring *r)
{
	zeroes_over_versions(r);
	memset(r->image.at + r->bat, 0, 64 * VL_SECTOR);
	for (uint64_t p = 0; p < 64; p += 2)
		memcpy(r->image.at + r->bat + p * VL_SECTOR, some_page(p),
		       VL_SECTOR);
}

/* Each version of a page is the one before, shifted. */
static void shifted(struct ring *r)
{
	uint8_t page[VL_SECTOR] = { 0 };
	struct vl_record record = { VHDXLOG_DESCRIPTOR_DATA, r->bat, VL_SECTOR,
				    page };

	vl_put_le64(page + 8, 9 * VL_MIB | 6);
	vl_put_le64(page + 16, 10 * VL_MIB | 6);
	do {
		memmove(page + 8, page, VL_SECTOR - 8);
		vl_put_le64(page, r->number % 2 ? (r->number + 11) << 20 | 6 :
						  0);
	} while (put(r, &record, 1));
	memcpy(r->image.at + r->bat, page, VL_SECTOR);
}

static const struct {
	const char *name;
	void (*make)(struct ring *r);
} shapes[] = {
	{ "one page", one_page },
	{ "pages in turn", pages_in_turn },
	{ "torn", torn },
	{ "zeroes over versions", zeroes_over_versions },
	{ "zeroes torn", zeroes_torn },
	{ "shifted", shifted },
};

#define SHAPES (sizeof(shapes) / sizeof(*shapes))

/* --------------------------------------------------------------- measuring */

struct counted {
	const uint8_t *bytes;
	uint64_t read;
};

static int64_t read_counted(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct counted *c = ctx;

	memcpy(buf, c->bytes + off, len);
	c->read += len;
	return (int64_t)len;
}

static struct ring make(size_t shape, unsigned mib)
{
	struct ring r = { .sectors = mib * 256 };
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"about\": \"x\", \"image\": {\"virtual_size\": \"4T\","
		 "\"log\": {\"length\": \"%uM\"}, \"bat\": {\"offset\":"
		 "\"%uM\"}}, \"log\": {\"guid\": \"current\"}}",
		 mib, mib + 1);
	r.image = build_recipe(text);
	r.bat = (mib + 1) * VL_MIB;
	memcpy(r.guid.bytes, r.image.at + VL_HEADER_OFFSET(1) +
				     VL_OFF_header_log_guid, 16);
	shapes[shape].make(&r);
	return r;
}

/* Bytes read by a scan, and by telling of every descriptor. */
static void measure(size_t shape, unsigned mib, uint64_t *scan, uint64_t *tell)
{
	struct vhdxlog_source_ops ops = { .read = read_counted };
	struct ring r = make(shape, mib);
	struct counted c = { r.image.at, 0 };
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;

	o.hash_structures = false;
	cr_assert_eq(vhdxlog_source_custom(&ops, &c, r.image.len, &s.source,
					   NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, &o, &s.scan, NULL), 0);
	cr_assert_eq(vhdxlog_entry_tally(s.scan, VHDXLOG_VALID),
		     vhdxlog_entry_count(s.scan), "%s", shapes[shape].name);
	*scan = c.read;
	for (size_t i = 0; i < vhdxlog_entry_count(s.scan); i++) {
		struct vhdxlog_descriptors *it;
		struct vhdxlog_descriptor d;

		cr_assert_eq(vhdxlog_descriptors_open(s.scan, i, &it, NULL), 0);
		while (vhdxlog_descriptors_next(it, &d, NULL) == 0)
			;
		vhdxlog_descriptors_close(it);
	}
	*tell = c.read - *scan;
	scan_release(&s);
	buffer_free(&r.image);
}

ParameterizedTestParameters(cost_applied, is_linear)
{
	static size_t shape[SHAPES];

	for (size_t i = 0; i < SHAPES; i++)
		shape[i] = i;
	return cr_make_param_array(size_t, shape, SHAPES);
}

ParameterizedTest(size_t *shape, cost_applied, is_linear, .timeout = 120)
{
	const char *name = shapes[*shape].name;
	uint64_t scan[2], tell[2];

	measure(*shape, 2, &scan[0], &tell[0]);
	measure(*shape, 4, &scan[1], &tell[1]);
	cr_expect_leq(scan[1], scan[0] * 5 / 2, "%s: a scan reads %ju, then %ju",
		      name, (uintmax_t)scan[0], (uintmax_t)scan[1]);
	/* The budget has a fixed part. */
	cr_expect_leq(tell[1], tell[0] * 5 / 2 + 16 * VL_MIB,
		      "%s: telling reads %ju, then %ju", name,
		      (uintmax_t)tell[0], (uintmax_t)tell[1]);
	/* The pages again, the disk's, what they are compared with; and what
	 * zeroes may take: four rings and 16 MiB, and for each page of that the
	 * version before it. */
	cr_expect_leq(tell[1], 30 * 4 * VL_MIB + 3 * 16 * VL_MIB,
		      "%s: telling reads %ju", name, (uintmax_t)tell[1]);
}

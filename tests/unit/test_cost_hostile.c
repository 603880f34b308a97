/* SPDX-License-Identifier: MIT */
/*
 * Logs made so that one step of a scan, done the plain way, would never end.
 * What they would cost is not in the counters of vhdxlog_cost(), so each has a
 * time to do it in that is ample if the step is linear.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "ondisk/layout.h"
#include "walk.h"
#include "write/encode.h"
#include "write/entry.h"

static const struct vhdxlog_guid guid = { { 0x5a, 1 } };

static struct vhdxlog_options raw_options(void)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;

	o.hash_structures = false;
	o.raw_log = o.has_log_guid = true;
	o.log_guid = guid;
	return o;
}

/* ----------------------------------- a tail that goes back, and many heads */

/* A log too long to keep: its sectors are made as they are read. */
struct long_log {
	uint32_t sectors, middle;
};

static void make_sector(const struct long_log *log, uint64_t s, uint8_t *b)
{
	struct vl_entry_plan p = { .log_guid = guid,
				   .sequence_number = 1 + s };

	if (s == log->middle)
		p.tail = (uint32_t)s * VL_SECTOR;
	vl_entry_encode(&p, b);
}

static int64_t read_long(void *ctx, void *buf, size_t len, uint64_t off)
{
	static uint8_t b[VL_SECTOR];
	size_t done = 0;

	while (done < len) {
		size_t in = (off + done) % VL_SECTOR;
		size_t part = vl_min64(VL_SECTOR - in, len - done);

		make_sector(ctx, (off + done) / VL_SECTOR, b);
		memcpy((uint8_t *)buf + done, b + in, part);
		done += part;
	}
	return (int64_t)len;
}

/*
 * A chain through 1 GiB, all of whose tails name its first entry, but for one in
 * the middle: each head behind that one has an inner tail that goes back.
 */
Test(cost_hostile, inner_tails_of_many_heads_are_found_in_linear_time, .timeout = 20)
{
	static const struct vhdxlog_source_ops ops = { .read = read_long };
	struct vhdxlog_options o = raw_options();
	struct long_log log = { .sectors = rounds(1u << 18) };
	struct scanned s;
	char id[VHDXLOG_ID_TEXT];
	uint64_t n = 0;

	log.middle = log.sectors / 2;
	cr_assert_eq(vhdxlog_source_custom(&ops, &log,
					   (uint64_t)log.sectors * VL_SECTOR,
					   &s.source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, &o, &s.scan, NULL), 0);
	for (size_t i = 0; i < vhdxlog_finding_count(s.scan); i++) {
		size_t cursor = 0;

		if (strcmp(vhdxlog_finding_at(s.scan, i)->id,
			   "seq-inner-tail-outside") != 0)
			continue;
		while (vhdxlog_finding_where(s.scan, i, &cursor, id))
			n++;
	}
	cr_expect_eq(n, log.sectors - log.middle - 1);
	scan_release(&s);
}

/* ------------------------------------------- targets that all hash the same */

/* The inverse of an odd number modulo 2^64; five steps double the bits. */
static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (unsigned i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/*
 * Offsets whose product with the golden ratio has the same bits 32 to 51, for
 * whatever table is indexed by those (Fibonacci hashing is a public function).
 */
static uint64_t colliding(uint64_t k)
{
	uint64_t product = (k & 0xfffff) << 12 | (k >> 20) << 52;

	return product * inverse(UINT64_C(0x9e3779b97f4a7c15));
}

Test(cost_hostile, targets_that_collide_are_compared_in_linear_time, .timeout = 20)
{
	uint32_t sectors = rounds(2048), n = 126 + 128 * (sectors - 1);
	struct vl_record *v = calloc(n, sizeof(*v));
	struct vl_entry_plan p = { .log_guid = guid,
				   .sequence_number = 1,
				   .records = v,
				   .record_count = n };
	uint8_t *b = malloc((size_t)sectors * VL_SECTOR);
	struct vhdxlog_options o = raw_options();

	cr_assert(v && b);
	for (uint32_t i = 0; i < n; i++)
		v[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO,
					   colliding(i), VL_SECTOR, NULL };
	vl_entry_encode(&p, b);
	scan_and_walk(b, (size_t)sectors * VL_SECTOR, &o);
	free(v);
	free(b);
}

/* --------------------------------------------- pages that differ everywhere */

#define FILE_SIZE (4 * VL_MIB)
#define PAGES 60u

struct counted {
	uint8_t *bytes; /* owned: the file */
	uint64_t log_read;
};

static int64_t read_counted(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct counted *c = ctx;

	memcpy(buf, c->bytes + off, len);
	if (off >= VL_MIB && off < 2 * VL_MIB)
		c->log_read += len;
	return (int64_t)len;
}

/* So that a reader would replay it; region tables are of no matter here. */
static void put_headers(uint8_t *file)
{
	struct vhdxlog_header h = { .log_guid = guid,
				    .version = 1,
				    .log_length = (uint32_t)VL_MIB,
				    .log_offset = VL_MIB };

	vl_identifier_encode((struct vhdxlog_utf16){ NULL, 0 }, file);
	for (unsigned slot = 1; slot <= 2; slot++) {
		h.sequence_number = slot;
		vl_header_encode(&h, file + VL_HEADER_OFFSET(slot));
	}
}

static void begin_file(struct counted *c)
{
	c->log_read = 0;
	c->bytes = calloc(1, FILE_SIZE);
	cr_assert(c->bytes);
	put_headers(c->bytes);
}

static void scan_file(struct counted *c, struct scanned *s)
{
	static const struct vhdxlog_source_ops ops = { .read = read_counted };

	cr_assert_eq(vhdxlog_source_custom(&ops, c, FILE_SIZE, &s->source,
					   NULL), 0);
	cr_assert_eq(vhdxlog_scan(s->source, NULL, &s->scan, NULL), 0);
}

/* Pages every second byte of which is not what the file has, in one log. */
static void make_striped(struct counted *c)
{
	static uint8_t page[VL_SECTOR];
	struct vl_record r = { VHDXLOG_DESCRIPTOR_DATA, 0, VL_SECTOR, page };

	begin_file(c);
	for (unsigned i = 0; i < VL_SECTOR; i += 2)
		page[i] = 0xaa;
	for (uint32_t i = 0; i < PAGES; i++) {
		struct vl_entry_plan p = { .log_guid = guid,
					   .sequence_number = 1 + i,
					   .last_file_offset = FILE_SIZE,
					   .records = &r,
					   .record_count = 1 };

		r.file_offset = 2 * VL_MIB + i * VL_SECTOR;
		vl_entry_encode(&p, c->bytes + VL_MIB + i * 2 * VL_SECTOR);
	}
}

/* The digest of a result has a range for each byte here: 2048 for each page. */
Test(cost_hostile, a_page_is_read_once_however_many_bytes_of_it_differ, .timeout = 60)
{
	struct counted c;
	struct scanned s;

	make_striped(&c);
	scan_file(&c, &s);
	cr_expect_eq(vhdxlog_selection_at(s.scan, 0)->applied_count, PAGES);
	/* All that replay do the same: that is hashed once. */
	cr_expect_eq(vhdxlog_cost(s.scan)->results, 1);
	cr_expect_leq(c.log_read, 8 * VL_MIB, "%ju bytes of a log of 1 MiB",
		      (uintmax_t)c.log_read);
	scan_release(&s);
	free(c.bytes);
}

/* --------------------------------------------- a log that writes over itself */

/* Entries of a sector, each of which zeroes the rest of the log 126 times. */
static void make_suicidal(struct counted *c)
{
	struct vl_record v[126];

	begin_file(c);
	for (uint32_t s = 0; s < VL_MIB / VL_SECTOR - 1; s++) {
		struct vl_entry_plan p = { .log_guid = guid,
					   .sequence_number = 1 + s,
					   .records = v,
					   .record_count = 126 };

		for (unsigned i = 0; i < 126; i++)
			v[i] = (struct vl_record){
				VHDXLOG_DESCRIPTOR_ZERO,
				VL_MIB + (s + 1) * VL_SECTOR,
				VL_MIB - (s + 1) * VL_SECTOR, NULL
			};
		vl_entry_encode(&p, c->bytes + VL_MIB + s * VL_SECTOR);
	}
}

/* QEMU reads the log as it is by then, so all of that is followed. */
Test(cost_hostile, a_log_that_zeroes_itself_is_followed_in_linear_time, .timeout = 60)
{
	uint64_t sectors = VL_MIB / VL_SECTOR;
	struct counted c;
	struct scanned s;

	make_suicidal(&c);
	scan_file(&c, &s);
	cr_expect_leq(vhdxlog_cost(s.scan)->policy_steps, 1024 * sectors,
		      "%ju", (uintmax_t)vhdxlog_cost(s.scan)->policy_steps);
	scan_release(&s);
	free(c.bytes);
}

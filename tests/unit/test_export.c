/* SPDX-License-Identifier: MIT */
/*
 * An image without what it holds for the guest: it is told of in the same way, and
 * has nothing of a block in it that the log does not hold.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "faulty.h"
#include "log_case.h"
#include "ondisk/layout.h"
#include "random_bat.h"
#include "report_text.h"
#include "scan.h"
#include "view/export.h"
#include "view/held.h"
#include "view/logged.h"

#define IMAGES 48u
#define SIZE   (8 * VL_MIB) /* of the images that are made here */
#define BEHIND (4 * VL_MIB) /* from there on they have no structures */
#define PLACES 8u

/* --------------------------------------------------------------- exporting */

struct exported {
	struct buffer image; /* owned */
	uint64_t data;	     /* bytes that were given out */
	unsigned limitations;
};

static void export_from(struct exported *x, struct vhdxlog_scan *scan,
			bool redact)
{
	const struct vhdxlog_export_options options = { .redact = redact };
	struct vhdxlog_export_piece p;
	struct vhdxlog_export *e;
	uint64_t end = 0;
	int rc;

	*x = (struct exported){ .limitations = 0 };
	cr_assert_eq(vhdxlog_export_open(scan, &options, &e, NULL), 0);
	x->image.len = vhdxlog_export_size(e);
	x->image.at = calloc(1, x->image.len + 1);
	cr_assert(x->image.at);
	while ((rc = vhdxlog_export_next(e, &p, NULL)) == 0) {
		cr_assert_geq(p.offset, end);
		cr_assert(p.length && p.length <= VL_MIB);
		end = p.offset + p.length;
		cr_assert_leq(end, x->image.len);
		memcpy(x->image.at + p.offset, p.bytes, p.length);
		x->data += p.length;
	}
	cr_assert_eq(rc, 1);
	while (vhdxlog_export_limitation(e, x->limitations))
		x->limitations++;
	vhdxlog_export_close(e);
}

static struct exported export_image(const struct buffer *image, bool redact)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	struct exported x;

	export_from(&x, s.scan, redact);
	scan_release(&s);
	return x;
}

static char *told(const struct buffer *image)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	char *text = report_text(s.scan);

	scan_release(&s);
	return text;
}

static void expect_same(const struct buffer *image, const char *what,
			uint64_t seed)
{
	struct exported x = export_image(image, false);
	char *before = told(image), *after = told(&x.image);

	expect_same_report(before, after, what, seed);
	free(before);
	free(after);
	buffer_free(&x.image);
}

/* ------------------------------------------------------------------ images */

static void resize(struct buffer *image, size_t size)
{
	image->at = realloc(image->at, size);
	cr_assert(image->at);
	if (size > image->len)
		memset(image->at + image->len, 0, size - image->len);
	image->len = size;
}

/* One of a few pages, so that versions meet; each piece one of two. */
static void some_page(struct rng *r, uint8_t page[VL_SECTOR])
{
	unsigned bits = (unsigned)rng_below(r, 4);
	unsigned mask = bits == 3 ? 0x0f : bits ? 0xff : 0;

	for (unsigned k = 0; k < VL_PIECES; k++)
		memset(page + k * VL_PIECE,
		       bits == 2 ? 0 : (int)(0x10 * (k + 1) + (mask >> k & 1)),
		       VL_PIECE);
}

/* In a block, where nothing is, in a structure, at its edge. */
static uint64_t some_place(struct rng *r)
{
	static const uint64_t places[PLACES] = {
		2 * VL_MIB,		2 * VL_MIB + 8 * VL_SECTOR,
		3 * VL_MIB + 64 * VL_KIB, BEHIND + 2 * VL_SECTOR,
		BEHIND + 3 * VL_SECTOR, 6 * VL_MIB,
		6 * VL_MIB + VL_SECTOR, 7 * VL_MIB
	};

	return places[rng_below(r, PLACES)];
}

static void put_entry(struct log_case *c, struct rng *r)
{
	static uint8_t pages[4][VL_SECTOR];
	struct vl_record records[4];
	uint32_t n = 1 + (uint32_t)rng_below(r, 4);

	for (uint32_t i = 0; i < n; i++) {
		/* What the log waits to write over structures would be seen. */
		uint64_t at = some_place(r);

		some_page(r, pages[i]);
		if (rng_chance(r, 40))
			records[i] = record_zero(
				at + rng_below(r, 3) * VL_SECTOR,
				(1 + rng_below(r, 300)) * VL_SECTOR);
		else
			records[i] = record_data(at, pages[i]);
	}
	log_case_put(c, records, n, SIZE);
}

/* What lies behind the structures: nothing, what the log writes, pieces of that,
 * something else. */
static void fill_rest(struct buffer *image, struct rng *r, uint64_t bitmap)
{
	for (uint64_t at = BEHIND; at < image->len; at += VL_SECTOR) {
		uint8_t *page = image->at + at, other[VL_SECTOR];

		/* A sector bitmap is taken as it is. */
		if (at / VL_MIB == bitmap / VL_MIB || rng_chance(r, 25))
			continue;
		some_page(r, page);
		some_page(r, other);
		if (rng_chance(r, 30))
			memcpy(page + 3 * VL_PIECE, other + 3 * VL_PIECE,
			       VL_PIECE);
		if (rng_chance(r, 20))
			rng_fill(r, page, VL_SECTOR);
	}
}

/* A log that writes all over the file. */
static struct buffer random_image(uint64_t seed)
{
	struct rng r = rng_seed(seed);
	struct log_case c;
	unsigned n = 1 + (unsigned)rng_below(&r, 8);

	log_case_make(&c, rng_chance(&r, 30) ? BASE_DIFFERENCING :
					       BASE_DYNAMIC);
	log_case_dirty(&c, rng_chance(&r, 70));
	resize(&c.b.image, SIZE);
	for (unsigned i = 0; i < n; i++)
		put_entry(&c, &r);
	fill_rest(&c.b.image, &r, c.bitmap);
	return c.b.image;
}

/* Flip bytes of the log, or of anything below it. */
static void damage(struct buffer *image, struct rng *r)
{
	unsigned n = (unsigned)rng_below(r, 4);

	for (unsigned i = 0; i < n; i++) {
		uint64_t at = rng_chance(r, 60) ?
				      VL_MIB + rng_below(r, 40 * VL_SECTOR) :
				      rng_below(r, image->len);

		image->at[at] ^= (uint8_t)(1 + rng_below(r, 255));
	}
	if (rng_chance(r, 10))
		resize(image, VL_MIB + rng_below(r, image->len - VL_MIB));
}

/* ---------------------------------------------------------------- the report */

Test(export, image_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct buffer image = random_image(seed);

		expect_same(&image, "image", seed);
		buffer_free(&image);
	}
}

Test(export, tables_are_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES / 2); seed++) {
		struct buffer image = random_bat(seed, seed % 2);
		struct rng r = rng_seed(seed);

		for (uint64_t at = BEHIND; at < image.len; at += VL_MIB)
			rng_fill(&r, image.at + at, VL_SECTOR);
		expect_same(&image, "table", seed);
		buffer_free(&image);
	}
}

Test(export, any_log_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct base b;

		base_make_random(&b, seed);
		expect_same(&b.image, "ring", seed);
		base_free(&b);
	}
}

Test(export, damage_is_told_of_in_the_same_way)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct buffer image = random_image(seed);
		struct rng r = rng_seed(seed);
		struct scanned s;
		bool guessed;

		damage(&image, &r);
		s = scan_memory(image.at, image.len, NULL);
		/* That may follow from payload. */
		guessed = vhdxlog_guess_count(s.scan) ||
			  vhdxlog_verdict(s.scan)->state == VHDXLOG_NOT_VHDX;
		scan_release(&s);
		if (!guessed)
			expect_same(&image, "damaged", seed);
		buffer_free(&image);
	}
}

/* ------------------------------------------------------------------- privacy */

/* Pieces of pages that the log holds, each for a place. */
struct held_piece {
	uint64_t at;
	uint8_t bytes[VL_PIECE];
};

struct held_pieces {
	struct held_piece *list; /* owned */
	size_t n;
	struct vl_log *log;
};

static int note_page(void *ctx, const struct vl_logged *l,
		     struct vhdxlog_error *err)
{
	struct held_pieces *h = ctx;
	uint8_t page[VL_SECTOR];

	(void)err;
	if (l->data == VL_NONE || vl_logged_page(h->log, l, page, NULL))
		return 0;
	h->list = realloc(h->list, (h->n + VL_PIECES) * sizeof(*h->list));
	cr_assert(h->list);
	for (unsigned k = 0; k < VL_PIECES; k++) {
		struct held_piece *p = &h->list[h->n++];

		p->at = l->d.file_offset + k * VL_PIECE;
		memcpy(p->bytes, page + k * VL_PIECE, VL_PIECE);
	}
	return 0;
}

static bool log_has(const struct held_pieces *h, uint64_t at,
		    const uint8_t *bytes)
{
	for (size_t i = 0; i < h->n; i++) {
		if (h->list[i].at == at &&
		    memcmp(h->list[i].bytes, bytes, VL_PIECE) == 0)
			return true;
	}
	return false;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return true;
}

/* Zeroes, and the text that stands in for something. */
static bool is_left_out(uint64_t at, const uint8_t *p)
{
	uint8_t text[VL_PIECE];

	vl_stand_in(at, text, sizeof(text));
	for (unsigned i = 0; i < VL_PIECE; i++) {
		if (p[i] && p[i] != text[i])
			return false;
	}
	return true;
}

/* Nothing behind the structures but these, and what the log has. */
static unsigned expect_private(const struct buffer *image, uint64_t seed)
{
	uint64_t from = BEHIND, to = image->len;
	struct scanned s = scan_memory(image->at, image->len, NULL);
	struct held_pieces h = { .log = &s.scan->log };
	struct exported x;
	unsigned held = 0;

	export_from(&x, s.scan, false);
	if (s.scan->has_log)
		cr_assert_eq(vl_logged_each(h.log, note_page, &h, NULL), 0);
	for (uint64_t at = from; at + VL_PIECE <= to; at += VL_PIECE) {
		const uint8_t *p = x.image.at + at;

		const struct vl_image *i = &s.scan->image;

		/* The log is as it is where no block lies. */
		if (is_left_out(at, p) ||
		    (vl_areas_at(&i->areas, at) == VHDXLOG_AREA_LOG &&
		     vl_claims_at(&i->claims, at) == VL_CLAIM_NONE))
			continue;
		cr_assert(log_has(&h, at, p), "%ju: 0x%jx", (uintmax_t)seed,
			  (uintmax_t)at);
		held++;
	}
	free(h.list);
	scan_release(&s);
	buffer_free(&x.image);
	return held;
}

Test(export, nothing_of_a_block_is_in_it_that_the_log_does_not_hold)
{
	unsigned held = 0;

	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct buffer image = random_image(seed);

		held += expect_private(&image, seed) > 0;
		buffer_free(&image);
	}
	assert_often(held, 10, rounds(IMAGES));
}

#define LOG_OVER_BLOCKS 2u

/* Tables that lie over blocks, or reach over them. */
static const char *const over_blocks[] = {
	/* The BAT is longer than the disk needs. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"metadata\": {\"offset\": \"2M\"},"
	" \"bat\": {\"offset\": \"3M\", \"length\": \"8M\"},"
	" \"blocks\": {\"0\": \"present@4M\", \"1\": \"present@6M\"},"
	" \"file_size\": \"12M\"}}",
	/* The metadata region is, with an item in it that nobody knows. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"bat\": {\"offset\": \"2M\"},"
	" \"metadata\": {\"offset\": \"3M\", \"length\": \"8M\"},"
	" \"items\": [{\"guid\": \"mine\", \"user\": true,"
	"   \"zeroes\": \"1M\"}],"
	" \"blocks\": {\"0\": \"present@4M\", \"1\": \"present@6M\"},"
	" \"file_size\": \"12M\"}}",
	/* The log is. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"bat\": {\"offset\": \"1M\"}, \"metadata\": {\"offset\": \"2M\"},"
	" \"log\": {\"offset\": \"3M\", \"length\": \"8M\"},"
	" \"blocks\": {\"0\": \"present@4M\", \"1\": \"present@6M\"},"
	" \"file_size\": \"12M\"},"
	" \"log\": {\"entries\": [{\"writes\": [{\"bat\": {\"3\": \"zero\"}}]}]}}",
	/* A region is that means nothing to us. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"regions\": [{\"guid\": \"mine\", \"offset\": \"5M\","
	"   \"length\": \"3M\"}],"
	" \"blocks\": {\"0\": \"present@4M\"}, \"file_size\": \"12M\"}}",
	/* The BAT is where a block is, by itself. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"blocks\": {\"0\": \"present@4M\", \"5\": \"present@2M\"},"
	" \"file_size\": \"12M\"}}",
	/* A bitmap is where a block is. */
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"parent\": {\"parent_linkage\": \"guid:parent\"},"
	" \"bitmaps\": {\"0\": \"present@4M\"},"
	" \"blocks\": {\"0\": \"partial@4M\"}, \"file_size\": \"12M\"}}",
};

Test(export, a_table_that_lies_over_blocks_gives_nothing_of_them_away)
{
	for (size_t i = 0; i < sizeof(over_blocks) / sizeof(*over_blocks); i++) {
		struct buffer image = build_recipe(over_blocks[i]);
		struct rng r = rng_seed(i);

		/* Not those that could be anything. */
		for (uint64_t at = BEHIND; at < image.len; at++)
			image.at[at] = (uint8_t)(0x20 + rng_below(&r, 95));
		expect_private(&image, i);
		/* Of the log less is left that is none. */
		if (i != LOG_OVER_BLOCKS)
			expect_same(&image, "over blocks", i);
		buffer_free(&image);
	}
}

Test(export, without_geometry_only_what_can_be_a_table_is_taken)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
		" \"without\": [\"file-parameters\"],"
		" \"bat\": {\"offset\": \"3M\", \"length\": \"4M\"},"
		" \"metadata\": {\"offset\": \"2M\"},"
		" \"blocks\": {\"0\": \"present@8M\"},"
		" \"file_size\": \"12M\"}}");
	struct exported x;

	memset(image.at + 4 * VL_MIB, 'p', VL_MIB);
	x = export_image(&image, false);
	cr_assert_eq(memcmp(x.image.at + 3 * VL_MIB, image.at + 3 * VL_MIB, 8),
		     0);
	cr_assert(vl_le64(x.image.at + 3 * VL_MIB));
	cr_assert(is_zero(x.image.at + 4 * VL_MIB, 8 * VL_MIB));
	buffer_free(&x.image);
	buffer_free(&image);
}

/* ----------------------------------------------------------------- redaction */

static const char secret_path[] = "..\\secret\\mother.vhdx";

#define REDACTED                                                             \
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","            \
	" \"creator\": \"A creator of secrets\","                            \
	" \"parent\": {\"parent_linkage\": \"guid:parent\","                 \
	"  \"relative_path\": \"..\\\\secret\\\\mother.vhdx\","              \
	"  \"unknown\": \"unknown secret\"},"                                \
	" \"items\": [{\"guid\": \"mine\", \"user\": true,"                  \
	"   \"text\": \"item secret\"}],"                                    \
	" \"blocks\": {\"0\": \"partial\"},"                                 \
	" \"bitmaps\": {\"0\": \"present\"}},"                               \
	" \"log\": {\"entries\": ["                                          \
	" {\"guid\": \"older\", \"sequence\": 7, \"at\": 40,"                \
	"  \"writes\": [{\"page\": \"2M\", \"text\": \"secret\"}]},"         \
	" {\"guid\": \"gone\", \"sequence\": 9, \"at\": 60, \"writes\": ["    \
	"   {\"page\": \"3M+64K\", \"current\": true}]},"                    \
	" {\"guid\": \"current\", \"at\": 0, \"sequence\": 100},"            \
	" {\"writes\": [{\"page\": \"3M\", \"current\": true},"              \
	"   {\"page\": \"3M+64K\", \"current\": true}]},"                    \
	" {\"writes\": [{\"bat\": {\"1\": \"partial\"}},"                    \
	"   {\"page\": \"4M\", \"text\": \"a secret for the guest\"}]},"     \
	" {\"pad\": 3, \"writes\": []},"                                     \
	" {\"nested\": true, \"at\": 8, \"writes\": []},"                    \
	" {\"at\": 61, \"writes\": []}]}}"

/* Leave something of an earlier use wherever nothing belongs. */
static void leak(struct buffer *image, const uint8_t guid[16])
{
	static const uint64_t places[] = {
		VL_OFF_identifier_reserved + 100,
		VL_HEADER_OFFSET(1) + 5000,
		VL_RESERVED_OFFSET + 77,
		VL_MIB + 200 * VL_SECTOR, /* a sector of no kind */
		3 * VL_MIB + 60 * VL_KIB, /* behind the table */
		3 * VL_MIB + 67 * VL_KIB, /* and behind the items */
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		memcpy(image->at + places[i], guid, 16);
}

static void expect_nowhere(const struct buffer *image, const void *bytes,
			   size_t n, const char *what)
{
	const uint8_t *at = memmem(image->at, image->len, bytes, n);

	cr_assert(!at, "%s is at 0x%jx", what, (uintmax_t)(at - image->at));
}

/* Text is nowhere, neither in bytes nor in UTF-16. */
static void expect_no_text(const struct buffer *image, const char *text)
{
	uint8_t wide[128] = { 0 };
	size_t n = strlen(text);

	cr_assert_leq(2 * n, sizeof(wide));
	for (size_t i = 0; i < n; i++)
		wide[2 * i] = (uint8_t)text[i];
	expect_nowhere(image, text, n, text);
	expect_nowhere(image, wide, 2 * n, text);
}

static void expect_no_guid(const struct buffer *image,
			   const struct vhdxlog_guid *guid)
{
	static const unsigned char order[16] = { 3, 2, 1, 0, 5,	 4,  7,	 6,
						 8, 9, 10, 11, 12, 13, 14, 15 };
	char text[VHDXLOG_GUID_TEXT];
	uint8_t swapped[16];

	/* Pages that are all one byte may be where it lies. */
	if (memcmp(guid->bytes, guid->bytes + 1, 15) == 0)
		return;
	for (unsigned i = 0; i < 16; i++)
		swapped[i] = guid->bytes[order[i]];
	vhdxlog_guid_format(guid, text);
	expect_nowhere(image, guid->bytes, 16, text);
	expect_nowhere(image, swapped, 16, text);
	expect_no_text(image, text);
	for (char *p = text; *p; p++)
		*p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	expect_no_text(image, text);
}

/* All GUIDs of the disk, of the one that is scanned. */
static void expect_no_guids(const struct buffer *image, struct vhdxlog_scan *s)
{
	struct vhdxlog_guid last = { { 0 } };

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(s, slot);

		expect_no_guid(image, &h->file_write_guid);
		expect_no_guid(image, &h->data_write_guid);
		expect_no_guid(image, &h->log_guid);
	}
	expect_no_guid(image, &vhdxlog_image(s)->metadata.virtual_disk_id);
	for (size_t i = 0; i < vhdxlog_entry_count(s); i++) {
		struct vhdxlog_entry e;

		cr_assert_eq(vhdxlog_entry_at(s, i, &e, NULL), 0);
		if (memcmp(&e.log_guid, &last, sizeof(last)) != 0)
			expect_no_guid(image, &e.log_guid);
		last = e.log_guid;
	}
}

/* What is right of the one is right of the other. */
static void expect_as_right(struct vhdxlog_scan *a, struct vhdxlog_scan *b)
{
	cr_assert_eq(vhdxlog_verdict(a)->state, vhdxlog_verdict(b)->state);
	cr_assert_eq(vhdxlog_entry_count(a), vhdxlog_entry_count(b));
	for (unsigned k = 1; k <= 2; k++) {
		cr_assert_eq(vhdxlog_header(a, k)->valid,
			     vhdxlog_header(b, k)->valid);
		cr_assert_eq(vhdxlog_region_table(a, k)->valid,
			     vhdxlog_region_table(b, k)->valid);
	}
	for (size_t i = 0; i < vhdxlog_entry_count(a); i++) {
		struct vhdxlog_entry e, f;

		cr_assert_eq(vhdxlog_entry_at(a, i, &e, NULL), 0);
		cr_assert_eq(vhdxlog_entry_at(b, i, &f, NULL), 0);
		cr_assert_eq(e.verdict, f.verdict);
		cr_assert_eq(e.active, f.active);
		cr_assert_eq(e.checksum_stored == e.checksum_computed,
			     f.checksum_stored == f.checksum_computed, "E%u",
			     e.sector);
	}
}

Test(export, names_are_nowhere_in_a_redacted_one)
{
	struct buffer image = build_recipe(REDACTED);
	struct scanned a, b;
	struct exported x, again;
	struct vhdxlog_guid parent;

	a = scan_memory(image.at, image.len, NULL);
	leak(&image, vhdxlog_header(a.scan, 1)->data_write_guid.bytes);
	scan_release(&a);
	a = scan_memory(image.at, image.len, NULL);
	export_from(&x, a.scan, true);
	export_from(&again, a.scan, true);
	cr_assert_eq(memcmp(x.image.at, again.image.at, x.image.len), 0);
	b = scan_memory(x.image.at, x.image.len, NULL);
	expect_no_guids(&x.image, a.scan);
	expect_as_right(a.scan, b.scan);
	expect_no_text(&x.image, secret_path);
	expect_no_text(&x.image, "secret");
	expect_no_text(&x.image, "mother");
	expect_no_text(&x.image, "creator");
	/* The parent's, and keys that say what the values are. */
	cr_assert(vhdxlog_image(b.scan)->metadata.locator);
	cr_assert_eq(vhdxlog_image(b.scan)->metadata.locator->pair_count, 3);
	cr_assert_eq(status_of(b.scan, "locator-linkage-missing", 0),
		     VHDXLOG_PASS);
	cr_assert_eq(status_of(b.scan, "locator-path-missing", 0),
		     VHDXLOG_PASS);
	cr_assert(vhdxlog_guid_parse("fec2da86-51fa-4dae-9017-99c067784740",
				     &parent));
	expect_no_guid(&x.image, &parent);
	scan_release(&a);
	scan_release(&b);
	buffer_free(&x.image);
	buffer_free(&again.image);
	buffer_free(&image);
}

/* Descriptors as the report has them, and which readers end with the same. */
static void expect_as_applied(struct vhdxlog_scan *a, struct vhdxlog_scan *b,
			      uint64_t seed)
{
	for (size_t i = 0; i < vhdxlog_entry_count(a); i++) {
		struct vhdxlog_descriptors *p, *q;
		struct vhdxlog_descriptor d, e;

		cr_assert_eq(vhdxlog_descriptors_open(a, i, &p, NULL), 0);
		cr_assert_eq(vhdxlog_descriptors_open(b, i, &q, NULL), 0);
		while (vhdxlog_descriptors_next(p, &d, NULL) == 0) {
			cr_assert_eq(vhdxlog_descriptors_next(q, &e, NULL), 0);
			cr_assert_eq(d.applied, e.applied,
				     "%ju: entry %zu, %u: %s, not %s",
				     (uintmax_t)seed, i, d.index,
				     vhdxlog_applied_name(e.applied),
				     vhdxlog_applied_name(d.applied));
			cr_assert_eq(d.file_offset, e.file_offset);
			cr_assert_eq(d.overwritten_by, e.overwritten_by);
		}
		vhdxlog_descriptors_close(p);
		vhdxlog_descriptors_close(q);
	}
}

Test(export, a_redacted_one_is_as_right_and_as_wrong)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct buffer image = random_image(seed);
		struct scanned a = scan_memory(image.at, image.len, NULL), b;
		struct exported x;

		export_from(&x, a.scan, true);
		b = scan_memory(x.image.at, x.image.len, NULL);
		expect_as_right(a.scan, b.scan);
		expect_as_applied(a.scan, b.scan, seed);
		if (seed % 8 == 0)
			expect_no_guids(&x.image, a.scan);
		scan_release(&a);
		scan_release(&b);
		buffer_free(&x.image);
		buffer_free(&image);
	}
}

/* Entries that lie in one another, that claim what they have not, ... */
Test(export, any_ring_can_be_redacted)
{
	unsigned right = 0;

	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct base b;
		struct scanned s, t;
		struct exported x;

		base_make_random(&b, seed);
		s = scan_memory(b.image.at, b.image.len, NULL);
		export_from(&x, s.scan, true);
		t = scan_memory(x.image.at, x.image.len, NULL);
		cr_assert_eq(vhdxlog_entry_count(s.scan),
			     vhdxlog_entry_count(t.scan));
		for (unsigned v = 0; v < 3; v++)
			right += vhdxlog_entry_tally(
					 s.scan, (enum vhdxlog_soundness)v) ==
				 vhdxlog_entry_tally(
					 t.scan, (enum vhdxlog_soundness)v);
		scan_release(&s);
		scan_release(&t);
		buffer_free(&x.image);
		base_free(&b);
	}
	assert_often(right, 3 * rounds(IMAGES) * 9 / 10, rounds(IMAGES));
}

/* --------------------------------------------------------------------- limits */

Test(export, what_cannot_be_read_is_a_hole)
{
	struct base b;
	struct faulty f;
	struct scanned s;
	struct exported x;

	base_make(&b, BASE_DYNAMIC);
	faulty_init(&f, &b.image);
	faulty_add(&f, b.log_offset + 2 * VL_SECTOR, VL_SECTOR);
	s = faulty_scan(&f, NULL);
	export_from(&x, s.scan, false);
	cr_assert(is_zero(x.image.at + b.log_offset + 2 * VL_SECTOR,
			  VL_SECTOR));
	cr_assert(memcmp(x.image.at + b.log_offset, b.image.at + b.log_offset,
			 2 * VL_SECTOR) == 0);
	cr_assert_eq(x.limitations, 3);
	scan_release(&s);
	buffer_free(&x.image);
	base_free(&b);
}

Test(export, what_is_no_image_is_refused)
{
	struct vhdxlog_options raw = VHDXLOG_OPTIONS_INIT;
	static const uint8_t zeroes[16 * VL_SECTOR];
	struct vhdxlog_export *e;
	struct scanned s = scan_memory(zeroes, sizeof(zeroes), NULL);

	cr_assert_eq(vhdxlog_export_open(s.scan, NULL, &e, NULL),
		     VHDXLOG_E_NOT_FOUND);
	cr_assert_null(e);
	scan_release(&s);
	raw.raw_log = true;
	s = scan_memory(zeroes, sizeof(zeroes), &raw);
	cr_assert_eq(vhdxlog_export_open(s.scan, NULL, &e, NULL),
		     VHDXLOG_E_MISUSE);
	scan_release(&s);
	vhdxlog_export_close(NULL);
}

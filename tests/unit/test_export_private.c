/* SPDX-License-Identifier: MIT */
/*
 * An image without what it holds for the guest: nothing of a block is in it that
 * the log does not hold.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "exported.h"
#include "scan.h"
#include "view/export.h"
#include "view/held.h"
#include "view/logged.h"

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
	uint64_t from = EXPORT_BEHIND, to = image->len;
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

Test(export_private, nothing_of_a_block_is_in_it_that_the_log_does_not_hold)
{
	unsigned held = 0;

	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct buffer image = export_random_image(seed);

		held += expect_private(&image, seed) > 0;
		buffer_free(&image);
	}
	assert_often(held, 10, rounds(EXPORT_IMAGES));
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

Test(export_private, a_table_that_lies_over_blocks_gives_nothing_of_them_away)
{
	for (size_t i = 0; i < sizeof(over_blocks) / sizeof(*over_blocks); i++) {
		struct buffer image = build_recipe(over_blocks[i]);
		struct rng r = rng_seed(i);

		/* Not those that could be anything. */
		for (uint64_t at = EXPORT_BEHIND; at < image.len; at++)
			image.at[at] = (uint8_t)(0x20 + rng_below(&r, 95));
		expect_private(&image, i);
		/* Of the log less is left that is none. */
		if (i != LOG_OVER_BLOCKS)
			expect_same_export(&image, "over blocks", i);
		buffer_free(&image);
	}
}

Test(export_private, without_geometry_only_what_can_be_a_table_is_taken)
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
	cr_assert(is_all_zero(x.image.at + 4 * VL_MIB, 8 * VL_MIB));
	buffer_free(&x.image);
	buffer_free(&image);
}

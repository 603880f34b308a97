/* SPDX-License-Identifier: MIT */
/*
 * What is found of images in dumps: all of them, whole or in part, over one another
 * and inside one another, and none that is not there.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "carved.h"
#include "ondisk/layout.h"
#include "source/source.h"

#define DUMPS 40u

static struct base base_of(enum base_kind kind)
{
	struct base b;

	base_make(&b, kind);
	return b;
}

static uint64_t random_place(struct rng *r, const struct buffer *dump,
			     uint64_t room)
{
	return rng_below(r, (dump->len - room) / 512) * 512;
}

static const struct vhdxlog_carved *log_of(const struct carved_list *l,
					   const struct vhdxlog_carved *image)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].kind == VHDXLOG_CARVE_LOG &&
		    l->at[i].image == image->number)
			return &l->at[i];
	}
	return NULL;
}

/* ---------------------------------------------------------------- one image */

static void expect_whole(const struct carved_list *l, const struct base *b,
			 uint64_t at)
{
	const struct vhdxlog_carved *image = carved_image(l, at), *log;

	cr_assert(image, "no image at %ju", (uintmax_t)at);
	cr_assert(image->sound);
	cr_assert(image->has_log);
	cr_assert(image->has_header);
	cr_assert_eq(image->log_offset, b->log_offset);
	cr_assert_eq(image->log_length, b->log_length);
	cr_assert_str_eq(image->detail, "");
	log = log_of(l, image);
	cr_assert(log);
	cr_assert(log->has_base);
	cr_assert_eq(log->base, at + b->log_offset);
	cr_assert_eq(log->log_length, b->log_length);
	cr_assert_eq(log->count, b->entry_count);
	cr_assert(log->sound);
}

Test(carve, an_image_anywhere_is_found_with_all_that_it_has)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct base b = base_of((enum base_kind)(seed % BASE_KINDS));
		struct buffer dump = dump_make(b.image.len + 3 * VL_MIB,
					       seed % 4 > 1, seed);
		uint64_t at = random_place(&r, &dump, b.image.len);
		struct carved_list l;

		dump_put(&dump, at, &b.image, 0, b.image.len);
		l = carve_memory(&dump);
		expect_whole(&l, &b, at);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 1);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_LOG), 1);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_HEADER), 2);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_REGION_TABLE), 2);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IDENTIFIER), 1);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_METADATA), 1);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_ENTRY),
			     b.entry_count);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_DATA), 0);
		carved_free(&l);
		buffer_free(&dump);
		base_free(&b);
	}
}

/* In the order that is promised, and numbered. */
Test(carve, structures_come_in_order_and_groups_behind_their_members)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct buffer dump = dump_random(seed);
		struct carved_list l = carve_memory(&dump);
		uint64_t before = 0;

		for (size_t i = 0; i < l.n; i++) {
			const struct vhdxlog_carved *item = &l.at[i];

			cr_assert_eq(item->number, i + 1);
			cr_assert_lt(item->offset, dump.len);
			cr_assert_leq(item->offset + item->length, dump.len,
				      "seed %ju", (uintmax_t)seed);
			if (item->kind >= VHDXLOG_CARVE_LOG)
				continue;
			cr_assert_geq(item->offset, before);
			before = item->offset;
		}
		carved_free(&l);
		buffer_free(&dump);
	}
}

/* ------------------------------------------------------------- nothing there */

Test(carve, random_bytes_hold_nothing)
{
	struct buffer dump = dump_make(8 * VL_MIB, true, 1);
	struct carved_list l = carve_memory(&dump);

	cr_assert_eq(l.n, 0);
	carved_free(&l);
	buffer_free(&dump);
}

/* A signature in each unit, and behind it anything. */
Test(carve, signatures_alone_are_not_enough)
{
	static const char *const words[] = { "head", "regi", "metadata", "loge",
					     "data", "desc", "zero" };

	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++) {
		struct buffer dump = dump_make(2 * VL_MIB, true, 2 + w);
		struct carved_list l;

		for (size_t at = 0; at < dump.len; at += 512)
			memcpy(dump.at + at, words[w], strlen(words[w]));
		l = carve_memory(&dump);
		cr_assert_eq(l.n, 0, "%s", words[w]);
		carved_free(&l);
		buffer_free(&dump);
	}
}

/* Small numbers in pairs are of one shape with places in a file. */
Test(carve, tables_of_small_numbers_are_no_bat)
{
	struct buffer dump = dump_make(VL_MIB, false, 0);
	struct rng r = rng_seed(3);
	struct carved_list l;

	for (size_t at = 0; at < dump.len; at += 8) {
		vl_put_le32(dump.at + at, 6 + (uint32_t)rng_below(&r, 2));
		vl_put_le32(dump.at + at + 4, (uint32_t)rng_below(&r, 9999));
	}
	l = carve_memory(&dump);
	cr_assert_eq(l.n, 0);
	carved_free(&l);
	buffer_free(&dump);
}

/* An identifier makes no image; nor do headers whose checksums are wrong. */
Test(carve, what_could_be_chance_is_no_image)
{
	struct base b = base_of(BASE_DYNAMIC);
	struct buffer dump = dump_make(2 * VL_MIB, true, 4);
	struct carved_list l;

	dump_put(&dump, 512, &b.image, 0, VL_SLOT_SIZE);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IDENTIFIER), 1);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 0);
	carved_free(&l);
	b.image.at[VL_HEADER_OFFSET(1) + 100] ^= 1;
	dump_put(&dump, 512 + VL_SLOT_SIZE, &b.image, VL_SLOT_SIZE,
		 VL_SIZE_header);
	dump.at[512] = 0;
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_HEADER), 1);
	cr_assert_not(carved_nth(&l, VHDXLOG_CARVE_HEADER, 0)->sound);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 0);
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

/* -------------------------------------------------------------------- pieces */

static void spoil(struct buffer *dump, uint64_t from, uint64_t len,
		  uint64_t seed)
{
	struct rng r = rng_seed(seed);

	if (seed % 2)
		rng_fill(&r, dump->at + from, len);
	else
		memset(dump->at + from, 0, len);
}

/* Each set of structures that may be left of the header section. */
Test(carve, an_image_is_found_by_any_part_of_its_header_section)
{
	struct base b = base_of(BASE_DYNAMIC);

	for (unsigned left = 1; left < 32; left++) {
		struct buffer dump = dump_make(b.image.len + VL_MIB, false, 0);
		struct carved_list l;
		uint64_t at = 512 * 77;

		dump_put(&dump, at, &b.image, 0, b.image.len);
		for (unsigned k = 0; k < 5; k++) {
			if (!(left >> k & 1))
				spoil(&dump, at + k * VL_SLOT_SIZE,
				      VL_SLOT_SIZE, left);
		}
		l = carve_memory(&dump);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 1,
			     "%02x left", left);
		cr_assert(carved_image(&l, at), "%02x left", left);
		cr_assert_eq(carved_image(&l, at)->has_header,
			     (left & 6) != 0);
		cr_assert(carved_image(&l, at)->has_log, "%02x left", left);
		cr_assert_eq(carved_image(&l, at)->log_offset, b.log_offset);
		cr_assert_eq(carved_image(&l, at)->log_length, b.log_length);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_LOG), 1);
		cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->base,
			     at + b.log_offset);
		cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->image,
			     carved_image(&l, at)->number);
		carved_free(&l);
		buffer_free(&dump);
	}
	base_free(&b);
}

/* A header of which nothing tells which copy it is: the first, and that is said. */
Test(carve, of_a_lone_header_two_places_are_told)
{
	struct base b = base_of(BASE_DYNAMIC);
	struct buffer dump = dump_make(4 * VL_MIB, true, 4);
	struct carved_list l;

	dump_put(&dump, VL_MIB, &b.image, VL_HEADER_OFFSET(2), VL_SIZE_header);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 1);
	cr_assert(carved_image(&l, VL_MIB - VL_SLOT_SIZE));
	cr_assert_str_eq(carved_nth(&l, VHDXLOG_CARVE_IMAGE, 0)->detail,
			 "may begin 64 KiB earlier");
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

/* All that is left is log and metadata, behind something else. */
Test(carve, without_its_first_mebibyte_an_image_is_its_log_and_metadata)
{
	struct base b = base_of(BASE_DYNAMIC);
	struct buffer dump = dump_make(b.image.len + VL_MIB, true, 5);
	const struct vhdxlog_carved *image;
	struct carved_list l;

	dump_put(&dump, VL_MIB, &b.image, VL_MIB, b.image.len - VL_MIB);
	l = carve_memory(&dump);
	image = carved_nth(&l, VHDXLOG_CARVE_IMAGE, 0);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 1);
	cr_assert(image->has_base);
	cr_assert_eq(image->base, 0);
	cr_assert_not(image->has_header);
	cr_assert_eq(image->log_offset, b.log_offset);
	cr_assert(strstr(image->detail, "assumed"));
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

Test(carve, a_log_alone_is_told_with_where_its_ring_begins)
{
	struct base b = base_of(BASE_DYNAMIC);
	struct buffer dump = dump_make(2 * VL_MIB, true, 6);
	const struct vhdxlog_carved *log;
	struct carved_list l;

	dump_put(&dump, 512 * 9, &b.image, b.log_offset, b.log_length);
	l = carve_memory(&dump);
	log = carved_nth(&l, VHDXLOG_CARVE_LOG, 0);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_LOG), 1);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 0);
	cr_assert(log->has_base);
	cr_assert_eq(log->base, 512 * 9);
	cr_assert_eq(log->log_length, b.log_length);
	cr_assert_eq(log->count, b.entry_count);
	cr_assert_eq(log->image, 0);
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

/* What lies before the source is not a place to begin at. */
Test(carve, an_image_that_begins_before_the_source_has_no_start)
{
	struct base b = base_of(BASE_DYNAMIC);
	uint64_t cut = VL_HEADER_OFFSET(2);
	struct buffer dump = dump_make(b.image.len - cut, false, 0);
	const struct vhdxlog_carved *image;
	struct carved_list l;

	dump_put(&dump, 0, &b.image, cut, b.image.len - cut);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 1);
	image = carved_nth(&l, VHDXLOG_CARVE_IMAGE, 0);
	cr_assert_not(image->has_base);
	cr_assert_eq(image->offset, 0);
	cr_assert_eq(image->log_offset, b.log_offset);
	cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->image, image->number);
	cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->base,
		     b.log_offset - cut);
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

/* ----------------------------------------------------------- several of them */

Test(carve, images_over_one_another_are_all_found)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct base a = base_of(BASE_DYNAMIC);
		struct base b = base_of(BASE_DIFFERENCING);
		struct buffer dump = dump_make(2 * a.image.len + 8 * VL_MIB,
					       seed % 2, seed);
		uint64_t at = random_place(&r, &dump,
					   a.image.len + b.image.len + VL_MIB);
		/* Behind the header section of the first, and over any of the
		 * rest. */
		uint64_t over = at + VL_MIB +
				rng_below(&r, a.image.len / 512) * 512;
		struct carved_list l;

		dump_put(&dump, at, &a.image, 0, a.image.len);
		dump_put(&dump, over, &b.image, 0, b.image.len);
		l = carve_memory(&dump);
		cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 2,
			     "seed %ju", (uintmax_t)seed);
		cr_assert(carved_image(&l, at));
		expect_whole(&l, &b, over);
		carved_free(&l);
		buffer_free(&dump);
		base_free(&a);
		base_free(&b);
	}
}

Test(carve, an_image_in_a_block_of_another_is_one_of_its_own)
{
	struct base a = base_of(BASE_DYNAMIC), b = base_of(BASE_DIFFERENCING);
	struct buffer dump = dump_make(16 * VL_MIB, false, 0);
	struct carved_list l;
	uint64_t inner = 5 * VL_MIB;

	cr_assert_leq(a.image.len, 16 * VL_MIB);
	dump_put(&dump, 0, &a.image, 0, a.image.len);
	dump_put(&dump, inner, &b.image, 0, b.image.len);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 2);
	cr_assert(carved_image(&l, 0));
	expect_whole(&l, &b, inner);
	carved_free(&l);
	buffer_free(&dump);
	base_free(&a);
	base_free(&b);
}

/* The same numbers and GUIDs twice, without a header: two logs. */
Test(carve, copies_of_one_log_are_two)
{
	struct base b = base_of(BASE_DYNAMIC);
	struct buffer dump = dump_make(8 * VL_MIB, false, 0);
	struct carved_list l;

	dump_put(&dump, VL_MIB, &b.image, b.log_offset, b.log_length);
	dump_put(&dump, 2 * VL_MIB, &b.image, b.log_offset, b.log_length);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_LOG), 2);
	for (unsigned n = 0; n < 2; n++) {
		const struct vhdxlog_carved *log =
			carved_nth(&l, VHDXLOG_CARVE_LOG, n);

		cr_assert_eq(log->base, (n + 1) * VL_MIB);
		cr_assert_eq(log->count, b.entry_count);
	}
	carved_free(&l);
	buffer_free(&dump);
	base_free(&b);
}

/* --------------------------------------------------------------------- holes */

static const struct buffer *holed;

/* Pages of zeroes are holes. */
static bool next_page(const struct vl_view *view, uint64_t off, uint64_t end,
		      uint64_t *from, uint64_t *to)
{
	static const uint8_t zero[VL_SECTOR];

	(void)view;
	*from = off;
	while (*from < end) {
		uint64_t page = *from - *from % VL_SECTOR;
		uint64_t n = vl_min64(VL_SECTOR, holed->len - page);

		if (memcmp(holed->at + page, zero, n) != 0) {
			*to = vl_min64(end, page + n);
			return true;
		}
		*from = page + VL_SECTOR;
	}
	return false;
}

Test(carve, holes_are_zeroes_that_are_not_read)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct buffer dump = dump_random(seed);
		struct carved_list plain = carve_memory(&dump), sparse;
		struct vhdxlog_source *source;

		holed = &dump;
		cr_assert_eq(vhdxlog_source_memory(dump.at, dump.len, &source,
						   NULL),
			     0);
		source->view.next_data = next_page;
		sparse = carve_source(source);
		carved_same(&plain, &sparse, "dump", seed);
		carved_free(&plain);
		carved_free(&sparse);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
}

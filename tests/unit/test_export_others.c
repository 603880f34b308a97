/* SPDX-License-Identifier: MIT */
/*
 * Headers and tables that name guest data as a structure: nothing of that is in an
 * image to share, whether a BAT claims it or not.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "exported.h"
#include "scan.h"

#define GUEST "a secret of the guest's, "

static void fill_with_guest(struct buffer *image, uint64_t off, uint64_t end)
{
	for (uint64_t at = off; at < end; at++)
		image->at[at] = (uint8_t)GUEST[(at - off) % (sizeof(GUEST) - 1)];
}

static void expect_no_guest(const struct buffer *image, uint64_t from)
{
	const uint8_t *at = memmem(image->at + from, image->len - from, GUEST,
				   sizeof(GUEST) - 1);

	cr_assert(!at, "at 0x%jx", (uintmax_t)(at - image->at));
}

/* Sound tables that name guest data: the BAT that would claim it is there. */
Test(export_others, a_bat_that_is_guest_data_is_none)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"6G\","
		" \"block_size\": \"1M\","
		" \"bat\": {\"offset\": \"3M\"}, \"metadata\": {\"offset\": \"2M\"},"
		" \"file_size\": \"8M\"}}");
	struct exported x;

	fill_with_guest(&image, 3 * VL_MIB, 8 * VL_MIB);
	for (unsigned redact = 0; redact < 2; redact++) {
		x = export_image(&image, redact);
		expect_no_guest(&x.image, 0);
		buffer_free(&x.image);
	}
	buffer_free(&image);
}

/* A few that are wrong are evidence. */
Test(export_others, single_entries_of_a_bat_that_are_wrong_stay)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"6G\","
		" \"block_size\": \"1M\", \"bat\": {\"offset\": \"3M\"},"
		" \"metadata\": {\"offset\": \"2M\"}, \"file_size\": \"8M\"}}");

	for (unsigned i = 0; i < 5; i++)
		vl_put_le64(image.at + 3 * VL_MIB + 800 * i, 0x123456789abcdef);
	expect_same_export(&image, "wrong entries", 0);
	buffer_free(&image);
}

/* A log that was named by who asked, or by a header, where no BAT tells blocks. */
Test(export_others, a_log_that_is_guest_data_is_none)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
		" \"file_size\": \"12M\", \"metadata\": {\"offset\": \"2M\"},"
		" \"bat\": {\"offset\": \"3M\"}}}");
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	struct scanned s;
	struct exported x;

	memset(image.at + 2 * VL_MIB, 0, VL_MIB);
	fill_with_guest(&image, 4 * VL_MIB, 12 * VL_MIB);
	options.has_log_offset = options.has_log_length = true;
	options.log_offset = 8 * VL_MIB;
	options.log_length = 4 * VL_MIB;
	s = scan_memory(image.at, image.len, &options);
	export_from(&x, s.scan, false);
	expect_no_guest(&x.image, 0);
	scan_release(&s);
	buffer_free(&x.image);
	buffer_free(&image);
}

/* A header names it, and the BAT knows of no block there; some sectors begin as
 * those of a log do. */
Test(export_others, a_log_without_entries_is_none_where_the_bat_is_sound)
{
	static const char *const words[] = { "data", "desc", "zero", "loge" };
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
		" \"file_size\": \"12M\", \"metadata\": {\"offset\": \"2M\"},"
		" \"bat\": {\"offset\": \"3M\"},"
		" \"log\": {\"offset\": \"8M\", \"length\": \"4M\"}}}");
	struct exported x;

	fill_with_guest(&image, 8 * VL_MIB, 12 * VL_MIB);
	for (unsigned i = 0; i < 4; i++)
		memcpy(image.at + 9 * VL_MIB + i * VL_SECTOR, words[i], 4);
	x = export_image(&image, false);
	expect_no_guest(&x.image, 0);
	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(memcmp(x.image.at + 9 * VL_MIB + i * VL_SECTOR,
				    words[i], 4),
			     0);
	buffer_free(&x.image);
	buffer_free(&image);
}

/* An entry that fails is told of with all that it claims. */
Test(export_others, of_a_log_without_sound_entries_what_is_theirs_stays)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\"},"
		" \"log\": {\"entries\": [{\"at\": 250, \"pad\": 8,"
		"  \"writes\": [{\"page\": \"3M\", \"current\": true}]}]}}");

	fill_with_guest(&image, VL_MIB + 30 * VL_SECTOR,
			VL_MIB + 40 * VL_SECTOR);
	fill_with_guest(&image, VL_MIB + 251 * VL_SECTOR,
			VL_MIB + 252 * VL_SECTOR);
	fill_with_guest(&image, VL_MIB, VL_MIB + VL_SECTOR);
	expect_same_export(&image, "no sound entries", 0);
	buffer_free(&image);
}

/* What stands at the starts of MiB tells which guesses there are, and no more of it
 * than its kind is needed. */
Test(export_others, where_structures_are_guessed_words_alone_are_of_blocks)
{
	static const char *const words[] = { "data", "desc", "zero", "loge",
					     "vhdxfile", "metadata" };
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
		" \"file_size\": \"14M\", \"metadata\": {\"offset\": \"2M\"},"
		" \"bat\": {\"offset\": \"3M\"},"
		" \"blocks\": {\"0\": \"present@4M\", \"1\": \"present@6M\","
		"  \"2\": \"present@8M\", \"3\": \"present@10M\","
		"  \"4\": \"present@12M\"}},"
		" \"log\": {\"entries\": [{\"writes\": []}]}}");
	struct scanned s;
	struct exported x;

	memset(image.at + VL_HEADER_OFFSET(1), 0, 4 * VL_SLOT_SIZE);
	fill_with_guest(&image, 4 * VL_MIB, 14 * VL_MIB);
	for (unsigned i = 0; i < 6; i++)
		memcpy(image.at + (6 + i) * VL_MIB, words[i], strlen(words[i]));
	s = scan_memory(image.at, image.len, NULL);
	cr_assert(vhdxlog_guess_count(s.scan));
	scan_release(&s);
	for (unsigned redact = 0; redact < 2; redact++) {
		x = export_image(&image, redact);
		expect_no_guest(&x.image, 0);
		for (unsigned i = 0; i < 6; i++)
			cr_assert_eq(memcmp(x.image.at + (6 + i) * VL_MIB,
					    words[i], strlen(words[i])),
				     0);
		cr_assert(!is_all_zero(x.image.at + 5 * VL_MIB, 512));
		cr_assert(is_all_zero(x.image.at + 5 * VL_MIB + 512,
				      VL_MIB - 512));
		buffer_free(&x.image);
	}
	buffer_free(&image);
}

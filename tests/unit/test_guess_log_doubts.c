/* SPDX-License-Identifier: MIT */
/*
 * Headers are gone, and something speaks against what would stand in for them: a log
 * in a guest's block, a session that contradicts the disk, an entry that cannot be
 * reached. What is not certain, no repair is built upon.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "guessed.h"
#include "ondisk/layout.h"

#define GUEST_AT (5 * VL_MIB)

static void wipe_headers(struct buffer *image)
{
	wipe(image, 64 * 1024, 128 * 1024);
}

static bool suffices(struct vhdxlog_scan *scan, enum vhdxlog_guess_kind kind)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind == kind && g->assumed)
			return vhdxlog_guess_suffices(scan, i);
	}
	cr_assert(false, "nothing was assumed");
	return false;
}

/* ---------------------------------------------------------- where the log is */

/* An image whose log was never written, with another one's at 5 MiB. */
static struct buffer with_guests_log(const char *recipe)
{
	struct buffer image = build_recipe(recipe);
	struct buffer guest = build_recipe(
		"{\"about\": \"guest\", \"log\": {\"entries\": ["
		" {\"writes\": [{\"bat\": {\"7\": \"present\"}}]},"
		" {\"tail\": \"self\", \"writes\":"
		"  [{\"bat\": {\"8\": \"present\"}}]}]}}");

	memcpy(image.at + GUEST_AT, guest.at + VL_MIB, VL_MIB);
	buffer_free(&guest);
	return image;
}

#define HOST(blocks)                                                    \
	LAID("\"bat\": {\"offset\": \"2M\"}, \"metadata\": {\"offset\":" \
	     " \"3M\"}, \"file_size\": \"12M\", \"blocks\": {" blocks "}")

/* Whether a guess of the log there is listed that has these words. */
static bool is_listed(struct vhdxlog_scan *scan, uint64_t offset,
		      const char *words)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind == VHDXLOG_GUESS_LOG && g->offset == offset &&
		    has_evidence(scan, g, words))
			return !vhdxlog_guess_suffices(scan, i) && !g->certain;
	}
	return false;
}

Test(guess_doubts, log_in_a_block_is_a_guests)
{
	static const char *const hosts[] = {
		HOST("\"0\": \"present@4M\", \"9\": \"present@5M\""),
		/* One entry is no good. */
		HOST("\"0\": \"present@4M\", \"9\": \"present@5M\","
		     " \"1\": \"5\""),
		LAID("\"block_size\": \"4M\", \"file_size\": \"12M\","
		     " \"bat\": {\"offset\": \"2M\"}, \"metadata\":"
		     " {\"offset\": \"3M\"}, \"blocks\": {\"3\":"
		     " \"present@4M\"}"),
	};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct buffer image = with_guests_log(hosts[i]);
		struct scanned s;

		wipe_headers(&image);
		s = scan_memory(image.at, image.len, NULL);
		cr_assert_eq(vhdxlog_log(s.scan)->offset, VL_MIB, "%zu", i);
		cr_assert(suffices(s.scan, VHDXLOG_GUESS_LOG), "%zu", i);
		cr_assert(is_listed(s.scan, GUEST_AT, "the BAT has a block"),
			  "%zu", i);
		scan_release(&s);
		buffer_free(&image);
	}
}

/* What the BAT does not have may be the log. */
Test(guess_doubts, log_apart_in_no_block)
{
	struct buffer image = with_guests_log(HOST("\"0\": \"present@4M\""));
	struct scanned s;

	wipe_headers(&image);
	s = scan_memory(image.at, image.len, NULL);
	cr_assert_eq(vhdxlog_log(s.scan)->offset, GUEST_AT);
	cr_assert(suffices(s.scan, VHDXLOG_GUESS_LOG));
	scan_release(&s);
	buffer_free(&image);
}

/* Of a BAT that is damaged nothing is believed, nor is what it would tell. */
Test(guess_doubts, log_apart_where_the_bat_is_damaged)
{
	struct buffer image = with_guests_log(
		HOST("\"0\": \"5\", \"1\": \"5\", \"9\": \"present@5M\""));
	struct scanned s;

	wipe_headers(&image);
	s = scan_memory(image.at, image.len, NULL);
	cr_assert_not(suffices(s.scan, VHDXLOG_GUESS_LOG));
	cr_assert(is_listed(s.scan, GUEST_AT, "is damaged"));
	scan_release(&s);
	buffer_free(&image);
}

/* No region table, or no metadata: nothing tells that it is not a guest's. */
Test(guess_doubts, log_apart_where_no_bat_is_known)
{
	static const uint64_t gone[][2] = {
		{ 0, VL_MIB },		  /* tables: the BAT is a guess */
		{ 3 * VL_MIB, VL_MIB },	  /* metadata: block sizes are one */
		{ 2 * VL_MIB, 2 * VL_MIB }, /* both */
	};

	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++) {
		struct buffer image = with_guests_log(
			HOST("\"0\": \"present@4M\", \"9\": \"present@5M\""));
		struct scanned s;

		wipe_headers(&image);
		wipe(&image, gone[i][0], gone[i][1]);
		s = scan_memory(image.at, image.len, NULL);
		cr_assert_eq(vhdxlog_log(s.scan)->offset, GUEST_AT, "%zu", i);
		cr_assert_not(suffices(s.scan, VHDXLOG_GUESS_LOG), "%zu", i);
		cr_assert_not(assumed(s.scan, VHDXLOG_GUESS_LOG)->certain);
		scan_release(&s);
		buffer_free(&image);
	}
}

/* ------------------------------------------------------- which session waits */

#define WAITING(writes)                                                    \
	"{\"about\": \"waiting\", \"image\": {\"file_size\": \"12M\","     \
	" \"blocks\": {\"0\": \"present@4M\", \"1\": \"not-present\"}},"   \
	" \"log\": {\"entries\": [{\"writes\": [" writes "]}]}}"
/* The first entry is damaged, so that the second cannot be applied. */
#define TORN(first, second)                                                \
	"{\"about\": \"torn\", \"image\": {\"file_size\": \"12M\","        \
	" \"blocks\": {\"0\": \"present@4M\"}},"                           \
	" \"log\": {\"entries\": [{" first "}, {" second "}]},"            \
	" \"damage\": [{\"set\": \"E0.checksum\", \"to\": 1}]}"
#define BAT(entries) "\"writes\": [{\"bat\": {" entries "}}]"

static const struct {
	const char *recipe, *says;
	bool is_zero, suffices;
} sessions[] = {
	{ WAITING("{\"bat\": {\"2\": \"present@6M\"}}"), "is of the disk older",
	  false, true },
	/* Only states differ. */
	{ WAITING("{\"bat\": {\"1\": \"zero\"}}"), "may be newer on the disk",
	  false, true },
	{ WAITING("{\"bat\": {\"0\": \"present@6M\"}}"), "against it", false,
	  false },
	{ WAITING("{\"bat\": {\"0\": \"zero\", \"5\": \"present@4M\"}}"),
	  "against it", false, false },
	{ WAITING("{\"bat\": {\"0\": \"present@6M\", \"5\": \"present@7M\"}}"),
	  "against it", false, false },
	/* A page that is older, and one that is newer. */
	{ WAITING("{\"bat\": {\"0\": \"zero\", \"900\": \"present@6M\"}}"),
	  "against it", true, false },
	{ TORN(BAT("\"1\": \"present@6M\""), BAT("\"2\": \"present@7M\"")),
	  "what it goes on from is damaged", false, true },
	{ TORN(BAT("\"1\": \"present@6M\""), BAT("\"0\": \"present@7M\"")),
	  "against it", false, false },
	{ TORN("\"applied\": true, " BAT("\"1\": \"present@6M\""),
	       "\"applied\": true, " BAT("\"2\": \"present@7M\"")),
	  "has no whole sequence", true, true },
};

Test(guess_doubts, sessions_against_the_disk)
{
	static const struct vhdxlog_guid zero;

	for (size_t i = 0; i < sizeof(sessions) / sizeof(*sessions); i++) {
		struct buffer image = build_recipe(sessions[i].recipe);
		const struct vhdxlog_guess *g;
		struct scanned s;

		wipe_headers(&image);
		s = scan_memory(image.at, image.len, NULL);
		g = assumed(s.scan, VHDXLOG_GUESS_LOG_GUID);
		cr_assert(g);
		cr_assert_eq(!memcmp(&g->guid, &zero, sizeof(zero)),
			     sessions[i].is_zero, "%zu", i);
		cr_assert(has_evidence(s.scan, g, sessions[i].says), "%zu", i);
		cr_assert_eq(suffices(s.scan, VHDXLOG_GUESS_LOG_GUID),
			     sessions[i].suffices, "%zu", i);
		scan_release(&s);
		buffer_free(&image);
	}
}

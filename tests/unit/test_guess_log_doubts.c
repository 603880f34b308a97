/* SPDX-License-Identifier: MIT */
/*
 * Headers are gone, and something speaks against what would stand in for them: a session that contradicts the disk, an entry that cannot be
 * reached. What is not certain, no repair is built upon.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "guessed.h"

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

/* SPDX-License-Identifier: MIT */
/* How far a log has reached the disk, by what was applied of it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helpers.h"

#define NONE VHDXLOG_NO_SECTOR

/* Entries of one page of the BAT each; `more` follows behind their list. */
struct reach_row {
	const char *name, *entries, *more;
	struct vhdxlog_reach reach;
	const char *says; /* a part of the message */
};

#define BAT(index) "\"writes\": [{\"bat\": {\"" index "\": \"present\"}}]"
#define APPLIED ", \"applied\": true"
#define ENTRY(...) "{" __VA_ARGS__ "}"
#define BOTH \
	"\"writes\": [{\"bat\": {\"1\": \"present@6M\", \"130\": \"present@7M\"}}]"

static const struct reach_row rows[] = {
	{ "nothing waits", ENTRY("\"guid\": \"earlier\", " BAT("1")), "",
	  { .kind = VHDXLOG_REACH_NONE, .last_applied = NONE,
	    .first_missing = NONE }, "" },
	{ "all of it", ENTRY(BAT("1") APPLIED) "," ENTRY(BAT("2") APPLIED), "",
	  { .kind = VHDXLOG_REACH_ALL, .last_applied = 2,
	    .first_missing = NONE },
	  "E0 to E2 were applied, though" },
	{ "a part", ENTRY(BAT("1") APPLIED) "," ENTRY(BAT("2")), "",
	  { .kind = VHDXLOG_REACH_PART, .last_applied = 0, .first_missing = 2 },
	  "everything up to E0 is on the disk; E2 is not" },
	{ "nothing of it", ENTRY(BAT("1")) "," ENTRY(BAT("2")), "",
	  { .kind = VHDXLOG_REACH_NOTHING, .last_applied = NONE,
	    .first_missing = 0 },
	  "E0 to E2 were logged, and nothing of it is on the disk" },
	{ "nothing of it, and what is before the tail is there",
	  ENTRY(BAT("1") APPLIED) "," ENTRY(BAT("2") ", \"tail\": \"self\""), "",
	  { .kind = VHDXLOG_REACH_NOTHING, .last_applied = 0,
	    .first_missing = 2 },
	  "everything up to E0 is on the disk; E2 was logged and not applied" },
	{ "nothing of it, nor of what is before the tail",
	  ENTRY(BAT("1")) "," ENTRY(BAT("2") ", \"tail\": \"self\""), "",
	  { .kind = VHDXLOG_REACH_NOTHING, .last_applied = NONE,
	    .first_missing = 2 },
	  "nor is E0, from before the tail" },
	{ "a page in part",
	  ENTRY(BAT("0") APPLIED) "," ENTRY(BOTH ", \"tail\": \"self\""),
	  ", \"damage\": [{\"set\": \"bat[1]\", \"to\": \"present@6M\"}]",
	  { .kind = VHDXLOG_REACH_PART, .last_applied = 0, .first_missing = 2,
	    .torn = true },
	  "everything up to E0 is on the disk; E2 is there in part" },
	{ "entries that write nothing", ENTRY("") "," ENTRY(BAT("1")), "",
	  { .kind = VHDXLOG_REACH_NOTHING, .last_applied = NONE,
	    .first_missing = 1 }, "E1 was logged" },
	{ "nothing to write", ENTRY(""), "",
	  { .kind = VHDXLOG_REACH_ALL, .last_applied = NONE,
	    .first_missing = NONE },
	  "what must be replayed writes nothing" },
	{ "the file has not grown to it",
	  ENTRY("\"last\": \"32M\", \"writes\": [{\"page\": \"16M\"}]"), "",
	  { .kind = VHDXLOG_REACH_NOTHING, .last_applied = NONE,
	    .first_missing = 0 }, "E0 was logged" },
	{ "more zeroes than are looked at",
	  ENTRY("\"writes\": [{\"zero\": \"8M\", \"length\": \"64M\"}]"), "",
	  { .kind = VHDXLOG_REACH_UNKNOWN, .last_applied = NONE,
	    .first_missing = NONE },
	  "1 of 1 entries that wait could not be compared" },
};

static void compare(const struct reach_row *row, bool raw_log)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_history *history;
	struct vhdxlog_reach reach;
	struct buffer image;
	struct scanned s;
	char text[2048];

	snprintf(text, sizeof(text),
		 "{\"about\": \"x\", \"image\": {\"virtual_size\": \"1G\","
		 "\"file_size\": \"%s\"}, \"log\": {\"entries\": [%s]}%s}",
		 row->reach.kind == VHDXLOG_REACH_UNKNOWN ? "80M" : "10M",
		 row->entries, row->more);
	image = build_recipe(text);
	options.raw_log = raw_log;
	s = raw_log ? scan_memory(image.at + 0x100000, 0x100000, &options) :
		      scan_memory(image.at, image.len, &options);
	cr_assert_eq(vhdxlog_history_open(s.scan, &history, NULL), 0);
	/* Twice: asking uses nothing up. */
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_eq(vhdxlog_history_reach(history, &reach, NULL), 0);
		if (raw_log) {
			cr_assert_eq(reach.kind, VHDXLOG_REACH_NONE);
			continue;
		}
		cr_assert_eq(reach.kind, row->reach.kind, "%s: %s: %s",
			     row->name, vhdxlog_reach_name(reach.kind),
			     reach.message);
		cr_assert_eq(reach.last_applied, row->reach.last_applied,
			     "%s: E%d", row->name, (int)reach.last_applied);
		cr_assert_eq(reach.first_missing, row->reach.first_missing,
			     "%s: E%d", row->name, (int)reach.first_missing);
		cr_assert_eq(reach.torn, row->reach.torn, "%s", row->name);
		cr_assert(strstr(reach.message, row->says), "%s: %s", row->name,
			  reach.message);
		cr_assert_eq(!*reach.message,
			     reach.kind == VHDXLOG_REACH_NONE);
	}
	vhdxlog_history_close(history);
	scan_release(&s);
	buffer_free(&image);
}

Test(reach, is_told_by_what_was_applied)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		compare(&rows[i], false);
}

Test(reach, a_log_without_its_disk_has_none)
{
	compare(&rows[1], true);
}

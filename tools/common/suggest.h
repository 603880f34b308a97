/* SPDX-License-Identifier: MIT */
/*
 * Which of the known words a misspelt one may have meant.
 */
#ifndef TOOLS_COMMON_SUGGEST_H
#define TOOLS_COMMON_SUGGEST_H

#include "tools/common/options.h"

struct tool_suggestion {
	const char *word; /* as typed; borrowed */
	const char *best; /* the nearest so far, or NULL; borrowed */
	unsigned distance;
};

/* Begin: only words that are near enough to be meant will count. */
struct tool_suggestion tool_suggest(const char *word);

/* Look at one more known word. */
void tool_consider(struct tool_suggestion *s, const char *known);

/* "; did you mean \"scan\"?" or "". free() it. */
char *tool_did_you_mean(const struct tool_suggestion *s);

/*
 * The same for the first that is unknown of a value, or of a list of such with
 * commas between them.
 */
char *tool_suggest_of(const char *typed, tool_words *words);

/*
 * The same for what may have a value behind a colon, as the words, examples all of
 * them, have: of "blok:5@E7" and "block:0" it is "; did you mean \"block:5@E7\"?"
 */
char *tool_suggest_start(const char *typed, tool_words *words);

/* The same for a format, of a sum of 1 << TOOL_TEXT .. */
char *tool_suggest_format(const char *typed, unsigned formats);

/* "; did you mean \"qemu\"? Policies are ms-vhdx, ..". free() it. */
char *tool_policies(const char *typed);

/* The same for regions, as vhdxlog_area_name() names them. */
char *tool_regions(const char *typed);

#endif

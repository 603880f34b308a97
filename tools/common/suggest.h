/* SPDX-License-Identifier: MIT */
/*
 * Which of the known words a misspelt one may have meant.
 */
#ifndef TOOLS_COMMON_SUGGEST_H
#define TOOLS_COMMON_SUGGEST_H

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

/* "; did you mean \"qemu\"? Policies are ms-vhdx, ..". free() it. */
char *tool_policies(const char *typed);

/* The same for regions, as vhdxlog_area_name() names them. */
char *tool_regions(const char *typed);

#endif

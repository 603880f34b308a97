/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_COMMON_ANCHOR_H
#define TOOLS_COMMON_ANCHOR_H

/* A time that the user knows: NAME=TIME, as struct report_anchor has it. */
struct tool_anchor {
	char name[64];
	char time[40]; /* RFC 3339, in UTC */
};

/*
 * NAME is a word of letters, digits, '.', '_' and '-'; TIME is of RFC 3339 and
 * is put into UTC, a leap second as the one after it. Returns NULL, or what is
 * wrong.
 */
const char *tool_parse_anchor(const char *text, struct tool_anchor *anchor);

#endif

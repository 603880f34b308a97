/* SPDX-License-Identifier: MIT */
/*
 * What was found, as a line of a state file.
 */
#ifndef TOOLS_VHDXLOG_CARVE_ITEM_H
#define TOOLS_VHDXLOG_CARVE_ITEM_H

#include "vhdxlog.h"

/* "item 7 entry 4096 8192 .. detail" without a newline. free() it. */
char *carve_item_line(const struct vhdxlog_carved *item);

/* false: the line is none. It is taken apart for that. */
bool carve_item_parse(char *line, struct vhdxlog_carved *item);

/*
 * The next word of a line, ended with '\0' in place; *line moves behind it. NULL:
 * there is none.
 */
char *carve_word(char **line);

/* The next word as a number; false: it is none. */
bool carve_number(char **line, uint64_t *value);

#endif

/* SPDX-License-Identifier: MIT */
/* What a terminal can show. */
#ifndef TOOLS_COMMON_TERMINAL_H
#define TOOLS_COMMON_TERMINAL_H

/*
 * Columns of the terminal that a descriptor is: COLUMNS where that is set, else as
 * the terminal says, within what a report can be laid out in; 0: not known.
 */
unsigned tool_terminal_width(int fd);

#endif

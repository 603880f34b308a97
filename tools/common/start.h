/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_COMMON_START_H
#define TOOLS_COMMON_START_H

/*
 * First of all in main(): no file that is opened later takes the place of a
 * standard stream, and what cannot be written is an error, not the end.
 */
void tool_start(void);

#endif

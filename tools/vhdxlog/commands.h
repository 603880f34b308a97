/* SPDX-License-Identifier: MIT */
/*
 * The subcommands. A new one is a file with a struct tool_command, a line here
 * and a line in main.c's list.
 */
#ifndef TOOLS_VHDXLOG_COMMANDS_H
#define TOOLS_VHDXLOG_COMMANDS_H

#include "tools/common/options.h"

extern const struct tool_command command_scan;
extern const struct tool_command command_show;
extern const struct tool_command command_timeline;
extern const struct tool_command command_compare;
extern const struct tool_command command_extract;
extern const struct tool_command command_carve;
extern const struct tool_command command_explain;

#endif

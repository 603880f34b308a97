/* SPDX-License-Identifier: MIT */
/*
 * What a shell has to know to complete the command line of a program, made from
 * the tables that the program reads it by.
 */
#ifndef TOOLS_COMMON_COMPLETION_H
#define TOOLS_COMMON_COMPLETION_H

#include "tools/common/option_table.h"

/* --completion SHELL, of a program and of no command of it. */
extern const struct tool_option tool_completion_row;

/*
 * Print it for a shell, NULL where none was named. A program that has no commands
 * is the one command, without a name. Returns the exit status.
 */
int tool_print_completion(const char *program, const char *shell,
			  const struct tool_command *const *commands,
			  size_t count);

/* ------------------------------------------------- for completion_*.c alone */

/* A program and its commands; names can be said in a shell as they are. */
struct completion {
	const char *program;
	const struct tool_command *const *commands;
	size_t count;
};

/* The options of a command, and those of every one: NULL after the last. */
const struct tool_option *
completion_option(const struct tool_command *command, size_t index);

/* The values of it that this command takes: NULL after the last, or if there is
 * no list of them. */
const char *completion_value(const struct tool_command *command,
			     const struct tool_option *row, size_t *cursor);
bool completion_takes_file(const struct tool_option *row);

/* Text between single quotes; each of `special` with a \\ before it. */
void completion_quoted(const char *text, const char *special);

void completion_bash(const struct completion *c);
void completion_zsh(const struct completion *c);
void completion_fish(const struct completion *c);

#endif

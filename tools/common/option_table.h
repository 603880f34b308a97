/* SPDX-License-Identifier: MIT */
/*
 * Every option that some command takes, once for each meaning that it has.
 */
#ifndef TOOLS_COMMON_OPTION_TABLE_H
#define TOOLS_COMMON_OPTION_TABLE_H

#include "tools/common/options.h"

struct tool_option {
	const char *name;
	char letter;	/* or 0 */
	unsigned group; /* one of TOOL_OUTPUT .. */
	int has_value;	/* as getopt_long has it */
	const char *value_name;
	/* Returns NULL, or what is wrong with the value. A flag has none. */
	const char *(*set)(struct tool_options *options, const char *value);
	/* NULL: the formats of the command; "": it is not listed, as setting it
	 * is always wrong. */
	const char *help;
};

#define TOOL_MAX_OPTIONS 96

extern const struct tool_option tool_option_rows[]; /* a NULL name ends it */

/* What every command takes besides: --help, --version. Likewise. */
extern const struct tool_option tool_standard_rows[];

/* Whether a command takes it, and lists it. */
bool tool_option_listed(const struct tool_command *command,
			const struct tool_option *row);

/* The values that an option knows, of --format those of all commands; NULL: it
 * takes others. */
tool_words *tool_option_words(const struct tool_option *row);

/* Whether a value is a list of such with commas between them. */
bool tool_option_takes_list(const struct tool_option *row);

extern const char *const tool_format_names[TOOL_FORMAT_COUNT];

/* The setter of --format, by which that row is known. */
const char *tool_set_format(struct tool_options *options, const char *value);

/* What is wrong with a policy that is none; the list of them is to follow. */
extern const char tool_no_policy[];

/* The same of a region, and of a state. */
extern const char tool_no_region[];
extern const char tool_no_state[];

#endif

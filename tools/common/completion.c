/* SPDX-License-Identifier: MIT */
#include "tools/common/completion.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/output.h"
#include "tools/common/say.h"
#include "tools/common/suggest.h"

static const struct {
	const char *name;
	void (*print)(const struct completion *c);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

#define SHELLS (sizeof(shells) / sizeof(*shells))

static const char *shell_name(size_t i)
{
	return i < SHELLS ? shells[i].name : NULL;
}

const struct tool_option tool_completion_row = {
	.name = "completion",
	.has_value = required_argument,
	.value_name = "SHELL",
	.help = "what bash, zsh or fish is to know of this program",
};

static int unknown_shell(const char *program, const char *shell)
{
	if (shell) {
		char *escaped = tool_escape(shell);
		char *mean = tool_suggest_of(shell, shell_name);

		tool_say("--completion: \"%s\" is none of bash, zsh or fish%s",
			 escaped, mean);
		free(escaped);
		free(mean);
	} else {
		tool_say("--completion needs a value: SHELL");
	}
	fprintf(stderr, "see: %s --help\n", program);
	return TOOL_USAGE;
}

int tool_print_completion(const char *program, const char *shell,
			  const struct tool_command *const *commands,
			  size_t count)
{
	struct completion c = { program, commands, count };

	for (size_t i = 0; shell && i < SHELLS; i++) {
		if (strcmp(shell, shells[i].name) != 0)
			continue;
		shells[i].print(&c);
		return tool_flush_stdout();
	}
	return unknown_shell(program, shell);
}

/* ------------------------------------------------------------ what to print */

const struct tool_option *completion_option(const struct tool_command *c,
					    size_t index)
{
	const struct tool_option *const lists[] = { tool_option_rows,
						    tool_standard_rows };

	for (size_t i = 0; i < 2; i++) {
		for (const struct tool_option *r = lists[i]; r->name; r++) {
			if ((i == 1 || tool_option_listed(c, r)) && !index--)
				return r;
		}
	}
	return !c->name && !index ? &tool_completion_row : NULL;
}

const char *completion_value(const struct tool_command *c,
			     const struct tool_option *row, size_t *cursor)
{
	tool_words *words = row == &tool_completion_row ?
				    shell_name :
				    tool_option_words(row);

	while (words && words(*cursor)) {
		size_t i = (*cursor)++;

		if (row->set != tool_set_format || c->formats & 1u << i)
			return words(i);
	}
	return NULL;
}

bool completion_takes_file(const struct tool_option *row)
{
	return row->value_name && strcmp(row->value_name, "FILE") == 0;
}

void completion_quoted(const char *text, const char *special)
{
	putchar('\'');
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		if (*text == '\'')
			fputs("'\\'", stdout);
		putchar(*text);
	}
	putchar('\'');
}

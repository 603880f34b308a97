/* SPDX-License-Identifier: MIT */
/*
 * For fish: one `complete` for each option of each command.
 */
#include <getopt.h>
#include <stdio.h>

#include "tools/common/completion.h"

static const char special[] = "\\";

static void print_condition(const struct tool_command *command)
{
	if (command && command->name)
		printf(" -n '__fish_seen_subcommand_from %s'", command->name);
	else if (!command)
		printf(" -n __fish_use_subcommand");
}

/* One that is optional is no operand either, and the list may well be short. */
static void print_values(const struct tool_command *command,
			 const struct tool_option *row)
{
	const char *word, *sign = "";
	size_t cursor = 0;

	if (row->has_value == no_argument)
		return;
	if (completion_takes_file(row)) {
		printf(" -r -F");
		return;
	}
	printf(row->has_value == required_argument ? " -x -a '" : " -f -a '");
	while ((word = completion_value(command, row, &cursor))) {
		printf("%s%s", sign, word);
		sign = " ";
	}
	putchar('\'');
}

static void print_option(const struct completion *c,
			 const struct tool_command *command,
			 const struct tool_option *row)
{
	printf("complete -c %s", c->program);
	print_condition(command);
	if (row->letter)
		printf(" -s %c", row->letter);
	printf(" -l %s", row->name);
	print_values(command ? command : c->commands[0], row);
	printf(" -d ");
	completion_quoted(row->help ? row->help : "how it is written", special);
	putchar('\n');
}

static void print_command(const struct completion *c,
			  const struct tool_command *command)
{
	const struct tool_option *row;
	const char *word;

	for (size_t i = 0; (row = completion_option(command, i)); i++)
		print_option(c, command, row);
	if (!command->words)
		return;
	printf("complete -c %s", c->program);
	print_condition(command);
	printf(" -a '");
	for (size_t i = 0; (word = command->words(i)); i++)
		printf("%s%s", i ? " " : "", word);
	printf("'\n");
}

void completion_fish(const struct completion *c)
{
	printf("# Made by `%s --completion fish`.\n\n", c->program);
	if (c->commands[0]->name) {
		for (size_t i = 0; i < c->count; i++) {
			printf("complete -c %s -n __fish_use_subcommand -f "
			       "-a %s -d ",
			       c->program, c->commands[i]->name);
			completion_quoted(c->commands[i]->summary, special);
			putchar('\n');
		}
		for (const struct tool_option *r = tool_standard_rows; r->name;
		     r++)
			print_option(c, NULL, r);
		print_option(c, NULL, &tool_completion_row);
	}
	for (size_t i = 0; i < c->count; i++)
		print_command(c, c->commands[i]);
}

/* SPDX-License-Identifier: MIT */
/*
 * For zsh: specifications for _arguments, a function for each command.
 */
#include <getopt.h>
#include <stdio.h>

#include "tools/common/completion.h"

/* Inside of [..] and between colons. */
static const char special[] = "[]:\\";

/* ":FORMAT:(text json)" */
static void print_action(const struct tool_command *command,
			 const struct tool_option *row)
{
	const char *word, *sign = "";
	bool list = tool_option_takes_list(row);
	size_t cursor = 0;

	if (row->has_value == no_argument)
		return;
	printf("':%s%s:", row->has_value == optional_argument ? ":" : "",
	       row->value_name);
	if (completion_takes_file(row))
		printf("_files");
	else if (tool_option_words(row) || row == &tool_completion_row)
		printf(list ? "_values -s , %s" : "(%s",
		       list ? row->value_name : "");
	else
		putchar(' ');
	while ((word = completion_value(command, row, &cursor))) {
		printf("%s%s", list ? " " : sign, word);
		sign = " ";
	}
	printf("%s'", !list && *sign ? ")" : "");
}

static void print_spec(const struct tool_command *command,
		       const struct tool_option *row, bool is_letter)
{
	bool required = row->has_value == required_argument;

	printf("\t\t'*'");
	if (is_letter)
		printf("-%c%s", row->letter, required ? "+" : "");
	else
		printf("--%s%s", row->name,
		       required					? "=" :
		       row->has_value == optional_argument ? "=-" :
								  "");
	printf("'['");
	completion_quoted(row->help ? row->help : "how it is written", special);
	printf("']'");
	print_action(command, row);
	printf(" \\\n");
}

static void print_function(const struct completion *c,
			   const struct tool_command *command)
{
	const struct tool_option *row;
	const char *word;

	printf("_%s%s%s()\n{\n\tlocal state\n\t_arguments -s -S \\\n",
	       c->program, command->name ? "_" : "",
	       command->name ? command->name : "");
	for (size_t i = 0; (row = completion_option(command, i)); i++) {
		if (row->letter)
			print_spec(command, row, true);
		print_spec(command, row, false);
	}
	if (!command->words) {
		printf("\t\t'*:operand:_files'\n}\n\n");
		return;
	}
	printf("\t\t'*:operand:->operand'\n"
	       "\t[[ $state != operand ]] || _alternative \\\n"
	       "\t\t'files:file:_files' 'words:word:(");
	for (size_t i = 0; (word = command->words(i)); i++)
		printf("%s%s", i ? " " : "", word);
	printf(")'\n}\n\n");
}

/* The function that stands for the program, and hands on to its commands. */
static void print_program(const struct completion *c)
{
	printf("_%s()\n{\n"
	       "\tlocal state line\n"
	       "\tlocal -a commands=(\n",
	       c->program);
	for (size_t i = 0; i < c->count; i++) {
		printf("\t\t%s:", c->commands[i]->name);
		completion_quoted(c->commands[i]->summary, ":");
		putchar('\n');
	}
	printf("\t)\n\t_arguments \\\n");
	for (const struct tool_option *r = tool_standard_rows; r->name; r++) {
		print_spec(c->commands[0], r, true);
		print_spec(c->commands[0], r, false);
	}
	print_spec(c->commands[0], &tool_completion_row, false);
	printf("\t\t'1:command:->command' '*::operand:->operand'\n"
	       "\tcase $state in\n"
	       "\tcommand) _describe command commands ;;\n"
	       "\toperand) (( ! $+functions[_%1$s_$line[1]] )) || "
	       "_%1$s_$line[1] ;;\n"
	       "\tesac\n}\n\n",
	       c->program);
}

void completion_zsh(const struct completion *c)
{
	printf("#compdef %s\n# Made by `%s --completion zsh`.\n\n", c->program,
	       c->program);
	for (size_t i = 0; i < c->count; i++)
		print_function(c, c->commands[i]);
	if (c->commands[0]->name)
		print_program(c);
	/* Called as the function that compinit loads, or sourced. */
	printf("if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
	       "\t_%1$s \"$@\"\nelse\n\tcompdef _%1$s %1$s\nfi\n",
	       c->program);
}

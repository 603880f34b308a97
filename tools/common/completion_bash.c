/* SPDX-License-Identifier: MIT */
/*
 * For bash: tables of words, as functions, and one function that looks into them.
 */
#include <getopt.h>
#include <stdio.h>

#include "tools/common/completion.h"

static const char *name_of(const struct tool_command *command)
{
	return command->name ? command->name : "";
}

/* "-f|--format", or with another sign between them. */
static void print_names(const struct tool_option *row, const char *prefix,
			const char *sign)
{
	if (row->letter)
		printf("%s-%c%s", prefix, row->letter, sign);
	printf("%s--%s", prefix, row->name);
}

static void print_options(const struct completion *c)
{
	const struct tool_option *row;

	printf("# The options of a command.\n"
	       "_%s_options()\n{\n\tcase $1 in\n", c->program);
	for (size_t i = 0; i < c->count; i++) {
		printf("\t'%s') echo '", name_of(c->commands[i]));
		for (size_t k = 0; (row = completion_option(c->commands[i], k));
		     k++) {
			print_names(row, k ? " " : "", k ? "" : " ");
		}
		printf("' ;;\n");
	}
	printf("\tesac\n}\n\n");
}

static void print_value_case(const struct tool_command *command,
			     const struct tool_option *row)
{
	const char *word;
	size_t cursor = 0;

	printf("\t'%s '", name_of(command));
	if (row->letter)
		printf("-%c | '%s '", row->letter, name_of(command));
	printf("--%s) echo '%s", row->name,
	       tool_option_takes_list(row) ? "list" : "word");
	if (completion_takes_file(row))
		printf(" file");
	while ((word = completion_value(command, row, &cursor)))
		printf(" %s", word);
	printf("' ;;\n");
}

/* One whose value is optional takes it behind a '=' alone. */
static void print_values(const struct completion *c)
{
	const struct tool_option *row;

	printf("# The values of an option: what it is, and what there are.\n"
	       "_%s_values()\n{\n\tcase $1 in\n", c->program);
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; (row = completion_option(c->commands[i], k));
		     k++) {
			if (row->has_value != no_argument)
				print_value_case(c->commands[i], row);
		}
	}
	printf("\t*) return 1 ;;\n\tesac\n}\n\n");
	printf("# Those that take theirs behind a = alone.\n"
	       "_%s_optional()\n{\n\tcase $1 in\n", c->program);
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; (row = completion_option(c->commands[i], k));
		     k++) {
			if (row->has_value == optional_argument)
				printf("\t'%s --%s') ;;\n",
				       name_of(c->commands[i]), row->name);
		}
	}
	printf("\t*) return 1 ;;\n\tesac\n}\n\n");
}

static void print_operands(const struct completion *c)
{
	printf("# Words that an operand of a command can be.\n"
	       "_%s_operands()\n{\n\tcase $1 in\n", c->program);
	for (size_t i = 0; i < c->count; i++) {
		const char *word;

		if (!c->commands[i]->words)
			continue;
		printf("\t'%s') echo '", name_of(c->commands[i]));
		for (size_t k = 0; (word = c->commands[i]->words(k)); k++)
			printf("%s%s", k ? " " : "", word);
		printf("' ;;\n");
	}
	printf("\tesac\n}\n\n");
}

/* %1$s: the program. A '=' is a word of its own for bash. */
static const char function[] =
	"_%1$s_files()\n"
	"{\n"
	"\tlocal file\n"
	"\twhile IFS= read -r file; do\n"
	"\t\tCOMPREPLY+=(\"$file\")\n"
	"\tdone < <(compgen -f -- \"$1\")\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"}\n"
	"\n"
	"_%1$s_value()\n"
	"{\n"
	"\tlocal words=($1) current=$2 before=\n"
	"\tif [ \"${words[0]}\" = list ] && [[ $current == *,* ]]; then\n"
	"\t\tbefore=${current%%,*},\n"
	"\t\tcurrent=${current##*,}\n"
	"\tfi\n"
	"\tif [ \"${words[1]}\" = file ]; then\n"
	"\t\t_%1$s_files \"$current\"\n"
	"\telse\n"
	"\t\tCOMPREPLY=($(compgen -P \"$before\" -W \"${words[*]:1}\" -- \"$current\"))\n"
	"\tfi\n"
	"}\n"
	"\n"
	"_%1$s()\n"
	"{\n"
	"\tlocal current=${COMP_WORDS[COMP_CWORD]} command=%2$s values\n"
	"\tlocal before=${COMP_WORDS[COMP_CWORD - 1]} behind=\n"
	"\tCOMPREPLY=()\n"
	"\tif [ \"$current\" = = ]; then\n"
	"\t\tcurrent= behind=yes\n"
	"\telif [ \"$before\" = = ]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]} behind=yes\n"
	"\tfi\n"
	"\tif values=$(_%1$s_values \"$command $before\") &&\n"
	"\t\t{ [ \"$behind\" ] || ! _%1$s_optional \"$command $before\"; }; then\n"
	"\t\t_%1$s_value \"$values\" \"$current\"\n"
	"%3$s"
	"\telif [[ $current == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$(_%1$s_options \"$command\")\" -- \"$current\"))\n"
	"\telse\n"
	"\t\tCOMPREPLY=($(compgen -W \"$(_%1$s_operands \"$command\")\" -- \"$current\"))\n"
	"\t\t_%1$s_files \"$current\"\n"
	"\tfi\n"
	"}\n";

static void print_first(const struct completion *c)
{
	printf("# What stands first.\n_%s_first='", c->program);
	for (size_t i = 0; i < c->count; i++)
		printf("%s ", c->commands[i]->name);
	for (const struct tool_option *r = tool_standard_rows; r->name; r++)
		printf("-%c --%s ", r->letter, r->name);
	printf("--%s'\n\n", tool_completion_row.name);
}

void completion_bash(const struct completion *c)
{
	bool has_commands = c->commands[0]->name;
	char first[256] = "";

	printf("# Made by `%s --completion bash`.\n"
	       "# shellcheck shell=bash disable=SC2034,SC2206,SC2207\n\n",
	       c->program);
	print_options(c);
	print_values(c);
	print_operands(c);
	if (has_commands) {
		print_first(c);
		snprintf(first, sizeof(first),
			 "\telif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
			 "\t\tCOMPREPLY=($(compgen -W \"$_%s_first\" -- "
			 "\"$current\"))\n",
			 c->program);
	}
	printf(function, c->program, has_commands ? "${COMP_WORDS[1]}" : "",
	       first);
	printf("complete -F _%s %s\n", c->program, c->program);
}

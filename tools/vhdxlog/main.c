/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog: looks at the metadata log of VHDX images and never writes to one.
 */
#include "tools/vhdxlog/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/common/completion.h"
#include "tools/common/output.h"
#include "tools/common/say.h"
#include "tools/common/start.h"
#include "tools/common/suggest.h"

static const struct tool_command *const commands[] = {
	&command_scan,
	&command_show,
	&command_timeline,
	&command_compare,
	&command_extract,
	&command_carve,
	&command_explain,
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int print_help(void)
{
	printf("usage: vhdxlog COMMAND [options] ...\n"
	       "\n"
	       "What the metadata log of a VHDX disk image holds, and what\n"
	       "would become of it. An image is only ever read.\n"
	       "\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-8s  %s\n", commands[i]->name, commands[i]->summary);
	printf("\n"
	       "  -h, --help     this text; of a command: its options\n"
	       "  -V, --version  the version\n"
	       "      --completion SHELL  what bash, zsh or fish is to know\n"
	       "\n"
	       "Begin with:\n"
	       "  vhdxlog scan disk.vhdx\n"
	       "\n"
	       "Manual: vhdxlog(1), vhdxlog-report(5), vhdxlog-checks(7)\n");
	return tool_flush_stdout();
}

static int misuse(void)
{
	fprintf(stderr, "see: vhdxlog --help\n");
	return TOOL_USAGE;
}

/* An image where a command should be: the most likely thing to be meant. */
static int suggest_scan(const char *word)
{
	char *quoted = tool_quote(word);

	tool_say("%s is no command; did you mean: vhdxlog scan %s", quoted,
		 quoted);
	free(quoted);
	return misuse();
}

static int unknown_command(const char *word)
{
	struct tool_suggestion s = tool_suggest(word);
	char *escaped, *mean;
	struct stat st;

	if (stat(word, &st) == 0 && !S_ISDIR(st.st_mode))
		return suggest_scan(word);
	for (size_t i = 0; i < COMMANDS; i++)
		tool_consider(&s, commands[i]->name);
	tool_consider(&s, "--help");
	tool_consider(&s, "--version");
	tool_consider(&s, "--completion");
	escaped = tool_escape(word);
	mean = tool_did_you_mean(&s);
	tool_say("there is no %s \"%s\"%s", *word == '-' ? "option" : "command",
		 escaped, mean);
	free(escaped);
	free(mean);
	return misuse();
}

static int run_command(const struct tool_command *command, int argc,
		       char **argv)
{
	struct tool_options options;
	int status;

	if (!tool_options_parse(command, argc - 1, argv + 1, &options, &status))
		return status;
	options.argc = argc;
	options.argv = argv;
	return command->run(&options);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	tool_start();
	if (!word) {
		tool_say("it needs a command");
		return misuse();
	}
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		return print_help();
	if (strcmp(word, "--completion") == 0)
		return tool_print_completion("vhdxlog", argv[2], commands,
					     COMMANDS);
	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
		return tool_print_version("vhdxlog");
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(word, commands[i]->name) == 0)
			return run_command(commands[i], argc, argv);
	}
	return unknown_command(word);
}

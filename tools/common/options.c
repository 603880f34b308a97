/* SPDX-License-Identifier: MIT */
#include "tools/common/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/common/completion.h"
#include "tools/common/custody.h"
#include "tools/common/option_table.h"
#include "tools/common/output.h"
#include "tools/common/say.h"
#include "tools/common/state.h"
#include "tools/common/suggest.h"
#include "tools/common/terminal.h"

/* getopt's values for long options: a row of the table, or one of these. */
enum {
	FIRST_ROW = 256,
	HELP = FIRST_ROW + TOOL_MAX_OPTIONS,
	VERSION,
	COMPLETION,
};

static bool takes(const struct tool_command *c, const struct tool_option *row)
{
	return c->groups & row->group;
}

/* Of a letter that getopt knows, and so one of the rows. */
static const struct tool_option *row_of_letter(const struct tool_command *c,
					       int letter)
{
	const struct tool_option *row = tool_option_rows;

	while (row->name && (row->letter != letter || !takes(c, row)))
		row++;
	return row;
}

/* ------------------------------------------------------------------- names */

/* What is typed before the options. free() it. */
static char *command_words(const struct tool_command *c)
{
	return c->name ? tool_format("%s %s", c->program, c->name) :
			 tool_format("%s", c->program);
}

/* What a message has behind the program's name. */
static void say_of(const struct tool_command *c, const char *text)
{
	if (c->name)
		tool_say("%s: %s", c->name, text);
	else
		tool_say("%s", text);
}

int tool_misuse(const struct tool_command *c, const char *format, ...)
{
	char *words = command_words(c), *text;
	va_list ap;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	say_of(c, text);
	fprintf(stderr, "see: %s --help\n", words);
	free(words);
	free(text);
	return TOOL_USAGE;
}

/* -------------------------------------------------------------------- help */

/* "text (default), json or jsonl" */
static char *list_formats(const struct tool_command *c, bool with_default)
{
	char *list = tool_format("%s", "");
	const char *sign = "";

	for (int f = 0; f < TOOL_FORMAT_COUNT; f++) {
		unsigned rest = c->formats >> (f + 1);
		char *longer;

		if (!(c->formats & 1u << f))
			continue;
		longer = tool_format(
			"%s%s%s%s", list, sign, tool_format_names[f],
			with_default && f == TOOL_TEXT ? " (default)" : "");
		free(list);
		list = longer;
		/* " or " where one alone is left */
		sign = rest & (rest - 1) ? ", " : " or ";
	}
	return list;
}

static void print_option(const struct tool_command *c,
			 const struct tool_option *row)
{
	enum { COLUMN = 24 };
	bool optional = row->has_value == optional_argument;
	char *formats = row->help ? NULL : list_formats(c, true);
	char *left = tool_format("  %c%c%s --%s%s%s%s", row->letter ? '-' : ' ',
				 row->letter ? row->letter : ' ',
				 row->letter ? "," : " ", row->name,
				 optional	 ? "[=" :
				 row->value_name ? " " :
						   "",
				 row->value_name ? row->value_name : "",
				 optional ? "]" : "");

	printf("%-*s  %s\n", COLUMN, left, formats ? formats : row->help);
	free(left);
	free(formats);
}

static void print_help(const struct tool_command *c)
{
	char *words = command_words(c);

	printf("usage: %s [options] %s\n\n%s\n", words, c->operands,
	       c->about);
	free(words);
	for (const struct tool_option *r = tool_option_rows; r->name; r++) {
		if (tool_option_listed(c, r))
			print_option(c, r);
	}
	for (const struct tool_option *r = tool_standard_rows; r->name; r++)
		print_option(c, r);
	if (!c->name)
		print_option(c, &tool_completion_row);
	printf("\n%s", c->after);
}

int tool_print_version(const char *program)
{
	printf("%s %s\n", program, vhdxlog_version());
	return tool_flush_stdout();
}

/* ----------------------------------------------------------------- parsing */

struct getopt_tables {
	struct option longs[TOOL_MAX_OPTIONS + 4];
	char shorts[2 * TOOL_MAX_OPTIONS + 8];
};

/* ':' first: a missing value is told apart from an unknown option. */
static void fill_tables(const struct tool_command *c, struct getopt_tables *t)
{
	struct option *l = t->longs;
	char *s = t->shorts;

	*t = (struct getopt_tables){ .shorts = "" };
	*s++ = ':';
	*s++ = 'h';
	*s++ = 'V';
	for (const struct tool_option *r = tool_option_rows; r->name; r++) {
		int value = FIRST_ROW + (int)(r - tool_option_rows);

		if (!takes(c, r))
			continue;
		*l++ = (struct option){ r->name, r->has_value, NULL, value };
		if (!r->letter)
			continue;
		*s++ = r->letter;
		if (r->has_value == required_argument)
			*s++ = ':';
	}
	*l++ = (struct option){ "help", no_argument, NULL, HELP };
	*l++ = (struct option){ "version", no_argument, NULL, VERSION };
	if (!c->name)
		*l++ = (struct option){ tool_completion_row.name,
					required_argument, NULL, COMPLETION };
}

static int unknown_letter(const struct tool_command *c, int letter)
{
	char text[2] = { (char)letter, '\0' };
	char *escaped = tool_escape(text);

	tool_misuse(c, "there is no option -%s", escaped);
	free(escaped);
	return TOOL_USAGE;
}

/* The option as typed, without what is behind a '='. */
static int unknown_word(const struct tool_command *c, const char *typed)
{
	char *word =
		tool_format("%.*s", (int)strcspn(typed + 2, "="), typed + 2);
	struct tool_suggestion s = tool_suggest(word);
	char *escaped = tool_escape(word), *mean;

	for (const struct tool_option *r = tool_option_rows; r->name; r++) {
		if (tool_option_listed(c, r))
			tool_consider(&s, r->name);
	}
	for (const struct tool_option *r = tool_standard_rows; r->name; r++)
		tool_consider(&s, r->name);
	mean = s.best ? tool_format("; did you mean --%s?", s.best) :
			tool_format("%s", "");
	tool_misuse(c, "there is no option --%s%s", escaped, mean);
	free(word);
	free(escaped);
	free(mean);
	return TOOL_USAGE;
}

static int bad_option(const struct tool_command *c, char *typed)
{
	const struct tool_option *row =
		optopt >= FIRST_ROW && optopt < HELP ?
			&tool_option_rows[optopt - FIRST_ROW] :
			NULL;

	if (row)
		return tool_misuse(c, "--%s takes no value", row->name);
	return optopt && optopt < FIRST_ROW ? unknown_letter(c, optopt) :
					      unknown_word(c, typed);
}

static int missing_value(const struct tool_command *c)
{
	const struct tool_option *row =
		optopt == COMPLETION ? &tool_completion_row :
		optopt >= FIRST_ROW  ? &tool_option_rows[optopt - FIRST_ROW] :
				       row_of_letter(c, optopt);

	return tool_misuse(c, "--%s needs a value: %s", row->name,
			   row->value_name);
}

/* What could have been meant, where there is a list of it. free() it. */
static char *list_choices(const struct tool_command *c,
			  const struct tool_option *row, const char *wrong)
{
	tool_words *words = tool_option_words(row);

	if (wrong == tool_no_policy)
		return tool_policies(optarg);
	if (wrong == tool_no_region)
		return tool_regions(optarg);
	if (wrong == tool_no_state)
		return tool_state_suggest(optarg);
	if (row->set == tool_set_format)
		return tool_suggest_format(optarg, c->formats);
	return words && optarg ? tool_suggest_of(optarg, words) :
				 tool_format("%s", "");
}

static int bad_value(const struct tool_command *c,
		     const struct tool_option *row, const char *wrong)
{
	char *value = tool_escape(optarg ? optarg : "");
	char *formats = list_formats(c, false);
	char *choices = list_choices(c, row, wrong);

	if (row->set == tool_set_format)
		tool_misuse(c, "--format: \"%s\" is none of %s%s", value,
			    formats, choices);
	else if (row->has_value == no_argument)
		tool_misuse(c, "--%s: %s", row->name, wrong);
	else
		tool_misuse(c, "--%s: \"%s\" %s%s", row->name, value, wrong,
			    choices);
	free(choices);
	free(value);
	free(formats);
	return TOOL_USAGE;
}

static int apply(const struct tool_command *c, const struct tool_option *row,
		 struct tool_options *o)
{
	const char *wrong = row->set(o, optarg);

	if (!wrong && !(c->formats & 1u << o->format))
		wrong = "";
	return wrong ? bad_value(c, row, wrong) : TOOL_DONE;
}

/* One option; true: go on to the next. */
static bool take_option(const struct tool_command *c, int got, char *typed,
			struct tool_options *o, int *status)
{
	switch (got) {
	case 'h':
	case HELP:
		print_help(c);
		*status = tool_flush_stdout();
		return false;
	case 'V':
	case VERSION:
		*status = tool_print_version(c->program);
		return false;
	case COMPLETION:
		*status = tool_print_completion(c->program, optarg, &c, 1);
		return false;
	case ':': *status = missing_value(c); return false;
	case '?': *status = bad_option(c, typed); return false;
	default: break;
	}
	*status = apply(c,
			got >= FIRST_ROW ? &tool_option_rows[got - FIRST_ROW] :
					   row_of_letter(c, got),
			o);
	return *status == TOOL_DONE;
}

static int count_operands(const struct tool_command *c,
			  const struct tool_options *o)
{
	int count = o->operand_count;
	bool few = count < c->least_operands && !o->many.files_from;
	bool many = c->most_operands && count > c->most_operands;

	if (count && o->many.files_from)
		return tool_misuse(c, "--files0-from names the images; there "
				      "are no others beside it");
	if (!few && !many)
		return TOOL_DONE;
	return tool_misuse(c, "too %s arguments; it %s %s",
			   few ? "few" : "many", few ? "needs" : "takes",
			   c->operands);
}

bool tool_options_parse(const struct tool_command *c, int argc, char **argv,
			struct tool_options *o, int *status)
{
	struct getopt_tables t;
	int got;

	*o = (struct tool_options){ .scan = VHDXLOG_OPTIONS_INIT,
				    .many = { .jobs = 1 } };
	fill_tables(c, &t);
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (!take_option(c, got, argv[optind - 1], o, status))
			return false;
	}
	o->operands = argv + optind;
	o->operand_count = argc - optind;
	if (o->custody)
		tool_custody_prepare();
	*status = count_operands(c, o);
	return *status == TOOL_DONE;
}

/* ----------------------------------------------------------------- emitters */

static bool wants_color(const struct tool_options *o, bool to_terminal)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return to_terminal && !o->no_color && !(no_color && *no_color) &&
	       term && strcmp(term, "dumb") != 0;
}

struct report_options tool_report_options(const struct tool_options *o,
					  bool to_terminal)
{
	return (struct report_options){
		.parent = o->parent,
		.quiet = o->quiet,
		.all_checks = o->all_checks,
		.verbose = o->verbose,
		.color = wants_color(o, to_terminal),
		/* 0: the emitter's default, so that a report in a file is
		 * always the same. */
		.width = to_terminal ? tool_terminal_width(STDOUT_FILENO) : 0,
		.policies = o->policies,
	};
}

/* SPDX-License-Identifier: MIT */
#include "tools/common/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "tools/common/option_table.h"
#include "tools/common/say.h"
#include "vhdxlog.h"

#define MAX_LENGTH 64

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein: how many letters to put in, take out or change. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[MAX_LENGTH + 1];
	size_t n = strlen(b);

	if (strlen(a) > MAX_LENGTH || n > MAX_LENGTH)
		return MAX_LENGTH;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 1; j <= n; j++) {
			unsigned above = row[j];
			unsigned change = diagonal + (a[i] != b[j - 1]);

			row[j] = least(change, least(above, row[j - 1]) + 1);
			diagonal = above;
		}
	}
	return row[n];
}

struct tool_suggestion tool_suggest(const char *word)
{
	unsigned far = (unsigned)strlen(word) / 3;

	/* One letter in three, and two in the shortest. */
	return (struct tool_suggestion){ word, NULL, (far < 2 ? 2 : far) + 1 };
}

void tool_consider(struct tool_suggestion *s, const char *known)
{
	unsigned d = distance(s->word, known);

	if (d < s->distance) {
		s->best = known;
		s->distance = d;
	}
}

char *tool_did_you_mean(const struct tool_suggestion *s)
{
	return s->best ? tool_format("; did you mean \"%s\"?", s->best) :
			 tool_format("%s", "");
}

/* Returns false where the word is one of them. */
static bool consider_all(struct tool_suggestion *s, tool_words *words)
{
	const char *known;

	for (size_t i = 0; (known = words(i)); i++) {
		if (strcmp(known, s->word) == 0)
			return false;
		tool_consider(s, known);
	}
	return true;
}

char *tool_suggest_of(const char *typed, tool_words *words)
{
	/* Ends: every turn goes on behind a comma, or to the end. */
	for (;;) {
		size_t n = strcspn(typed, ",");
		char *part = tool_format("%.*s", (int)n, typed);
		struct tool_suggestion s = tool_suggest(part);
		bool unknown = consider_all(&s, words);
		char *mean = tool_did_you_mean(&s);

		free(part);
		if (unknown || !typed[n])
			return mean;
		free(mean);
		typed += n + 1;
	}
}

/* What a word is before the value behind it: "block:" of "block:5". */
static char *start_of(const char *word)
{
	return tool_format("%.*s", (int)(strcspn(word, ":") +
					 (strchr(word, ':') != NULL)),
			   word);
}

/* The nearest of them by what it begins with; NULL: none is near. */
static const char *nearest_start(struct tool_suggestion *s, tool_words *words)
{
	const char *nearest = NULL, *known;

	for (size_t i = 0; (known = words(i)); i++) {
		unsigned before = s->distance;
		char *start = start_of(known);

		tool_consider(s, start);
		if (s->distance < before)
			nearest = known;
		free(start);
	}
	s->best = nearest;
	return nearest;
}

char *tool_suggest_start(const char *typed, tool_words *words)
{
	char *start = start_of(typed), *rest, *mean;
	struct tool_suggestion s = tool_suggest(start);
	const char *nearest = nearest_start(&s, words);

	rest = tool_escape(typed + strlen(start));
	if (nearest && strchr(nearest, ':') && *rest && s.distance > 0)
		mean = tool_format("; did you mean \"%.*s%s\"?",
				   (int)strcspn(nearest, ":") + 1, nearest,
				   rest);
	else
		mean = tool_did_you_mean(&s);
	free(start);
	free(rest);
	return mean;
}

char *tool_suggest_format(const char *typed, unsigned formats)
{
	struct tool_suggestion s = tool_suggest(typed);

	for (int f = 0; f < TOOL_FORMAT_COUNT; f++) {
		if (formats & 1u << f)
			tool_consider(&s, tool_format_names[f]);
	}
	return tool_did_you_mean(&s);
}

/* What was meant, and all that could have been. name: NULL after the last. */
static char *list_known(const char *typed, const char *title,
			const char *(*name)(size_t index))
{
	struct tool_suggestion s = tool_suggest(typed);
	char *list = tool_format("%s", ""), *mean, *all;
	const char *known;

	for (size_t i = 0; (known = name(i)); i++) {
		char *longer =
			tool_format("%s%s%s", list, i ? ", " : "", known);

		tool_consider(&s, known);
		free(list);
		list = longer;
	}
	mean = tool_did_you_mean(&s);
	all = tool_format("%s%s %s are %s", mean, *mean ? "" : ".", title,
			  list);
	free(list);
	free(mean);
	return all;
}

char *tool_policies(const char *typed)
{
	return list_known(typed, "Policies", vhdxlog_policy_name);
}

static const char *area_name(size_t index)
{
	return index < VHDXLOG_AREA_COUNT ?
		       vhdxlog_area_name((enum vhdxlog_area)index) :
		       NULL;
}

char *tool_regions(const char *typed)
{
	return list_known(typed, "Regions", area_name);
}

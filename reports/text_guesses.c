/* SPDX-License-Identifier: MIT */
/*
 * What was inferred in the place of structures that are gone, and by what.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/facts.h"

char *text_guess_value(struct text *t, const struct vhdxlog_guess *g)
{
	char guid[VHDXLOG_GUID_TEXT], size[32];
	struct text_memo m;

	if (!text_memo_open(t, &m))
		return NULL;
	switch (g->kind) {
	case VHDXLOG_GUESS_LOG_GUID:
		fprintf(m.stream, "%s",
			facts_guid_is_zero(&g->guid) ?
				"zero, so that nothing waits" :
				vhdxlog_guid_format(&g->guid, guid));
		break;
	case VHDXLOG_GUESS_BLOCK_SIZE:
		fprintf(m.stream, "%s", report_size(g->length, size));
		break;
	case VHDXLOG_GUESS_DISK_SIZE:
		fprintf(m.stream, "at least %s", report_size(g->length, size));
		break;
	case VHDXLOG_GUESS_LOG:
	case VHDXLOG_GUESS_BAT:
	case VHDXLOG_GUESS_METADATA:
	case VHDXLOG_GUESS_KINDS:
		fprintf(m.stream, "%s at 0x%" PRIx64,
			report_size(g->length, size), g->offset);
		break;
	}
	return text_memo_close(t, &m);
}

static const char *guess_use(const struct vhdxlog_guess *g)
{
	if (!g->assumed)
		return "not used, ";
	return g->certain ? "nothing else fits, " : "";
}

static void put_evidence(struct text *t, FILE *f, size_t index)
{
	const char *sentence;

	for (size_t k = 0;
	     (sentence = vhdxlog_guess_evidence(t->scan, index, k)); k++) {
		char *escaped = text_escaped(t, sentence);

		fprintf(f, "%s%s", k ? "; " : ": ", escaped ? escaped : "");
		free(escaped);
	}
}

/* "  log  1 MiB at 0x100000 (score 85): what speaks for it and against it" */
static void put_guess(struct text *t, size_t index)
{
	enum { KIND = 10, AT = 2 + KIND + 2 };
	const struct vhdxlog_guess *g = vhdxlog_guess_at(t->scan, index);
	char *value = text_guess_value(t, g), *words = NULL;
	struct text_memo m;

	if (value && text_memo_open(t, &m)) {
		fprintf(m.stream, "%s (%sscore %u)", value, guess_use(g),
			g->score);
		put_evidence(t, m.stream, index);
		words = text_memo_close(t, &m);
	}
	if (words) {
		fputs("  ", t->out);
		text_put(t, g->assumed ? TEXT_WARN : TEXT_DIM, "%-*s", KIND,
			 vhdxlog_guess_kind_name(g->kind));
		fputs("  ", t->out);
		text_wrap(t, AT, AT, words);
	}
	free(value);
	free(words);
}

/* Of each kind the first is the best. */
static bool is_best(const struct text *t, size_t index)
{
	return index == 0 ||
	       vhdxlog_guess_at(t->scan, index - 1)->kind !=
		       vhdxlog_guess_at(t->scan, index)->kind;
}

void text_guesses(struct text *t)
{
	size_t count = vhdxlog_guess_count(t->scan), hidden = 0;

	if (count == 0)
		return;
	text_put(t, TEXT_STRONG, "\n  assumed");
	fputs(", as the image does not say it (`vhdxlog explain guess` says "
	      "more)\n",
	      t->out);
	for (size_t i = 0; i < count; i++) {
		if (t->options->verbose || is_best(t, i))
			put_guess(t, i);
		else
			hidden++;
	}
	if (hidden)
		fprintf(t->out, "  %zu more candidate%s; -v lists %s\n", hidden,
			hidden == 1 ? "" : "s", hidden == 1 ? "it" : "them");
}

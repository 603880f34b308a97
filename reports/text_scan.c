/* SPDX-License-Identifier: MIT */
/*
 * The report of a scan for a person: the verdict and the safe next command
 * first, then what they rest on.
 */
#include "reports/text.h"

#include <stdlib.h>

#include "reports/facts.h"

#define SENTENCE_SIZE 1024

static enum text_style state_style(enum vhdxlog_state state)
{
	switch (state) {
	case VHDXLOG_CLEAN: return TEXT_GOOD;
	case VHDXLOG_DIRTY:
	case VHDXLOG_DIRTY_NOOP:
	case VHDXLOG_DIRTY_AMBIGUOUS: return TEXT_WARN;
	default: return TEXT_BAD;
	}
}

static void put_verdict(struct text *t, bool one_line)
{
	struct report_subject subject = { t->source, t->scan };
	enum vhdxlog_state state = vhdxlog_verdict(t->scan)->state;
	char *path = text_escaped(t, t->options->path);
	char sentence[SENTENCE_SIZE];
	char word[FACTS_WORD];

	if (!path)
		return;
	facts_state_word(state, word);
	report_summary(sentence, sizeof(sentence), &subject);
	fprintf(t->out, "%s: ", path);
	text_put(t, state_style(state), "%s", word);
	fputs(". ", t->out);
	if (one_line)
		fprintf(t->out, "%s\n", sentence);
	else
		text_wrapf(t, text_columns(path) + text_columns(word) + 4, 2,
			   "%s%s", sentence,
			   state > VHDXLOG_UNREADABLE ?
				   " Nothing was written." :
				   "");
	free(path);
}

/* Takes the command over. */
static void put_command(struct text *t, const char *label, char *command)
{
	if (!command)
		text_fail(t, VHDXLOG_E_NOMEM);
	else if (*command)
		fprintf(t->out, "  %s: %s\n", label, command);
	free(command);
}

static void put_next(struct text *t)
{
	struct report_subject subject = { t->source, t->scan };

	put_command(t, "compare",
		    report_next_compare(&subject, t->options));
	put_command(t, "next", report_next(&subject, t->options));
}

static void put_body(struct text *t)
{
	putc('\n', t->out);
	text_image(t);
	text_headers(t);
	text_log(t);
	text_guesses(t);
	text_entries(t);
	text_hashes(t);
	text_sequences(t);
	text_findings(t);
	text_shifts(t);
	text_failures(t);
	text_orphans(t);
	text_map(t, t->options->verbose);
	if (t->options->verbose)
		text_limitations(t);
}

int report_scan_text(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct text t = text_begin(out, subject, options, err);

	put_verdict(&t, options->quiet);
	if (options->quiet)
		return t.failed;
	put_next(&t);
	if (facts_has_body(t.scan))
		put_body(&t);
	text_yara(&t);
	text_custody(&t);
	return t.failed;
}

int report_failure_text(FILE *out, const struct report_options *options,
			const char *message)
{
	struct text t = text_begin(out, NULL, options, NULL);
	char *path = NULL, word[FACTS_WORD];

	if (!options->custody || options->quiet)
		return 0;
	path = text_escaped(&t, options->path);
	fprintf(out, "%s: ", path ? path : "");
	text_put(&t, TEXT_BAD, "%s", facts_state_word(VHDXLOG_UNREADABLE, word));
	fprintf(out, ". It could not be examined: %s.\n", message);
	free(path);
	text_custody(&t);
	return t.failed;
}

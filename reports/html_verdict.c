/* SPDX-License-Identifier: MIT */
/* What is read first: the state in a word, in a sentence, and what to do next. */
#include "reports/html.h"

#include <stdlib.h>

#include "reports/facts.h"

static const char *state_class(enum vhdxlog_state state)
{
	switch (state) {
	case VHDXLOG_CLEAN: return "good";
	case VHDXLOG_DIRTY:
	case VHDXLOG_DIRTY_NOOP:
	case VHDXLOG_DIRTY_AMBIGUOUS: return "warn";
	default: return "bad";
	}
}

/* Takes the command over. */
static void put_command(struct html *h, const char *id, const char *label,
			char *command)
{
	if (!command)
		text_fail(&h->t, VHDXLOG_E_NOMEM);
	if (command && *command) {
		html_raw(h, "<p class=\"command\"><span>");
		html_put(h, label);
		html_raw(h, "</span> <code id=\"%s\">", id);
		html_put(h, command);
		html_raw(h, "</code></p>\n");
	}
	free(command);
}

/* report_summary() in full, however long. */
static void put_summary(struct html *h, const struct report_subject *subject)
{
	int length = report_summary(NULL, 0, subject);
	char *words = length < 0 ? NULL : malloc((size_t)length + 1);

	if (words)
		report_summary(words, (size_t)length + 1, subject);
	else
		text_fail(&h->t, VHDXLOG_E_NOMEM);
	html_put(h, words ? words : "");
	free(words);
}

static void put_word(struct html *h, enum vhdxlog_state state)
{
	char word[FACTS_WORD];

	html_raw(h, "<div class=\"banner %s\">\n<p class=\"word\" id=\"state\">",
		 state_class(state));
	html_put(h, facts_state_word(state, word));
	html_raw(h, "</p>\n<p id=\"summary\">");
}

/* Why the state is what it is, and whether a person is asked for. */
static void put_because(struct html *h, const struct vhdxlog_outcome *o)
{
	html_raw(h, "<p class=\"because\">");
	if (o->because) {
		html_raw(h, "because of <code id=\"because\">");
		html_put(h, o->because->name);
		html_raw(h, "</code>; ");
	}
	html_put(h, o->needs_decision ? "it needs a decision" :
					"nothing needs a decision");
	html_raw(h, "</p>\n");
}

void html_verdict(struct html *h)
{
	struct report_subject subject = { h->t.source, h->t.scan };
	const struct vhdxlog_outcome *o = vhdxlog_verdict(h->t.scan);

	put_word(h, o->state);
	put_summary(h, &subject);
	html_raw(h, "</p>\n");
	put_because(h, o);
	put_command(h, "next", "next", report_next(&subject, h->t.options));
	put_command(h, "next-compare", "compare",
		    report_next_compare(&subject, h->t.options));
	html_raw(h, "</div>\n");
}

void html_verdict_failed(struct html *h, const char *message)
{
	put_word(h, VHDXLOG_UNREADABLE);
	html_putf(h, "It could not be examined: %s.", message);
	html_raw(h, "</p>\n</div>\n");
}

/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog explain: what a check, a state or another program's message means.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>
#include <string.h>

#include "tools/common/output.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/suggest.h"

/* What the arguments stand for, each once. The catalogue bounds both lists. */
struct answers {
	const struct vhdxlog_check **checks;	/* owned */
	const struct report_message **messages; /* owned */
	size_t n_checks, n_messages;
};

static void add_check(struct answers *a, const struct vhdxlog_check *check)
{
	for (size_t i = 0; i < a->n_checks; i++) {
		if (a->checks[i] == check)
			return;
	}
	a->checks[a->n_checks++] = check;
}

static void add_message(struct answers *a, const struct report_message *message)
{
	for (size_t i = 0; i < a->n_messages; i++) {
		/* Several texts stand for one cause. */
		if (a->messages[i]->meaning == message->meaning)
			return;
	}
	a->messages[a->n_messages++] = message;
}

/* An identifier or a state, whole. */
static bool find_word(struct answers *a, const char *query)
{
	const struct vhdxlog_check *check = vhdxlog_check_find(query);
	const struct report_message *term = report_term_find(query);

	if (check)
		add_check(a, check);
	if (term)
		add_message(a, term);
	return check || term;
}

static bool find_message(struct answers *a, const char *query)
{
	bool found = false;

	for (size_t i = 0; i < report_message_count(); i++) {
		const struct report_message *m = report_message_at(i);

		if (!report_message_matches(m, query))
			continue;
		add_message(a, m);
		found = true;
	}
	return found;
}

/* A part of a name or of a sentence. */
static bool find_part(struct answers *a, const char *query)
{
	bool found = false;

	if (strlen(query) < 4)
		return false;
	for (size_t i = 0; i < vhdxlog_check_count(); i++) {
		const struct vhdxlog_check *c = vhdxlog_check_at(i);

		if (!strstr(c->name, query) && !strcasestr(c->sentence, query))
			continue;
		add_check(a, c);
		found = true;
	}
	return found;
}

/* What there is by name: checks, then states. */
static const char *known(size_t i)
{
	size_t checks = vhdxlog_check_count();

	if (i < checks)
		return vhdxlog_check_at(i)->name;
	i -= checks;
	return i < report_term_count() ? report_term_at(i)->text : NULL;
}

static int not_found(const char *query)
{
	struct tool_suggestion s = tool_suggest(query);
	char *escaped, *mean;

	for (size_t i = 0; known(i); i++)
		tool_consider(&s, known(i));
	escaped = tool_escape(query);
	mean = tool_did_you_mean(&s);
	tool_say("explain: \"%s\" is no check, state or known message%s",
		 escaped, mean);
	fprintf(stderr, "see: vhdxlog explain\n");
	free(escaped);
	free(mean);
	return TOOL_USAGE;
}

static int find_answers(struct answers *a, const struct tool_options *o)
{
	for (int i = 0; i < o->operand_count; i++) {
		const char *query = o->operands[i];

		if (!find_word(a, query) && !find_message(a, query) &&
		    !find_part(a, query))
			return not_found(query);
	}
	return TOOL_DONE;
}

static void take_all(struct answers *a)
{
	for (size_t i = 0; i < vhdxlog_check_count(); i++)
		add_check(a, vhdxlog_check_at(i));
	for (size_t i = 0; i < report_message_count(); i++)
		a->messages[a->n_messages++] = report_message_at(i);
	for (size_t i = 0; i < report_term_count(); i++)
		a->messages[a->n_messages++] = report_term_at(i);
}

static int emit(FILE *out, struct answers *a, const struct tool_options *o,
		const struct report_options *r)
{
	if (o->manual)
		return report_explain_man(out);
	if (o->format == TOOL_JSON)
		return report_explain_json(out, a->checks, a->n_checks,
					   a->messages, a->n_messages);
	if (o->operand_count == 0)
		return report_explain_list(out, r);
	return report_explain_text(out, a->checks, a->n_checks, a->messages,
				   a->n_messages, r);
}

static int print(struct answers *a, const struct tool_options *o)
{
	struct report_options r;
	struct tool_evidence none = { .count = 0 };
	struct tool_output out;
	int status = tool_output_open(&out, o->output, &none);
	int rc;

	if (status)
		return status;
	tool_sandbox_enter(TOOL_NEEDS(o, &none, &out));
	r = tool_report_options(o, out.to_terminal);
	rc = emit(out.stream, a, o, &r);
	if (rc)
		tool_say("explain: %s",
			 vhdxlog_strerror((enum vhdxlog_code)rc));
	status = tool_output_close(&out, rc == 0);
	return rc ? TOOL_FAILED : status;
}

static int run(const struct tool_options *o)
{
	size_t messages = report_message_count() + report_term_count();
	struct answers a = {
		.checks = tool_alloc(vhdxlog_check_count(), sizeof(*a.checks)),
		.messages = tool_alloc(messages, sizeof(*a.messages)),
	};
	int status = find_answers(&a, o);

	if (status == TOOL_DONE) {
		if (o->operand_count == 0)
			take_all(&a);
		status = print(&a, o);
	}
	free(a.checks);
	free(a.messages);
	return status;
}

const struct tool_command command_explain = {
	.program = "vhdxlog",
	.name = "explain",
	.operands = "[CHECK-ID | STATE | \"ERROR TEXT\"]...",
	.summary = "what a check or an error message means, what to do next",
	.about =
		"Without arguments: all checks, by area. An error text is\n"
		"looked for in what other programs are known to say, also\n"
		"in part.\n",
	.after =
		"Examples:\n"
		"  vhdxlog explain entry-tail-unaligned\n"
		"  vhdxlog explain dirty-noop\n"
		"  vhdxlog explain 0x80070570\n"
		"  vhdxlog explain \"a log that needs to be replayed\"\n"
		"\n"
		"Exit status: 0 explained, 2 wrong usage or nothing known of\n"
		"it, 3 could not write. See vhdxlog-explain(1).\n",
	.groups = TOOL_OUTPUT | TOOL_MANUAL,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON,
	.words = known,
	.run = run,
};

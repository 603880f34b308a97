/* SPDX-License-Identifier: MIT */
/*
 * The record of the run, also of one that could not examine its image.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/facts.h"

static void put_fact(struct text *t, const char *name, const char *value)
{
	char *escaped = text_escaped(t, value ? value : "unknown");

	fprintf(t->out, "  %-10s  %s\n", name, escaped ? escaped : "");
	free(escaped);
}

static void put_arguments(struct text *t, const struct report_custody *c)
{
	fprintf(t->out, "  %-10s ", "command");
	for (int i = 0; i < c->argc; i++) {
		char *quoted = report_quote_shell(c->argv[i]);

		if (!quoted)
			text_fail(t, VHDXLOG_E_NOMEM);
		fprintf(t->out, " %s", quoted ? quoted : "");
		free(quoted);
	}
	putc('\n', t->out);
}

static void put_time(struct text *t, const char *name, int64_t sec,
		     uint32_t nsec)
{
	char time[FACTS_TIME];

	facts_time(sec, nsec, time);
	fprintf(t->out, ", %s %s", name, *time ? time : "unknown");
}

static void put_identity(struct text *t, const char *name,
			 const struct vhdxlog_identity *id)
{
	if (!facts_identity_known(id)) {
		put_fact(t, name, "could not be opened");
		return;
	}
	fprintf(t->out,
		"  %-10s  %" PRIu64 " bytes, device %" PRIu64 ", inode %" PRIu64,
		name, id->size, id->device, id->inode);
	put_time(t, "mtime", id->mtime_sec, id->mtime_nsec);
	put_time(t, "ctime", id->ctime_sec, id->ctime_nsec);
	putc('\n', t->out);
}

void text_custody(struct text *t)
{
	const struct report_custody *c = t->options->custody;

	if (!c)
		return;
	text_put(t, TEXT_STRONG, "\n  record of the run\n");
	fprintf(t->out, "  %-10s  %s %s (%s)\n", "program", t->program,
		c->version, c->build);
	put_arguments(t, c);
	put_fact(t, "user", c->user);
	put_fact(t, "host", c->host);
	put_fact(t, "start", c->start);
	put_fact(t, "end", c->end);
	put_fact(t, "sandbox", c->sandbox ? c->sandbox : "none");
	put_identity(t, "before", &c->before);
	put_identity(t, "after", &c->after);
	if (t->scan)
		put_fact(t, "source",
			 vhdxlog_verdict(t->scan)->unchanged ?
				 "unchanged while it was read" :
				 "CHANGED while it was read");
}

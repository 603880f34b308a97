/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

#include <stdlib.h>

void rj_tool(struct rj_out *out)
{
	struct rj_record r = rj_object(), member = rj_object();

	rj_words(&r, "name", "vhdxlog");
	rj_words(&r, "version", vhdxlog_version());
	rj_put(&member, "tool", r);
	rj_members(out, member);
}

/* ----------------------------------------------------------------- verdict */

/* report_summary() in new memory; NULL: out of memory. */
static char *summary(const struct report_subject *subject)
{
	int len = report_summary(NULL, 0, subject);
	char *text = len < 0 ? NULL : malloc((size_t)len + 1);

	if (text)
		report_summary(text, (size_t)len + 1, subject);
	return text;
}

static void put_sentences(struct rj_record *r, const struct rj_view *view)
{
	char *said = summary(view->subject);
	char *next = report_next(view->subject, view->options);

	if (!said || !next)
		r->failed = true;
	rj_maybe_text(r, "summary", said);
	rj_maybe_text(r, "next", next);
	free(said);
	free(next);
}

void rj_verdict(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_outcome unreadable = {
		.state = VHDXLOG_UNREADABLE,
		.needs_decision = true,
	};
	const struct vhdxlog_scan *scan = rj_scan(view);
	const struct vhdxlog_outcome *o =
		scan ? vhdxlog_verdict(scan) : &unreadable;
	struct rj_record r = rj_object(), member = rj_object();

	rj_words(&r, "state", vhdxlog_state_name(o->state));
	if (scan) {
		put_sentences(&r, view);
	} else {
		rj_maybe_text(&r, "summary", view->message);
		rj_null(&r, "next");
	}
	rj_words(&r, "because", o->because ? o->because->name : NULL);
	rj_bool(&r, "needs_decision", o->needs_decision);
	rj_put(&member, "verdict", r);
	rj_members(out, member);
}

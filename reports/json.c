/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.scan/1, as one document or as one record a line: its parts in order.
 */
#include "reports/json_parts.h"

#include <stdlib.h>

#define SCHEMA "vhdxlog.scan/1"

static void tool(struct rj_out *out)
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
	char *next = report_next(view->subject, view->options->path);

	if (!said || !next)
		r->failed = true;
	rj_maybe_text(r, "summary", said);
	rj_maybe_text(r, "next", next);
	free(said);
	free(next);
}

static void verdict(struct rj_out *out, const struct rj_view *view)
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

/* ------------------------------------------------------------ the document */

static int walk(struct rj_out *out, struct rj_view *view)
{
	int rc;

	tool(out);
	rj_source(out, view);
	verdict(out, view);
	if ((rc = rj_image(out, view)) < 0 ||
	    (rc = rj_log(out, view)) < 0 ||
	    (rc = rj_entries(out, view)) < 0 ||
	    (rc = rj_sequences(out, view)) < 0)
		return rc;
	rj_selection(out, view);
	rc = rj_orphans(out, view);
	if (rc < 0)
		return rc;
	rj_findings(out, view);
	rj_limitations(out, view);
	rj_custody(out, view);
	return 0;
}

static int pass(FILE *file, enum rj_pass which, struct rj_view *view)
{
	struct rj_out out;
	int rc;

	rj_begin(&out, file, which, SCHEMA, view->options->path);
	rc = walk(&out, view);
	if (rc == 0)
		rc = rj_end(&out, view->err);
	rj_release(&out);
	return rc;
}

static int failure(FILE *out, enum rj_pass which,
		   const struct report_options *options, const char *message)
{
	struct rj_view view = { .options = options, .message = message };

	return pass(out, which, &view);
}

int report_failure_json(FILE *out, const struct report_options *options,
			const char *message)
{
	return failure(out, options->quiet ? RJ_SUMMARY : RJ_DOCUMENT, options,
		       message);
}

int report_failure_jsonl(FILE *out, const struct report_options *options,
			 const char *message)
{
	return failure(out, RJ_SUMMARY, options, message);
}

int report_scan_json(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct rj_view view = {
		.subject = subject,
		.options = options,
		.all_checks = options->all_checks,
		.err = err,
	};

	return pass(out, options->quiet ? RJ_SUMMARY : RJ_DOCUMENT, &view);
}

int report_scan_jsonl(FILE *out, const struct report_subject *subject,
		      const struct report_options *options,
		      struct vhdxlog_error *err)
{
	struct rj_view view = {
		.subject = subject,
		.options = options,
		.all_checks = options->all_checks,
		.err = err,
	};
	int rc = pass(out, RJ_SUMMARY, &view);

	if (rc < 0 || options->quiet)
		return rc;
	return pass(out, RJ_RECORDS, &view);
}

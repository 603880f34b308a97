/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.scan/1, as one document or as one record a line: its parts in order.
 */
#include "reports/json_parts.h"

#define SCHEMA "vhdxlog.scan/1"

/* ------------------------------------------------------------ the document */

static int walk(struct rj_out *out, struct rj_view *view)
{
	int rc;

	rj_tool(out);
	rj_source(out, view);
	rj_verdict(out, view);
	if ((rc = rj_image(out, view)) < 0 ||
	    (rc = rj_log(out, view)) < 0 ||
	    (rc = rj_entries(out, view)) < 0 ||
	    (rc = rj_sequences(out, view)) < 0)
		return rc;
	rj_selection(out, view);
	rc = rj_orphans(out, view);
	if (rc < 0)
		return rc;
	rj_guesses(out, view);
	rj_findings(out, view);
	rj_yara(out, view);
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
	else
		rj_cut(&out, vhdxlog_strerror((enum vhdxlog_code)rc));
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

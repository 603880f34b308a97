/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog scan: a report for each image. One that cannot be examined does not
 * keep the others from being.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>

#include "tools/common/custody.h"
#include "tools/common/output.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"

#define SENTENCE_SIZE 1024

struct run {
	const struct tool_options *options;
	struct report_options report;
	struct tool_output out;
	struct vhdxlog_source *parent; /* owned, or NULL */
	int status; /* the gravest so far */
};

static void note(struct run *run, int status)
{
	if (status > run->status)
		run->status = status;
}

/* ---------------------------------------------------------------- emitting */

static int emit(struct run *run, const struct report_subject *subject,
		struct vhdxlog_error *err)
{
	FILE *out = run->out.stream;

	switch (run->options->format) {
	case TOOL_JSON:
		return report_scan_json(out, subject, &run->report, err);
	case TOOL_JSONL:
		return report_scan_jsonl(out, subject, &run->report, err);
	default: return report_scan_text(out, subject, &run->report, err);
	}
}

static int emit_failure(struct run *run, const char *message)
{
	FILE *out = run->out.stream;

	switch (run->options->format) {
	case TOOL_JSON: return report_failure_json(out, &run->report, message);
	case TOOL_JSONL:
		return report_failure_jsonl(out, &run->report, message);
	default: return report_failure_text(out, &run->report, message);
	}
}

/* ------------------------------------------------------------------ images */

/* Nothing could be looked at: say so here and in what record there is. */
static void fail_image(struct run *run, const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);

	tool_say_path(run->report.path, "%s", why);
	if (emit_failure(run, why) != 0)
		tool_say_path(run->report.path,
			      "no record of it could be made");
	free(why);
	note(run, TOOL_FAILED);
}

/* On standard error too where the report is read by a program, or later. */
static void say_not_examined(struct run *run,
			     const struct report_subject *subject)
{
	char sentence[SENTENCE_SIZE];

	if (run->options->format == TOOL_TEXT && run->out.to_terminal)
		return;
	report_summary(sentence, sizeof(sentence), subject);
	tool_say_path(run->report.path, "%s", sentence);
}

static void judge(struct run *run, const struct report_subject *subject)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(subject->scan);

	if (o->state == VHDXLOG_NOT_VHDX || o->state == VHDXLOG_UNREADABLE) {
		say_not_examined(run, subject);
		note(run, TOOL_FAILED);
	} else if (o->needs_decision) {
		note(run, TOOL_DECIDE);
	}
}

static void report_image(struct run *run, const struct report_subject *subject)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = emit(run, subject, &err);

	if (rc) {
		char *why;

		if (err.code == VHDXLOG_OK)
			err.code = (enum vhdxlog_code)rc;
		why = tool_error_text(&err);
		tool_say_path(run->report.path, "the report is not whole: %s",
			      why);
		free(why);
		note(run, TOOL_FAILED);
	}
	judge(run, subject);
}

/* Of a failure too: who tried what, and when, is wanted most for those. */
static void end_custody(struct run *run, struct tool_custody *custody,
			const struct vhdxlog_source *source)
{
	if (!run->options->custody)
		return;
	tool_custody_end(custody,
			 source ? vhdxlog_source_identity(source) : NULL,
			 run->report.path);
	run->report.custody = &custody->record;
}

static void scan_image(struct run *run, const char *path)
{
	struct tool_subject subject = { .report = { NULL, NULL } };
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct tool_custody custody = { .build = NULL };
	int rc;

	run->report.path = path;
	if (run->options->custody)
		tool_custody_begin(&custody, run->options);
	rc = tool_subject_open(&subject, run->options, run->parent, path,
			       &err);
	end_custody(run, &custody, subject.report.source);
	if (rc)
		fail_image(run, &err);
	else
		report_image(run, &subject.report);
	run->report.custody = NULL;
	tool_subject_release(&subject);
	tool_custody_release(&custody);
}

static bool wants_gap(const struct run *run, int image)
{
	return image > 0 && run->options->format == TOOL_TEXT &&
	       !run->options->quiet;
}

static void scan_images(struct run *run)
{
	const struct tool_options *o = run->options;

	for (int i = 0; i < o->operand_count; i++) {
		if (wants_gap(run, i))
			putc('\n', run->out.stream);
		scan_image(run, o->operands[i]);
		if (!tool_output_works(&run->out)) {
			tool_output_close(&run->out, false);
			run->status = TOOL_FAILED;
			return;
		}
	}
	note(run, tool_output_close(&run->out, true));
}

static int scan_with_output(struct run *r)
{
	int status = TOOL_USAGE;

	if (r->options->format == TOOL_JSON && r->options->operand_count > 1)
		tool_say("scan: json is one document for one image; use "
			 "-f jsonl for several");
	else
		status = tool_subject_open_parent(r->options, &r->parent);
	if (status != TOOL_DONE) {
		tool_output_close(&r->out, false);
		return status;
	}
	r->report = tool_report_options(r->options, r->out.to_terminal);
	scan_images(r);
	vhdxlog_source_close(r->parent);
	return r->status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence = tool_evidence_of(o, o->operand_count);
	struct run r = { .options = o };
	int status = tool_output_open(&r.out, o->output, &evidence);

	if (status == TOOL_DONE)
		status = scan_with_output(&r);
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_scan = {
	.program = "vhdxlog",
	.name = "scan",
	.operands = "IMAGE...",
	.summary = "what the log holds, every candidate sequence, who would "
		   "replay what",
	.about =
		"The verdict and a safe next command first, then all that it\n"
		"rests on. The image is only read. BYTES are decimal or 0x\n"
		"and hex, and may end in K, M, G or T.\n",
	.after =
		"Examples:\n"
		"  vhdxlog scan disk.vhdx\n"
		"  vhdxlog scan -q *.vhdx\n"
		"  vhdxlog scan -f json -o disk.json disk.vhdx\n"
		"  vhdxlog scan -f jsonl --hash=md5 --custody *.vhdx\n"
		"  vhdxlog scan --policy qemu --policy ms-vhdx disk.vhdx\n"
		"  vhdxlog scan --offset 1M partition.raw\n"
		"  vhdxlog scan --log-offset 1M --log-length 1M broken.vhdx\n"
		"\n"
		"Exit status: 0 nothing needs a decision, 1 something does,\n"
		"2 wrong usage, 3 an image could not be examined or a report\n"
		"not written. See vhdxlog-scan(1).\n",
	.groups = TOOL_OUTPUT | TOOL_VERBOSITY | TOOL_DETAIL | TOOL_HASH |
		  TOOL_SCAN | TOOL_IMAGE | TOOL_RAW_LOG,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON | 1u << TOOL_JSONL,
	.least_operands = 1,
	.run = run,
};

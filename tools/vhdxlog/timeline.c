/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog timeline: what the log says happened, in order; or how the file stood
 * after one of its entries.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>

#include "tools/common/custody.h"
#include "tools/common/lookup.h"
#include "tools/common/output.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"
#include "tools/vhdxlog/timeline_filter.h"

#define SENTENCE_SIZE 1024

struct run {
	const struct tool_options *options;
	struct tool_output out;
	struct report_options report;
	struct tool_subject subject;
	struct tool_custody custody;
	struct vhdxlog_history *history; /* owned, or NULL */
	struct vhdxlog_overlay *as_of;	 /* owned, or NULL */
	struct vhdxlog_event_filter filter;
	struct report_anchor anchor;
	bool wrote; /* something that is worth keeping */
};

/* ---------------------------------------------------------------- emitting */

static int emit(struct run *run, const struct report_timeline *t,
		struct vhdxlog_error *err)
{
	FILE *out = run->out.stream;

	switch (run->options->format) {
	case TOOL_JSON: return report_timeline_json(out, t, &run->report, err);
	case TOOL_JSONL:
		return report_timeline_jsonl(out, t, &run->report, err);
	case TOOL_CSV: return report_timeline_csv(out, t, &run->report, err);
	default: return report_timeline_text(out, t, &run->report, err);
	}
}

static int say_error(struct run *run, const char *what,
		     const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);

	tool_say_path(run->report.path, "%s%s", what, why);
	free(why);
	return TOOL_FAILED;
}

static int report(struct run *run)
{
	const struct tool_timeline_options *o = &run->options->timeline;
	struct report_timeline t = {
		.subject = &run->subject.report,
		.history = run->history,
		.filter = &run->filter,
		.anchor = o->has_anchor ? &run->anchor : NULL,
		.as_of = run->as_of,
		.as_of_entry = o->as_of,
	};
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = emit(run, &t, &err);

	if (rc == 0) {
		run->wrote = true;
		return TOOL_DONE;
	}
	if (err.code == VHDXLOG_OK)
		err.code = (enum vhdxlog_code)rc;
	return say_error(run, "the report is not whole: ", &err);
}

/* Whether a failure leaves a record, for whoever reads those of many images. */
static bool has_record(const struct run *run)
{
	return run->options->format == TOOL_JSON ||
	       run->options->format == TOOL_JSONL ||
	       (run->options->format == TOOL_TEXT && run->options->custody &&
		!run->options->quiet);
}

/* Say why there is no timeline, here and in what record there is. */
static int fail(struct run *run, const char *why)
{
	const struct report_subject *subject = &run->subject.report;
	struct report_timeline t = {
		.subject = subject->scan ? subject : NULL,
		.error = why,
	};

	tool_say_path(run->report.path, "%s", why);
	if (!has_record(run))
		return TOOL_FAILED;
	if (emit(run, &t, NULL) == 0)
		run->wrote = true;
	else
		tool_say_path(run->report.path,
			      "no record of it could be made");
	return TOOL_FAILED;
}

static int fail_with(struct run *run, const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);
	int status = fail(run, why);

	free(why);
	return status;
}

/* Takes the reason over. */
static int fail_for(struct run *run, char *why)
{
	int status = fail(run, why);

	free(why);
	return status;
}

/* ------------------------------------------------------------ what is asked */

/* Why there is nothing to tell, free() it; NULL: there is. */
static char *why_no_log(const struct run *run)
{
	const struct report_subject *s = &run->subject.report;
	enum vhdxlog_state state = vhdxlog_verdict(s->scan)->state;
	char sentence[SENTENCE_SIZE];

	if (vhdxlog_log(s->scan)->known &&
	    (state > VHDXLOG_UNREADABLE || vhdxlog_entry_count(s->scan) > 0))
		return NULL;
	if (state > VHDXLOG_UNREADABLE)
		return tool_format("%s", run->options->scan.raw_log ?
						 "the file holds no whole log "
						 "sector" :
						 "nothing says where the log "
						 "is; see --log-offset");
	report_summary(sentence, sizeof(sentence), s);
	return tool_format("%s", sentence);
}

static char *why_no_as_of(const struct run *run)
{
	struct vhdxlog_scan *scan = run->subject.report.scan;
	uint32_t sector = run->options->timeline.as_of;
	struct vhdxlog_entry e;
	char *why = tool_why_no_entry(scan, sector);

	if (!why && run->options->scan.raw_log)
		return tool_format("a log alone has no disk whose state could "
				   "be told; --as-of needs the image");
	if (!why &&
	    vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, sector), &e,
			     NULL) == 0 &&
	    e.verdict == VHDXLOG_INVALID)
		return tool_format("E%u is invalid, so what it was to do is "
				   "not known; vhdxlog show says more",
				   (unsigned)sector);
	return why;
}

static int open_as_of(struct run *run)
{
	const struct tool_timeline_options *o = &run->options->timeline;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why;

	if (!o->has_as_of)
		return TOOL_DONE;
	why = why_no_as_of(run);
	if (why)
		return fail_for(run, why);
	if (vhdxlog_overlay_as_of(run->history, o->as_of, &run->as_of, &err) !=
	    0)
		return fail_with(run, &err);
	return TOOL_DONE;
}

static int tell(struct run *run)
{
	const struct tool_timeline_options *o = &run->options->timeline;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why = why_no_log(run);
	int status;

	if (why)
		return fail_for(run, why);
	if (vhdxlog_history_open(run->subject.report.scan, &run->history,
				 &err) != 0)
		return fail_with(run, &err);
	why = timeline_filter(o, run->subject.report.scan, run->history,
			      &run->filter);
	if (why)
		return fail_for(run, why);
	status = open_as_of(run);
	return status == TOOL_DONE ? report(run) : status;
}

/* ----------------------------------------------------------------- running */

static void end_custody(struct run *run)
{
	const struct vhdxlog_source *source = run->subject.report.source;

	if (!run->options->custody)
		return;
	tool_custody_end(&run->custody,
			 source ? vhdxlog_source_identity(source) : NULL,
			 run->report.path);
	run->report.custody = &run->custody.record;
}

static void release(struct run *run)
{
	vhdxlog_overlay_close(run->as_of);
	vhdxlog_history_close(run->history);
	tool_subject_release(&run->subject);
	tool_custody_release(&run->custody);
}

static int run_image(struct run *run, struct vhdxlog_source *parent)
{
	const struct tool_options *o = run->options;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc, status;

	run->report = tool_report_options(o, run->out.to_terminal);
	run->report.path = o->operands[0];
	run->anchor = (struct report_anchor){ o->timeline.anchor.name,
					      o->timeline.anchor.time };
	if (o->custody)
		tool_custody_begin(&run->custody, o);
	rc = tool_subject_open(&run->subject, o, parent, run->report.path,
			       &err);
	end_custody(run);
	status = rc ? fail_with(run, &err) : tell(run);
	if (!rc)
		tool_source_changed(run->subject.report.source,
				    run->report.path);
	release(run);
	return status;
}

static int run_with_output(struct run *run)
{
	struct vhdxlog_source *parent = NULL;
	int closed, status = timeline_check(&command_timeline, run->options);

	if (status == TOOL_DONE)
		status = tool_subject_open_parent(run->options, &parent);
	if (status == TOOL_DONE)
		status = run_image(run, parent);
	vhdxlog_source_close(parent);
	closed = tool_output_close(&run->out, run->wrote);
	return status == TOOL_DONE ? closed : status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence = tool_evidence_of(o, 1);
	struct run r = { .options = o };
	int status = tool_output_open(&r.out, o->output, &evidence);

	if (status == TOOL_DONE) {
		tool_sandbox_enter(TOOL_NEEDS(o, &evidence, &r.out));
		status = run_with_output(&r);
	}
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_timeline = {
	.program = "vhdxlog",
	.name = "timeline",
	.operands = "IMAGE",
	.summary = "what the log says happened, in order, earlier sessions "
		   "included",
	.about =
		"One line for each thing that an entry of the log changed:\n"
		"blocks allocated and moved, metadata, the length of the\n"
		"file. The log holds no clock: what is told is an order, and\n"
		"of each session whether that is known or inferred, and why.\n"
		"With --as-of the BAT as it stood after an entry, and the\n"
		"blocks that can be got back. BYTES are decimal or 0x and\n"
		"hex, and may end in K, M, G or T.\n",
	.after =
		"Examples:\n"
		"  vhdxlog timeline disk.vhdx\n"
		"  vhdxlog timeline --block 17 disk.vhdx\n"
		"  vhdxlog timeline --virtual 17M --session 1 disk.vhdx\n"
		"  vhdxlog timeline --as-of E7 disk.vhdx\n"
		"  vhdxlog timeline -f csv -o disk.csv disk.vhdx\n"
		"  vhdxlog timeline -f jsonl \\\n"
		"      --anchor acquired=2026-11-22T14:30:00Z disk.vhdx\n"
		"\n"
		"Exit status: 0 done, 2 wrong usage, 3 the image could not be\n"
		"examined, has no log or not what was asked for. See\n"
		"vhdxlog-timeline(1).\n",
	.groups = TOOL_OUTPUT | TOOL_TIMELINE | TOOL_HASH | TOOL_IMAGE |
		  TOOL_RAW_LOG,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON | 1u << TOOL_JSONL |
		   1u << TOOL_CSV,
	.least_operands = 1,
	.most_operands = 1,
	.run = run,
};

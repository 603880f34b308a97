/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog carve: structures of VHDX images anywhere in a file, and what logs and
 * images they make up. One pass; what is found is told at once and held in no
 * memory, but in the file of --state, from which a later run goes on.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>
#include <string.h>

#include "tools/common/custody.h"
#include "tools/common/newfile.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"
#include "tools/vhdxlog/carve_pass.h"

struct run {
	const struct tool_options *options;
	const struct tool_evidence *evidence;
	struct tool_output out;
	struct report_options report;
	struct report_carve carve;
	struct vhdxlog_source *source; /* owned */
	struct carve_pass pass;
	struct tool_custody custody;
	bool wrote; /* something that is worth keeping */
};

/* ------------------------------------------------------------- what is told */

static void end_custody(struct run *run)
{
	const struct vhdxlog_source *source = run->source;

	if (run->options->custody)
		tool_custody_end(&run->custody,
				 source ? vhdxlog_source_identity(source) : NULL,
				 run->report.path);
}

/* Behind the last item all of it is known. */
static int next(void *ctx, struct vhdxlog_carved *item,
		struct vhdxlog_error *err)
{
	struct run *run = ctx;
	int rc = carve_pass_next(&run->pass, item, err);

	if (rc != 1)
		return rc;
	run->carve.done = !run->pass.stopped;
	run->carve.position = vhdxlog_source_offset(run->source) +
			      vhdxlog_carve_position(run->pass.carve);
	run->carve.bytes_read = carve_pass_read(&run->pass);
	end_custody(run);
	return 1;
}

static const char *limitation(void *ctx, size_t index)
{
	struct run *run = ctx;

	return vhdxlog_carve_limitation(run->pass.carve, index);
}

/* ---------------------------------------------------------------- reporting */

static int emit(struct run *run, struct vhdxlog_error *err)
{
	FILE *out = run->out.stream;

	switch (run->options->format) {
	case TOOL_JSON:
		return report_carve_json(out, &run->carve, &run->report, err);
	case TOOL_JSONL:
		return report_carve_jsonl(out, &run->carve, &run->report, err);
	case TOOL_MAP:
		return report_carve_map(out, &run->carve, &run->report, err);
	default:
		return report_carve_text(out, &run->carve, &run->report, err);
	}
}

/* Whether a failure leaves a record, for whoever reads those of many files. */
static bool has_record(const struct run *run)
{
	return run->options->format == TOOL_JSON ||
	       run->options->format == TOOL_JSONL ||
	       (run->options->format == TOOL_TEXT && run->options->custody &&
		!run->options->quiet);
}

/* Say why there is no pass, here and in what record there is. */
static int fail(struct run *run, const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);

	end_custody(run);
	tool_say_path(run->report.path, "%s", why);
	run->carve.error = why;
	if (has_record(run))
		run->wrote = emit(run, NULL) == 0;
	free(why);
	return TOOL_FAILED;
}

static int broken(struct run *run, const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);

	tool_say_path(run->report.path, "the report is not whole: %s", why);
	free(why);
	return TOOL_FAILED;
}

static int interrupted(const struct run *run)
{
	if (!run->pass.lost && carve_pass_interrupted())
		tool_say_path(run->report.path,
			      "interrupted; the same command goes on from "
			      "where it is");
	return TOOL_FAILED;
}

/* A report that is not whole is of use on standard output alone. */
static int report(struct run *run)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc;

	run->carve.next = next;
	run->carve.limitation = limitation;
	run->carve.ctx = run;
	rc = emit(run, &err);
	if (rc) {
		if (err.code == VHDXLOG_OK)
			err.code = (enum vhdxlog_code)rc;
		return broken(run, &err);
	}
	run->wrote = !run->pass.stopped || run->out.stream == stdout;
	if (run->pass.stopped)
		return interrupted(run);
	return run->pass.lost ? TOOL_FAILED : TOOL_DONE;
}

/* ------------------------------------------------------------------ running */

static void release(struct run *run)
{
	carve_pass_release(&run->pass);
	vhdxlog_source_close(run->source);
	tool_custody_release(&run->custody);
}

static int run_file(struct run *run)
{
	const struct tool_options *o = run->options;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status;

	if (vhdxlog_source_open(run->report.path, o->offset, &run->source,
				&err) != 0) {
		err.what = "opening the file";
		return fail(run, &err);
	}
	run->carve.source = run->source;
	run->pass = (struct carve_pass){ .options = o, .out = &run->out };
	status = carve_pass_open(&run->pass, run->source, run->evidence, &err);
	if (status && err.code != VHDXLOG_OK)
		return fail(run, &err);
	return status ? status : report(run);
}

static int run_with_output(struct run *run)
{
	const struct tool_options *o = run->options;
	int status, closed;

	run->report = tool_report_options(o, run->out.to_terminal);
	run->report.path = o->operands[0];
	if (o->custody) {
		tool_custody_begin(&run->custody, o);
		run->report.custody = &run->custody.record;
	}
	status = run_file(run);
	if (status == TOOL_DONE)
		tool_source_changed(run->source, run->report.path);
	release(run);
	closed = tool_output_close(&run->out, run->wrote);
	return status == TOOL_DONE ? closed : status;
}

static int check(const struct tool_options *o)
{
	const char *state = o->carve.state;

	if (o->carve.has_period && !state)
		return tool_misuse(&command_carve,
				   "--state-step is of use with --state alone");
	if (state && strcmp(state, "-") == 0)
		return tool_misuse(&command_carve,
				   "--state: a state is read and replaced, so "
				   "it is a file; ./- is one");
	if (state && o->output && strcmp(o->output, "-") != 0 &&
	    tool_newfile_same(state, o->output))
		return tool_misuse(&command_carve,
				   "--state and --output name the same file");
	return TOOL_DONE;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence = tool_evidence_of(o, 1);
	struct run r = { .options = o, .evidence = &evidence };
	int status = check(o);

	if (status == TOOL_DONE)
		status = tool_output_open(&r.out, o->output, &evidence);
	if (status == TOOL_DONE) {
		tool_sandbox_enter(&(struct tool_needs){
			.options = o,
			.evidence = &evidence,
			.files = { &r.out.file },
			.kept = o->carve.state,
		});
		status = run_with_output(&r);
	}
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_carve = {
	.program = "vhdxlog",
	.name = "carve",
	.operands = "FILE",
	.summary = "find images and their logs in a dump, a fragment, a wreck",
	.about =
		"Headers, region tables, metadata, BATs and log entries\n"
		"anywhere in a file or device, gathered into images and logs,\n"
		"each with the command that scans it. One pass, in which\n"
		"holes are skipped; what cannot be read is told and passed\n"
		"over. The file is only read. BYTES are decimal or 0x and\n"
		"hex, and may end in K, M, G or T.\n",
	.after =
		"Examples:\n"
		"  vhdxlog carve disk.dd\n"
		"  vhdxlog carve --state disk.state -f json -o disk.json /dev/sdb\n"
		"  vhdxlog carve -f map -o disk.map disk.dd\n"
		"\n"
		"Exit status: 0 the whole file was looked at, whatever is in\n"
		"it, 2 wrong usage, 3 it could not be, or a signal ended it\n"
		"(with --state the same command goes on). See\n"
		"vhdxlog-carve(1).\n",
	.groups = TOOL_OUTPUT | TOOL_CARVE,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON | 1u << TOOL_JSONL |
		   1u << TOOL_MAP,
	.least_operands = 1,
	.most_operands = 1,
	.run = run,
};

/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog carve: structures of VHDX images anywhere in a file, and what logs and
 * images they make up. One pass; what is found is told at once and held in no
 * memory, but in the file of --state, from which a later run goes on.
 */
#include "tools/vhdxlog/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/custody.h"
#include "tools/common/newfile.h"
#include "tools/common/output.h"
#include "tools/common/progress.h"
#include "tools/common/say.h"
#include "tools/vhdxlog/carve_state.h"

#define PERIOD	  (UINT64_C(1) << 30)
#define PROPORTION 16 /* a state is written for so many times its size read */

struct run {
	const struct tool_options *options;
	const struct tool_evidence *evidence;
	struct tool_output out;
	struct report_options report;
	struct report_carve carve;
	struct vhdxlog_source *source; /* owned */
	struct vhdxlog_carve *pass;    /* owned */
	struct carve_state state;
	struct tool_custody custody;
	struct tool_progress progress;
	uint64_t started_at;  /* of this run: position */
	uint64_t read_before; /* bytes, by earlier runs */
	uint64_t kept_at;     /* bytes read in all when it was kept last */
	bool stopped; /* by a signal, or nobody takes the report */
	bool lost;    /* the state could not be kept */
	bool refused; /* the state is none that can be gone on from */
	bool wrote;   /* something that is worth keeping */
};

/* ------------------------------------------------------------------ signals */

static volatile sig_atomic_t ended_by;

static void note_signal(int signal)
{
	ended_by = signal;
}

/* The second one ends the program as it always does. With nothing to be kept
 * the first does. */
static void heed_signals(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction ours = { .sa_handler = note_signal,
				  .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) {
		if (sigaction(ending[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(ending[i], &ours, NULL);
	}
}

/* ----------------------------------------------------------------- the pass */

static uint64_t bytes_read(const struct run *run)
{
	return run->read_before + vhdxlog_carve_bytes_read(run->pass);
}

static uint64_t period(const struct run *run)
{
	const struct tool_carve_options *o = &run->options->carve;
	uint64_t wanted = o->has_period ? o->period : PERIOD;
	uint64_t least = run->state.written * PROPORTION;

	return o->has_period || wanted > least ? wanted : least;
}

static bool is_due(const struct run *run)
{
	return run->state.writing &&
	       bytes_read(run) - run->kept_at >= period(run);
}

static bool wants_pause(void *ctx)
{
	struct run *run = ctx;

	return ended_by || is_due(run);
}

static void show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct run *run = ctx;

	if (done >= run->started_at)
		tool_progress_step(&run->progress, done - run->started_at,
				   total - run->started_at);
}

/* A pass of hours is not given up for the want of a state: it is said, and the
 * exit status tells of it. */
static void keep(struct run *run, bool done)
{
	run->kept_at = bytes_read(run);
	if (run->state.writing &&
	    carve_state_save(&run->state, run->pass, run->kept_at, done) != 0)
		run->lost = true;
}

static bool is_at_end(const struct run *run)
{
	return vhdxlog_carve_position(run->pass) >=
	       vhdxlog_source_size(run->source);
}

/* Nothing comes any more: what is known of all of it. */
static void finish(struct run *run, bool done)
{
	uint64_t offset = vhdxlog_source_offset(run->source);

	tool_progress_end(&run->progress);
	run->carve.done = done;
	run->carve.position = offset + vhdxlog_carve_position(run->pass);
	run->carve.bytes_read = bytes_read(run);
	if (run->options->custody)
		tool_custody_end(&run->custody,
				 vhdxlog_source_identity(run->source),
				 run->report.path);
}

/* A reader of the report that went away needs no more of it. */
static bool is_unheard(struct run *run)
{
	return ferror(run->out.stream) ||
	       (run->out.to_terminal && fflush(run->out.stream) != 0);
}

/* 0: *item is one; 1: no more, or it is stopped; negative. */
static int next_of_pass(struct run *run, struct vhdxlog_carved *item,
			struct vhdxlog_error *err)
{
	int rc;

	/* Ends: each round reads more of a file that has an end. */
	while (!ended_by && !is_unheard(run)) {
		rc = vhdxlog_carve_next(run->pass, item, err);
		if (rc == 0)
			carve_state_add(&run->state, item);
		if (rc != 1 || is_at_end(run))
			return rc;
		keep(run, false);
	}
	run->stopped = true;
	return 1;
}

static int stop(struct run *run)
{
	if (!run->state.done)
		keep(run, !run->stopped);
	finish(run, !run->stopped);
	return 1;
}

/* In the file, not in what --offset leaves of it. */
static void place(const struct run *run, struct vhdxlog_carved *item)
{
	item->offset += vhdxlog_source_offset(run->source);
	item->base += vhdxlog_source_offset(run->source);
}

static int next(void *ctx, struct vhdxlog_carved *item,
		struct vhdxlog_error *err)
{
	struct run *run = ctx;
	int rc = carve_state_earlier(&run->state, item);

	if (rc == 1 && !run->state.done)
		rc = next_of_pass(run, item, err);
	if (rc == 1)
		return stop(run);
	if (rc == 0)
		place(run, item);
	return rc;
}

static const char *limitation(void *ctx, size_t index)
{
	struct run *run = ctx;

	return vhdxlog_carve_limitation(run->pass, index);
}

/* ---------------------------------------------------------------- beginning */

/* Everything but memory that is wrong with it is the state's fault. */
static int restore(struct run *run, struct vhdxlog_error *err)
{
	int rc = vhdxlog_carve_restore(run->pass, run->state.pass, err);

	if (rc && rc != VHDXLOG_E_NOMEM)
		run->refused = true;
	return rc;
}

static int open_pass(struct run *run, struct vhdxlog_error *err)
{
	struct vhdxlog_carve_options o = VHDXLOG_CARVE_OPTIONS_INIT;
	int rc;

	o.progress = show_progress;
	o.progress_ctx = run;
	if (run->options->carve.state) {
		o.pause = wants_pause;
		o.pause_ctx = run;
	}
	rc = vhdxlog_carve_open(run->source, &o, &run->pass, err);
	if (rc == 0 && run->state.pass)
		rc = restore(run, err);
	if (rc)
		return rc;
	run->started_at = vhdxlog_carve_position(run->pass);
	run->kept_at = run->state.bytes_read;
	run->read_before = run->state.bytes_read -
			   vhdxlog_carve_bytes_read(run->pass);
	return 0;
}

static int open_state(struct run *run)
{
	const char *path = run->options->carve.state;

	if (!path)
		return TOOL_DONE;
	heed_signals();
	return carve_state_open(&run->state, path, run->evidence, run->source);
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

	if (run->options->custody)
		tool_custody_end(&run->custody,
				 run->source ? vhdxlog_source_identity(
						       run->source) :
					       NULL,
				 run->report.path);
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
	if (!run->lost && ended_by)
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
	run->progress = tool_progress_begin(run->report.path,
					    run->options->quiet);
	rc = emit(run, &err);
	tool_progress_end(&run->progress);
	if (rc) {
		if (err.code == VHDXLOG_OK)
			err.code = (enum vhdxlog_code)rc;
		return broken(run, &err);
	}
	run->wrote = !run->stopped || run->out.stream == stdout;
	if (run->stopped)
		return interrupted(run);
	return run->lost ? TOOL_FAILED : TOOL_DONE;
}

/* ------------------------------------------------------------------ running */

static void release(struct run *run)
{
	carve_state_release(&run->state);
	vhdxlog_carve_close(run->pass);
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
	status = open_state(run);
	if (status)
		return status;
	if (open_pass(run, &err) != 0)
		return run->refused ? carve_state_refuse(&run->state) :
				      fail(run, &err);
	return report(run);
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
	if (status == TOOL_DONE)
		status = run_with_output(&r);
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

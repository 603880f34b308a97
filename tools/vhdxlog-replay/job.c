/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog-replay/job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "write/views.h"

/* ------------------------------------------------------------------- begin */

static enum report_replay_mode mode_of(const struct tool_replay_options *r)
{
	if (r->apply)
		return REPORT_APPLY;
	if (r->unapply)
		return REPORT_UNAPPLY;
	if (r->rearm)
		return REPORT_REARM;
	if (r->fixes && !r->sequence && !r->policy && !r->salvage)
		return REPORT_FIX;
	return REPORT_REPLAY;
}

static const char *patch_of(const struct tool_replay_options *r)
{
	if (r->apply)
		return r->apply;
	return r->unapply ? r->unapply : r->patch;
}

static void name_fixes(struct job *job)
{
	size_t n = 0;

	for (unsigned i = 0; tool_fix_names[i]; i++) {
		if (job->options->replay.fixes & 1u << i)
			job->fix_names[n++] = tool_fix_names[i];
	}
	job->report.fix_names = job->fix_names;
	job->report.fix_name_count = n;
}

static void begin_report(struct job *job)
{
	const struct tool_options *o = job->options;
	const struct tool_replay_options *r = &o->replay;

	job->report = (struct report_replay){
		.mode = mode_of(r),
		.outcome = r->dry_run ? REPORT_WOULD_WRITE : REPORT_WRITTEN,
		.output = o->operand_count > 1 ? o->operands[1] : NULL,
		.patch = patch_of(r),
		.sequence = r->sequence,
		.policy = r->policy,
		.dry_run = r->dry_run,
		.overwrite = r->overwrite,
		.force = r->force,
		.hash = r->hash,
		.salvage = r->salvage,
		.strict = o->scan.strict,
		.parent = o->parent,
		.overridden = job->overridden,
	};
	name_fixes(job);
}

/* The file that is to be made, or NULL. */
static const char *target_of(const struct job *job)
{
	return job->options->replay.patch ? job->options->replay.patch :
					    job->report.output;
}

/* Say why the new file cannot be had; a message is on standard error. */
static int not_opened(struct job *job, const char *target)
{
	const char *refusal = job->file.refusal;
	char *name = tool_escape(target);
	char *reason = tool_format("%s: %s", name,
				   refusal ? refusal : "cannot be written");

	free(name);
	job->said = true;
	return refusal ? job_refuse(job, reason) : job_fail(job, reason);
}

/* Before anything is read, as it may take long to find out otherwise. */
static int open_file(struct job *job)
{
	const char *target = target_of(job);
	struct stat image;

	if (!target)
		return 0;
	if (tool_newfile_open(&job->file, target,
			      job->options->replay.overwrite, &job->evidence))
		return not_opened(job, target);
	if (stat(job->image, &image) == 0)
		tool_newfile_limit(&job->file, &image);
	return 0;
}

/* A record in place of the output would be the loss of it. */
static bool is_record(const struct job *job, const char *path)
{
	const char *record = job->options->output;

	if (!path)
		return false;
	if (!record || strcmp(record, "-") == 0)
		return tool_fd_is_at(STDOUT_FILENO, path);
	return tool_newfile_same(record, path);
}

int job_begin(struct job *job, const struct tool_options *o)
{
	int status;

	*job = (struct job){ .options = o, .image = o->operands[0] };
	if (o->custody)
		tool_custody_begin(&job->custody, o);
	begin_report(job);
	if (is_record(job, target_of(job))) {
		tool_say_path(target_of(job),
			      "the record would be written there, too");
		tool_custody_release(&job->custody);
		return TOOL_USAGE;
	}
	job->evidence = tool_evidence_of(o, 1);
	status = tool_output_open(&job->out, o->output, &job->evidence);
	if (status) {
		tool_evidence_release(&job->evidence);
		tool_custody_release(&job->custody);
		return status;
	}
	status = open_file(job);
	tool_sandbox_enter(&(struct tool_needs){
		.options = o,
		.evidence = &job->evidence,
		.files = { &job->out.file, &job->file },
	});
	return status ? job_end(job, status) : 0;
}

/* ----------------------------------------------------------- what went wrong */

static void give_reason(struct job *job, enum report_replay_outcome outcome,
			char *reason)
{
	free(job->reason);
	job->reason = reason;
	job->report.outcome = outcome;
	job->report.reason = reason;
}

int job_refuse(struct job *job, char *reason)
{
	give_reason(job, REPORT_REFUSED, reason);
	return REPLAY_REFUSED;
}

int job_fail(struct job *job, char *reason)
{
	/* There is no copy to speak of. */
	job->report.sizes_known = false;
	job->report.has_headers = job->report.has_state = false;
	give_reason(job, REPORT_FAILED, reason);
	return TOOL_FAILED;
}

int job_fail_with(struct job *job, const struct vhdxlog_error *err)
{
	return job_fail(job, tool_error_text(err));
}

/* --------------------------------------------------------------------- end */

static int emit(struct job *job, struct vhdxlog_error *err)
{
	struct report_options options =
		tool_report_options(job->options, job->out.to_terminal);

	options.path = job->image;
	if (job->options->custody)
		options.custody = &job->custody.record;
	if (job->options->format == TOOL_JSON)
		return report_replay_json(job->out.stream, &job->report,
					  &options, err);
	return report_replay_text(job->out.stream, &job->report, &options, err);
}

/* The record; false, after a message, where there is none. */
static bool write_record(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct pages pages = { .change = NULL };
	int rc = 0;

	if (job->change && job->report.outcome <= REPORT_WOULD_WRITE) {
		rc = pages_begin(&pages, job, job->options->format == TOOL_JSON,
				 &err);
		job->report.page = pages_next;
		job->report.page_ctx = &pages;
	}
	if (!rc)
		rc = emit(job, &err);
	if (rc) {
		char *why = tool_error_text(&err);

		tool_say_path(job->image, "no record could be made: %s", why);
		free(why);
		return false;
	}
	return tool_output_works(&job->out);
}

/* On standard error too where the record is read by a program, or later. */
static void say_reason(const struct job *job)
{
	bool seen = job->options->format == TOOL_TEXT &&
		    job->out.to_terminal && !job->options->quiet;

	if (job->reason && !seen && !job->said)
		tool_say_path(job->image, "%s%s",
			      job->report.outcome == REPORT_REFUSED ?
				      "refused: " :
				      "",
			      job->reason);
}

static int keep_file(struct job *job)
{
	int status = tool_newfile_keep(&job->file);

	return status == TOOL_USAGE ? REPLAY_REFUSED : status;
}

/* What comes after the replay is laid over it, and that over what comes before. */
static void release_fixes(struct job *job)
{
	vl_fix_plan_release_after(&job->fixes, job->overlay);
	vl_replay_release(&job->plan);
	vhdxlog_overlay_close(job->overlay);
	vl_fix_plan_release(&job->fixes);
}

static void release(struct job *job)
{
	vl_change_close(&job->merged);
	release_fixes(job);
	tool_subject_release(&job->subject);
	vhdxlog_source_close(job->parent);
	tool_custody_release(&job->custody);
	tool_evidence_release(&job->evidence);
	free(job->reason);
	free(job->next);
}

#define CHANGED "it changed while it was worked on"

static bool is_unchanged(const struct job *job)
{
	struct vhdxlog_source *source = job->subject.report.source;

	return !source || vhdxlog_source_unchanged(source);
}

/* Whether the record, when it stands, was made of IMAGE as it is by now. */
static bool is_still_true(const struct job *job)
{
	bool same = is_unchanged(job);

	if (!same)
		tool_say_path(job->image, CHANGED);
	return same;
}

/* The path of the file that is to get its name, or NULL. free() it. */
static char *made_file(const struct job *job)
{
	if (!job->file.target || job->options->replay.dry_run)
		return NULL;
	return tool_format("%s", job->file.target);
}

/* Without its record a file is not left behind; but what it replaced is gone. */
static void take_back(const struct job *job, const char *made)
{
	if (!made)
		return;
	if (job->options->replay.overwrite)
		tool_say_path(made, "it was written, but has no record");
	else
		unlink(made);
}

/*
 * A name comes last, when all that could go wrong has not. whole: the record is,
 * and says what is so.
 */
static int close_files(struct job *job, int status, bool whole)
{
	bool claims = job->report.outcome <= REPORT_WOULD_WRITE;
	char *made = made_file(job);

	if (!status && made)
		status = keep_file(job);
	else
		tool_newfile_drop(&job->file);
	if (status && claims)
		whole = false;
	/* Names may be the same to the file system alone. */
	if (!status && made && job->out.file.target &&
	    tool_is_one_file(made, job->out.file.target))
		whole = false;
	if (tool_output_close(&job->out, whole) != 0 && !status) {
		status = TOOL_FAILED;
		take_back(job, made);
	}
	free(made);
	return status;
}

static void end_custody(struct job *job)
{
	const struct vhdxlog_source *source = job->subject.report.source;

	if (job->options->custody)
		tool_custody_end(&job->custody,
				 source ? vhdxlog_source_identity(source) :
					  NULL,
				 job->image);
}

int job_end(struct job *job, int status)
{
	bool whole;

	if (!status && !is_unchanged(job))
		status = job_fail(job, tool_format(CHANGED));
	end_custody(job);
	say_reason(job);
	whole = write_record(job) && (status || is_still_true(job));
	status = close_files(job, whole ? status : TOOL_FAILED, whole);
	release(job);
	return status;
}

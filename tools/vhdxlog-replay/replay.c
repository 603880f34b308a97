/* SPDX-License-Identifier: MIT */
/* IMAGE with a sequence applied, or armed again: as a copy or as a patch. */
#include "tools/vhdxlog-replay/replay.h"

#include <stdlib.h>

#include "tools/common/say.h"
#include "tools/vhdxlog-replay/job.h"

static int scan_image(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct tool_options options = *job->options;
	int status = tool_subject_open_parent(&options, &job->parent);

	if (status) {
		job->said = true;
		return job_fail(job, tool_format("the parent cannot be used"));
	}
	/* A copy is hashed while it is made; else the scan has to. */
	if (options.replay.hash && (options.replay.dry_run ||
				    options.replay.patch))
		options.scan.hash_image = VHDXLOG_HASH_SHA256;
	if (tool_subject_open(&job->subject, &options, job->parent, job->image,
			 &err))
		return job_fail_with(job, &err);
	job->report.subject = &job->subject.report;
	job->scan = job->subject.report.scan;
	return 0;
}

/* What is left may be too little to tell; that nothing of it is mended then was
 * decided, and did not fail. */
static int check_is_image(struct job *job)
{
	enum vhdxlog_state state =
		vhdxlog_verdict(job->subject.report.scan)->state;

	if (state == VHDXLOG_NOT_VHDX && job->options->replay.fixes)
		return job_refuse(job,
				  tool_format("nothing in the file tells that "
					      "it is a VHDX, so there is "
					      "nothing to build a repair upon; "
					      "vhdxlog carve may find what is "
					      "left of one"));
	if (state == VHDXLOG_NOT_VHDX || state == VHDXLOG_UNREADABLE)
		return job_fail(job,
				tool_format("its state is %s; vhdxlog scan "
					    "says more",
					    vhdxlog_state_name(state)));
	return 0;
}

/* vhdxlog scan OUTPUT */
static void suggest_next(struct job *job)
{
	char *quoted;

	if (job->options->replay.patch || job->options->replay.dry_run)
		return;
	quoted = tool_quote(job->report.output);
	job->next = tool_format("vhdxlog scan %s", quoted);
	job->report.next = job->next;
	free(quoted);
}

static int choose_and_plan(struct job *job)
{
	int status = job_choose(job);

	return status ? status : job_plan(job);
}

static int carry_out(struct job *job)
{
	const struct tool_replay_options *r = &job->options->replay;
	int status = scan_image(job);

	if (!status)
		status = check_is_image(job);
	if (!status)
		status = r->fixes ? job_fix(job) : choose_and_plan(job);
	if (!status && !r->dry_run)
		status = r->patch ? job_write_patch(job) : job_write_copy(job);
	if (!status)
		suggest_next(job);
	return status;
}

int replay_run(const struct tool_options *options)
{
	struct job job;
	int status = job_begin(&job, options);

	if (status)
		return status;
	if (options->replay.apply || options->replay.unapply)
		return job_end(&job, job_apply(&job));
	return job_end(&job, carry_out(&job));
}

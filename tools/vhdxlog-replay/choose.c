/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog-replay/job.h"

#include <stdlib.h>
#include <string.h>

#include "reports/replay.h"
#include "tools/common/lookup.h"
#include "tools/common/say.h"

/* ------------------------------------------------------------------ choice */

static int open_sequence(struct job *job, const char *id)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_scan *scan = job->scan;
	struct report_target target;
	char *why;

	/* The options made sure that it is one. */
	report_target_parse(id, &target);
	why = tool_why_no_sequence(scan, target.range);
	if (why)
		return job_refuse(job, why);
	if (vhdxlog_overlay_sequence(scan, target.range, &job->overlay, &err))
		return job_fail_with(job, &err);
	return 0;
}

static int open_policy(struct job *job, size_t index)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = vhdxlog_overlay_policy(job->scan, index,
					&job->overlay, &err);

	if (rc == VHDXLOG_E_RANGE)
		return job_refuse(job,
				  tool_format("what %s would apply could not "
					      "be told",
					      vhdxlog_policy_name(index)));
	return rc ? job_fail_with(job, &err) : 0;
}

/* What [MS-VHDX] replays; the file as it is where that finds nothing. */
static int open_beneath(struct job *job)
{
	struct vhdxlog_scan *scan = job->scan;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (vhdxlog_selection_at(scan, 0)->outcome != VHDXLOG_OUTCOME_REFUSE)
		return open_policy(job, 0);
	return vhdxlog_overlay_disk(scan, &job->overlay, &err) ?
		       job_fail_with(job, &err) :
		       0;
}

static int salvage(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (!job->options->replay.salvage)
		return 0;
	return vhdxlog_overlay_salvage(job->overlay, &err) ?
		       job_fail_with(job, &err) :
		       0;
}

static int open_choice(struct job *job)
{
	const struct tool_replay_options *r = &job->options->replay;
	int status;

	if (r->sequence)
		status = open_sequence(job, r->sequence);
	else if (r->salvage && !r->policy)
		status = open_beneath(job);
	else
		status = open_policy(job, r->policy_index);
	return status ? status : salvage(job);
}

/* -------------------------------------------------------------- objections */

/* "sentence (id): got x, want y" */
static char *describe(const struct job *job, const struct vhdxlog_verdict *v)
{
	const char *reason = vhdxlog_overlay_about(job->overlay)->reason;

	if (strcmp(v->check->name, "replay-refused-by-reader") == 0)
		return tool_format("%s (%s): %s", v->check->sentence,
				   v->check->name, reason);
	return tool_format("%s (%s): got %s, want %s", v->check->sentence,
			   v->check->name, v->got, v->want);
}

static char *join(char *reasons, char *more)
{
	char *all = reasons ? tool_format("%s; %s", reasons, more) :
			      tool_format("%s", more);

	free(reasons);
	free(more);
	return all;
}

/* Repairs that come behind it are to mend that. */
static bool is_to_be_mended(const struct job *job,
			    const struct vhdxlog_verdict *v)
{
	unsigned others = job->options->replay.fixes & ~1u; /* not headers */

	return others && !job->options->replay.rearm &&
	       strcmp(v->check->name, "replay-result-damaged") == 0;
}

/* What stands against the choice, and is neither harmless nor forced. */
static char *object(struct job *job, const struct vhdxlog_verdict *v, int n)
{
	char *reasons = NULL;

	for (int i = 0; i < n; i++) {
		if (!replay_stops(&v[i]))
			continue;
		if (is_to_be_mended(job, &v[i]))
			job->report.mended = v[i].check;
		else if (job->options->replay.force && !replay_is_final(&v[i]))
			job->overridden[job->report.overridden_count++] =
				v[i].check;
		else
			reasons = join(reasons, describe(job, &v[i]));
	}
	return reasons;
}

static int judge(struct job *job)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int n = vhdxlog_overlay_verdicts(job->overlay, v, &err);
	char *reasons;

	if (n < 0)
		return job_fail_with(job, &err);
	reasons = object(job, v, n);
	return reasons ? job_refuse(job, reasons) : 0;
}

int job_choose(struct job *job)
{
	const struct vhdxlog_replay *about;
	int status = open_choice(job);

	if (status)
		return status;
	about = vhdxlog_overlay_about(job->overlay);
	job->report.overlay = job->overlay;
	job->report.sizes_known = true;
	job->report.size_before =
		vhdxlog_source_size(job->subject.report.source);
	job->report.size_after = about->size;
	return judge(job);
}

/* -------------------------------------------------------------------- plan */

int job_plan(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	bool rearm = job->options->replay.rearm;

	if (vl_replay_plan(job->scan, job->overlay,
			   rearm ? VL_REPLAY_REARM : VL_REPLAY_APPLY,
			   &job->plan, &err))
		return job_fail_with(job, &err);
	if (*job->plan.refusal)
		return job_refuse(job, tool_format("%s", job->plan.refusal));
	job->change = &job->plan.change;
	job->report.size_after = job->change->new_size;
	job->report.packed = job->plan.packed;
	job->report.has_headers = job->plan.has_headers;
	memcpy(job->report.headers, job->plan.headers.header,
	       sizeof(job->report.headers));
	return 0;
}

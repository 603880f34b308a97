/* SPDX-License-Identifier: MIT */
/*
 * The copy, before it gets its name, is looked at as an image that somebody else
 * made: what it is to be is asked of the whole scan, not of what was written.
 */
#include "tools/vhdxlog-replay/job.h"

#include <string.h>

#include "write/views.h"
#include "tools/common/say.h"

static int unlike(struct job *job, const char *what, const char *got)
{
	return job_fail(job, tool_format("the copy is not what it was to be: "
					 "%s is %s",
					 what, got));
}

/* Whether --force let a result through that is damaged, or has no identifier. */
static bool may_be_damaged(const struct job *job)
{
	for (size_t i = 0; i < job->report.overridden_count; i++) {
		const char *name = job->overridden[i]->name;

		if (strcmp(name, "replay-result-damaged") == 0 ||
		    strcmp(name, "replay-targets-headers") == 0)
			return true;
	}
	return false;
}

/* With repairs it has been scanned before it was there. */
static int compare_fixed(struct job *job, struct vhdxlog_scan *copy)
{
	enum vhdxlog_state state = vhdxlog_verdict(copy)->state;

	if (state == job->report.state)
		return 0;
	return unlike(job, "its state", vhdxlog_state_name(state));
}

static int compare_applied(struct job *job, struct vhdxlog_scan *copy)
{
	enum vhdxlog_state state = vhdxlog_verdict(copy)->state;
	const struct vhdxlog_replay *about =
		vhdxlog_overlay_about(job->overlay);
	/* What was applied in part waits to be replayed, and what was not
	 * changed is what it was. */
	bool as_it_was = about->outcome != VHDXLOG_OUTCOME_REPLAY;

	if (state == VHDXLOG_CLEAN || as_it_was ||
	    may_be_damaged(job))
		return 0;
	return unlike(job, "its state", vhdxlog_state_name(state));
}

/* The specification must replay all of it, and come to the same bytes. */
static int compare_rearmed(struct job *job, struct vhdxlog_scan *copy)
{
	const struct vhdxlog_replay *about =
		vhdxlog_overlay_about(job->overlay);
	struct vhdxlog_overlay *again;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	const struct vhdxlog_replay *now;
	int status = 0;

	if (vhdxlog_overlay_policy(copy, 0, &again, &err))
		return job_fail_with(job, &err);
	now = vhdxlog_overlay_about(again);
	if (now->outcome != VHDXLOG_OUTCOME_REPLAY)
		status = unlike(job, "its log", now->reason);
	else if (*now->result && *about->result && /* "": too much to read */
		 strcmp(now->result, about->result) != 0)
		status = unlike(job, "what its log comes to", now->result);
	else if (now->size != about->size)
		status = unlike(job, "the length that its log comes to",
				"another");
	vhdxlog_overlay_close(again);
	return status;
}

int job_examine(struct job *job, const struct vl_medium *copy)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_source *source = NULL;
	struct vhdxlog_scan *scan = NULL;
	int status = 0;

	if (job->report.has_state)
		options = job->fixes.options;
	options.hash_structures = false;
	/* What was applied is behind it; armed, it is what is to be seen. */
	options.skip_log = job->report.mode != REPORT_REARM &&
			   !job->report.has_state;
	if (vl_source_of_medium(copy, &source, &err) ||
	    vhdxlog_scan(source, &options, &scan, &err))
		status = job_fail_with(job, &err);
	else if (job->report.mode == REPORT_REARM)
		status = compare_rearmed(job, scan);
	else if (job->report.has_state)
		status = compare_fixed(job, scan);
	else
		status = compare_applied(job, scan);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return status;
}

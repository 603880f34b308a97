/* SPDX-License-Identifier: MIT */
/*
 * --fix: repairs in a fixed order, each on the file as those before it leave it,
 * and a replay among them where one was asked for.
 */
#include "tools/vhdxlog-replay/job.h"

#include <string.h>

#include "tools/common/say.h"
#include "write/views.h"

_Static_assert(VL_FIX_KINDS <= JOB_MOST_FIXES, "there is a record for each");

/* The repairs that were asked for, as write/ counts them. */
static unsigned kinds_of(const struct job *job)
{
	unsigned kinds = 0;

	for (unsigned i = 0; tool_fix_names[i]; i++) {
		for (unsigned k = 0; k < VL_FIX_KINDS; k++) {
			const char *name = vl_fix_name((enum vl_fix_kind)k);

			if (job->options->replay.fixes & 1u << i &&
			    strcmp(name, tool_fix_names[i]) == 0)
				kinds |= 1u << k;
		}
	}
	return kinds;
}

static bool wants(const struct job *job, enum vl_fix_kind kind)
{
	return kinds_of(job) & 1u << kind;
}

static int status_of(struct job *job, int rc, const struct vhdxlog_error *err)
{
	if (rc)
		return job_fail_with(job, err);
	if (!*job->fixes.refusal)
		return 0;
	/* Nothing mends it then. */
	job->report.mended = NULL;
	return job_refuse(job, tool_format("%s", job->fixes.refusal));
}

/* One repair, where it was asked for. */
static int mend(struct job *job, enum vl_fix_kind kind)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = 0;

	if (wants(job, kind))
		rc = vl_fix_plan_do(&job->fixes, kind, &err);
	job->scan = vl_fix_plan_scan(&job->fixes);
	return status_of(job, rc, &err);
}

/* ------------------------------------------------------------------ replay */

/* Before the replay, as it is refused for a file that is too short. */
static int lengthen(struct job *job)
{
	const char *id = job->options->replay.sequence;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct report_target target;
	int rc;

	if (!wants(job, VL_FIX_LENGTH))
		return 0;
	if (id)
		report_target_parse(id, &target);
	rc = vl_fix_plan_lengthen(&job->fixes, id ? &target.range : NULL,
				  &err);
	job->scan = vl_fix_plan_scan(&job->fixes);
	return status_of(job, rc, &err);
}

static int replay(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status = lengthen(job), rc;

	if (!status)
		status = job_choose(job);
	if (!status)
		status = job_plan(job);
	if (status || job->options->replay.rearm)
		return status;
	rc = vl_fix_plan_replay(&job->fixes, job->overlay, &job->plan.change,
				job->plan.has_headers ? &job->plan.headers :
							NULL,
				&err);
	job->scan = vl_fix_plan_scan(&job->fixes);
	return status_of(job, rc, &err);
}

/* ------------------------------------------------------------------ outcome */

static void get_lost(const void *ctx, size_t i, struct report_lost *lost)
{
	const struct vl_fix_record *r = ctx;
	const struct vl_fix_lost *l = &r->lost[i];

	*lost = (struct report_lost){
		.block = l->block,
		.is_bitmap = l->is_bitmap,
		.index = l->index,
		.file_offset = l->file_offset,
		.virtual_offset = l->virtual_offset,
		.virtual_length = l->virtual_length,
		.bytes = l->bytes,
	};
}

static void report_records(struct job *job)
{
	size_t n = 0;

	for (size_t i = 0; i < job->fixes.count; i++) {
		const struct vl_fix_record *r =
			&job->fixes.steps[i].fix.record;

		if (!job->fixes.steps[i].is_fix)
			continue;
		job->fix_records[n++] = (struct report_fix){
			.name = vl_fix_name(r->kind),
			.message = r->message,
			.evidence = (const char *const *)r->evidence,
			.evidence_count = r->evidence_count,
			.evidence_left = r->evidence_left,
			.lost = get_lost,
			.ctx = r,
			.lost_count = r->lost_count,
			.lost_left = r->lost_left,
		};
	}
	job->report.fixes = job->fix_records;
	job->report.fix_count = n;
}

/* What the copy will be: by its own scan, as of any image. */
static void report_result(struct job *job)
{
	struct vhdxlog_scan *scan = vl_fix_plan_scan(&job->fixes);

	job->report.has_state = true;
	job->report.state = vhdxlog_verdict(scan)->state;
	job->report.has_headers = true;
	for (unsigned slot = 1; slot <= 2; slot++)
		job->report.headers[slot - 1] = *vhdxlog_header(scan, slot);
}

/* A repair behind a replay is to mend what the replay leaves. */
static int check_mended(struct job *job)
{
	if (!job->report.mended || job->options->replay.force ||
	    job->report.state != VHDXLOG_DAMAGED)
		return 0;
	job->report.mended = NULL;
	return job_refuse(job, tool_format("the result would still be an image "
					   "that must be refused"));
}

/* Armed again, the log is the rearming's; under it the headers were mended. */
static int finish_rearm(struct job *job)
{
	struct vl_fix_step *last = &job->fixes.steps[job->fixes.count - 1];
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (!job->fixes.has_fixed)
		return job_refuse(job, tool_format("%s", job->fixes.nothing));
	if (vl_change_merge(last->change, &job->plan.change, &job->merged,
			    &err))
		return job_fail_with(job, &err);
	job->change = &job->merged;
	report_records(job);
	return 0;
}

static int finish(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status = status_of(job,
			       vl_fix_plan_finish(&job->fixes, &job->change,
						  &err),
			       &err);

	if (status)
		return status;
	report_records(job);
	report_result(job);
	job->report.sizes_known = true;
	job->report.size_before = job->change->old_size;
	job->report.size_after = job->change->new_size;
	return check_mended(job);
}

int job_fix(struct job *job)
{
	const struct tool_replay_options *r = &job->options->replay;
	bool replays = r->sequence || r->policy || r->rearm || r->salvage;
	struct vhdxlog_options options = job->options->scan;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status;

	options.parent = job->parent;
	if (vl_fix_plan_begin(&job->fixes, job->subject.report.scan,
			      vl_view_of(job->subject.report.source), &options,
			      kinds_of(job), r->force, &err))
		return job_fail_with(job, &err);
	status = mend(job, VL_FIX_HEADERS);
	if (!status && replays)
		status = replay(job);
	if (!status && r->rearm)
		return finish_rearm(job);
	for (unsigned k = VL_FIX_HEADERS + 1; !status && k < VL_FIX_KINDS; k++)
		status = mend(job, (enum vl_fix_kind)k);
	return status ? status : finish(job);
}

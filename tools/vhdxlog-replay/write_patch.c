/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog-replay/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "write/patch.h"
#include "write/views.h"
#include "tools/common/say.h"

#define ID_TEXT 32 /* "S4294967295-4294967295" */

static const char *mode_name(const struct job *job)
{
	switch (job->report.mode) {
	case REPORT_REARM: return "rearm";
	case REPORT_FIX: return "fix";
	default: return "replay";
	}
}

static int write_to(struct job *job, FILE *out)
{
	static const struct vhdxlog_replay nothing;
	const struct vhdxlog_replay *r =
		job->overlay ? vhdxlog_overlay_about(job->overlay) : &nothing;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char id[ID_TEXT], made_by[64];
	struct vl_patch_tally tally;
	struct vl_patch_about about = {
		.made_by = made_by,
		.mode = mode_name(job),
		.sequence = r->has_sequence ? id : NULL,
		.policy = r->policy,
		.hashes = vhdxlog_hashes(job->subject.report.scan),
	};
	int rc;

	snprintf(made_by, sizeof(made_by), "vhdxlog-replay %s",
		 vhdxlog_version());
	snprintf(id, sizeof(id), "S%u-%u", r->sequence.first, r->sequence.head);
	rc = vl_patch_write(out, job->change,
			    vl_view_of(job->subject.report.source), &about,
			    &tally, &err);
	if (rc)
		return job_fail_with(job, &err);
	errno = 0;
	if (fflush(out) != 0 || ferror(out))
		return job_fail(job, tool_format("writing the patch: %s",
						 strerror(errno ? errno : EIO)));
	return 0;
}

int job_write_patch(struct job *job)
{
	int status, fd = dup(job->file.fd);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out) {
		status = job_fail(job, tool_format("opening the patch: %s",
						   strerror(errno)));
		if (fd >= 0)
			close(fd);
		return status;
	}
	status = write_to(job, out);
	if (fclose(out) != 0 && !status)
		status = job_fail(job, tool_format("writing the patch: %s",
						   strerror(errno)));
	return status;
}

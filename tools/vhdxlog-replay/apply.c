/* SPDX-License-Identifier: MIT */
/* A patch carried out on a copy of IMAGE, or taken back. */
#include "tools/vhdxlog-replay/job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "write/patch.h"
#include "write/views.h"
#include "tools/common/say.h"

static int open_image(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (vhdxlog_source_open(job->image, job->options->offset,
				&job->subject.report.source, &err))
		return job_fail_with(job, &err);
	job->report.subject = &job->subject.report;
	return 0;
}

static int open_patch(struct job *job)
{
	const char *path = job->report.patch;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vl_patch_fault fault;
	struct vl_patch_tally tally;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int rc;

	if (fd < 0)
		return job_fail(job, tool_format("opening the patch: %s",
						 strerror(errno)));
	rc = vl_patch_open(fd, job->report.mode == REPORT_UNAPPLY,
			   vl_view_of(job->subject.report.source),
			   &job->plan.change, &tally, &fault, &err);
	if (rc && *fault.text)
		return job_refuse(job, tool_format("%s", fault.text));
	if (rc)
		return job_fail_with(job, &err);
	job->change = &job->plan.change;
	job->report.sizes_known = true;
	job->report.size_before = job->change->old_size;
	job->report.size_after = job->change->new_size;
	return 0;
}

int job_apply(struct job *job)
{
	int status = open_image(job);

	if (!status)
		status = open_patch(job);
	if (!status && !job->options->replay.dry_run)
		status = job_write_copy(job);
	return status;
}

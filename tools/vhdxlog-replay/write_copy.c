/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog-replay/job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/progress.h"
#include "tools/common/say.h"
#include "write/copy.h"

/* Whether the path still leads there; whether it changed is asked at the end. */
static int check_same(struct job *job, int from)
{
	const struct vhdxlog_identity *id =
		vhdxlog_source_identity(job->subject.report.source);
	struct stat st;

	if (fstat(from, &st) != 0)
		return job_fail(job, tool_format("asking for its state: %s",
						 strerror(errno)));
	if (st.st_dev != id->device || st.st_ino != id->inode)
		return job_fail(job, tool_format("it is not what was looked at "
						 "any more"));
	return 0;
}

static int fill(struct job *job, int from)
{
	struct vhdxlog_source *source = job->subject.report.source;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct tool_progress progress =
		tool_progress_begin(job->image, job->options->quiet);
	struct vl_copy copy = {
		.from = from,
		.to = job->file.fd,
		.offset = vhdxlog_source_offset(source),
		.size = vhdxlog_source_size(source),
		.hash = job->options->replay.hash,
		.change = job->change,
		.progress = tool_progress_step,
		.progress_ctx = &progress,
	};
	int rc = vl_copy_file(&copy, &err);

	tool_progress_end(&progress);
	if (rc)
		return job_fail_with(job, &err);
	job->report.copied_by = vl_copy_way_name(copy.way);
	if (copy.hash) {
		memcpy(job->source_sha256, copy.source_sha256,
		       sizeof(job->source_sha256));
		memcpy(job->output_sha256, copy.output_sha256,
		       sizeof(job->output_sha256));
		job->report.source_sha256 = job->source_sha256;
		job->report.output_sha256 = job->output_sha256;
	}
	return 0;
}

/* The change, what was written read back, and the result looked at. */
static int change_copy(struct job *job)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vl_medium medium;
	int status = 0, rc = 0, fd = dup(job->file.fd);

	if (fd < 0)
		return job_fail(job, tool_format("opening the copy: %s",
						 strerror(errno)));
	rc = vl_medium_fd(fd, &medium, &err);
	if (!rc)
		rc = vl_change_write(job->change, &medium, &err);
	if (!rc)
		rc = vl_change_verify(job->change, &medium, &err);
	if (rc)
		status = job_fail_with(job, &err);
	else if (job->overlay || job->report.has_state)
		status = job_examine(job, &medium);
	vl_medium_close(&medium);
	return status;
}

int job_write_copy(struct job *job)
{
	int status, from = open(job->image, O_RDONLY | O_CLOEXEC | O_NOCTTY |
						    O_NONBLOCK);

	if (from < 0)
		return job_fail(job, tool_format("opening it again: %s",
						 strerror(errno)));
	status = check_same(job, from);
	if (!status)
		status = fill(job, from);
	if (!status)
		status = change_copy(job);
	close(from);
	return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * The record of the run that --custody adds to a report.
 */
#ifndef TOOLS_COMMON_CUSTODY_H
#define TOOLS_COMMON_CUSTODY_H

#include "reports/report.h"
#include "tools/common/options.h"

/* Holds the strings that the record borrows. */
struct tool_custody {
	struct report_custody record;
	char *build, *user, *host; /* owned */
	char start[32], end[32];
};

/* Once, before there are threads or a sandbox: who runs this. Else it is a number. */
void tool_custody_prepare(void);

/* Before the image is opened. */
void tool_custody_begin(struct tool_custody *custody,
			const struct tool_options *options);

/*
 * When the scan is finished or has failed: what the file was, and what it is
 * now. before: NULL where it could not be opened.
 */
void tool_custody_end(struct tool_custody *custody,
		      const struct vhdxlog_identity *before, const char *path);

void tool_custody_release(struct tool_custody *custody);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What must not be written to: the files that are being read. Every place that
 * writes asks here, so that no two of them have rules of their own.
 */
#ifndef TOOLS_COMMON_EVIDENCE_H
#define TOOLS_COMMON_EVIDENCE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "tools/common/options.h"

struct tool_evidence {
	const char **paths; /* owned; what they point to is borrowed */
	int count;
};

/* The first `images` operands, and what --parent names. Release it. */
struct tool_evidence tool_evidence_of(const struct tool_options *options,
				      int images);
void tool_evidence_release(struct tool_evidence *evidence);

/*
 * Whether a file is one of them: the same inode, whatever the name; the same
 * device; or the file behind one that is a loop device, or the other way round.
 */
bool tool_is_evidence(const struct tool_evidence *evidence,
		      const struct stat *file);
bool tool_fd_is_evidence(const struct tool_evidence *evidence, int fd);

#endif

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

/* What is said of a file that is refused for it. */
#define TOOL_IS_EVIDENCE "this is the evidence; nothing is written to it"
#define TOOL_ON_EVIDENCE                                                       \
	"it lies in a file system on the evidence; nothing is written to it"

struct tool_evidence {
	const char **paths; /* owned; what they point to is borrowed */
	int count;
};

/*
 * The first `images` operands, and what --parent, --apply, --unapply and
 * --files0-from name. Release it.
 */
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

/*
 * Whether what is written into a folder would end up in one of them: its file
 * system lies on that device, on a partition of it or in that file, at whatever
 * depth. Of file systems that do not tell their device by st_dev (Btrfs, those
 * of networks) that is not known, and false.
 */
bool tool_folder_is_on_evidence(const struct tool_evidence *evidence,
				const char *folder);

#endif

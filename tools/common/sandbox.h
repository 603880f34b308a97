/* SPDX-License-Identifier: MIT */
/*
 * What a run may still do once its outputs are open and before a byte of evidence
 * is looked at: read the evidence, write what it has open, and give new files
 * their names. Everything else it gives up for good, so that whoever wrote an
 * image gains nothing by a mistake of ours.
 *
 *	sandbox_landlock.c  which files: the evidence, the folders of outputs
 *	sandbox_seccomp.c   which system calls
 *	sandbox_limits.c    how much memory and time
 */
#ifndef TOOLS_COMMON_SANDBOX_H
#define TOOLS_COMMON_SANDBOX_H

#include "tools/common/evidence.h"
#include "tools/common/newfile.h"

#define TOOL_SANDBOX_FILES 2

/* All borrowed. */
struct tool_needs {
	const struct tool_options *options;
	const struct tool_evidence *evidence; /* is read */
	/* Are open and will get names; NULL, or not open: none. */
	const struct tool_newfile *files[TOOL_SANDBOX_FILES];
	/* Path of a file that is read, and made anew again and again; or NULL. */
	const char *kept;
};

/* Of a run that reads the evidence and writes to one output, which is open. */
#define TOOL_NEEDS(o, e, out)                                                  \
	(&(struct tool_needs){                                                 \
		.options = (o), .evidence = (e), .files = { &(out)->file } })

/*
 * Give up all but that, unless --no-sandbox says not to. While there is one
 * thread. Where the kernel cannot do a part of it that is said, and the rest is
 * done; without memory the program ends. Which parts hold is known from then on.
 */
void tool_sandbox_enter(const struct tool_needs *needs);

/* The parts that hold: "limits, landlock", or "none". */
const char *tool_sandbox_parts(void);

#endif

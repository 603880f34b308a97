/* SPDX-License-Identifier: MIT */
/*
 * Where a report goes: standard output, a file that appears under its name only
 * when it is whole, or what is there but is no file, as a pipe.
 */
#ifndef TOOLS_COMMON_OUTPUT_H
#define TOOLS_COMMON_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/common/evidence.h"
#include "tools/common/newfile.h"

struct tool_output {
	FILE *stream; /* for the emitters */
	int fd;	      /* of the stream, where that is not standard output */
	int failed;   /* errno of a write that failed, or 0 */
	bool to_terminal;
	const char *name;	  /* borrowed; for messages */
	struct tool_newfile file; /* open, or written elsewhere */
};

/*
 * path: NULL or "-" for standard output, else borrowed until it is closed.
 * evidence: the files that are being read. Returns 0, or an exit status after a
 * message: TOOL_USAGE where anything would be written to one of them,
 * TOOL_FAILED where path cannot be written. Where the message itself would be
 * written to one, there is none. An output that is open stays where it is.
 */
int tool_output_open(struct tool_output *output, const char *path,
		     const struct tool_evidence *evidence);

/* Whether what was written so far may still arrive; says so where not. */
bool tool_output_works(struct tool_output *output);

/* Whether it is a file that appears when it is whole, not a stream. */
bool tool_output_is_file(const struct tool_output *output);

/*
 * For such: make it so long, all zeroes, which take no room; write at any place.
 * What was not written stays a hole. Return 0, or TOOL_FAILED after a message.
 */
int tool_output_extend(struct tool_output *output, uint64_t size);
int tool_output_put(struct tool_output *output, uint64_t offset,
		    const void *bytes, size_t len);

/*
 * Make what was written durable and give it its name; where keep is false or
 * anything fails, leave no trace of it. Returns 0, or an exit status after a
 * message.
 */
int tool_output_close(struct tool_output *output, bool keep);

/* For help and version: flush; 0, or TOOL_FAILED after a message. */
int tool_flush_stdout(void);

#endif

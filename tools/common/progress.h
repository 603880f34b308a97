/* SPDX-License-Identifier: MIT */
/*
 * How far a long walk is, on standard error and only on a terminal, from its
 * second second on.
 */
#ifndef TOOLS_COMMON_PROGRESS_H
#define TOOLS_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct tool_progress {
	const char *path; /* borrowed */
	bool enabled;
	bool shown; /* a line stands on the terminal */
	unsigned width; /* columns of the terminal */
	struct timespec start; /* of all of it */
	struct timespec pass;  /* of what is being gone through now */
	struct timespec last;  /* line */
	uint64_t done;	       /* of the pass, when it was last asked */
};

/* path: of the image, as the user gave it. */
struct tool_progress tool_progress_begin(const char *path, bool quiet);

/*
 * For vhdxlog_options.progress; ctx is the struct. Bytes; fewer than the last time
 * are those of another pass, which has a rate of its own.
 */
void tool_progress_step(void *ctx, uint64_t done, uint64_t total);

/* Wipe the line. */
void tool_progress_end(struct tool_progress *progress);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How far a run over many images is, in a line on standard error that is there only
 * on a terminal and is wiped before anything else is written; by any thread.
 */
#ifndef TOOLS_COMMON_TALLY_H
#define TOOLS_COMMON_TALLY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct tool_tally {
	pthread_mutex_t lock; /* of all below, and of the terminal */
	bool enabled, shown;
	size_t total, done, failed;
	struct timespec start, last;
};

/* total: 0 or 1 is nothing to count. Release it. */
void tool_tally_begin(struct tool_tally *tally, size_t total, bool quiet);

/* One more is done; shows the line from time to time. */
void tool_tally_count(struct tool_tally *tally, bool failed);

/* Around everything that is written: the line is not there between the two. */
void tool_tally_hold(struct tool_tally *tally);
void tool_tally_let(struct tool_tally *tally);

void tool_tally_end(struct tool_tally *tally);

/*
 * "12 of 1,000 images, 3 failed, 41/s, 0:24 left"; elapsed in seconds. free() it.
 */
char *tool_tally_line(size_t done, size_t total, size_t failed, double elapsed);

#endif

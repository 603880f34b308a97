/* SPDX-License-Identifier: MIT */
/*
 * Lines of a file that is read, with the sum of all that was read of it so far.
 */
#ifndef TOOLS_VHDXLOG_CARVE_LINES_H
#define TOOLS_VHDXLOG_CARVE_LINES_H

#include <stdbool.h>

#include "vhdxlog.h"

#define CARVE_LINE 1024 /* longest, with its end */

struct carve_lines {
	struct vhdxlog_source *source; /* borrowed */
	uint64_t at, end; /* next byte; where to stop */
	uint64_t sum; /* of the lines given out */
	char buffer[64 * 1024];
	size_t used, size; /* of the buffer */
	char line[CARVE_LINE];
};

/* All of source from `at` up to `end`. */
void carve_lines_begin(struct carve_lines *lines, struct vhdxlog_source *source,
		       uint64_t at, uint64_t end);

/*
 * The next line, without its end, to be taken apart as one likes until the next
 * call. NULL: there is no more, or none that is whole and short enough.
 */
char *carve_lines_next(struct carve_lines *lines);

/* The next n bytes, '\0' behind them. free() it; NULL: there are not so many. */
char *carve_lines_take(struct carve_lines *lines, size_t n);

/* Where the line that comes next begins. */
uint64_t carve_lines_position(const struct carve_lines *lines);

#endif

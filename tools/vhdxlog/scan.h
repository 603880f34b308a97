/* SPDX-License-Identifier: MIT */
/* The parts of `vhdxlog scan`: one image, and many of them. */
#ifndef TOOLS_VHDXLOG_SCAN_H
#define TOOLS_VHDXLOG_SCAN_H

#include <time.h>

#include "tools/common/images.h"
#include "tools/common/options.h"
#include "tools/common/turns.h"
#include "tools/vhdxlog/rules.h"

/* What one thread needs to scan one image after the other. */
struct scan {
	const struct tool_options *options;
	struct report_options report; /* path: of the image at hand */
	bool to_terminal;
	bool one_of_many;	       /* progress is of all, not of each */
	struct vhdxlog_source *parent; /* owned, the thread's own; or NULL */
	const struct vhdxlog_rules *rules; /* of --yara, or NULL */
	struct tool_turns *turns;
	struct tool_turn *turn;	       /* of the image at hand */
	struct vhdxlog_limits limits;  /* of the image at hand */
	struct timespec end;	       /* with --timeout */
	bool examined; /* the image at hand: limits are no more */
	bool not_whole; /* some report */
	int status;		       /* the gravest so far */
};

/* Whether a report of that format is of one image, and none where it is not whole. */
bool scan_is_one_document(enum tool_format format);

/* Scan and report one image, or report why there is none. */
void scan_image(struct scan *scan, const struct tool_image *image);

/*
 * Scan all images, so many at a time as is asked for, and close the output. rules
 * may be NULL. Returns the gravest exit status.
 */
int scan_images(const struct tool_options *options,
		const struct tool_images *images,
		const struct vhdxlog_rules *rules, struct tool_output *out);

#endif

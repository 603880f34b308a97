/* SPDX-License-Identifier: MIT */
/*
 * Opening and scanning an image as the options say, with messages.
 */
#ifndef TOOLS_VHDXLOG_SUBJECT_H
#define TOOLS_VHDXLOG_SUBJECT_H

#include "tools/common/options.h"

/* An image that is being looked at. Starts zeroed. */
struct subject {
	struct report_subject report;  /* both owned */
	struct vhdxlog_source *parent; /* owned, or NULL */
};

/*
 * Open and scan the image at path and, where one is named, its parent. Returns
 * 0 or a code with *err filled. Release it either way.
 */
int subject_open(struct subject *subject, const struct tool_options *options,
		 const char *path, struct vhdxlog_error *err);

/* Accepts one that was not opened. */
void subject_release(struct subject *subject);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Opening and scanning an image as the options say, with messages.
 */
#ifndef TOOLS_VHDXLOG_SUBJECT_H
#define TOOLS_VHDXLOG_SUBJECT_H

#include "tools/common/options.h"

/* An image that is being looked at. Starts zeroed. */
struct subject {
	struct report_subject report; /* both owned */
};

/*
 * Open the file that --parent names; *parent is NULL where it names none. Once
 * and before any image, so that a wrong name is no matter of the images.
 * Returns 0, or an exit status after a message.
 */
int subject_open_parent(const struct tool_options *options,
			struct vhdxlog_source **parent);

/*
 * Open and scan the image at path. parent may be NULL; it is borrowed until the
 * release. Returns 0 or a code with *err filled. Release it either way.
 */
int subject_open(struct subject *subject, const struct tool_options *options,
		 struct vhdxlog_source *parent, const char *path,
		 struct vhdxlog_error *err);

/* Accepts one that was not opened. */
void subject_release(struct subject *subject);

#endif

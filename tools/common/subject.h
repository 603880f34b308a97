/* SPDX-License-Identifier: MIT */
/*
 * Opening and scanning an image as the options say, with messages.
 */
#ifndef TOOLS_COMMON_SUBJECT_H
#define TOOLS_COMMON_SUBJECT_H

#include "tools/common/options.h"

/* An image that is being looked at. Starts zeroed. */
struct tool_subject {
	struct report_subject report; /* both owned */
};

/*
 * Open the file that --parent names; *parent is NULL where it names none. Once
 * and before any image, so that a wrong name is no matter of the images.
 * Returns 0, or an exit status after a message.
 */
int tool_subject_open_parent(const struct tool_options *options,
			     struct vhdxlog_source **parent);

/*
 * Open and scan the image at path. parent may be NULL; it is borrowed until the
 * release. Returns 0 or a code with *err filled. Release it either way.
 */
int tool_subject_open(struct tool_subject *subject,
		      const struct tool_options *options,
		      struct vhdxlog_source *parent, const char *path,
		      struct vhdxlog_error *err);

/* How an image is looked at where it is one of many. */
struct tool_watch {
	struct vhdxlog_limits *limits; /* borrowed until the release; or NULL */
	bool one_of_many; /* no progress of its own, nor a second thread */
};

/* The same within limits. */
int tool_subject_open_watched(struct tool_subject *subject,
			      const struct tool_options *options,
			      struct vhdxlog_source *parent, const char *path,
			      const struct tool_watch *watch,
			      struct vhdxlog_error *err);

/*
 * The same, for a command that has no use for a file that is no VHDX image.
 * Returns 0, or TOOL_FAILED after a message.
 */
int tool_subject_open_image(struct tool_subject *subject,
			    const struct tool_options *options,
			    struct vhdxlog_source *parent, const char *path);

/*
 * Whether the file is not what it was when it was opened: what was told of it, or
 * taken from it, may be of no one state. Says so. NULL is as it was.
 */
bool tool_source_changed(struct vhdxlog_source *source, const char *path);

/* Accepts one that was not opened. */
void tool_subject_release(struct tool_subject *subject);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * States of a file by name: disk, S5-7, E7 (as of that entry), policy:qemu. They
 * are named before an image is opened, and looked up when it has been scanned.
 */
#ifndef TOOLS_COMMON_STATE_H
#define TOOLS_COMMON_STATE_H

#include "tools/common/options.h"

/* Parse a name; where it names none, say so and return TOOL_USAGE. */
int tool_state_parse(const struct tool_command *command, const char *name,
		     struct report_state *state);

/* Names of states that are no numbers of sectors; for tool_command.words. */
const char *tool_state_word(size_t index);

/* What may have been meant by a name that is none. free() it. */
char *tool_state_suggest(const char *name);

/* States of one image that are open. Starts zeroed but for the first two. */
struct tool_states {
	const char *path; /* borrowed */
	struct vhdxlog_scan *scan; /* borrowed until the release */
	struct vhdxlog_history *history; /* owned; NULL: none was needed */
	struct vhdxlog_overlay *open[2]; /* owned */
	int count;
};

/*
 * Open one more, owned by *states; at most two. Returns it, or NULL after a
 * message that says what is not there and what is near.
 */
struct vhdxlog_overlay *tool_state_open(struct tool_states *states,
					const struct report_state *state);

/* Accepts one in which nothing was opened. */
void tool_states_release(struct tool_states *states);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_VHDXLOG_TIMELINE_FILTER_H
#define TOOLS_VHDXLOG_TIMELINE_FILTER_H

#include "tools/common/options.h"

/* Whether the options go together; TOOL_USAGE after a message where not. */
int timeline_check(const struct tool_command *command,
		   const struct tool_options *options);

/*
 * What the options pick out, in the terms of this image: a session by its number
 * or LogGuid, a block by its number or an offset. NULL: *filter is filled; else
 * why there is no such thing, free() it.
 */
char *timeline_filter(const struct tool_timeline_options *options,
		      struct vhdxlog_scan *scan,
		      const struct vhdxlog_history *history,
		      struct vhdxlog_event_filter *filter);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog extract, in parts:
 *
 *	extract.c	   what is asked for, and the command
 *	extract_bytes.c	   the log, a page, a block: bytes of one stretch
 *	extract_metadata.c the image without what it holds for the guest
 */
#ifndef TOOLS_VHDXLOG_EXTRACT_H
#define TOOLS_VHDXLOG_EXTRACT_H

#include "tools/common/output.h"
#include "tools/common/state.h"
#include "tools/vhdxlog/commands.h"

#define EXTRACT_PAGE 4096

enum extract_kind {
	EXTRACT_LOG,
	EXTRACT_A_PAGE,
	EXTRACT_BLOCK,
	EXTRACT_BAT_ENTRY,
	EXTRACT_METADATA,
};

/* What is wanted. */
struct extract_wanted {
	enum extract_kind kind;
	uint64_t number; /* A_PAGE: its offset; BLOCK, BAT_ENTRY: which */
	char *state_name; /* owned */
	struct report_state state;
};

/* Write it; 0 or an exit status after a message. */
int extract_bytes(const struct tool_options *options,
		  const struct extract_wanted *wanted,
		  struct report_subject subject, struct tool_output *out);
int extract_metadata(const struct tool_options *options,
		     struct report_subject subject, struct tool_output *out);

#endif

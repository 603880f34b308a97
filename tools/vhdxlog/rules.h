/* SPDX-License-Identifier: MIT */
/* Rules of --yara, and an image that is held against them. */
#ifndef TOOLS_VHDXLOG_RULES_H
#define TOOLS_VHDXLOG_RULES_H

#include "tools/common/options.h"

/*
 * Compile what --yara names, once and before any image; *rules is NULL where it
 * names nothing. Returns 0, or an exit status after all messages.
 */
int rules_open(const struct tool_options *options,
	       struct vhdxlog_rules **rules);

/* Hold them against a scan, which is given up after limit_ms, if not 0; *matches
 * is NULL where there are no rules. */
int rules_match(const struct tool_options *options,
		const struct vhdxlog_rules *rules, struct vhdxlog_scan *scan,
		uint64_t limit_ms, struct vhdxlog_matches **matches,
		struct vhdxlog_error *err);

#endif

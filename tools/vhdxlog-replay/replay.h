/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_VHDXLOG_REPLAY_REPLAY_H
#define TOOLS_VHDXLOG_REPLAY_REPLAY_H

#include "tools/common/options.h"

/*
 * Do what the options ask for, which main() has found to agree with one another.
 * Operands are IMAGE, and OUTPUT unless there is a --patch; a --dry-run may do
 * without. Returns the exit status.
 */
int replay_run(const struct tool_options *options);

#endif

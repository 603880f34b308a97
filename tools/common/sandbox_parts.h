/* SPDX-License-Identifier: MIT */
/*
 * The parts of the sandbox. Each returns 0, or the errno for which it could not be
 * had; ENOMEM is no fault of the kernel's.
 */
#ifndef TOOLS_COMMON_SANDBOX_PARTS_H
#define TOOLS_COMMON_SANDBOX_PARTS_H

#include <stdint.h>

#include "tools/common/sandbox.h"

/* No program that is started has more rights than this one: none is. */
int sandbox_no_privileges(void);

/* Only the files that are needed, by whatever name. */
int sandbox_landlock(const struct tool_needs *needs);

/* Only the system calls that are needed. */
int sandbox_seccomp(const struct tool_needs *needs);

/* At most so much; less where the caller had less already. */
struct sandbox_limits {
	uint64_t memory;  /* bytes */
	uint64_t seconds; /* of the processor; 0: any number */
};

struct sandbox_limits sandbox_limits_of(const struct tool_needs *needs);
int sandbox_limit(const struct sandbox_limits *limits);

#endif

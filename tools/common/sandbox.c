/* SPDX-License-Identifier: MIT */
#include "tools/common/sandbox_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "tools/common/say.h"

static char parts[64] = "none";

const char *tool_sandbox_parts(void)
{
	return parts;
}

int sandbox_no_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

#ifndef VHDXLOG_SANITIZED
/* failed: the errno for which there is none of that, or 0. */
static void note(const char *name, int failed)
{
	static size_t len;

	if (failed == ENOMEM) {
		tool_say("out of memory");
		exit(TOOL_FAILED);
	}
	if (failed) {
		tool_say("the sandbox goes without %s: %s", name,
			 strerror(failed));
		return;
	}
	len += (size_t)snprintf(parts + len, sizeof(parts) - len, "%s%s",
				len ? ", " : "", name);
}

#endif

/* Sanitizers need calls and files of their own when the program ends. */
void tool_sandbox_enter(const struct tool_needs *needs)
{
#ifdef VHDXLOG_SANITIZED
	(void)needs;
#else
	struct sandbox_limits limits;

	if (needs->options->no_sandbox)
		return;
	limits = sandbox_limits_of(needs);
	note("limits", sandbox_limit(&limits));
	note("no-new-privileges", sandbox_no_privileges());
	note("landlock", sandbox_landlock(needs));
	note("seccomp", sandbox_seccomp(needs));
#endif
}

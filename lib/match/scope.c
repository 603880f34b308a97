/* SPDX-License-Identifier: MIT */
/* By itself, as all programs know the options, and most have no use for rules. */
#include "vhdxlog-match.h"

static const char *const scope_names[VHDXLOG_MATCH_SCOPES] = {
	[VHDXLOG_MATCH_PAGES] = "pages",
	[VHDXLOG_MATCH_SLACK] = "slack",
	[VHDXLOG_MATCH_FOREIGN] = "foreign",
	[VHDXLOG_MATCH_RAW] = "raw",
	[VHDXLOG_MATCH_REPLAYED] = "replayed",
	[VHDXLOG_MATCH_GHOST] = "ghost",
};

const char *vhdxlog_match_scope_name(enum vhdxlog_match_scope scope)
{
	return scope < VHDXLOG_MATCH_SCOPES ? scope_names[scope] : NULL;
}

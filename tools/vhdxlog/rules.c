/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/rules.h"

#include <stdlib.h>

#include "tools/common/say.h"

/* "rules.yar:12: error: syntax error", as a compiler says it. */
static void say(void *ctx, const struct vhdxlog_rules_message *m)
{
	const char *word = m->is_error ? "error" : "warning";
	char *text = tool_escape(m->text);

	(void)ctx;
	if (!m->file)
		tool_say("--yara-define: %s", text);
	else if (m->line)
		tool_say_path(m->file, "line %u: %s: %s", m->line, word, text);
	else
		tool_say_path(m->file, "%s: %s", word, text);
	free(text);
}

int rules_open(const struct tool_options *o, struct vhdxlog_rules **rules)
{
	const struct vhdxlog_rules_options wanted = {
		.files = o->yara.files,
		.file_count = o->yara.file_count,
		.defines = o->yara.defines,
		.define_count = o->yara.define_count,
		.say = say,
	};
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why;

	*rules = NULL;
	if (!o->yara.file_count) {
		if (!o->yara.detail)
			return TOOL_DONE;
		tool_say("scan: %s is about rules, and there are none; "
			 "--yara RULES names some",
			 o->yara.detail);
		return TOOL_USAGE;
	}
	if (vhdxlog_rules_open(&wanted, rules, &err) == 0)
		return TOOL_DONE;
	if (err.code == VHDXLOG_E_MISUSE)
		return TOOL_USAGE;
	why = tool_error_text(&err);
	tool_say("%s", why);
	free(why);
	return TOOL_FAILED;
}

int rules_match(const struct tool_options *o, const struct vhdxlog_rules *rules,
		struct vhdxlog_scan *scan, uint64_t limit_ms,
		struct vhdxlog_matches **matches, struct vhdxlog_error *err)
{
	struct vhdxlog_match_options wanted = VHDXLOG_MATCH_OPTIONS_INIT;

	*matches = NULL;
	if (!rules)
		return 0;
	if (o->yara.scopes)
		wanted.scopes = o->yara.scopes;
	wanted.timeout = o->yara.timeout;
	wanted.limit_ms = limit_ms;
	wanted.has_sequence = o->yara.has_sequence;
	wanted.sequence = o->yara.sequence;
	return vhdxlog_match(scan, rules, &wanted, matches, err);
}

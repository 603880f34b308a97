/* SPDX-License-Identifier: MIT */
/* What options of a scan alone are to do: of many images, and of rules. */
#include "tools/common/option_set.h"

#include <string.h>

#include "tools/common/number.h"

/* ------------------------------------------------------------- many images */

#define MOST_JOBS 256u

const char *tool_set_files_from(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->many.files_from, value);
}

const char *tool_set_recursive(struct tool_options *o, const char *value)
{
	(void)value;
	o->many.recursive = true;
	return NULL;
}

const char *tool_set_jobs(struct tool_options *o, const char *value)
{
	uint64_t n = 0;

	if (strcmp(value, "auto") != 0 &&
	    (!tool_parse_count(value, &n) || n > MOST_JOBS))
		return "is no number of images at a time (1 to 256, or auto)";
	o->many.jobs = (unsigned)n;
	return NULL;
}

const char *tool_set_max_read(struct tool_options *o, const char *value)
{
	if (!tool_parse_bytes(value, &o->many.max_read))
		return BYTES_WANTED;
	return o->many.max_read ? NULL : "is too few to read anything";
}

const char *tool_set_timeout(struct tool_options *o, const char *value)
{
	return tool_parse_seconds(value, &o->many.timeout) &&
			       o->many.timeout ?
		       NULL :
		       "is no number of seconds (60 and 0.5 are)";
}

/* ------------------------------------------------------------------- rules */

const char *tool_add_rules(struct tool_options *o, const char *value)
{
	if (!*value)
		return "is no file name";
	if (o->yara.file_count == TOOL_MOST_RULES)
		return "is one file too many; one can include others";
	o->yara.files[o->yara.file_count++] = value;
	return NULL;
}

const char *tool_add_define(struct tool_options *o, const char *value)
{
	o->yara.detail = "--yara-define";
	if (o->yara.define_count == TOOL_MOST_DEFINES)
		return "is one too many";
	o->yara.defines[o->yara.define_count++] = value;
	return NULL;
}

const char *tool_set_yara_timeout(struct tool_options *o, const char *value)
{
	uint64_t seconds;

	o->yara.detail = "--yara-timeout";
	if (!tool_parse_count(value, &seconds) || seconds == 0 ||
	    seconds > 1000000)
		return "is no number of seconds (60 is)";
	o->yara.timeout = (unsigned)seconds;
	return NULL;
}

static bool add_scope(struct tool_options *o, const char *name, size_t length)
{
	const char *known;

	if (length == 3 && strncmp(name, "all", length) == 0) {
		o->yara.scopes |= (1u << VHDXLOG_MATCH_SCOPES) - 1;
		return true;
	}
	for (int i = 0; i < VHDXLOG_MATCH_SCOPES; i++) {
		known = vhdxlog_match_scope_name((enum vhdxlog_match_scope)i);
		if (strlen(known) == length &&
		    strncmp(known, name, length) == 0) {
			o->yara.scopes |= 1u << i;
			return true;
		}
	}
	return false;
}

const char *tool_set_yara_scope(struct tool_options *o, const char *value)
{
	o->yara.detail = "--yara-scope";
	/* Ends: every turn goes on behind a comma, or to the end. */
	for (;;) {
		size_t n = strcspn(value, ",");

		if (!add_scope(o, value, n))
			return "is no list of pages, slack, foreign, raw, "
			       "replayed, ghost, all";
		if (!value[n])
			return NULL;
		value += n + 1;
	}
}

const char *tool_set_yara_sequence(struct tool_options *o, const char *value)
{
	struct report_target target;

	o->yara.detail = "--yara-sequence";
	if (!report_target_parse(value, &target) ||
	    (target.kind != REPORT_SEQUENCE && target.kind != REPORT_ENTRY))
		return "names no entries (S5-7 and E5 do)";
	o->yara.has_sequence = true;
	o->yara.sequence = target.range;
	return NULL;
}

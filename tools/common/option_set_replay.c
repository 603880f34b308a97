/* SPDX-License-Identifier: MIT */
/* What options of a copy are to do. */
#include "tools/common/option_set.h"

#include <string.h>

#include "tools/common/option_table.h"

#define ONE_IS_ENOUGH "is one too many; one thing is replayed at a time"

const char *tool_set_sequence(struct tool_options *o, const char *value)
{
	struct report_target target;

	if (!report_target_parse(value, &target) ||
	    (target.kind != REPORT_SEQUENCE && target.kind != REPORT_ENTRY))
		return "names no entries (S5-7 and E5 do)";
	if (o->replay.sequence)
		return ONE_IS_ENOUGH;
	o->replay.sequence = value;
	return NULL;
}

const char *tool_set_policy(struct tool_options *o, const char *value)
{
	if (!tool_find_policy(value, &o->replay.policy_index))
		return tool_no_policy;
	if (o->replay.policy)
		return ONE_IS_ENOUGH;
	o->replay.policy = value;
	return NULL;
}

const char *const tool_fix_names[] = { "headers",	"log-guid",
				       "region-tables", "bat-shift",
				       "length",	NULL };

static bool add_fix(struct tool_options *o, const char *name, size_t length)
{
	for (unsigned i = 0; tool_fix_names[i]; i++) {
		if (strlen(tool_fix_names[i]) == length &&
		    strncmp(tool_fix_names[i], name, length) == 0) {
			o->replay.fixes |= 1u << i;
			return true;
		}
	}
	return false;
}

const char *tool_set_fix(struct tool_options *o, const char *value)
{
	/* Ends: every turn goes on behind a comma, or to the end. */
	for (;;) {
		size_t n = strcspn(value, ",");

		if (!add_fix(o, value, n))
			return "is no list of headers, region-tables, "
			       "bat-shift, length, log-guid";
		if (!value[n])
			return NULL;
		value += n + 1;
	}
}

const char *tool_set_dry_run(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.dry_run = true;
	return NULL;
}

const char *tool_set_overwrite(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.overwrite = true;
	return NULL;
}

const char *tool_set_force(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.force = true;
	return NULL;
}

const char *tool_set_rearm(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.rearm = true;
	return NULL;
}

const char *tool_set_salvage(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.salvage = true;
	return NULL;
}

const char *tool_set_hash_both(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.hash = true;
	return NULL;
}

const char *tool_set_patch(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->replay.patch, value);
}

const char *tool_set_apply(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->replay.apply, value);
}

const char *tool_set_unapply(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->replay.unapply, value);
}

const char *tool_refuse_raw_log(struct tool_options *o, const char *value)
{
	(void)o;
	(void)value;
	return "a log alone has no disk that it could be replayed to";
}

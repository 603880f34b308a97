/* SPDX-License-Identifier: MIT */
/* What options of timeline, compare, extract and carve are to do. */
#include "tools/common/option_set.h"

#include <string.h>

#include "tools/common/number.h"
#include "tools/common/option_table.h"

/* ---------------------------------------------------------------- timeline */

const char *tool_set_session(struct tool_options *o, const char *value)
{
	o->timeline.session = value;
	return *value ? NULL : "is no session (1 is, and a LogGuid)";
}

const char *tool_set_block(struct tool_options *o, const char *value)
{
	o->timeline.has_block = true;
	return tool_parse_count(value, &o->timeline.block) ?
		       NULL :
		       "is no number of a block (17 is)";
}

const char *tool_set_virtual(struct tool_options *o, const char *value)
{
	o->timeline.has_virtual = true;
	return tool_parse_bytes(value, &o->timeline.virtual_offset) ?
		       NULL :
		       BYTES_WANTED;
}

const char tool_no_region[] = "is no region";

const char *tool_set_region(struct tool_options *o, const char *value)
{
	for (int i = 0; i < VHDXLOG_AREA_COUNT; i++) {
		enum vhdxlog_area area = (enum vhdxlog_area)i;

		if (strcmp(value, vhdxlog_area_name(area)) != 0)
			continue;
		o->timeline.has_area = true;
		o->timeline.area = area;
		return NULL;
	}
	return tool_no_region;
}

const char *tool_set_as_of(struct tool_options *o, const char *value)
{
	struct report_target target;

	if (!report_target_parse(value, &target) || target.kind != REPORT_ENTRY)
		return "names no entry (E7 does)";
	o->timeline.has_as_of = true;
	o->timeline.as_of = target.range.first;
	return NULL;
}

const char *tool_set_anchor(struct tool_options *o, const char *value)
{
	if (o->timeline.has_anchor)
		return "is one too many; there is one bound for all";
	o->timeline.has_anchor = true;
	return tool_parse_anchor(value, &o->timeline.anchor);
}

/* ---------------------------------------------------- comparing, extracting */

const char tool_no_state[] =
	"is no state (disk, S5-7, E7 and policy:qemu are)";

static const char *set_state(const char **state, const char *value)
{
	struct report_state parsed;

	*state = value;
	return report_state_parse(value, &parsed) ?
		       NULL :
		       tool_no_state;
}

const char *tool_set_state_a(struct tool_options *o, const char *value)
{
	return set_state(&o->compare.state_a, value);
}

const char *tool_set_state_b(struct tool_options *o, const char *value)
{
	return set_state(&o->compare.state_b, value);
}

const char *tool_set_bytes(struct tool_options *o, const char *value)
{
	(void)value;
	o->compare.bytes = true;
	return NULL;
}

const char *tool_set_short(struct tool_options *o, const char *value)
{
	(void)value;
	o->short_of = true;
	return NULL;
}

const char *tool_set_keep(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->carve.state, value);
}

const char *tool_set_period(struct tool_options *o, const char *value)
{
	o->carve.has_period = true;
	return tool_parse_bytes(value, &o->carve.period) && o->carve.period ?
		       NULL :
		       BYTES_WANTED;
}

const char *tool_set_redact(struct tool_options *o, const char *value)
{
	(void)value;
	o->redact = true;
	return NULL;
}

const char *tool_refuse_log_alone(struct tool_options *o, const char *value)
{
	(void)o;
	(void)value;
	return "a log alone is no image, and has no states";
}

/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/timeline_filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/common/number.h"
#include "tools/common/say.h"

/* So many characters of a LogGuid are no number of a session. */
#define LEAST_PREFIX 4

int timeline_check(const struct tool_command *command,
		   const struct tool_options *o)
{
	const struct tool_timeline_options *t = &o->timeline;

	if (t->has_block && t->has_virtual)
		return tool_misuse(command, "--block and --virtual both name a "
					    "block; give one");
	if (t->has_as_of && (t->session || t->has_area))
		return tool_misuse(command,
				   "--as-of shows a state, which has no "
				   "sessions and no regions; of the filters it "
				   "goes with --block and --virtual");
	if (o->quiet && o->format == TOOL_CSV)
		return tool_misuse(command, "csv has rows and no summary: "
					    "--quiet does not go with it");
	return TOOL_DONE;
}

/* ---------------------------------------------------------------- sessions */

static bool begins_with(const struct vhdxlog_session *s, const char *prefix)
{
	char text[VHDXLOG_GUID_TEXT];

	vhdxlog_guid_format(&s->log_guid, text);
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* The sessions whose LogGuids begin so; *first is the first of them. */
static size_t find_prefix(const struct vhdxlog_history *history,
			  const char *prefix, size_t *first)
{
	size_t found = 0;

	for (size_t i = 0; i < vhdxlog_session_count(history); i++) {
		if (!begins_with(vhdxlog_session_at(history, i), prefix))
			continue;
		if (found++ == 0)
			*first = i;
	}
	return found;
}

static char *why_no_session(const struct vhdxlog_history *history,
			    const char *id, size_t found)
{
	size_t count = vhdxlog_session_count(history);
	char *escaped = tool_escape(id), *why;

	if (count == 0)
		why = tool_format("there is no session \"%s\"; the log holds "
				  "no sound entry",
				  escaped);
	else if (found > 1)
		why = tool_format("%zu LogGuids begin with \"%s\"; more of it "
				  "tells which is meant",
				  found, escaped);
	else
		why = tool_format("there is no session \"%s\"; they are 0 to "
				  "%zu, or LogGuids as the timeline shows them",
				  escaped, count - 1);
	free(escaped);
	return why;
}

static char *pick_session(const struct vhdxlog_history *history, const char *id,
			  struct vhdxlog_event_filter *filter)
{
	struct vhdxlog_guid guid;
	uint64_t number;
	size_t found = 0;

	filter->has_session = true;
	if (tool_parse_count(id, &number) &&
	    number < vhdxlog_session_count(history)) {
		filter->session = (size_t)number;
		return NULL;
	}
	if (vhdxlog_guid_parse(id, &guid)) {
		filter->session = vhdxlog_session_find(history, &guid);
		found = filter->session != SIZE_MAX;
	} else if (strlen(id) >= LEAST_PREFIX) {
		found = find_prefix(history, id, &filter->session);
	}
	return found == 1 ? NULL : why_no_session(history, id, found);
}

/* ------------------------------------------------------------------ blocks */

static char *why_no_block(const struct vhdxlog_metadata *m, uint64_t block,
			  const struct tool_timeline_options *o)
{
	uint64_t blocks = (m->virtual_disk_size - 1) / m->block_size + 1;
	char size[32];

	if (block < blocks)
		return NULL;
	if (o->has_virtual)
		return tool_format("offset %" PRIu64 " is beyond the disk, "
				   "which has %s",
				   o->virtual_offset,
				   report_size(m->virtual_disk_size, size));
	return tool_format("there is no block %" PRIu64 "; the last is %" PRIu64,
			   block, blocks - 1);
}

static char *pick_block(const struct tool_timeline_options *o,
			struct vhdxlog_scan *scan,
			struct vhdxlog_event_filter *filter)
{
	const struct vhdxlog_image *image = vhdxlog_image(scan);
	const struct vhdxlog_metadata *m = &image->metadata;

	if (!image->metadata_known || !m->has_file_parameters ||
	    !m->has_disk_size || m->block_size == 0 ||
	    m->virtual_disk_size == 0)
		return tool_format("the size of its blocks is not known, so "
				   "none can be picked");
	filter->has_block = true;
	filter->block = o->has_virtual ? o->virtual_offset / m->block_size :
					 o->block;
	if (o->has_virtual && o->virtual_offset >= m->virtual_disk_size)
		filter->block = UINT64_MAX;
	return why_no_block(m, filter->block, o);
}

char *timeline_filter(const struct tool_timeline_options *o,
		      struct vhdxlog_scan *scan,
		      const struct vhdxlog_history *history,
		      struct vhdxlog_event_filter *filter)
{
	char *why = NULL;

	*filter = (struct vhdxlog_event_filter){ .has_area = o->has_area,
						 .area = o->area };
	if (o->has_block || o->has_virtual)
		why = pick_block(o, scan, filter);
	if (!why && o->session)
		why = pick_session(history, o->session, filter);
	return why;
}

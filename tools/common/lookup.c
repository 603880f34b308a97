/* SPDX-License-Identifier: MIT */
#include "tools/common/lookup.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tools/common/say.h"

/* The entries before and behind a sector, which need not be one. */
struct neighbours {
	bool has_before, has_behind;
	uint32_t before, behind;
};

static struct neighbours find_neighbours(struct vhdxlog_scan *scan,
					 uint32_t sector)
{
	struct neighbours n = { .has_before = false };
	struct vhdxlog_entry e;

	for (size_t i = 0; i < vhdxlog_entry_count(scan); i++) {
		if (vhdxlog_entry_at(scan, i, &e, NULL) != 0)
			continue;
		if (e.sector > sector) {
			n.has_behind = true;
			n.behind = e.sector;
			break;
		}
		n.has_before = true;
		n.before = e.sector;
	}
	return n;
}

static char *nearest_entries(struct vhdxlog_scan *scan, uint32_t sector)
{
	struct neighbours n = find_neighbours(scan, sector);

	if (n.has_before && n.has_behind)
		return tool_format("; the nearest are E%" PRIu32
				   " and E%" PRIu32,
				   n.before, n.behind);
	if (n.has_before || n.has_behind)
		return tool_format("; the nearest is E%" PRIu32,
				   n.has_before ? n.before : n.behind);
	return tool_format("; the log holds none");
}

char *tool_why_no_entry(struct vhdxlog_scan *scan, uint32_t sector)
{
	char *nearest, *why;

	if (vhdxlog_entry_find(scan, sector) != SIZE_MAX)
		return NULL;
	nearest = nearest_entries(scan, sector);
	why = tool_format("no entry begins in log sector %" PRIu32 "%s",
			  sector, nearest);
	free(nearest);
	return why;
}

char *tool_why_no_sequence(struct vhdxlog_scan *scan,
			   struct vhdxlog_range range)
{
	struct vhdxlog_range other = { range.head, range.first };
	struct vhdxlog_sequence s;
	char *why = tool_why_no_entry(scan, range.first);

	if (!why)
		why = tool_why_no_entry(scan, range.head);
	if (why || vhdxlog_sequence_from(scan, range, &s, NULL) == 0)
		return why;
	if (vhdxlog_sequence_from(scan, other, &s, NULL) == 0)
		return tool_format("E%" PRIu32 " comes before E%" PRIu32
				   "; did you mean S%" PRIu32 "-%" PRIu32 "?",
				   other.first, other.head, other.first,
				   other.head);
	return tool_format("E%" PRIu32 " is not reached from E%" PRIu32
			   " by entries that follow one another",
			   range.head, range.first);
}

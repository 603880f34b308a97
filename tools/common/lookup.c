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

static bool is_sequence(struct vhdxlog_scan *scan, struct vhdxlog_range range)
{
	struct vhdxlog_sequence s;

	return vhdxlog_sequence_from(scan, range, &s, NULL) == 0;
}

/* One end names no entry: with the entry next to it on either side in its place. */
static bool mend_end(struct vhdxlog_scan *scan, struct vhdxlog_range *range,
		     uint32_t *end)
{
	struct neighbours n = find_neighbours(scan, *end);

	*end = n.before;
	if (n.has_before && is_sequence(scan, *range))
		return true;
	*end = n.behind;
	return n.has_behind && is_sequence(scan, *range);
}

/* why: that one end names no entry; taken over. Adds what may be meant. */
static char *mend(struct vhdxlog_scan *scan, struct vhdxlog_range range,
		  bool first, char *why)
{
	char *more;

	if (!mend_end(scan, &range, first ? &range.first : &range.head))
		return why;
	more = tool_format("%s; did you mean S%" PRIu32 "-%" PRIu32 "?", why,
			   range.first, range.head);
	free(why);
	return more;
}

char *tool_why_no_sequence(struct vhdxlog_scan *scan,
			   struct vhdxlog_range range)
{
	struct vhdxlog_range other = { range.head, range.first };
	char *why = tool_why_no_entry(scan, range.first);

	if (why)
		return mend(scan, range, true, why);
	why = tool_why_no_entry(scan, range.head);
	if (why)
		return mend(scan, range, false, why);
	if (is_sequence(scan, range))
		return NULL;
	if (is_sequence(scan, other))
		return tool_format("E%" PRIu32 " comes before E%" PRIu32
				   "; did you mean S%" PRIu32 "-%" PRIu32 "?",
				   other.first, other.head, other.first,
				   other.head);
	return tool_format("E%" PRIu32 " is not reached from E%" PRIu32
			   " by entries that follow one another",
			   range.head, range.first);
}

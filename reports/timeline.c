/* SPDX-License-Identifier: MIT */
#include "reports/timeline.h"

const char *timeline_stratum(const struct vhdxlog_stratum *stratum)
{
	if (stratum->empty)
		return "empty";
	if (stratum->orphan)
		return "orphans";
	return stratum->session == SIZE_MAX ? "other" : "entries";
}

static bool entry_at(const struct report_timeline *t, uint32_t sector,
		     struct vhdxlog_entry *entry)
{
	struct vhdxlog_scan *scan = t->subject->scan;
	size_t index = vhdxlog_entry_find(scan, sector);

	return index != SIZE_MAX &&
	       vhdxlog_entry_at(scan, index, entry, NULL) == 0;
}

const struct vhdxlog_session *
timeline_session_of(const struct report_timeline *t, uint32_t sector)
{
	struct vhdxlog_entry entry;
	size_t session;

	if (!entry_at(t, sector, &entry))
		return NULL;
	session = vhdxlog_session_find(t->history, &entry.log_guid);
	return session == SIZE_MAX ? NULL :
				     vhdxlog_session_at(t->history, session);
}

uint64_t timeline_number_of(const struct report_timeline *t, uint32_t sector)
{
	struct vhdxlog_entry entry;

	return entry_at(t, sector, &entry) ? entry.sequence_number : 0;
}

/* ------------------------------------------------------------------- as of */

bool timeline_bat_known(const struct report_timeline *t)
{
	const struct vhdxlog_image *image =
		t->as_of ? vhdxlog_overlay_image(t->as_of, NULL) : NULL;

	return image && image->bat.known;
}

bool timeline_wants(const struct report_timeline *t,
		    const struct vhdxlog_bat_entry *entry)
{
	return !t->filter || !t->filter->has_block ||
	       (!entry->is_bitmap && entry->block == t->filter->block);
}

int timeline_bat_next(const struct report_timeline *t, uint64_t *cursor,
		      struct vhdxlog_bat_entry *entry,
		      enum vhdxlog_certainty *certainty,
		      struct vhdxlog_error *err)
{
	int rc;

	do {
		rc = vhdxlog_overlay_bat_next(t->as_of, cursor, entry,
					      certainty, err);
	} while (rc == 0 && !timeline_wants(t, entry));
	return rc;
}

int timeline_ghost_next(const struct report_timeline *t, uint64_t *cursor,
			struct vhdxlog_ghost *ghost, struct vhdxlog_error *err)
{
	int rc;

	do {
		rc = vhdxlog_overlay_ghost_next(t->as_of, cursor, ghost, err);
	} while (rc == 0 && !timeline_wants(t, &ghost->entry));
	return rc;
}

/* ------------------------------------------------------------- limitations */

static const char *const of_history[] = {
	"what entries wrote that are gone from the ring is not known; a page is "
	"compared with the version before it that is left",
	"sound entries alone are told of; who wrote them is not known, only "
	"whose habits they show",
	NULL,
};

static const char *const of_a_state[] = {
	"what no entry up to then wrote, and a later one did, is as it was "
	"first seen: inferred",
	"payload is not logged: a recoverable block lies where the BAT had it, "
	"and holds what the file holds there today",
	NULL,
};

static const char *const of_no_bat[] = {
	"the BAT of then cannot be read: nothing says how large the disk and "
	"its blocks are, or where it is; that none of its entries are listed "
	"says nothing",
	NULL,
};

/* The entry of a list, *index counted down where the list is shorter. */
static const char *pick(const char *const *list, size_t *index)
{
	for (; *list; list++) {
		if ((*index)-- == 0)
			return *list;
	}
	return NULL;
}

const char *timeline_limitation(const struct report_timeline *t,
				const struct vhdxlog_events *events,
				size_t index)
{
	const char *words;
	size_t n = 0;

	if (!t->history)
		return NULL;
	while ((words = vhdxlog_limitation(t->subject->scan, n))) {
		if (n++ == index)
			return words;
	}
	index -= n;
	if ((words = pick(of_history, &index)))
		return words;
	if (t->as_of && !timeline_bat_known(t) &&
	    (words = pick(of_no_bat, &index)))
		return words;
	if (t->as_of)
		return pick(of_a_state, &index);
	return events ? vhdxlog_events_limitation(events, index) : NULL;
}

/* SPDX-License-Identifier: MIT */
/* Events under way: where they have got to, and the target that is being told. */
#ifndef VL_EVENTS_H
#define VL_EVENTS_H

#include "history.h"
#include "view/events.h"
#include "view/then.h"
#include "view/versions.h"

/* What of an entry is told next. */
enum stage {
	STAGE_ENTER,
	STAGE_SESSION,
	STAGE_SIZE,
	STAGE_TARGETS, /* from `layer` and `target` on */
	STAGE_PAGE,    /* what is left of one */
};

struct vhdxlog_events {
	struct vhdxlog_history *history; /* borrowed until close */
	struct vhdxlog_event_filter filter;
	struct vl_versions versions;
	struct vl_then then;
	struct vl_block_places block; /* that is asked about */
	uint64_t ordinal;

	size_t k; /* in the order of entries */
	enum stage stage;
	uint32_t layer, target; /* of the entry: the next ones */
	bool size_known;
	uint64_t size; /* LastFileOffset of the entry before */

	/* The target that is being told. */
	struct vhdxlog_descriptor now;
	bool compared; /* now.applied was looked for */
	/* Why `before` is not sure, a clause; NULL: it is. */
	const char *doubt;
	struct vl_page_events page;
	uint8_t before[VL_SECTOR], after[VL_SECTOR];
	const struct vl_version *after_is; /* or NULL */
	bool lost; /* some page could not be read again */
};

static inline struct vhdxlog_scan *
vl_events_scan(const struct vhdxlog_events *it)
{
	return it->history->scan;
}

static inline uint32_t vl_events_entry(const struct vhdxlog_events *it)
{
	return it->history->order.entries[it->k];
}

/* events_target.c: one target on, or to the next entry. 0: *e is filled; 1: not
 * yet; or negative. */
int vl_events_target(struct vhdxlog_events *it, struct vhdxlog_event *e,
		     struct vhdxlog_error *err);

/* Whether the target that is being told is on the disk: asked once, and only of
 * what is told. */
int vl_events_applied(struct vhdxlog_events *it, struct vhdxlog_error *err);

#endif

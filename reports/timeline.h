/* SPDX-License-Identifier: MIT */
/*
 * What the emitters of a timeline share.
 */
#ifndef REPORTS_TIMELINE_H
#define REPORTS_TIMELINE_H

#include "reports/json_parts.h"
#include "reports/report.h"

/* "entries", "orphans", "empty" or "other": what a stratum is of. Static. */
const char *timeline_stratum(const struct vhdxlog_stratum *stratum);

/* The session of the sound entry at a sector, or NULL. */
const struct vhdxlog_session *
timeline_session_of(const struct report_timeline *timeline, uint32_t sector);

/* The number of the entry at a sector, 0 where it cannot be read. */
uint64_t timeline_number_of(const struct report_timeline *timeline,
			    uint32_t sector);

/* Whether the BAT of the state that was asked for can be read: something says how
 * large the disk and its blocks are, and where it is. */
bool timeline_bat_known(const struct report_timeline *timeline);

/* Whether an entry of the BAT is one that was asked for. */
bool timeline_wants(const struct report_timeline *timeline,
		    const struct vhdxlog_bat_entry *entry);

/*
 * The next BAT entry, or recoverable block, of the state that was asked for,
 * and among those the ones that are wanted. 0, 1: no more, or a negative code.
 */
int timeline_bat_next(const struct report_timeline *timeline, uint64_t *cursor,
		      struct vhdxlog_bat_entry *entry,
		      enum vhdxlog_certainty *certainty,
		      struct vhdxlog_error *err);
int timeline_ghost_next(const struct report_timeline *timeline,
			uint64_t *cursor, struct vhdxlog_ghost *ghost,
			struct vhdxlog_error *err);

/*
 * What the timeline cannot tell; NULL after the last. events: that were all
 * read; NULL: none were.
 */
const char *timeline_limitation(const struct report_timeline *timeline,
				const struct vhdxlog_events *events,
				size_t index);

/* ----------------------------------------------------------- JSON's parts */

struct rj_timeline {
	struct rj_view view;
	const struct report_timeline *timeline;
	struct vhdxlog_events *events; /* owned; NULL: not read */
};

/* json_event.c: "events" */
int rj_events(struct rj_out *out, struct rj_timeline *t);

/* json_as_of.c: "as_of", "bat" and "recoverable" */
int rj_as_of(struct rj_out *out, struct rj_timeline *t);
int rj_as_of_bat(struct rj_out *out, struct rj_timeline *t);
int rj_recoverable(struct rj_out *out, struct rj_timeline *t);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Logs made entry by entry, in the small images of bases.h, and the events that
 * are told of them.
 */
#ifndef TESTS_LOG_CASE_H
#define TESTS_LOG_CASE_H

#include "bases.h"
#include "write/entry.h"

/* A log that is being written, of one session. */
struct log_case {
	struct base b;
	struct vhdxlog_guid guid;
	uint32_t at; /* sector of the next entry */
	uint64_t number;
	uint64_t bat, bitmap; /* offsets: the BAT, a sector bitmap or 0 */
	uint32_t chunk_ratio;
};

/* An empty ring; release c->b. */
void log_case_make(struct log_case *c, enum base_kind kind);

/* Whether both headers name the session: then it waits. */
void log_case_dirty(struct log_case *c, bool dirty);

/* The next entry; false where the ring has no room for it. */
bool log_case_put(struct log_case *c, const struct vl_record *records,
		  uint32_t n, uint64_t last_file_offset);

struct vl_record record_data(uint64_t off, const uint8_t *page);
struct vl_record record_zero(uint64_t off, uint64_t len);

/* An image of which the events are being looked at. */
struct told {
	struct scanned s;
	struct vhdxlog_history *history;
	struct vhdxlog_events *events;
};

void told_open(struct told *t, const struct log_case *c,
	       const struct vhdxlog_event_filter *filter);
void told_close(struct told *t);

/* The next event, which there is, of this kind. */
struct vhdxlog_event told_next(struct told *t, enum vhdxlog_event_kind kind);
void told_end(struct told *t);

#endif

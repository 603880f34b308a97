/* SPDX-License-Identifier: MIT */
#ifndef REPORTS_TEXT_TIMELINE_H
#define REPORTS_TEXT_TIMELINE_H

#include "reports/text.h"
#include "reports/timeline.h"

/* "17 to 18 MiB" */
#define TEXT_SPAN 80
const char *text_span(uint64_t offset, uint64_t length, char buf[TEXT_SPAN]);

/* text_timeline.c: the first lines, and the last. */
void text_timeline_head(struct text *t, const char *sentence);
void text_timeline_limits(struct text *t,
			  const struct report_timeline *timeline,
			  const struct vhdxlog_events *events);

/* text_timeline.c: which sectors of the ring hold what. 0 or a negative code. */
int text_strata(struct text *t, const struct report_timeline *timeline);

/*
 * text_timeline_session.c: the heading of a session, between two rows. last: the
 * session above it, or NULL.
 */
void text_timeline_session(struct text *t, struct text_table *table,
			   const struct vhdxlog_session *last,
			   const struct vhdxlog_session *s);

/* text_events.c: the events, by session. 0 or a negative code. */
int text_events(struct text *t, const struct report_timeline *timeline);

/* text_as_of.c: the state after an entry. 0 or a negative code. */
int text_as_of(struct text *t, const struct report_timeline *timeline);

#endif

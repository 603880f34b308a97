/* SPDX-License-Identifier: MIT */
/*
 * Questions about a finished scan that several emitters ask.
 */
#ifndef REPORTS_FACTS_H
#define REPORTS_FACTS_H

#include "reports/report.h"

#define FACTS_WORD 32

/* A state as a headline has it: "DIRTY-NOOP". */
const char *facts_state_word(enum vhdxlog_state state, char buf[FACTS_WORD]);

/* Whether the image, rather than what came of reading it, is worth a report. */
bool facts_has_body(const struct vhdxlog_scan *scan);

/* The sequence that the specification replays; false where there is none. */
bool facts_active_sequence(struct vhdxlog_scan *scan,
			   struct vhdxlog_sequence *sequence);

/* The entry at its head; false where there is none or it cannot be read. */
bool facts_active_head(struct vhdxlog_scan *scan, struct vhdxlog_entry *head);

/* "S5-7" */
const char *facts_range_id(struct vhdxlog_range range,
			   char id[VHDXLOG_ID_TEXT]);

/* Of a LogGuid: nothing waits. */
bool facts_guid_is_zero(const struct vhdxlog_guid *guid);

/* The file begins where a log region was extracted: --raw-log. */
bool facts_is_raw_log(const struct vhdxlog_scan *scan);

/* Headers are lost, and a file of this length could not hold a log either. */
bool facts_is_too_short(struct vhdxlog_scan *scan);

/* Whether some sectors of the log could not be read. */
bool facts_log_has_holes(const struct vhdxlog_scan *scan);

/* The failing verdict of a check about the image; false: it did not fail. */
bool facts_image_verdict(struct vhdxlog_scan *scan, const char *check,
			 struct vhdxlog_verdict *verdict);

/* The first finding of a check, or NULL. */
const struct vhdxlog_finding *facts_finding(const struct vhdxlog_scan *scan,
					    const char *id);

/* An identity of zeroes is of what could not be opened. */
bool facts_identity_known(const struct vhdxlog_identity *id);

#define FACTS_TIME 64

/* UTC, "2026-11-22T14:30:00.123456789Z"; "" where not known. */
const char *facts_time(int64_t sec, uint32_t nsec, char text[FACTS_TIME]);

/* A format that begins like this file: "a qcow2 image", or NULL. Static. */
const char *facts_other_format(struct vhdxlog_source *source);

#endif

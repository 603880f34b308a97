/* SPDX-License-Identifier: MIT */
/*
 * Questions about a replay that its text and its JSON ask.
 */
#ifndef REPORTS_REPLAY_H
#define REPORTS_REPLAY_H

#include "reports/report.h"

/* What the stretches that are written come to; zeroed to begin with. */
struct replay_tally {
	uint64_t pieces, bytes;		 /* that are written */
	uint64_t changed, changed_bytes; /* of them, those that change any */
	/* Of those that change, the headers aside: pages by area, zeroes. */
	struct vhdxlog_effect effect;
};

void replay_count(struct replay_tally *tally, const struct report_page *page);

/* NULL where nothing could be examined, or a patch is carried out. */
struct vhdxlog_scan *replay_scan(const struct report_replay *replay);

/* Of what was chosen; NULL: it did not come to that. */
const struct vhdxlog_replay *replay_about(const struct report_replay *replay);

/*
 * The entries that are applied as a sequence. 0, 1: they are none, or a negative
 * code.
 */
int replay_sequence(const struct report_replay *replay,
		    struct vhdxlog_sequence *sequence,
		    struct vhdxlog_error *err);

/* The verdicts on what was chosen, as vhdxlog_overlay_verdicts(); 0: none. */
int replay_verdicts(const struct report_replay *replay,
		    struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
		    struct vhdxlog_error *err);

/* Whether a replay is refused for it. */
bool replay_stops(const struct vhdxlog_verdict *v);

/* ... and --force does not help. */
bool replay_is_final(const struct vhdxlog_verdict *v);

bool replay_overrides(const struct report_replay *replay,
		      const struct vhdxlog_check *check);

#endif

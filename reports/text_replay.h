/* SPDX-License-Identifier: MIT */
/*
 * The report of a replay for a person: what was written in a sentence, then what
 * it rests on; of one that was refused, the reasons and what can be done.
 */
#ifndef REPORTS_TEXT_REPLAY_H
#define REPORTS_TEXT_REPLAY_H

#include "reports/phrase.h"
#include "reports/replay.h"
#include "reports/text.h"

/* A row of the table of pages. */
struct text_piece {
	uint64_t offset, length;
	uint32_t entry;
	enum vhdxlog_area area;
	bool zero, changes;
};

struct text_replay {
	struct text t;
	const struct report_replay *replay;
	const struct vhdxlog_replay *about; /* NULL: nothing was chosen */
	struct vhdxlog_verdict verdicts[VHDXLOG_MAX_VERDICTS];
	int verdict_count;
	struct replay_tally tally;
	/* The first of the pieces, with -v all of them. */
	struct text_piece *pieces; /* owned */
	size_t kept, room;
};

/* "WRITTEN", and its style. */
const char *text_replay_word(const struct text_replay *r,
			     enum text_style *style);

/* ------------------------------------------------------ sentences_replay.c */

/* What was done or is to be done, path being escaped; by snprintf's rules. */
int say_replay(char *buf, size_t size, const struct text_replay *r,
	       const char *image, const char *patch, const char *reason);

/* ----------------------------------------------------- text_replay_pages.c */

/* Ask for all stretches, once; 0 or a negative code. Release in any case. */
int text_replay_collect(struct text_replay *r);
void text_replay_release(struct text_replay *r);

void text_replay_pages(struct text_replay *r);

/* --------------------------------------------------- text_replay_salvage.c */

/* What of damaged entries is proven and what is not, with the evidence. */
void text_replay_salvage(struct text_replay *r);

/* ----------------------------------------------------- text_replay_fixes.c */

void text_replay_fixes(struct text_replay *r);

/* ---------------------------------------------------- text_replay_checks.c */

/* Each check that failed, whether it was overridden, and what to do. */
void text_replay_checks(struct text_replay *r);

/*
 * The check for which it is refused: of those that were not overridden the first
 * that --force does not get over, else the first that needs it; NULL: none.
 */
const struct vhdxlog_check *text_replay_reason(const struct text_replay *r);

#endif

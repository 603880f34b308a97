/* SPDX-License-Identifier: MIT */
/* Which repairs of a copy are worth suggesting. */
#ifndef REPORTS_NEXT_FIX_H
#define REPORTS_NEXT_FIX_H

#include "reports/report.h"

#define NEXT_FIX_NAMES 64

/* One run of vhdxlog-replay that nothing stands against. */
struct next_fix {
	/* For --fix, "headers,region-tables": what is gone and was found anew,
	 * one copy of two, blocks in the wrong place. "": there is nothing, or
	 * what is missing was not found, or what waits cannot be applied. */
	char names[NEXT_FIX_NAMES];
	bool headers; /* among them */
	bool replays; /* sequence, in the same run */
	struct vhdxlog_range sequence;
	bool salvages; /* all that damaged entries write, as no sequence is left */
	/* Why what waits is not applied, or not all mended; or NULL. Static. */
	const struct vhdxlog_check *objection;
};

/* Whether repairs of these names mend what fails this check. */
bool next_fix_mends(const char *names, const char *check);

/* 0 or a negative code. */
int next_fix_find(struct vhdxlog_scan *scan, struct next_fix *fix);

/* The LogGuid of the newest entries, where the header does not name it though
 * they are not on the disk; or NULL. The scan's. */
const struct vhdxlog_guid *next_log_guid(const struct vhdxlog_scan *scan);

#endif

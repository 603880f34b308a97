/* SPDX-License-Identifier: MIT */
/* Which repairs of a copy are worth suggesting. */
#ifndef REPORTS_NEXT_FIX_H
#define REPORTS_NEXT_FIX_H

#include "reports/report.h"

#define NEXT_FIX_NAMES 64

/*
 * Names for --fix, "headers,region-tables": of what is gone and was found anew,
 * of one copy of two, of blocks in the wrong place; "" where there is nothing, or
 * what is missing was not found. replayed: the log is applied in the same run,
 * which writes both headers.
 */
const char *next_fix_names(struct vhdxlog_scan *scan, bool replayed,
			   char names[NEXT_FIX_NAMES]);

/* Whether such a repair can mend what fails this check. */
bool next_is_fixable(const char *check);

/* The LogGuid of the newest entries, where the header does not name it though they
 * are not on the disk; or NULL. The scan's. */
const struct vhdxlog_guid *next_log_guid(const struct vhdxlog_scan *scan);

#endif

/* SPDX-License-Identifier: MIT */
/* Which repairs of a copy are worth suggesting. */
#ifndef REPORTS_NEXT_FIX_H
#define REPORTS_NEXT_FIX_H

#include "reports/report.h"

/*
 * Names for --fix, "headers,region-tables": of what is gone and was found anew;
 * "" where there is nothing, or what is missing was not found. Static.
 */
const char *next_fix_names(struct vhdxlog_scan *scan);

/* The LogGuid of the newest entries, where the header does not name it though they
 * are not on the disk; or NULL. The scan's. */
const struct vhdxlog_guid *next_log_guid(const struct vhdxlog_scan *scan);

#endif

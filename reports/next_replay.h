/* SPDX-License-Identifier: MIT */
/* Whether vhdxlog-replay would do what is to be suggested. */
#ifndef REPORTS_NEXT_REPLAY_H
#define REPORTS_NEXT_REPLAY_H

#include "reports/report.h"

/*
 * The first check for which a replay of these entries would be refused, where
 * the repairs of these names, "" for none, are made in the same run; *check is
 * NULL where nothing stands against it. 0 or a negative code.
 */
int next_replay_objection(struct vhdxlog_scan *scan,
			  const struct vhdxlog_range *range, const char *names,
			  const struct vhdxlog_check **check);

/* The same of what can be salvaged where nothing can be replayed; also where that
 * is not all that damaged entries write. */
int next_salvage_objection(struct vhdxlog_scan *scan, const char *names,
			   const struct vhdxlog_check **check);

#endif

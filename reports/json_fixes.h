/* SPDX-License-Identifier: MIT */
#ifndef REPORTS_JSON_FIXES_H
#define REPORTS_JSON_FIXES_H

#include "reports/json_out.h"
#include "reports/report.h"

/* Members `fixes` and `state` of the record of vhdxlog-replay. */
void rj_fixes(struct rj_out *out, const struct report_replay *replay);

#endif

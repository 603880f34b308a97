/* SPDX-License-Identifier: MIT */
#include "reports/next_fix.h"

#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"

static bool fails(struct vhdxlog_scan *scan, const char *check)
{
	struct vhdxlog_verdict v;

	return facts_image_verdict(scan, check, &v);
}

const char *next_fix_names(struct vhdxlog_scan *scan)
{
	static const char *const names[2][2] = {
		{ "", "region-tables" }, { "headers", "headers,region-tables" }
	};
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	bool headers = fails(scan, "header-none-valid") ||
		       fails(scan, "header-foreign") ||
		       fails(scan, "header-log-misplaced");
	bool tables = fails(scan, "region-none-valid");

	if (headers && (!log->present || log->present < log->sectors ||
			!assumed_guess(scan, VHDXLOG_GUESS_LOG)))
		return "";
	if (tables && (!assumed_guess(scan, VHDXLOG_GUESS_BAT) ||
		       !assumed_guess(scan, VHDXLOG_GUESS_METADATA)))
		return "";
	return names[headers][tables];
}

const struct vhdxlog_guid *next_log_guid(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		if (strcmp(vhdxlog_finding_at(scan, i)->id, "log-unapplied"))
			continue;
		for (size_t k = 0; k < vhdxlog_guess_count(scan); k++) {
			const struct vhdxlog_guess *g =
				vhdxlog_guess_at(scan, k);

			if (g->kind == VHDXLOG_GUESS_LOG_GUID)
				return &g->guid;
		}
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "reports/next_fix.h"

#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/phrase.h"

static bool fails(struct vhdxlog_scan *scan, const char *check)
{
	struct vhdxlog_verdict v;

	return facts_image_verdict(scan, check, &v);
}

static bool fails_any(struct vhdxlog_scan *scan, const char *const *checks)
{
	while (*checks && !fails(scan, *checks))
		checks++;
	return *checks;
}

/* Neither header tells where the log is. */
static const char *const headers_gone[] = { "header-none-valid",
					    "header-foreign",
					    "header-log-misplaced", NULL };
/* No region table tells where the rest is. */
static const char *const tables_gone[] = { "region-none-valid",
					   "region-tables-foreign", NULL };

bool next_is_fixable(const char *check)
{
	for (size_t i = 0; headers_gone[i]; i++) {
		if (strcmp(headers_gone[i], check) == 0)
			return true;
	}
	for (size_t i = 0; tables_gone[i]; i++) {
		if (strcmp(tables_gone[i], check) == 0)
			return true;
	}
	return false;
}

/* A block that was written anew since is a question for a person. */
static bool can_shift_back(struct vhdxlog_scan *scan)
{
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;
	bool any = false, taken = false;

	while (vhdxlog_shift_next(scan, &cursor, &shift, NULL) == 0) {
		any = true;
		taken |= shift.taken;
	}
	return any && !taken;
}

const char *next_fix_names(struct vhdxlog_scan *scan, bool replayed,
			   char names[NEXT_FIX_NAMES])
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	bool headers = fails_any(scan, headers_gone);
	bool tables = fails_any(scan, tables_gone);
	struct phrase p = { names, NEXT_FIX_NAMES, 0 };

	*names = '\0';
	if (headers && (!log->present || log->present < log->sectors ||
			!assumed_guess(scan, VHDXLOG_GUESS_LOG)))
		return names;
	if (tables && (!assumed_guess(scan, VHDXLOG_GUESS_BAT) ||
		       !assumed_guess(scan, VHDXLOG_GUESS_METADATA)))
		return names;
	/* A replay writes both headers, from the one that is left. */
	if (headers || (!replayed && fails(scan, "header-one-invalid")))
		phrase_add(&p, "headers");
	if (tables || fails(scan, "region-one-invalid"))
		phrase_add(&p, "%sregion-tables", p.length ? "," : "");
	if (can_shift_back(scan))
		phrase_add(&p, "%sbat-shift", p.length ? "," : "");
	return names;
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

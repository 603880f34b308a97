/* SPDX-License-Identifier: MIT */
#include "reports/next_fix.h"

#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/next_replay.h"
#include "reports/phrase.h"

static bool is_zero(const struct vhdxlog_guid *guid)
{
	static const struct vhdxlog_guid zero;

	return memcmp(guid, &zero, sizeof(zero)) == 0;
}

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
static const char *const headers_gone[] = {
	"header-none-valid", "header-foreign", "header-log-misplaced", NULL};
/* No region table tells where the rest is. */
static const char *const tables_gone[] = {"region-none-valid",
					  "region-tables-foreign", NULL};

/* What was followed is not what is written then, so that no rule of it counts.
 */
bool next_fix_mends(const char *names, const char *check)
{
	const struct vhdxlog_check *c = vhdxlog_check_find(check);

	if (strstr(names, "headers") &&
	    strcmp(check, "ident-signature-bad") == 0)
		return true;
	return c &&
	       ((strstr(names, "headers") && strcmp(c->area, "header") == 0) ||
		(strstr(names, "region-tables") &&
		 strcmp(c->area, "region") == 0));
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

#define MIB 0x100000u

/* What a repair writes is where a guess or an option says. */
static bool is_log_known(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	return log->known && log->has_guid && log->present &&
	       log->offset % MIB == 0 && log->length % MIB == 0 &&
	       log->present == log->sectors &&
	       (log->assumed || assumed_guess(scan, VHDXLOG_GUESS_LOG));
}

/* What is gone, and can be made anew. */
struct gone {
	bool headers, tables;
};

static bool find_gone(struct vhdxlog_scan *scan, struct gone *gone)
{
	bool both = fails_any(scan, tables_gone);
	bool bat = both || fails(scan, "region-bat-missing");
	bool metadata = both || fails(scan, "region-metadata-missing");

	gone->headers = fails_any(scan, headers_gone);
	gone->tables = bat || metadata;
	return (!gone->headers || is_log_known(scan)) &&
	       (!bat || assumed_guess(scan, VHDXLOG_GUESS_BAT)) &&
	       (!metadata || assumed_guess(scan, VHDXLOG_GUESS_METADATA));
}

/* The number of the header is the last but one, or the last: a replay needs two. */
static bool is_used_up(struct vhdxlog_scan *scan)
{
	unsigned slot = vhdxlog_image(scan)->current_header;

	return slot && vhdxlog_header(scan, slot)->sequence_number >=
			       UINT64_MAX - 1;
}

static void put_names(struct vhdxlog_scan *scan, const struct gone *gone,
		      struct next_fix *fix)
{
	struct phrase p = {fix->names, sizeof(fix->names), 0};

	/* A replay writes both headers, from the one that is left. */
	fix->headers = gone->headers ||
		       (fix->replays ? is_used_up(scan)
				     : fails(scan, "header-one-invalid"));
	if (fix->headers)
		phrase_add(&p, "headers");
	if (gone->tables || fails(scan, "region-one-invalid"))
		phrase_add(&p, "%sregion-tables", p.length ? "," : "");
	if (can_shift_back(scan))
		phrase_add(&p, "%sbat-shift", p.length ? "," : "");
}

/* As long as the log waits, headers are all that can be mended. */
static void mend_headers_alone(struct vhdxlog_scan *scan,
			       const struct gone *gone, struct next_fix *fix)
{
	fix->replays = false;
	fix->headers = gone->headers || fails(scan, "header-one-invalid");
	snprintf(fix->names, sizeof(fix->names), "%s",
		 fix->headers ? "headers" : "");
}

/* A log that the user said is to be given up: that is for --force. */
static bool drops_log(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_options *o = vhdxlog_scan_options(scan);

	return o->has_log_guid && is_zero(&o->log_guid) &&
	       vhdxlog_entry_count(scan);
}

static bool waits(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	return log->has_guid && !is_zero(&log->guid);
}

/* Whether anything may be mended although the image must be refused. */
static bool is_hopeful(struct vhdxlog_scan *scan, const struct gone *gone)
{
	return vhdxlog_verdict(scan)->state != VHDXLOG_DAMAGED ||
	       gone->headers || gone->tables;
}

int next_fix_find(struct vhdxlog_scan *scan, struct next_fix *fix)
{
	struct vhdxlog_sequence active = {.active = false};
	struct gone gone;
	int rc = 0;

	*fix = (struct next_fix){.replays = false};
	if (!find_gone(scan, &gone) || !is_hopeful(scan, &gone))
		return 0;
	fix->replays = facts_active_sequence(scan, &active);
	fix->sequence = active.id;
	put_names(scan, &gone, fix);
	if (*fix->names && fix->replays)
		rc = next_replay_objection(scan, &active.id, fix->names,
					   &fix->objection);
	else if (*fix->names && waits(scan))
		fix->objection = vhdxlog_check_find("log-no-valid-sequence");
	if (fix->objection)
		mend_headers_alone(scan, &gone, fix);
	if (fix->headers && drops_log(scan))
		*fix = (struct next_fix){.replays = false};
	return rc;
}

/* Of guessed sessions, one that is not assumed although more speaks for it. */
static const struct vhdxlog_guid *find_rival(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_guess *assumed =
		assumed_guess(scan, VHDXLOG_GUESS_LOG_GUID);
	const struct vhdxlog_guess *best = assumed;

	for (size_t k = 0; assumed && k < vhdxlog_guess_count(scan); k++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, k);

		/* Of two alike the later: that of the damaged entry, the newer.
		 */
		if (g->kind == assumed->kind && g->score > assumed->score &&
		    g->score >= best->score)
			best = g;
	}
	return best == assumed ? NULL : &best->guid;
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
	return find_rival(scan);
}

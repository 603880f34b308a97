/* SPDX-License-Identifier: MIT */
#include "reports/next_fix.h"

#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/next_replay.h"
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

/* A block that was written anew since is a question for a person, and so is
 * whether there was a shift at all. */
static bool can_shift_back(struct vhdxlog_scan *scan)
{
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;
	bool any = false, doubted = false;

	while (vhdxlog_shift_next(scan, &cursor, &shift, NULL) == 0) {
		any = true;
		doubted |= shift.taken || shift.source == VHDXLOG_SHIFT_DISK;
	}
	return any && !doubted;
}

#define MIB 0x100000u

/* Whether a guess of one of these kinds was taken that a repair may not be built
 * upon. */
static bool is_doubted(const struct vhdxlog_scan *scan, unsigned kinds)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->assumed && kinds & 1u << g->kind &&
		    !vhdxlog_guess_suffices(scan, i))
			return true;
	}
	return false;
}

#define REGIONS (1u << VHDXLOG_GUESS_BAT | 1u << VHDXLOG_GUESS_METADATA)

/* What a repair writes is where a guess or an option says. */
static bool is_log_known(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	return log->known && log->has_guid && log->present &&
	       log->offset % MIB == 0 && log->length % MIB == 0 &&
	       log->present == log->sectors &&
	       (vhdxlog_scan_options(scan)->has_log_offset ||
		!is_doubted(scan, 1u << VHDXLOG_GUESS_LOG)) &&
	       !is_doubted(scan, 1u << VHDXLOG_GUESS_LOG_GUID) &&
	       (log->assumed || assumed_guess(scan, VHDXLOG_GUESS_LOG));
}

/* Of a header that is whole, nothing can be mended but by a person. */
static bool breaks_a_rule(struct vhdxlog_scan *scan)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(scan, VHDXLOG_OBJECT_IMAGE, 0, v, NULL);

	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    strcmp(v[i].check->area, "header") == 0 &&
		    v[i].check->class_ == VHDXLOG_CLASS_F)
			return true;
	}
	return fails(scan, "header-sequence-equal-conflict");
}

/* What is gone, and can be made anew. */
struct gone {
	bool headers, tables, identifier;
};

static bool find_gone(struct vhdxlog_scan *scan, struct gone *gone)
{
	bool both = fails_any(scan, tables_gone);
	bool bat = both || fails(scan, "region-bat-missing");
	bool metadata = both || fails(scan, "region-metadata-missing");

	gone->headers = fails_any(scan, headers_gone);
	gone->tables = bat || metadata;
	gone->identifier = fails(scan, "ident-signature-bad");
	return (!gone->headers || is_log_known(scan)) &&
	       (gone->headers || !gone->identifier || !breaks_a_rule(scan)) &&
	       (!bat || assumed_guess(scan, VHDXLOG_GUESS_BAT)) &&
	       (!metadata || assumed_guess(scan, VHDXLOG_GUESS_METADATA));
}

/* Whether the number of the header that is followed leaves no room for so many. */
static bool is_used_up(const struct vhdxlog_scan *scan, unsigned room)
{
	unsigned slot = vhdxlog_image(scan)->current_header;

	return slot &&
	       vhdxlog_header(scan, slot)->sequence_number > UINT64_MAX - room;
}

/* A replay needs two numbers, and writes both headers from the one that is left;
 * what else is mended wants some to spare. */
static bool wants_headers(struct vhdxlog_scan *scan, const struct gone *gone,
			  const struct next_fix *fix, bool mends_more)
{
	if (gone->headers || gone->identifier ||
	    (mends_more && is_used_up(scan, 17)))
		return true;
	return fix->replays ? is_used_up(scan, 2)
			    : fails(scan, "header-one-invalid");
}

static void put_names(struct vhdxlog_scan *scan, const struct gone *gone,
		      struct next_fix *fix)
{
	struct phrase p = {fix->names, sizeof(fix->names), 0};
	bool tables = gone->tables || fails(scan, "region-one-invalid");
	bool shift = can_shift_back(scan) &&
		     !is_doubted(scan,
				 REGIONS | 1u << VHDXLOG_GUESS_BLOCK_SIZE);

	fix->headers = wants_headers(scan, gone, fix, tables || shift);
	if (fix->headers)
		phrase_add(&p, "headers");
	if (tables)
		phrase_add(&p, "%sregion-tables", p.length ? "," : "");
	if (shift)
		phrase_add(&p, "%sbat-shift", p.length ? "," : "");
}

/* As long as the log waits, headers are all that can be mended. */
static void mend_headers_alone(struct vhdxlog_scan *scan,
			       const struct gone *gone, struct next_fix *fix)
{
	fix->replays = false;
	fix->headers = gone->headers || gone->identifier ||
		       fails(scan, "header-one-invalid");
	snprintf(fix->names, sizeof(fix->names), "%s",
		 fix->headers ? "headers" : "");
}

/* A log that the user said is to be given up: that is for --force. */
static bool drops_log(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_options *o = vhdxlog_scan_options(scan);

	return o->has_log_guid && facts_guid_is_zero(&o->log_guid) &&
	       vhdxlog_entry_count(scan);
}

static bool waits(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	return log->has_guid && !facts_guid_is_zero(&log->guid);
}

/* Whether anything may be mended although the image must be refused. */
static bool is_hopeful(struct vhdxlog_scan *scan, const struct gone *gone)
{
	return vhdxlog_verdict(scan)->state != VHDXLOG_DAMAGED ||
	       gone->headers || gone->tables || gone->identifier;
}

/* Why region tables are not made anew from what was found, without --force. */
static const struct vhdxlog_check *doubt_tables(struct vhdxlog_scan *scan,
						const struct gone *gone,
						const char *names)
{
	static const char *const reasons[] = {
		"region-none-valid", "region-tables-foreign",
		"region-bat-missing", "region-metadata-missing"};
	const char *const *why = reasons;

	if (!gone->tables)
		return NULL;
	/* Ends: one of them is why. */
	while (!fails(scan, *why))
		why++;
	if (is_doubted(scan, REGIONS))
		return vhdxlog_check_find(*why);
	/* Blocks that are elsewhere break rules until they are back. */
	return strstr(names, "bat-shift") ? NULL : vhdxlog_assumed_breach(scan);
}

/* Where no sequence can be replayed: whether what is left of entries proves all
 * that waits. */
static int find_salvage(struct vhdxlog_scan *scan, struct next_fix *fix)
{
	const struct vhdxlog_check *objection;
	int rc = next_salvage_objection(scan, fix->names, &objection);

	fix->salvages = !rc && !objection;
	if (objection)
		fix->objection = vhdxlog_check_find("log-no-valid-sequence");
	return rc;
}

static int find_objection(struct vhdxlog_scan *scan, const struct gone *gone,
			  struct next_fix *fix)
{
	fix->objection = doubt_tables(scan, gone, fix->names);
	if (fix->objection)
		return 0;
	if (fix->replays)
		return next_replay_objection(scan, &fix->sequence, fix->names,
					     &fix->objection);
	return waits(scan) ? find_salvage(scan, fix) : 0;
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
	if (*fix->names)
		rc = find_objection(scan, &gone, fix);
	/* Readers will differ once headers are back: a person is to compare. */
	if (!fix->objection && fix->replays && gone.headers &&
	    facts_finding(scan, "log-newer-outside-active"))
		fix->objection = vhdxlog_check_find("log-newer-outside-active");
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
		if (strcmp(vhdxlog_finding_at(scan, i)->id,
			   "log-unapplied") != 0)
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

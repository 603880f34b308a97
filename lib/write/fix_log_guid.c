/* SPDX-License-Identifier: MIT */
/* A log given up: LogGuid becomes zero, its bytes stay where they are. */
#include "write/fix.h"

#include "base/error.h"
#include "base/guid.h"

#include <inttypes.h>

static bool has_valid_sequence(struct vhdxlog_scan *scan)
{
	struct vhdxlog_sequence q;

	for (size_t i = 0; i < vhdxlog_sequence_count(scan); i++) {
		if (vhdxlog_sequence_at(scan, i, &q, NULL) == 0 && q.current &&
		    q.verdict == VHDXLOG_SEQUENCE_VALID)
			return true;
	}
	return false;
}

static bool give_up(struct vl_fix *f, const struct vhdxlog_entry *e)
{
	return vl_fix_evidence(&f->record,
			       "given up: E%" PRIu32 ", %s, number %" PRIu64
			       ", %" PRIu32 " descriptor%s",
			       e->sector, e->verdict == VHDXLOG_VALID ?
						  "sound" :
						  "damaged",
			       e->sequence_number, e->descriptor_count,
			       e->descriptor_count == 1 ? "" : "s");
}

/* All that name the LogGuid, whole or not. */
static int list_entries(struct vl_fix *f, uint64_t *count,
			struct vhdxlog_error *err)
{
	const struct vhdxlog_guid *guid = &vhdxlog_log(f->scan)->guid;
	struct vhdxlog_entry e;

	*count = 0;
	for (size_t i = 0; i < vhdxlog_entry_count(f->scan); i++) {
		/* One that cannot be read again says nothing. */
		if (vhdxlog_entry_at(f->scan, i, &e, NULL) ||
		    !vl_guid_equal(&e.log_guid, guid))
			continue;
		++*count;
		if (!give_up(f, &e))
			return vl_nomem(err);
	}
	return 0;
}

static bool tell(struct vl_fix *f, const char *guid, uint64_t count)
{
	if (!count)
		return vl_fix_message(&f->record,
				      "LogGuid %s was cleared; no entry of the "
				      "log has it, and what the log holds is "
				      "given up, should it have waited",
				      guid);
	return vl_fix_message(&f->record,
			      "LogGuid %s was cleared; no sequence of it is "
			      "valid, and what its %" PRIu64 " entr%s would "
			      "have changed is given up",
			      guid, count, count == 1 ? "y" : "ies");
}

int vl_fix_log_guid(struct vl_fix *f, struct vhdxlog_error *err)
{
	char guid[VHDXLOG_GUID_TEXT];
	uint64_t count;
	int rc;

	if (!vl_fix_log_waits(f->scan))
		return vl_fix_pass(f, "LogGuid is zero");
	if (has_valid_sequence(f->scan))
		return vl_fix_refuse(f, "the log has a valid sequence; replay "
					"it (--policy ms-vhdx, or --sequence)");
	rc = list_entries(f, &count, err);
	if (rc)
		return rc;
	if (!f->force && !count)
		return vl_fix_refuse(f, "no entry of the log has that LogGuid, "
					"so it may be wrong, and what waits be "
					"of another session; --log-guid says "
					"of which, or --force gives up what "
					"the log holds");
	if (!f->force)
		return vl_fix_refuse(f, "what the log holds would be given up "
					"(%" PRIu64 " entr%s); --force "
					"accepts that",
				     count, count == 1 ? "y" : "ies");
	f->clear_log = true;
	vhdxlog_guid_format(&vhdxlog_log(f->scan)->guid, guid);
	return tell(f, guid, count) ? 0 : vl_nomem(err);
}

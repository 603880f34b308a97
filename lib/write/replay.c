/* SPDX-License-Identifier: MIT */
#include "write/replay.h"

#include <stdio.h>
#include <string.h>

/* Both slots, one update after the other. [MS-VHDX] 2.2.2.1 */
static int renew_headers(struct vhdxlog_scan *scan,
			 const struct vl_header_change *change,
			 struct vl_new_headers *n, struct vhdxlog_error *err)
{
	struct vl_header_pair pair = {
		.copy = { *vhdxlog_header(scan, 1), *vhdxlog_header(scan, 2) },
		.current = vhdxlog_image(scan)->current_header,
	};
	int rc = 0;

	for (unsigned i = 0; !rc && i < 2; i++) {
		uint8_t b[VL_SIZE_header];

		rc = vl_header_next(&pair, change, b, err);
		if (!rc)
			memcpy(n->page[pair.current - 1], b, sizeof(b));
	}
	memcpy(n->header, pair.copy, sizeof(pair.copy));
	return rc;
}

/* What becomes of LogGuid; NULL: it stays. */
static const struct vhdxlog_guid *
log_guid(const struct vhdxlog_replay *about, enum vl_replay_kind kind,
	 const struct vl_identity *identity)
{
	static const struct vhdxlog_guid zero;

	if (kind == VL_REPLAY_REARM)
		return &identity->log;
	/* What was applied in part is still to be replayed. */
	return about->outcome == VHDXLOG_OUTCOME_PARTIAL ? NULL : &zero;
}

int vl_replay_plan(struct vhdxlog_scan *scan, struct vhdxlog_overlay *overlay,
		   enum vl_replay_kind kind, struct vl_replay_plan *plan,
		   struct vhdxlog_error *err)
{
	const struct vhdxlog_replay *about = vhdxlog_overlay_about(overlay);
	struct vl_header_change change = { 0 };
	struct vl_identity identity;
	int rc;

	*plan = (struct vl_replay_plan){ .has_headers = about->entry_count };
	if (!plan->has_headers && kind == VL_REPLAY_REARM) {
		snprintf(plan->refusal, sizeof(plan->refusal),
			 "there is nothing that could be made the log");
		return 0;
	}
	if (!plan->has_headers)
		return vl_change_replay(overlay, NULL, &plan->change, err);
	rc = vl_identity_make(scan, about, kind, &identity, err);
	if (rc)
		return rc;
	change.file_write_guid = &identity.file_write;
	change.log_guid = log_guid(about, kind, &identity);
	rc = renew_headers(scan, &change, &plan->headers, err);
	if (rc)
		return rc;
	if (kind == VL_REPLAY_REARM)
		return vl_change_rearm(scan, overlay, &identity.log, plan, err);
	return vl_change_replay(overlay, &plan->headers, &plan->change, err);
}

void vl_replay_release(struct vl_replay_plan *plan)
{
	vl_change_close(&plan->change);
}

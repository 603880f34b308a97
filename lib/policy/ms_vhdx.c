/* SPDX-License-Identifier: MIT */
/* What a reader that follows the specification would do. [MS-VHDX] 2.3.3 */
#include "policy/case.h"

static bool log_fails(const struct vl_case *c, enum vl_check_id id)
{
	return c->log->judgement && vl_failed(c->log->judgement, id);
}

/* In strict mode a payload block under a target is a reason to refuse. */
static bool hits_payload(const struct vl_log *log)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if ((e->flags & VL_ENTRY_IS_ACTIVE) &&
		    (e->failed & VL_BIT(VLC_desc_targets_payload)))
			return true;
	}
	return false;
}

/* A rule of the log, or of what the replay would leave, that is broken. */
static enum vl_check_id refusal(const struct vl_case *c)
{
	if (log_fails(c, VLC_log_file_truncated))
		return VLC_log_file_truncated;
	if (!c->chosen.n)
		return VLC_log_no_valid_sequence;
	if (c->options->strict && hits_payload(c->log))
		return VLC_desc_targets_payload;
	return VLC_none;
}

static int list_active(struct vl_case *c, struct vhdxlog_error *err)
{
	const struct vl_log *log = c->log;
	uint32_t i = log->active_first;

	if (log->active_head == VL_NONE)
		return 0;
	for (;; i = log->entries[i].next) {
		int rc = vl_pick(&c->chosen, log->entries[i].sector, err);

		if (rc || i == log->active_head)
			return rc;
	}
}

int vl_ms_vhdx(struct vl_case *c, struct vhdxlog_error *err)
{
	int rc = list_active(c, err);

	if (rc || vl_gate(c) || vl_refused(c, refusal(c)))
		return rc;
	rc = vl_apply(c, err);
	if (c->choice->outcome == VHDXLOG_OUTCOME_REPLAY)
		vl_decide(c, VHDXLOG_OUTCOME_REPLAY,
			  "the valid sequence whose head has the highest number");
	return rc;
}

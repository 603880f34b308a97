/* SPDX-License-Identifier: MIT */
/* What a reader that follows the specification would do. [MS-VHDX] 2.3.3 */
#include "scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/guid.h"
#include "overlay/compare.h"

#include <stdio.h>
#include <string.h>

bool vl_scan_is_dirty(const struct vhdxlog_scan *s)
{
	return s->image.log.has_guid && !vl_guid_is_zero(&s->image.log.guid);
}

/* The first rule of the headers that makes a reader refuse before the log. */
static enum vl_check_id header_refusal(const struct vhdxlog_scan *s)
{
	static const enum vl_check_id rules[] = {
		VLC_ident_signature_bad,
		VLC_file_too_small,
		VLC_header_none_valid,
		VLC_header_sequence_equal_conflict,
		VLC_header_version_unsupported,
		VLC_header_log_version_unsupported,
		VLC_header_log_offset_unaligned,
		VLC_header_log_offset_in_header_section,
		VLC_header_log_length_unaligned,
		VLC_header_log_length_zero_with_guid,
		VLC_header_log_beyond_eof,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (vl_failed(s->image.judgement, rules[i]))
			return rules[i];
	}
	return VLC_none;
}

/* A rule of what the replay would leave, or of the log, that is broken. */
static enum vl_check_id later_refusal(const struct vhdxlog_scan *s)
{
	if (s->has_log && vl_failed(s->log.judgement, VLC_log_file_truncated))
		return VLC_log_file_truncated;
	if (s->has_log && vl_failed(s->log.judgement, VLC_log_no_valid_sequence))
		return VLC_log_no_valid_sequence;
	return VLC_none;
}

/* In strict mode a payload block under a target is a reason to refuse. */
static bool hits_payload(const struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < s->log.n_entries; i++) {
		const struct vl_entry *e = &s->log.entries[i];

		if ((e->flags & VL_ENTRY_IS_ACTIVE) &&
		    (e->failed & VL_BIT(VLC_desc_targets_payload)))
			return true;
	}
	return false;
}

static void decide(struct vhdxlog_scan *s, struct vhdxlog_selection *row)
{
	enum vl_check_id why = header_refusal(s);

	row->outcome = VHDXLOG_OUTCOME_REFUSE;
	if (s->options.raw_log && !s->image.log.has_guid) {
		snprintf(s->reason, sizeof(s->reason),
			 "without a header nothing says which log is in use");
		return;
	}
	if (!why && !vl_scan_is_dirty(s)) {
		row->outcome = VHDXLOG_OUTCOME_CLEAN;
		snprintf(s->reason, sizeof(s->reason), "LogGuid is zero");
		return;
	}
	if (!why)
		why = later_refusal(s);
	if (!why && s->options.strict && hits_payload(s))
		why = VLC_desc_targets_payload;
	if (why) {
		snprintf(s->reason, sizeof(s->reason), "%s: %s",
			 vl_check(why)->name, vl_check(why)->sentence);
		return;
	}
	row->outcome = VHDXLOG_OUTCOME_REPLAY;
	snprintf(s->reason, sizeof(s->reason),
		 "the valid sequence whose head has the highest number");
}

static int list_entries(struct vhdxlog_scan *s, struct vhdxlog_selection *row,
			struct vhdxlog_error *err)
{
	const struct vl_log *log = &s->log;
	size_t n = log->entries[log->active_first].depth -
		   log->entries[log->active_head].depth + 1;
	uint32_t i = log->active_first;

	s->selected = vl_calloc(n, sizeof(*s->selected));
	if (!s->selected)
		return vl_nomem(err);
	for (size_t k = 0; k < n; k++, i = log->entries[i].next)
		s->selected[k] = log->entries[i].sector;
	row->has_sequence = true;
	row->sequence.first = log->entries[log->active_first].sector;
	row->sequence.head = log->entries[log->active_head].sector;
	row->entries = s->selected;
	row->entry_count = n;
	return 0;
}

int vl_select_ms_vhdx(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vhdxlog_selection *row = &s->selection;
	int rc = 0;

	*row = (struct vhdxlog_selection){ .policy = "ms-vhdx",
					   .reader = "[MS-VHDX] v8.0",
					   .reason = s->reason };
	decide(s, row);
	if (s->has_log && s->log.active_head != VL_NONE)
		rc = list_entries(s, row, err);
	if (rc || row->outcome != VHDXLOG_OUTCOME_REPLAY)
		return rc;
	row->applied = row->entries;
	row->applied_count = row->entry_count;
	row->result_length = s->overlay.view.size;
	return vl_overlay_digest(&s->overlay, row->result, err);
}

size_t vhdxlog_selection_count(const struct vhdxlog_scan *scan)
{
	(void)scan;
	return 1;
}

const struct vhdxlog_selection *
vhdxlog_selection_at(const struct vhdxlog_scan *scan, size_t index)
{
	return index == 0 ? &scan->selection : NULL;
}

const char *vhdxlog_outcome_name(enum vhdxlog_outcome_kind outcome)
{
	static const char *const names[] = { "clean",  "replay", "partial",
					     "refuse", "ignore", "hang" };

	return names[outcome];
}

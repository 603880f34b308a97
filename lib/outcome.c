/* SPDX-License-Identifier: MIT */
/* The state of the image: the first of the list in vhdxlog.h that holds. */
#include "scan.h"

#include <string.h>

static bool failed(const struct vhdxlog_scan *s, enum vl_check_id id)
{
	const struct vl_judgement *j =
		vl_check(id)->object == VHDXLOG_OBJECT_LOG ?
			s->log.judgement :
			s->image.judgement;

	return j && vl_failed(j, id);
}

static bool is_lost_to_errors(const struct vl_image *i)
{
	if (!i->io_error)
		return false;
	if (!i->pub.current_header)
		return !i->header[0].readable || !i->header[1].readable;
	if (!i->chosen)
		return !i->table[0].readable || !i->table[1].readable;
	if (i->metadata_region &&
	    (!i->metadata.readable || i->metadata.items_lost))
		return true;
	return i->geometry_known && !i->pub.bat.known &&
	       vl_passed(i->judgement, VLC_bat_region_too_small);
}

static enum vhdxlog_state dirty_state(const struct vhdxlog_scan *s,
				      enum vl_check_id *because)
{
	if (s->log.active_head == VL_NONE) {
		*because = VLC_log_no_valid_sequence;
		return VHDXLOG_DIRTY_UNREPLAYABLE;
	}
	if (s->selection[0].outcome == VHDXLOG_OUTCOME_REFUSE) {
		/* Strict mode, as everything else was asked before. */
		*because = VLC_desc_targets_payload;
		return VHDXLOG_DIRTY_UNREPLAYABLE;
	}
	if (vl_select_differs(s)) {
		*because = VLC_none;
		return VHDXLOG_DIRTY_AMBIGUOUS;
	}
	if (failed(s, VLC_log_already_applied)) {
		*because = VLC_log_already_applied;
		return VHDXLOG_DIRTY_NOOP;
	}
	*because = VLC_log_needs_replay;
	return VHDXLOG_DIRTY;
}

/*
 * The rule for which the image is refused. What a structure of another file says,
 * or one that names a wrong place, breaks further rules, which are not the reason.
 */
static enum vl_check_id find_refusal(const struct vhdxlog_scan *s)
{
	enum vl_check_id id = vl_image_refusal(&s->image);
	const char *area = id ? vl_check(id)->area : "";
	bool of_log = id >= VLC_header_log_offset_unaligned &&
		      id <= VLC_header_log_beyond_eof;

	if (of_log && failed(s, VLC_header_log_misplaced))
		return VLC_header_log_misplaced;
	if ((strcmp(area, "region") == 0 ||
	     id == VLC_header_log_overlaps_region) &&
	    failed(s, VLC_region_tables_foreign))
		return VLC_region_tables_foreign;
	return id == VLC_header_log_overlaps_region &&
			       failed(s, VLC_header_log_misplaced) ?
		       VLC_header_log_misplaced :
		       id;
}

static enum vhdxlog_state find_state(const struct vhdxlog_scan *s,
				     enum vl_check_id *because)
{
	const struct vl_image *i = &s->image;

	*because = VLC_none;
	if (!s->options.raw_log && failed(s, VLC_ident_signature_bad) &&
	    !i->pub.current_header && !i->log.known && !i->assumed.is_vhdx) {
		*because = VLC_ident_signature_bad;
		return VHDXLOG_NOT_VHDX;
	}
	if (s->log.ring.n_holes && s->log.ring.n_holes == s->log.ring.present) {
		*because = VLC_log_sector_unreadable;
		return VHDXLOG_UNREADABLE;
	}
	if (is_lost_to_errors(i)) {
		*because = VLC_image_structure_unreadable;
		return VHDXLOG_UNREADABLE;
	}
	if (s->unstable)
		return VHDXLOG_UNSTABLE;
	if (!i->pub.current_header) {
		*because = s->options.raw_log ? VLC_none :
						VLC_header_none_valid;
		return VHDXLOG_HEADERS_LOST;
	}
	if (failed(s, VLC_log_file_truncated)) {
		*because = VLC_log_file_truncated;
		return VHDXLOG_TRUNCATED;
	}
	*because = find_refusal(s);
	if (*because)
		return VHDXLOG_DAMAGED;
	return vl_scan_is_dirty(s) ? dirty_state(s, because) : VHDXLOG_CLEAN;
}

void vl_outcome_settle(struct vhdxlog_scan *s)
{
	enum vl_check_id because;

	s->outcome.state = find_state(s, &because);
	s->outcome.because = because ? vl_check(because) : NULL;
	s->outcome.needs_decision = s->outcome.state != VHDXLOG_CLEAN;
	for (size_t i = 0; i < s->n_findings; i++) {
		if (s->findings[i].pub.severity == VHDXLOG_ERROR)
			s->outcome.needs_decision = true;
	}
}

const struct vhdxlog_outcome *vhdxlog_verdict(const struct vhdxlog_scan *scan)
{
	return &scan->outcome;
}

const char *vhdxlog_state_name(enum vhdxlog_state state)
{
	static const char *const names[] = {
		"not-vhdx",  "unreadable", "unstable",
		"headers-lost", "truncated", "damaged",
		"dirty-unreplayable", "dirty-ambiguous", "dirty-noop",
		"dirty",     "clean",
	};

	return names[state];
}

/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/compare.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- open */

/* Sectors of the entries from first to head, each where the last one ends. */
static int list_entries(struct vhdxlog_overlay *o, uint32_t first,
			uint32_t head, struct vhdxlog_error *err)
{
	struct vl_log *log = &o->scan->log;
	uint64_t n = vl_link_count(log, first, head);
	uint32_t i = first;

	o->entries = vl_calloc(n, sizeof(*o->entries));
	if (!o->entries)
		return vl_nomem(err);
	for (uint64_t k = 0; k < n; k++, i = vl_link_neighbour(log, i))
		o->entries[k] = log->entries[i].sector;
	o->about.entries = o->entries;
	o->about.entry_count = n;
	return 0;
}

int vl_replay_count(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	struct vhdxlog_segment s;
	int rc;

	o->about.pages = o->about.zeroed = 0;
	while ((rc = vhdxlog_overlay_next(o, &s, err)) == 0) {
		if (s.zero)
			o->about.zeroed += s.length;
		else
			o->about.pages++;
	}
	vhdxlog_overlay_rewind(o);
	return rc < 0 ? rc : 0;
}

static int find_result(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	o->about.size_before = vl_scan_disk(o->scan)->size;
	o->about.size = o->pile.view.size;
	if (*o->about.result)
		return 0;
	return vl_overlay_digest(&o->pile, o->about.result, err);
}

int vl_replay_begin(struct vhdxlog_scan *scan, struct vhdxlog_overlay **overlay,
		    struct vhdxlog_error *err)
{
	struct vhdxlog_overlay *o;

	*overlay = NULL;
	if (scan->options.raw_log)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"laying a log over a file that is not given");
	o = vl_calloc(1, sizeof(*o));
	if (!o)
		return vl_nomem(err);
	o->scan = scan;
	o->first = o->head = VL_NONE;
	o->about.outcome = VHDXLOG_OUTCOME_REPLAY;
	o->about.reason = "";
	scan->overlays++;
	*overlay = o;
	return 0;
}

int vl_replay_measure(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	int rc = find_result(o, err);

	return rc ? rc : vl_replay_count(o, err);
}

/* What is done when the pile stands. On failure there is none. */
static int finish(struct vhdxlog_overlay **overlay, int rc,
		  struct vhdxlog_error *err)
{
	if (!rc)
		rc = vl_replay_measure(*overlay, err);
	if (rc) {
		vhdxlog_overlay_close(*overlay);
		*overlay = NULL;
	}
	return rc;
}

int vhdxlog_overlay_sequence(struct vhdxlog_scan *scan, struct vhdxlog_range id,
			     struct vhdxlog_overlay **overlay,
			     struct vhdxlog_error *err)
{
	struct vhdxlog_sequence q;
	struct vhdxlog_overlay *o;
	int rc = vl_replay_begin(scan, overlay, err);

	if (rc)
		return rc;
	o = *overlay;
	rc = vhdxlog_sequence_from(scan, id, &q, err);
	if (!rc) {
		o->first = vl_scan_sound_at(scan, id.first);
		o->head = vl_scan_sound_at(scan, id.head);
		o->about.has_sequence = true;
		o->about.sequence = id;
		rc = list_entries(o, o->first, o->head, err);
	}
	if (!rc)
		rc = vl_overlay_init(&o->pile, vl_scan_disk(scan), &scan->log,
				     o->first, o->head, err);
	return finish(overlay, rc, err);
}

/* Where what a policy applies can be named, it is a sequence. */
static void name_sequence(struct vhdxlog_overlay *o)
{
	struct vhdxlog_range id;

	if (!o->choice.applied.n ||
	    !vl_select_is_sequence(o->scan, &o->choice.applied))
		return;
	id.first = o->entries[0];
	id.head = o->entries[o->choice.applied.n - 1];
	o->about.has_sequence = true;
	o->about.sequence = id;
	o->first = vl_scan_sound_at(o->scan, id.first);
	o->head = vl_scan_sound_at(o->scan, id.head);
}

int vhdxlog_overlay_policy(struct vhdxlog_scan *scan, size_t index,
			   struct vhdxlog_overlay **overlay,
			   struct vhdxlog_error *err)
{
	struct vl_asked asked = vl_scan_asked(scan);
	struct vhdxlog_overlay *o;
	int rc;

	if (index >= VL_POLICIES)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a policy");
	rc = vl_replay_begin(scan, overlay, err);
	if (rc)
		return rc;
	o = *overlay;
	rc = vl_policy_overlay(index, &asked, &o->choice, &o->entries,
			       &o->pile, err);
	o->about.policy = vl_policy_name(index);
	o->about.outcome = o->choice.outcome;
	o->about.reason = o->choice.reason;
	o->about.entries = o->entries;
	o->about.entry_count = o->choice.applied.n;
	/* The scan has asked the same already. */
	memcpy(o->about.result, scan->selection[index].result,
	       sizeof(o->about.result));
	if (!rc)
		name_sequence(o);
	return finish(overlay, rc, err);
}

void vhdxlog_overlay_close(struct vhdxlog_overlay *o)
{
	if (!o)
		return;
	vhdxlog_overlay_rewind(o);
	vl_ghosts_close(o->ghosts);
	vl_bat_walk_release(&o->bat);
	vl_overlay_release(&o->who);
	vl_overlay_release(&o->pile);
	/* Layers of entries that are not sound serve all that are open. */
	if (--o->scan->overlays == 0)
		vl_log_forget(&o->scan->log);
	if (o->then == &o->own)
		vl_image_release(&o->own);
	free(o->judgement);
	free(o->entries);
	vl_asof_marks_release(&o->marks);
	vl_replay_unsalvage(o->salvage);
	free(o);
}

const struct vhdxlog_replay *
vhdxlog_overlay_about(const struct vhdxlog_overlay *overlay)
{
	return &overlay->about;
}

/* -------------------------------------------------------------------- read */

int vhdxlog_overlay_read(struct vhdxlog_overlay *overlay, uint64_t off,
			 void *buf, size_t len, struct vhdxlog_error *err)
{
	return vl_view_read(&overlay->pile.view, off, buf, len, err);
}

void vhdxlog_overlay_rewind(struct vhdxlog_overlay *o)
{
	if (o->sweeping)
		vl_sweep_release(&o->sweep);
	o->sweeping = false;
}

int vhdxlog_overlay_next(struct vhdxlog_overlay *o,
			 struct vhdxlog_segment *segment,
			 struct vhdxlog_error *err)
{
	struct vl_segment s;
	int rc = 0;

	if (!o->sweeping) {
		rc = vl_overlay_sweep(&o->pile, &o->sweep, err);
		o->sweeping = true;
	}
	if (rc)
		return rc;
	if (!vl_sweep_next(&o->sweep, &s) || s.off >= o->pile.view.size)
		return 1;
	*segment = (struct vhdxlog_segment){
		.offset = s.off,
		.length = vl_min64(s.len, o->pile.view.size - s.off),
		.zero = vl_segment_is_zero(&o->pile, &s),
		.entry = o->scan->log.entries[s.entry].sector,
		.area = o->then ? vl_areas_at(&o->then->areas, s.off) :
				  VHDXLOG_AREA_UNKNOWN,
	};
	return 0;
}

/* --------------------------------------------------------------- judgement */

/* What the headers say stays as it is; all else is read through the overlay. */
static int examine(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	const struct vl_image *now = &o->scan->image;
	struct vl_image *then = &o->own;
	int rc = vl_image_init(then, err);

	if (!rc)
		rc = vl_headers_read(then, vl_scan_disk(o->scan),
				     &o->scan->options, err);
	then->log = now->log;
	then->assumed = now->assumed;
	then->has_parent_guid = now->has_parent_guid;
	then->parent_given = now->parent_given;
	then->parent_fault = now->parent_fault;
	then->parent_guid = now->parent_guid;
	return rc ? rc : vl_image_examine(then, &o->pile.view, err);
}

/* Whether the scan has examined the file in this state already. */
static bool is_scanned(const struct vhdxlog_overlay *o)
{
	const struct vl_overlay *scanned = &o->scan->overlay;
	const struct vl_log *log = &o->scan->log;

	if (o->pile.view.size != scanned->view.size || o->about.salvaged)
		return false;
	if (!o->pile.pile.n && !scanned->pile.n)
		return true;
	return o->head != VL_NONE && o->head == log->active_head &&
	       o->first == log->active_first &&
	       o->about.outcome == VHDXLOG_OUTCOME_REPLAY;
}

const struct vl_image *vl_replay_image(struct vhdxlog_overlay *o,
				       struct vhdxlog_error *err)
{
	if (o->then)
		return o->then;
	if (is_scanned(o)) {
		o->then = &o->scan->image;
	} else if (examine(o, err)) {
		vl_image_release(&o->own);
	} else {
		o->then = &o->own;
	}
	vl_overlay_rest(&o->pile);
	return o->then;
}

int vl_replay_find_image(struct vhdxlog_overlay *o,
			 const struct vl_image **image,
			 struct vhdxlog_error *err)
{
	struct vhdxlog_error local = { VHDXLOG_OK, 0, 0, NULL };

	/* What was overcome may have left its code behind. */
	*image = vl_replay_image(o, &local);
	if (*image)
		return 0;
	if (err)
		*err = local;
	return local.code;
}

int vhdxlog_overlay_verdicts(struct vhdxlog_overlay *overlay,
			     struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
			     struct vhdxlog_error *err)
{
	struct vhdxlog_error local = { VHDXLOG_OK, 0, 0, NULL };
	const struct vl_judgement *j = vl_replay_judge(overlay, &local);

	if (j)
		return vl_verdicts_of(j, VHDXLOG_OBJECT_REPLAY, v);
	if (err)
		*err = local;
	return local.code;
}

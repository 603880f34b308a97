/* SPDX-License-Identifier: MIT */
/* What is proven of damaged entries, laid over an overlay. */
#include "replay.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

void vl_replay_unsalvage(struct vl_salvage *salvage)
{
	if (!salvage)
		return;
	vl_salvage_release(salvage);
	free(salvage);
}

/* Only what completes has an end that something can follow. */
static bool may_be_salvaged(const struct vhdxlog_overlay *o)
{
	return !o->salvage && !o->then && !o->judgement && !o->has_who &&
	       !o->marks.when;
}

/* The last entry that is applied, or VL_NONE. */
static uint32_t last_of(const struct vhdxlog_overlay *o)
{
	uint64_t n = o->about.entry_count;

	return n ? vl_log_entry_at(&o->scan->log, o->entries[n - 1]) : VL_NONE;
}

/* Entries that are applied by it, behind those that are applied anyway. */
static int append_entries(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	const struct vl_salvage *s = o->salvage;
	size_t n = (size_t)o->about.entry_count;
	uint32_t *all = vl_calloc(n + s->n_entries, sizeof(*all));

	if (!all)
		return vl_nomem(err);
	if (n)
		memcpy(all, o->entries, n * sizeof(*all));
	for (size_t i = 0; i < s->n_entries; i++)
		all[n + i] = o->scan->log.entries[s->entries[i]].sector;
	free(o->entries);
	o->entries = all;
	o->about.entries = all;
	o->about.entry_count = n + s->n_entries;
	o->about.salvaged = s->n_entries;
	return 0;
}

/* The pile of layers with what was found on top, in place of the one without. */
static int lay_over(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	struct vl_salvage *s = o->salvage;
	struct vl_pile pile = s->pile;

	s->pile = (struct vl_pile){ NULL, 0 };
	vhdxlog_overlay_rewind(o);
	vl_overlay_release(&o->pile);
	return vl_overlay_of(&o->pile, vl_scan_disk(o->scan), &o->scan->log,
			     pile, s->size, err);
}

/* The file as it would be without, examined; it is not what is asked later. */
static int find_base_image(struct vhdxlog_overlay *o,
			   const struct vl_image **image,
			   struct vhdxlog_error *err)
{
	int rc = vl_replay_find_image(o, image, err);

	o->then = NULL;
	return rc;
}

static int find(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	struct vl_salvage_base base = {
		.log = &o->scan->log,
		.disk = vl_scan_disk(o->scan),
		.pile = o->pile.pile,
		.size = o->pile.view.size,
		.last = last_of(o),
	};
	int rc = find_base_image(o, &base.image, err);

	if (!rc)
		rc = vl_salvage_find(o->salvage, &base, err);
	if (base.image == &o->own)
		vl_image_release(&o->own);
	return rc;
}

int vhdxlog_overlay_salvage(struct vhdxlog_overlay *o,
			    struct vhdxlog_error *err)
{
	int rc;

	if (!may_be_salvaged(o))
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"salvaging over a state that cannot change");
	o->salvage = vl_calloc(1, sizeof(*o->salvage));
	if (!o->salvage)
		return vl_nomem(err);
	o->salvage->growth_unproven = VL_NONE;
	if (!o->scan->has_log || o->about.outcome == VHDXLOG_OUTCOME_PARTIAL ||
	    o->about.outcome == VHDXLOG_OUTCOME_REFUSE ||
	    o->about.outcome == VHDXLOG_OUTCOME_HANG)
		return 0;
	rc = find(o, err);
	if (rc || !o->salvage->n_entries)
		return rc;
	rc = append_entries(o, err);
	if (!rc)
		rc = lay_over(o, err);
	if (rc)
		return rc;
	o->about.outcome = VHDXLOG_OUTCOME_REPLAY;
	o->about.result[0] = '\0';
	return vl_replay_measure(o, err);
}

bool vhdxlog_overlay_salvaged(const struct vhdxlog_overlay *o, size_t index,
			      struct vhdxlog_salvaged *salvaged)
{
	const struct vl_salvage *s = o->salvage;
	const struct vl_salvaged *page;

	if (!s || index >= s->n_pages)
		return false;
	page = &s->pages[index];
	*salvaged = (struct vhdxlog_salvaged){
		.entry = o->scan->log.entries[page->entry].sector,
		.descriptor = page->descriptor,
		.file_offset = page->offset,
		.length = page->length,
		.zero = page->zero,
		.area = (enum vhdxlog_area)page->area,
	};
	vl_salvage_evidence(page, o->about.entry_count > o->about.salvaged,
			    salvaged->evidence);
	return true;
}

bool vhdxlog_overlay_unsalvaged(const struct vhdxlog_overlay *o, size_t index,
				struct vhdxlog_unsalvaged *unsalvaged)
{
	const struct vl_salvage *s = o->salvage;

	if (!s || index >= s->n_left)
		return false;
	*unsalvaged = (struct vhdxlog_unsalvaged){
		.entry = o->scan->log.entries[s->left[index].entry].sector,
		.descriptor = s->left[index].descriptor,
		.reason = s->left[index].reason,
	};
	return true;
}

size_t vhdxlog_salvageable(const struct vhdxlog_scan *scan, size_t *of)
{
	*of = scan->salvageable + scan->unsalvageable;
	return scan->salvageable;
}

int vl_salvage_probe(struct vhdxlog_scan *scan, struct vhdxlog_error *err)
{
	struct vl_salvage_base base = {
		.log = &scan->log,
		.disk = vl_scan_disk(scan),
		.pile = scan->overlay.pile,
		.size = scan->overlay.view.size,
		.image = &scan->image,
		.last = scan->log.active_head,
	};
	struct vl_salvage s = { .n_pages = 0 };
	int rc = vl_salvage_find(&s, &base, err);

	scan->salvageable = s.n_pages;
	scan->unsalvageable = s.n_left;
	vl_salvage_release(&s);
	/* No overlay can be open yet: the scan is not at its end. */
	vl_log_forget(&scan->log);
	return rc;
}

/* SPDX-License-Identifier: MIT */
/* States of a file besides what a sequence or a policy leaves. */
#include "history.h"
#include "replay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/asof.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- open */

/* What is known when the pile stands. On failure there is none. */
static int finish(struct vhdxlog_overlay **overlay, uint64_t size, int rc,
		  struct vhdxlog_error *err)
{
	struct vhdxlog_overlay *o = *overlay;

	o->about.size_before = vl_scan_disk(o->scan)->size;
	o->about.size = size;
	if (!rc)
		rc = vl_replay_count(o, err);
	if (rc) {
		vhdxlog_overlay_close(o);
		*overlay = NULL;
	}
	return rc;
}

int vhdxlog_overlay_disk(struct vhdxlog_scan *scan,
			 struct vhdxlog_overlay **overlay,
			 struct vhdxlog_error *err)
{
	const struct vl_view *disk = vl_scan_disk(scan);
	int rc = vl_replay_begin(scan, overlay, err);

	if (rc)
		return rc;
	rc = vl_overlay_init(&(*overlay)->pile, disk, &scan->log, VL_NONE,
			     VL_NONE, err);
	return finish(overlay, disk->size, rc, err);
}

static int list_entries(struct vhdxlog_overlay *o, const struct vl_order *order,
			uint32_t place, struct vhdxlog_error *err)
{
	size_t n = place + (size_t)1;

	o->entries = vl_calloc(n, sizeof(*o->entries));
	if (!o->entries)
		return vl_nomem(err);
	for (size_t i = 0; i < n; i++)
		o->entries[i] = order->log->entries[order->entries[i]].sector;
	o->about.entries = o->entries;
	o->about.entry_count = n;
	return 0;
}

/* Hand over what was made to the overlay. */
static int take(struct vhdxlog_overlay *o, struct vl_asof *a,
		struct vhdxlog_error *err)
{
	const struct vl_view *disk = vl_scan_disk(o->scan);
	uint64_t size = vl_max64(a->size, disk->size);
	struct vl_pile pile = a->pile, who = a->who;
	int rc;

	o->marks = a->marks;
	*a = (struct vl_asof){ .size = 0 };
	o->has_who = true;
	rc = vl_overlay_of(&o->who, disk, &o->scan->log, who, size, err);
	if (rc) {
		free(pile.layer);
		return rc;
	}
	return vl_overlay_of(&o->pile, disk, &o->scan->log, pile, size, err);
}

int vhdxlog_overlay_as_of(struct vhdxlog_history *history, uint32_t sector,
			  struct vhdxlog_overlay **overlay,
			  struct vhdxlog_error *err)
{
	struct vhdxlog_scan *scan = history->scan;
	struct vl_asof a = { .size = 0 };
	uint32_t entry, place;
	uint64_t size;
	int rc = vl_replay_begin(scan, overlay, err);

	if (rc)
		return rc;
	entry = vl_scan_sound_at(scan, sector);
	if (entry == VL_NONE) {
		vhdxlog_overlay_close(*overlay);
		*overlay = NULL;
		return vl_error(err, VHDXLOG_E_NOT_FOUND, 0, 0,
				"asking for a state as of an entry");
	}
	place = history->order.place[entry];
	rc = vl_asof_make(&a,
			  &(struct vl_asof_of){ &history->order, &history->gaps,
						&history->predates,
						&scan->image,
						vl_scan_disk(scan) },
			  place, err);
	size = a.size;
	if (!rc)
		rc = take(*overlay, &a, err);
	if (!rc)
		rc = list_entries(*overlay, &history->order, place, err);
	vl_asof_release(&a);
	return finish(overlay, size, rc, err);
}

/* --------------------------------------------------------- bytes and entries */

/* The layers of the overlay once more. */
static int make_who(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	const struct vl_overlay *pile = &o->pile;
	struct vl_pile copy = { vl_calloc(pile->pile.n, sizeof(uint32_t)),
				pile->pile.n };

	if (!copy.layer)
		return vl_nomem(err);
	if (copy.n)
		memcpy(copy.layer, pile->pile.layer,
		       copy.n * sizeof(*copy.layer));
	o->has_who = true;
	return vl_overlay_of(&o->who, pile->disk, pile->log, copy,
			     pile->view.size, err);
}

/* What a later entry wrote: its first version, or what the disk has of before. */
static void see_later(const struct vhdxlog_overlay *o, uint64_t off,
		      const struct vl_segment *s, uint32_t *entry,
		      enum vhdxlog_certainty *certainty)
{
	const struct vl_target *t = &o->scan->log.targets[s->target];
	const struct vl_asof_older *older;

	*certainty = VHDXLOG_INFERRED;
	/* Of what a later one wiped there is but what the disk has. */
	if (vl_target_is_zero(t))
		return;
	older = vl_asof_older(&o->marks, vl_target_offset(t));
	if (older && older->known)
		*certainty = VHDXLOG_KNOWN;
	else if (!older && off < o->marks.guessed)
		*entry = o->scan->log.entries[s->entry].sector;
}

int vl_replay_seen(struct vhdxlog_overlay *o, uint64_t off, uint32_t *entry,
		   enum vhdxlog_certainty *certainty,
		   struct vhdxlog_error *err)
{
	struct vl_segment s;
	uint8_t when;
	bool covered;
	int rc = o->has_who ? 0 : make_who(o, err);

	*entry = VHDXLOG_NO_SECTOR;
	*certainty = VHDXLOG_KNOWN;
	if (!rc)
		rc = vl_overlay_at(&o->who, off, &s, &covered, err);
	if (rc)
		return rc;
	if (!covered) {
		if (o->marks.when && !o->marks.disk_known)
			*certainty = VHDXLOG_INFERRED;
		return 0;
	}
	when = o->marks.when ? o->marks.when[s.entry] : VL_ASOF_KNOWN;
	if (when == VL_ASOF_LATER) {
		see_later(o, off, &s, entry, certainty);
		return 0;
	}
	if (when == VL_ASOF_INFERRED)
		*certainty = VHDXLOG_INFERRED;
	*entry = o->scan->log.entries[s.entry].sector;
	return 0;
}

enum vhdxlog_certainty
vhdxlog_overlay_certainty(const struct vhdxlog_overlay *overlay, uint64_t off)
{
	enum vhdxlog_certainty certainty;

	vl_replay_certainty((struct vhdxlog_overlay *)overlay, off, &certainty,
			    NULL);
	return certainty;
}

int vhdxlog_overlay_from(struct vhdxlog_overlay *overlay, uint64_t off,
			 uint32_t *entry, struct vhdxlog_error *err)
{
	enum vhdxlog_certainty certainty;

	if (off >= overlay->pile.view.size)
		return vl_error(err, VHDXLOG_E_RANGE, 0, off,
				"asking past the end of the image");
	return vl_replay_seen(overlay, off, entry, &certainty, err);
}

int vl_replay_certainty(struct vhdxlog_overlay *o, uint64_t off,
			enum vhdxlog_certainty *certainty,
			struct vhdxlog_error *err)
{
	uint32_t entry;
	int rc;

	*certainty = VHDXLOG_KNOWN;
	/* All that is as of an entry has its layers already. */
	if (!o->marks.when)
		return 0;
	rc = vl_replay_seen(o, off, &entry, certainty, err);
	if (rc)
		*certainty = VHDXLOG_INFERRED;
	return rc == VHDXLOG_E_NOMEM ? rc : 0;
}

/* -------------------------------------------------------------- structures */

const struct vhdxlog_image *
vhdxlog_overlay_image(struct vhdxlog_overlay *overlay,
		      struct vhdxlog_error *err)
{
	const struct vl_image *image = vl_replay_image(overlay, err);

	return image ? &image->pub : NULL;
}

/* Whether all pages of a stretch, which is short, are known. */
static bool is_known(const struct vhdxlog_overlay *o, uint64_t off,
		     uint64_t len)
{
	uint64_t end = vl_end(off, len);

	for (uint64_t at = off - off % VL_SECTOR; at < end; at += VL_SECTOR) {
		if (vhdxlog_overlay_certainty(o, at) != VHDXLOG_KNOWN)
			return false;
	}
	return true;
}

static bool is_metadata_known(const struct vhdxlog_overlay *o,
			      const struct vl_metadata *m)
{
	if (!is_known(o, m->base, VL_METADATA_TABLE_SIZE))
		return false;
	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++) {
		const struct vl_metadata_entry *e;

		if (m->known[i] < 0)
			continue;
		e = &m->entries[m->known[i]];
		/* Items are no longer than 1 MiB, or fail their checks. */
		if (!is_known(o, vl_end(m->base, e->offset),
			      vl_min64(e->length, VL_MIB)))
			return false;
	}
	return true;
}

int vhdxlog_overlay_image_certainty(struct vhdxlog_overlay *overlay,
				    enum vhdxlog_certainty *certainty,
				    struct vhdxlog_error *err)
{
	const struct vl_image *image = vl_replay_image(overlay, err);

	if (!image)
		return VHDXLOG_E_NOMEM;
	if (!image->pub.metadata_known)
		return 1;
	*certainty = is_known(overlay, VL_TABLE_OFFSET(1), 2 * VL_SLOT_SIZE) &&
				     is_metadata_known(overlay,
						       &image->metadata) ?
			     VHDXLOG_KNOWN :
			     VHDXLOG_INFERRED;
	return 0;
}

/* Have a walk over the BAT of the state; *image gets what it is decoded by. */
static int begin_bat(struct vhdxlog_overlay *o, const struct vl_image **image,
		     struct vhdxlog_error *err)
{
	int rc = vl_replay_find_image(o, image, err);

	if (rc || o->bat.bytes)
		return rc;
	return vl_bat_walk_init(&o->bat, &o->pile.view, *image, err);
}

int vhdxlog_overlay_bat_next(struct vhdxlog_overlay *overlay, uint64_t *cursor,
			     struct vhdxlog_bat_entry *entry,
			     enum vhdxlog_certainty *certainty,
			     struct vhdxlog_error *err)
{
	const struct vl_image *image;
	uint64_t raw;
	int rc = begin_bat(overlay, &image, err);

	if (!rc)
		rc = vl_bat_walk_next(&overlay->bat, cursor, UINT64_MAX, &raw,
				      err);
	if (rc)
		return rc;
	vl_bat_entry_fill(image, (*cursor)++, raw, entry);
	return vl_replay_certainty(overlay, entry->offset, certainty, err);
}

int vhdxlog_overlay_block(struct vhdxlog_overlay *overlay, uint64_t block,
			  struct vhdxlog_bat_entry *entry,
			  enum vhdxlog_certainty *certainty,
			  struct vhdxlog_error *err)
{
	const struct vl_image *image;
	uint64_t index, raw;
	int rc = begin_bat(overlay, &image, err);

	if (rc)
		return rc;
	if (!overlay->bat.end || block >= image->geometry.blocks)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a block");
	index = vl_bat_index(&image->geometry, block);
	if (index >= overlay->bat.end)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a block that is not in the BAT");
	rc = vl_bat_walk_at(&overlay->bat, index, &raw, err);
	if (rc)
		return rc;
	vl_bat_entry_fill(image, index, raw, entry);
	return vl_replay_certainty(overlay, entry->offset, certainty, err);
}

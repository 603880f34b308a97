/* SPDX-License-Identifier: MIT */
#include "view/then.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define MOST_REREADS 64u /* of 200 KiB or so each */

/* Whether a target writes what the geometry is read from, by an image. */
static bool shapes(const struct vl_image *image, const struct vl_target *t)
{
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };

	vl_areas_count(&image->areas, vl_target_offset(t), vl_target_length(t),
		       bytes);
	return bytes[VHDXLOG_AREA_REGION_TABLES] ||
	       bytes[VHDXLOG_AREA_METADATA];
}

/* By the image of then or of now: the metadata may have been elsewhere. */
static bool entry_shapes(const struct vl_then *t, uint32_t entry)
{
	const struct vl_entry *e = &t->log->entries[entry];
	const struct vl_target *targets = vl_entry_targets(t->log, e);

	for (uint32_t i = 0; targets && i < e->descriptor_count; i++) {
		if (shapes(t->latest, &targets[i]) ||
		    (t->has_image && shapes(&t->image, &targets[i])))
			return true;
	}
	return false;
}

static int pile_up(struct vl_then *t, uint32_t entry, struct vhdxlog_error *err)
{
	const struct vl_entry *e = &t->log->entries[entry];

	if (!vl_reserve((void **)&t->pile.layer, &t->pile_cap,
			t->pile.n + e->layer_count, sizeof(*t->pile.layer)))
		return vl_nomem(err);
	for (uint32_t i = 0; i < e->layer_count; i++)
		t->pile.layer[t->pile.n++] = e->layers + i;
	return 0;
}

/* The disk under the pile; the overlay is the caller's also after a failure. */
static int lay_over(const struct vl_then *t, struct vl_overlay *o,
		    struct vhdxlog_error *err)
{
	struct vl_pile copy = { vl_calloc(t->pile.n, sizeof(*copy.layer)),
				t->pile.n };

	if (!copy.layer)
		return vl_nomem(err);
	if (copy.n)
		memcpy(copy.layer, t->pile.layer, copy.n * sizeof(*copy.layer));
	return vl_overlay_of(o, t->disk, t->log, copy,
			     vl_max64(t->disk->size, t->replayed->size), err);
}

static void forget(struct vl_then *t)
{
	vl_place_release(&t->place);
	if (t->has_image)
		vl_image_release(&t->image);
	t->has_image = false;
}

static int locate(struct vl_then *t, const struct vl_image *image,
		  struct vhdxlog_error *err)
{
	int rc = vl_place_init(&t->place, image, t->replayed, err);

	return rc ? rc : vl_then_see_disk(t, err);
}

/*
 * Of what cannot be told of then, what is known of now is the best there is: a
 * disk that has no sound tables before the log is replayed.
 */
static int reread(struct vl_then *t, struct vhdxlog_error *err)
{
	struct vl_overlay o = { 0 };
	struct vl_bitmaps_seen seen = vl_then_take_bitmaps(t);
	int rc = lay_over(t, &o, err);

	forget(t);
	if (!rc) {
		t->has_image = true;
		rc = vl_image_reread(&t->image, t->latest, &o.view, err);
	}
	vl_overlay_release(&o);
	if (!rc)
		rc = locate(t, t->image.geometry_known ? &t->image : t->latest,
			    err);
	if (!rc)
		rc = vl_then_give_bitmaps(t, &seen, err);
	free(seen.at);
	return rc;
}

int vl_then_init(struct vl_then *t, const struct vl_image *latest,
		 const struct vl_view *replayed, const struct vl_view *disk,
		 struct vl_log *log, struct vhdxlog_error *err)
{
	*t = (struct vl_then){ .latest = latest,
			       .replayed = replayed,
			       .disk = disk,
			       .log = log };
	for (uint32_t i = 0; latest && !t->changes && i < log->n_entries; i++)
		t->changes = vl_is_sound(&log->entries[i]) &&
			     entry_shapes(t, i);
	return t->changes ? reread(t, err) : locate(t, latest, err);
}

void vl_then_release(struct vl_then *t)
{
	forget(t);
	vl_located_release(&t->located);
	free(t->pile.layer);
	*t = (struct vl_then){ 0 };
}

static int shape(struct vl_then *t, uint32_t entry, struct vhdxlog_error *err)
{
	int rc;

	if (!t->changes || t->limited || !entry_shapes(t, entry))
		return 0;
	t->limited = t->rereads == MOST_REREADS;
	if (t->limited)
		return 0;
	t->rereads++;
	rc = pile_up(t, entry, err);
	return rc ? rc : reread(t, err);
}

int vl_then_enter(struct vl_then *t, uint32_t entry, struct vhdxlog_error *err)
{
	int rc = shape(t, entry, err);

	return rc ? rc : vl_then_see_entry(t, entry, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * Blocks that a state of the file locates where its BAT, replayed, has them no
 * more: what they hold may still be there.
 *
 * The two BATs can differ only where the state or the replay has a segment, so
 * only that is looked through; unless the BAT lies elsewhere now.
 */
#include "replay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/compare_stretch.h"
#include "view/diff.h"

#include <stdlib.h>

struct vl_ghosts {
	const struct vl_image *then, *today;
	bool same; /* both BATs are at one place */
	struct vl_stretches stretches;
	struct vl_bat_walk bat[2]; /* of the state, of today */
	uint64_t from, to; /* indices: what is looked through */
	uint64_t next; /* the cursor that goes on from here */
};

void vl_ghosts_close(struct vl_ghosts *g)
{
	if (!g)
		return;
	vl_stretches_release(&g->stretches);
	vl_bat_walk_release(&g->bat[0]);
	vl_bat_walk_release(&g->bat[1]);
	free(g);
}

static struct vl_side whole(const struct vl_overlay *pile)
{
	return (struct vl_side){ pile, pile->view.size };
}

/* From the index `cursor` on. */
static int begin(struct vhdxlog_overlay *o, uint64_t cursor,
		 struct vhdxlog_error *err)
{
	const struct vl_overlay *now = &o->scan->overlay;
	const struct vl_side a = whole(&o->pile), b = whole(now);
	const struct vl_image *then;
	struct vl_ghosts *g;
	uint64_t end;
	int rc = vl_replay_find_image(o, &then, err);

	vl_ghosts_close(o->ghosts);
	o->ghosts = NULL;
	if (rc)
		return rc;
	o->ghosts = g = vl_calloc(1, sizeof(*g));
	if (!g)
		return vl_nomem(err);
	g->then = then;
	g->today = &o->scan->image;
	g->next = cursor;
	rc = vl_bat_walk_init(&g->bat[0], &o->pile.view, then, err);
	if (!rc)
		rc = vl_bat_walk_init(&g->bat[1], &now->view, g->today, err);
	if (rc)
		return rc;
	end = g->bat[0].end;
	g->same = end && vl_bat_same_layout(then, g->today);
	g->from = cursor;
	g->to = g->same ? cursor : vl_max64(cursor, end);
	if (!g->same)
		return 0;
	rc = vl_stretches_init(&g->stretches, &a, &b,
			       vl_bat_offset(then, vl_min64(cursor, end)),
			       vl_bat_offset(then, end), err);
	g->stretches.budget = UINT64_MAX; /* the BAT is all that is read */
	return rc;
}

/* The next entries to look through; false: there are no more. */
static bool go_on(struct vl_ghosts *g)
{
	uint64_t base, from, to;
	bool unread;

	if (!g->same || !vl_stretches_next(&g->stretches, &from, &to, &unread))
		return false;
	base = g->then->bat->offset;
	g->from = vl_max64(g->from, (from - base) / 8);
	g->to = vl_max64(g->from, vl_div_up(to - base, 8));
	return true;
}

/* What today's BAT says of the same block; zero where it has no such. */
static int find_today(struct vl_ghosts *g, const struct vhdxlog_bat_entry *e,
		      struct vhdxlog_bat_entry *now, struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *geometry = &g->today->geometry;
	uint64_t index = e->index, raw;
	int rc;

	*now = (struct vhdxlog_bat_entry){ 0 };
	if (!g->bat[1].end)
		return 0;
	if (!g->same)
		index = e->is_bitmap ?
				vl_bat_bitmap_index(geometry, e->block) :
				vl_bat_index(geometry, e->block);
	rc = vl_bat_walk_at(&g->bat[1], index, &raw, err);
	if (!rc)
		vl_bat_entry_fill(g->today, index, raw, now);
	return rc;
}

/* The first byte of a block that today is something's. */
static enum vhdxlog_area find_owner(const struct vl_image *today, uint64_t off,
				    uint64_t len)
{
	const struct vl_areas *areas = &today->areas;
	const struct vl_range *piece =
		vl_ranges_find(areas->pieces, areas->n, off, len);
	uint64_t end = vl_end(off, len);

	if (piece)
		end = vl_max64(piece->off, off);
	/* A block is 256 MiB at most. */
	for (uint64_t at = off; at < end; at = vl_end(at, VL_MIB)) {
		switch (vl_claims_at(&today->claims, at)) {
		case VL_CLAIM_NONE: break;
		case VL_CLAIM_BITMAP: return VHDXLOG_AREA_SECTOR_BITMAP;
		default: return VHDXLOG_AREA_PAYLOAD;
		}
	}
	return piece ? (enum vhdxlog_area)piece->tag : VHDXLOG_AREA_UNOWNED;
}

static bool is_ghost(const struct vhdxlog_bat_entry *then,
		     const struct vhdxlog_bat_entry *now)
{
	return vl_bat_is_located(then) && then->file_offset &&
	       (!vl_bat_is_located(now) ||
		now->file_offset != then->file_offset);
}

/* Look at an entry of the state. 0: it is a ghost; 1: it is not. */
static int look_at(struct vhdxlog_overlay *o, uint64_t index, uint64_t raw,
		   struct vhdxlog_ghost *ghost, struct vhdxlog_error *err)
{
	struct vl_ghosts *g = o->ghosts;
	struct vhdxlog_bat_entry e, now;
	int rc;

	vl_bat_entry_fill(g->then, index, raw, &e);
	rc = find_today(g, &e, &now, err);
	if (rc)
		return rc;
	if (!is_ghost(&e, &now))
		return 1;
	*ghost = (struct vhdxlog_ghost){
		.entry = e,
		.length = vl_bat_room(&g->then->geometry, &e),
	};
	ghost->inside_file = vl_end(e.file_offset, ghost->length) <=
			     vl_scan_disk(o->scan)->size;
	ghost->owner = find_owner(g->today, e.file_offset, ghost->length);
	ghost->overlapped = ghost->owner != VHDXLOG_AREA_UNOWNED;
	return vl_replay_certainty(o, e.offset, &ghost->certainty, err);
}

int vhdxlog_overlay_ghost_next(struct vhdxlog_overlay *overlay,
			       uint64_t *cursor, struct vhdxlog_ghost *ghost,
			       struct vhdxlog_error *err)
{
	struct vl_ghosts *g = overlay->ghosts;
	int rc = 0;

	if (!g || g->next != *cursor)
		rc = begin(overlay, *cursor, err);
	if (rc)
		return rc;
	g = overlay->ghosts;
	/* Ends: each turn passes an entry, or a stretch. */
	for (;;) {
		uint64_t raw;

		rc = vl_bat_walk_next(&g->bat[0], &g->from, g->to, &raw, err);
		if (rc == 1 && !go_on(g))
			break;
		if (!rc)
			rc = look_at(overlay, g->from++, raw, ghost, err);
		if (rc != 1)
			break;
	}
	*cursor = g->next = g->from;
	return rc;
}

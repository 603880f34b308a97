/* SPDX-License-Identifier: MIT */
/*
 * Payload blocks that only another state of the file locates: the file as it is,
 * what each reader would make of it, other sequences, and as it stood once an entry
 * had been written, the latest first. What lies there is the disk's.
 */
#include "match/matches.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* States as of an entry cost a pass over the log each; blocks are read whole. */
#define MOST_STATES 256u
#define MOST_BLOCKS 65536u
#define MOST_BYTES  (UINT64_C(1) << 30)

struct block {
	uint64_t file_offset, length, virtual_offset;
	uint32_t entry; /* as of which it was, or NO_SECTOR */
	size_t order;	/* in which it was found */
};

struct ghosts {
	struct vl_match_pass *pass;
	struct block *blocks; /* owned */
	size_t count, room;
	uint64_t covered; /* blocks on which something of today lies */
	bool too_many;
};

/* What is found is kept, but for what other data lies on now. */
static void gather(struct ghosts *g, struct vhdxlog_overlay *overlay,
		   uint32_t entry)
{
	struct vhdxlog_ghost ghost;
	uint64_t cursor = 0;
	int r;

	while ((r = vhdxlog_overlay_ghost_next(overlay, &cursor, &ghost,
					       NULL)) == 0) {
		if (ghost.overlapped || !ghost.inside_file) {
			g->covered++;
			continue;
		}
		if (ghost.entry.is_bitmap || ghost.length == 0)
			continue;
		if (g->count == MOST_BLOCKS) {
			g->too_many = true;
			return;
		}
		if (!vl_reserve((void **)&g->blocks, &g->room, g->count + 1,
				sizeof(*g->blocks))) {
			g->pass->failed = VHDXLOG_E_NOMEM;
			return;
		}
		g->blocks[g->count] = (struct block){
			.file_offset = ghost.entry.file_offset,
			.length = ghost.length,
			.virtual_offset = ghost.entry.virtual_offset,
			.entry = entry,
			.order = g->count,
		};
		g->count++;
	}
	if (r == VHDXLOG_E_NOMEM)
		g->pass->failed = r;
}

static int by_place(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	if (x->file_offset != y->file_offset)
		return x->file_offset < y->file_offset ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Each place once, as it was found first. */
static void unite(struct ghosts *g)
{
	size_t kept = 0;

	if (g->count == 0)
		return;
	qsort(g->blocks, g->count, sizeof(*g->blocks), by_place);
	for (size_t i = 0; i < g->count; i++)
		if (i == 0 || g->blocks[i].file_offset !=
				      g->blocks[kept - 1].file_offset)
			g->blocks[kept++] = g->blocks[i];
	g->count = kept;
}

/* ------------------------------------------------------------------ states */

static bool goes_on(const struct ghosts *g)
{
	return !g->pass->failed && !g->too_many &&
	       !vl_match_is_late(g->pass);
}

/* Takes the overlay over, if there is one. */
static void look(struct ghosts *g, int rc, struct vhdxlog_overlay *overlay,
		 uint32_t entry)
{
	if (rc == VHDXLOG_E_NOMEM)
		g->pass->failed = rc;
	if (rc)
		return;
	gather(g, overlay, entry);
	vhdxlog_overlay_close(overlay);
}

static void look_at_rivals(struct ghosts *g)
{
	struct vhdxlog_scan *scan = g->pass->scan;
	const size_t sequences = vhdxlog_sequence_count(scan);
	struct vhdxlog_overlay *overlay;
	struct vhdxlog_sequence s;
	unsigned n = 0;
	int rc;

	for (size_t i = 0; i < vhdxlog_selection_count(scan) && goes_on(g);
	     i++) {
		if (vhdxlog_selection_at(scan, i)->applied_count == 0)
			continue;
		rc = vhdxlog_overlay_policy(scan, i, &overlay, NULL);
		look(g, rc, overlay, VHDXLOG_NO_SECTOR);
	}
	for (size_t i = 0; i < sequences && n < MOST_STATES && goes_on(g);
	     i++) {
		if (vhdxlog_sequence_at(scan, i, &s, NULL) != 0 ||
		    !s.maximal || s.active)
			continue;
		n++;
		rc = vhdxlog_overlay_sequence(scan, s.id, &overlay, NULL);
		look(g, rc, overlay, VHDXLOG_NO_SECTOR);
	}
}

/* Of too many entries every so manieth, the latest with certainty. */
static void look_back(struct ghosts *g, struct vhdxlog_history *history)
{
	struct vhdxlog_overlay *overlay;
	size_t count, step;
	const uint32_t *entries = vhdxlog_history_entries(history, &count);

	step = count / MOST_STATES + 1;
	if (step > 1)
		vl_match_limit(g->pass,
			       "blocks of an older BAT were looked for as of "
			       "every %zuth entry",
			       step);
	for (size_t i = count; i > 0 && goes_on(g);
	     i = i > step ? i - step : 0) {
		int rc = vhdxlog_overlay_as_of(history, entries[i - 1],
					       &overlay, NULL);

		look(g, rc, overlay, entries[i - 1]);
	}
}

static void look_everywhere(struct ghosts *g, struct vhdxlog_overlay *disk)
{
	struct vhdxlog_history *history;
	int rc = vhdxlog_history_open(g->pass->scan, &history, NULL);

	if (rc) {
		if (rc == VHDXLOG_E_NOMEM)
			g->pass->failed = rc;
		return;
	}
	look_back(g, history);
	vhdxlog_history_close(history);
	gather(g, disk, VHDXLOG_NO_SECTOR);
	look_at_rivals(g);
	unite(g);
}

/* ------------------------------------------------------------------- blocks */

static int read_disk(void *ctx, uint64_t from, uint8_t *to, size_t length)
{
	return vhdxlog_overlay_read(ctx, from, to, length, NULL);
}

static void put_block(struct ghosts *g, const struct block *block,
		      struct vhdxlog_overlay *disk)
{
	struct vhdxlog_scan *scan = g->pass->scan;
	struct vl_stretch s = {
		.scope = VHDXLOG_MATCH_GHOST,
		.has_file_offset = true,
		.file_offset = block->file_offset,
		.has_virtual = true,
		.virtual_offset = block->virtual_offset,
	};
	struct vhdxlog_entry e;

	if (block->entry != VHDXLOG_NO_SECTOR &&
	    vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, block->entry), &e,
			     NULL) == 0) {
		s.has_entry = true;
		s.entry = e.sector;
		s.sequence_number = e.sequence_number;
		s.stale = e.verdict == VHDXLOG_STALE;
	}
	vl_match_long(g->pass, s, block->file_offset, block->length, read_disk,
		      disk);
}

static void put_blocks(struct ghosts *g, struct vhdxlog_overlay *disk)
{
	uint64_t bytes = 0;
	size_t i = 0;

	for (; i < g->count && goes_on(g); i++) {
		if (g->blocks[i].length > MOST_BYTES - bytes)
			break;
		bytes += g->blocks[i].length;
		put_block(g, &g->blocks[i], disk);
	}
	if (i < g->count && !g->pass->over)
		vl_match_limit(g->pass,
			       "of %zu blocks that an older or rival BAT "
			       "locates, rules were held against the first %zu",
			       g->count, i);
}

void vl_match_ghosts(struct vl_match_pass *pass)
{
	struct ghosts g = { .pass = pass };
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_overlay *disk;
	int rc;

	if (!vl_match_wants(pass, VHDXLOG_MATCH_GHOST))
		return;
	rc = vhdxlog_overlay_disk(pass->scan, &disk, &err);
	if (rc == VHDXLOG_E_NOMEM)
		pass->failed = rc;
	if (rc) {
		vl_match_limit(pass,
			       "no blocks of an older BAT were looked for: %s",
			       err.what ? err.what :
					  vhdxlog_strerror(err.code));
		return;
	}
	look_everywhere(&g, disk);
	if (g.too_many) {
		g.too_many = false;
		vl_match_limit(pass, "more than %u blocks of older BATs were "
				     "found, and no others looked for",
			       MOST_BLOCKS);
	}
	put_blocks(&g, disk);
	if (g.covered)
		vl_match_limit(pass, "blocks of an older or rival BAT that "
				     "something of today lies on, or that end "
				     "behind the file, were not looked at");
	free(g.blocks);
	vhdxlog_overlay_close(disk);
}

/* SPDX-License-Identifier: MIT */
/*
 * Whether a page of the BAT, or of a sector bitmap, makes sense where it goes.
 *
 * Nothing in the BAT checks itself, but what a writer changes in it is little, and
 * of few kinds: a block comes to be, at a place that nothing had; its state
 * changes where it is; it is given up. What was damaged looks otherwise: places
 * outside the file, places that others have, blocks that move, states and bits
 * that do not exist. Where it is not known that the damage is elsewhere, blocks
 * that are given up are not believed either.
 *
 * In a bitmap any bit may be: only where the damage is seen elsewhere, and the page
 * does nothing but add to what was there, it is believed.
 */
#include "view/salvage_parts.h"

#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES (VL_SECTOR / 8u)

/* A block that comes to be. */
struct placed {
	uint64_t off, size, end;
	enum vl_claim claim;
};

struct bat_page {
	const struct vl_salvage_case *c;
	struct vl_salvage_state *s;
	const struct vl_bat_geometry *g;
	uint64_t limit; /* where a block must end */
	struct placed placed[ENTRIES];
	size_t n;
	const char *reason;
};

bool vl_bat_is_followed(const struct vl_image *image)
{
	return image->pub.bat.known && image->bat && !image->claims.full;
}

/* ------------------------------------------------------------- one BAT entry */

/* What the entry says by itself. */
static const char *judge_entry(const struct bat_page *p,
			       const struct vhdxlog_bat_entry *e)
{
	static const char *const faults[] = {
		[VL_BAT_FAULT_BITS] =
			"an entry of the BAT page has bits that are to be zero",
		[VL_BAT_FAULT_BEYOND] =
			"the BAT page changes entries that the disk does not "
			"need",
		[VL_BAT_FAULT_STATE] =
			"an entry of the BAT page has a state that does not "
			"exist",
		[VL_BAT_FAULT_PARENT] =
			"an entry of the BAT page has a state that only a disk "
			"with a parent has",
		[VL_BAT_FAULT_PLACE] =
			"an entry of the BAT page has no place where it needs "
			"one, or one where it needs none",
	};

	return faults[vl_bat_judge(p->g, e)];
}

/* A block that was nowhere: is there room for it? */
static const char *judge_place(struct bat_page *p,
			       const struct vhdxlog_bat_entry *e)
{
	const struct vl_image *image = p->c->base->image;
	struct placed *new = &p->placed[p->n++];
	struct vl_claimed claimed;

	new->off = e->file_offset;
	new->size = e->is_bitmap ? VL_MIB : p->g->block_size;
	new->claim = e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD;
	new->end = vl_end(new->off, vl_bat_room(p->g, e));
	if (new->end > p->limit)
		return "the BAT page places a block outside the file";
	if (vl_areas_touch(&image->areas, new->off, new->size))
		return "the BAT page places a block on a structure";
	claimed = vl_claims_in(&image->claims, new->off, new->size);
	if (claimed.payload || claimed.bitmap)
		return "the BAT page places a block where another is";
	return NULL;
}

/* An entry that differs from the one that was there. */
static const char *judge_change(struct bat_page *p,
				const struct vhdxlog_bat_entry *old,
				const struct vhdxlog_bat_entry *new)
{
	const char *reason = judge_entry(p, new);

	if (reason)
		return reason;
	if (vl_bat_is_located(new)) {
		if (new->file_offset == old->file_offset)
			return NULL;
		if (vl_bat_is_located(old))
			return "the BAT page moves a block, which no writer does "
			       "in one step";
		return judge_place(p, new);
	}
	if (new->file_offset && new->file_offset != old->file_offset)
		return "the BAT page gives a place to a block that has none";
	if (vl_bat_is_located(old) && p->c->proof == VL_SALVAGE_UNEXPLAINED)
		return "the BAT page gives up a block, and it is not known where "
		       "the entry is damaged";
	return NULL;
}

/* ------------------------------------------------------------ a page of them */

static int by_place(const void *a, const void *b)
{
	const struct placed *pa = a, *pb = b;

	return (pa->off > pb->off) - (pa->off < pb->off);
}

/* Whether new blocks lie on each other, or on those of pages before. */
static const char *judge_places(struct bat_page *p)
{
	uint64_t end = 0;

	qsort(p->placed, p->n, sizeof(*p->placed), by_place);
	for (size_t i = 0; i < p->n; i++) {
		const struct placed *b = &p->placed[i];
		uint64_t last = b->off + b->size - 1;

		if (b->off < end)
			return "the BAT page places two blocks in one place";
		end = b->off + b->size;
		for (uint64_t at = b->off; at <= last; at += VL_MIB) {
			if (vl_claims_at(&p->s->placed, at) != VL_CLAIM_NONE)
				return "the BAT page places a block where "
				       "another is";
		}
	}
	return NULL;
}

static int keep_places(const struct bat_page *p, struct vhdxlog_error *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct placed *b = &p->placed[i];
		bool fresh;

		if (!vl_claims_add(&p->s->placed, b->off, b->size, b->claim,
				   &fresh))
			return vl_nomem(err);
	}
	p->s->blocks += (uint32_t)p->n;
	return 0;
}

static void judge_page(struct bat_page *p, uint64_t first, const uint8_t *old,
		       const uint8_t *new)
{
	for (unsigned i = 0; i < ENTRIES && !p->reason; i++) {
		struct vhdxlog_bat_entry was, is;

		if (memcmp(old + 8 * i, new + 8 * i, 8) == 0)
			continue;
		vl_bat_decode(p->g, first + i, vl_le64(old + 8 * i), &was);
		vl_bat_decode(p->g, first + i, vl_le64(new + 8 * i), &is);
		p->reason = judge_change(p, &was, &is);
	}
	if (!p->reason)
		p->reason = judge_places(p);
	if (!p->reason && p->n &&
	    (p->s->full || p->s->placed.full ||
	     p->n + p->s->blocks > VL_MAX_SALVAGE_BLOCKS))
		p->reason = "it places more blocks than are looked at";
}

/* ------------------------------------------------------------ a page of them */

/* LastFileOffset where it can be one, or how long the file is anyway. */
static uint64_t find_limit(const struct vl_salvage_case *c)
{
	uint64_t last = c->h.last_file_offset;

	return last % VL_MIB || last > INT64_MAX ? c->size :
						   vl_max64(c->size, last);
}

static int look_at_bat(struct vl_salvage_case *c, struct vl_salvage_state *s,
		       struct vl_salvage_item *item, const uint8_t *old,
		       const uint8_t *new, struct vhdxlog_error *err)
{
	const struct vl_image *image = c->base->image;
	struct bat_page p = { .c = c,
			      .s = s,
			      .g = &image->geometry,
			      .limit = find_limit(c) };

	if (!vl_bat_is_followed(image)) {
		item->reason = "the BAT as it is cannot be followed";
		return 0;
	}
	judge_page(&p, (item->d.file_offset - image->bat->offset) / 8, old,
		   new);
	for (size_t i = 0; i < p.n; i++)
		item->end = vl_max64(item->end, p.placed[i].end);
	item->reason = p.reason;
	return p.reason ? 0 : keep_places(&p, err);
}

/* ----------------------------------------------------------- sector bitmaps */

static void look_at_bitmap(const struct vl_salvage_case *c,
			   struct vl_salvage_item *item, const uint8_t *old,
			   const uint8_t *new)
{
	if (c->proof == VL_SALVAGE_UNEXPLAINED) {
		item->reason = "nothing in a sector bitmap checks itself, and it "
			       "is not known where the entry is damaged";
		return;
	}
	for (unsigned i = 0; i < VL_SECTOR && !item->reason; i++) {
		if (old[i] & ~new[i])
			item->reason = "it takes sectors from the bitmap, which "
				       "no writer does";
	}
}

/* -------------------------------------------------------------------- growth */

/*
 * A block behind the end of the file is believed where LastFileOffset, which
 * nothing else repeats, is just where the last of them ends.
 */
static void refuse_growth(struct vl_salvage_case *c)
{
	uint64_t reach = 0;

	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		if (!c->items[i].reason)
			reach = vl_max64(reach, c->items[i].end);
	}
	if (reach <= c->size || reach == c->h.last_file_offset)
		return;
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		if (!c->items[i].reason && c->items[i].end > c->size)
			c->items[i].reason =
				"the BAT page places a block behind the end of "
				"the file, and LastFileOffset is not where the "
				"last of them ends";
	}
}

static int look_at(struct vl_salvage_case *c, struct vl_salvage_state *s,
		   struct vl_salvage_item *item, struct vhdxlog_error *err)
{
	uint8_t old[VL_SECTOR], new[VL_SECTOR];
	int rc = vl_item_before(c, item, old, err);

	if (!rc)
		rc = vl_item_page(c, item, new, err);
	if (rc)
		return rc;
	item->same = memcmp(old, new, VL_SECTOR) == 0;
	if (item->same || c->proof == VL_SALVAGE_CHECKSUM)
		return 0;
	if (item->area == VHDXLOG_AREA_BAT)
		return look_at_bat(c, s, item, old, new, err);
	look_at_bitmap(c, item, old, new);
	return 0;
}

int vl_case_bat(struct vl_salvage_case *c, struct vl_salvage_state *s,
		struct vhdxlog_error *err)
{
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		struct vl_salvage_item *item = &c->items[i];
		int rc;

		if (item->reason || item->d.kind != VHDXLOG_DESCRIPTOR_DATA ||
		    (item->area != VHDXLOG_AREA_BAT &&
		     item->area != VHDXLOG_AREA_SECTOR_BITMAP))
			continue;
		rc = look_at(c, s, item, err);
		if (rc == VHDXLOG_E_IO)
			item->reason = "it, or what was there, cannot be read";
		else if (rc)
			return rc;
	}
	if (c->proof != VL_SALVAGE_CHECKSUM)
		refuse_growth(c);
	return 0;
}

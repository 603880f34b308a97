/* SPDX-License-Identifier: MIT */
/* Which bytes of the file are of a structure, and are needed of it. */
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "view/export.h"

#include <isa-l/mem_routines.h>

/* What is looked at behind the entries of a BAT, as for checks; and of a table
 * that nothing says the length of, more than the largest disk needs. */
#define MAX_TRAILING (32 * VL_MIB)
#define MAX_UNKNOWN  (514 * VL_MIB)
#define MAX_ITEM     VL_MIB
#define MAX_BITMAPS  64u /* MiB */
#define MAX_WRONG    8u	 /* entries of a page */

struct places_case {
	const struct vl_export_of *of;
	const struct vl_image *image; /* the one of the two that is asked */
	const struct vl_view *view;   /* which it was read from */
	struct vl_places *places;
	bool *left; /* of VL_LEFT_KINDS */
};

/* Whether bytes can be of the structure. */
typedef bool looks_fn(const struct places_case *c, uint64_t off,
		      const uint8_t *bytes, size_t n);

static int add(struct places_case *c, uint64_t off, uint64_t end,
	       enum vl_place_kind kind, struct vhdxlog_error *err)
{
	return vl_places_add(c->places, off,
			     vl_min64(end, c->of->disk->size), kind, err);
}

/* Whether one of the two BATs has a block there. */
static bool is_claimed(const struct places_case *c, uint64_t off, uint64_t len)
{
	for (unsigned i = 0; i < 2; i++) {
		if (vl_claims_in(&c->of->image[i]->claims, off, len).payload)
			return true;
	}
	return false;
}

/* ------------------------------------------------------- where both may be */

static bool is_zero(const uint8_t *bytes, size_t n)
{
	return isal_zero_detect((void *)bytes, n) == 0;
}

struct looking {
	enum vl_place_kind kind;
	looks_fn *looks;
	bool *why; /* set where something does not look like it */
	bool stand_in; /* a text in its place, so that something is there */
};

static int add_looked_at(struct places_case *c, const struct looking *l,
			 uint64_t off, const uint8_t *page, size_t n,
			 struct vhdxlog_error *err)
{
	if (l->looks(c, off, page, n))
		return add(c, off, off + n, l->kind, err);
	*l->why = true;
	return l->stand_in ? add(c, off, off + n, VL_PLACE_STAND_IN, err) : 0;
}

/* Page by page, what looks like it, of a stretch without holes. */
static int look_at(struct places_case *c, const struct looking *l, uint64_t off,
		   uint64_t end, struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc = 0;

	while (!rc && off < end) {
		size_t n = (size_t)vl_min64(end - off, VL_SECTOR);

		if (vl_view_read(c->of->disk, off, page, n, NULL))
			c->left[VL_LEFT_UNREADABLE] = true;
		else if (is_zero(page, n))
			;
		else
			rc = add_looked_at(c, l, off, page, n, err);
		off += n;
	}
	return rc;
}

/* The same of any stretch; asking where holes are can take a while. */
static int add_looking(struct places_case *c, const struct looking *l,
		       uint64_t off, uint64_t end, struct vhdxlog_error *err)
{
	uint64_t from, to, base = off;
	int rc = 0;

	end = vl_min64(end, c->of->disk->size);
	/* Ends: off goes up. */
	while (!rc && vl_view_next_data(c->of->disk, off, end, &from, &to)) {
		from -= (from - base) % VL_SECTOR;
		to = base + vl_div_up(to - base, VL_SECTOR) * VL_SECTOR;
		to = vl_min64(to, end);
		rc = look_at(c, l, vl_max64(from, off), to, err);
		off = to;
	}
	return rc;
}

/* All of it, but for what a block claims and does not look like it. */
static int add_structure(struct places_case *c, uint64_t off, uint64_t end,
			 enum vl_place_kind kind, looks_fn *looks,
			 struct vhdxlog_error *err)
{
	const struct looking l = { kind, looks, &c->left[VL_LEFT_CONTESTED],
				   false };
	int rc = 0;

	end = vl_min64(end, c->of->disk->size);
	for (uint64_t next; !rc && off < end; off = next) {
		next = off + vl_min64(end - off, VL_MIB);
		rc = is_claimed(c, off, next - off) ?
			     add_looking(c, &l, off, next, err) :
			     add(c, off, next, kind, err);
	}
	return rc;
}

/* --------------------------------------------------------------------- log */

static bool looks_like_log(const struct places_case *c, uint64_t off,
			   const uint8_t *bytes, size_t n)
{
	const struct vl_ring *ring = &c->of->log->ring;
	enum vhdxlog_sector_kind kind = vl_ring_kind(
		ring, (uint32_t)((off - ring->offset) / VL_SECTOR));

	(void)bytes, (void)n;
	return kind != VHDXLOG_SECTOR_FOREIGN &&
	       kind != VHDXLOG_SECTOR_UNREADABLE;
}

/* Where nothing is known of blocks, or what is known is doubtful, only what looks
 * like it, whoever says where it is. */
static int add_log(struct places_case *c, struct vhdxlog_error *err)
{
	const struct vl_log *log = c->of->log;
	const struct looking l = { VL_PLACE_LOG, looks_like_log,
				   &c->left[VL_LEFT_GUESSED],
				   !c->image->assumed.log };
	uint64_t end;

	if (!log)
		return 0;
	end = vl_ring_at(&log->ring, log->ring.present);
	if (!c->of->image[0]->pub.bat.known || c->left[VL_LEFT_NO_TABLE])
		return add_looking(c, &l, log->ring.offset, end, err);
	return add_structure(c, log->ring.offset, end, VL_PLACE_LOG,
			     looks_like_log, err);
}

/* ---------------------------------------------------------------- metadata */

/*
 * [off, end) of the region, whole pages where no block claims any of the region;
 * else, or where `exact`, no byte more.
 */
static int add_metadata(struct places_case *c, uint64_t off, uint64_t end,
			bool exact, struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->image->metadata;

	if (!exact) {
		off -= off % VL_SECTOR;
		end = vl_min64(vl_div_up(end, VL_SECTOR) * VL_SECTOR,
			       m->length);
	}
	return add(c, vl_end(m->base, off), vl_end(m->base, end),
		   VL_PLACE_METADATA, err);
}

/* Where a block is, too, a text counts only if it begins as a locator does. */
static bool is_plausible(const struct vl_metadata *m, enum vl_item item)
{
	return item != VL_ITEM_PARENT_LOCATOR ||
	       (m->has_locator &&
		vl_guid_equal(&m->locator.type, &vl_locator_type_vhdx));
}

static int add_items(struct places_case *c, bool claimed,
		     struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->image->metadata;
	int rc = 0;

	for (size_t i = 0; !rc && i < m->n; i++) {
		const struct vl_metadata_entry *e = &m->entries[i];
		enum vl_item item = vl_item_of(e);

		if (!e->length)
			continue;
		if (item == VL_ITEM_UNKNOWN || m->known[item] != (int)i)
			c->left[VL_LEFT_ITEMS] = true;
		else if (e->length > MAX_ITEM || !vl_item_is_inside(m, e))
			c->left[VL_LEFT_TOO_LONG] = true;
		else if (claimed && !is_plausible(m, item))
			c->left[VL_LEFT_CONTESTED] = true;
		else
			rc = add_metadata(c, e->offset,
					  (uint64_t)e->offset + e->length,
					  claimed, err);
	}
	return rc;
}

static int add_metadata_region(struct places_case *c, struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->image->metadata;
	uint64_t table = VL_SIZE_metadata_header + m->n * VL_SIZE_metadata_entry;
	bool claimed;
	int rc;

	if (!c->image->metadata_region || !m->readable)
		return 0;
	claimed = is_claimed(c, m->base, m->length);
	if (claimed)
		c->left[VL_LEFT_CONTESTED] = true;
	/* What is no table is told by its first bytes. */
	if (!m->signature_ok)
		return claimed ? 0 :
				 add_metadata(c, 0, sizeof(vl_metadata_signature),
					      true, err);
	rc = add_metadata(c, 0, table, claimed, err);
	if (!rc)
		rc = add_items(c, claimed, err);
	/* That there is more is told by the first byte of it. */
	if (!rc && m->slack.found)
		rc = add(c, m->slack.offset, m->slack.offset + 1,
			 VL_PLACE_STAND_IN, err);
	return rc;
}

/* --------------------------------------------------------------------- BAT */

bool vl_looks_like_bat(const uint8_t *bytes, size_t n, uint64_t size)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		uint64_t raw = vl_le64(bytes + i);

		if (VL_BAT_RESERVED(raw) ||
		    VL_BAT_STATE(raw) == VL_BLOCK_RESERVED_4 ||
		    VL_BAT_STATE(raw) == VL_BLOCK_RESERVED_5 ||
		    VL_BAT_OFFSET(raw) > size)
			return false;
	}
	return true;
}

static bool looks_like_bat(const struct places_case *c, uint64_t off,
			   const uint8_t *bytes, size_t n)
{
	(void)off;
	return vl_looks_like_bat(bytes, n,
				 vl_max64(c->of->image[0]->replayed_size,
					  c->of->disk->size));
}

/* Whether it can be a BAT with few entries that are wrong: of what is none, each
 * is, or many are, side by side. */
static bool is_table(const uint8_t *bytes, size_t n)
{
	bool before = false;
	unsigned wrong = 0;

	for (size_t i = 0; i + 8 <= n; i += 8) {
		bool is = VL_BAT_RESERVED(vl_le64(bytes + i));

		if (is && before)
			return false;
		wrong += is;
		before = is;
	}
	return wrong <= MAX_WRONG;
}

/* Page by page; what is no table is told by a text that is none, either. */
static int add_pages(struct places_case *c, uint64_t off, uint64_t end,
		     struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc = 0;

	while (!rc && off < end) {
		size_t n = (size_t)vl_min64(end - off, VL_SECTOR);
		bool good;

		if (vl_view_read(c->of->disk, off, page, n, NULL)) {
			c->left[VL_LEFT_UNREADABLE] = true;
			off += n;
			continue;
		}
		good = is_table(page, n);
		c->left[VL_LEFT_NO_TABLE] |= !good;
		rc = add(c, off, off + n,
			 good ? VL_PLACE_BAT : VL_PLACE_STAND_IN, err);
		off += n;
	}
	return rc;
}

/* The entries that the disk needs; where a block is, too, only what is sure. */
static int add_entries(struct places_case *c, uint64_t off, uint64_t end,
		       struct vhdxlog_error *err)
{
	const struct looking l = { VL_PLACE_BAT, looks_like_bat,
				   &c->left[VL_LEFT_CONTESTED], false };
	uint64_t from, to;
	int rc = 0;

	end = vl_min64(end, c->of->disk->size);
	/* Ends: off goes up, to the next MiB or the end of data. */
	while (!rc && vl_view_next_data(c->of->disk, off, end, &from, &to)) {
		from = vl_max64(off, from - from % VL_SECTOR);
		to = vl_min64(vl_div_up(to, VL_SECTOR) * VL_SECTOR, end);
		for (; !rc && from < to; from = off) {
			off = vl_min64(to, from - from % VL_MIB + VL_MIB);
			rc = is_claimed(c, from, off - from) ?
				     add_looking(c, &l, from, off, err) :
				     add_pages(c, from, off, err);
		}
	}
	return rc;
}

/* A byte in the place of the first behind the entries that is not zero, so that
 * there still is one. */
static int mark_trailing(struct places_case *c, uint64_t off, uint64_t end,
			 struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	uint64_t from, to;

	end = vl_min64(end, c->of->disk->size);
	for (; vl_view_next_data(c->of->disk, off, end, &from, &to); off = to) {
		for (uint64_t at = from, n; at < to; at += n) {
			n = vl_min64(to - at, VL_SECTOR);
			if (vl_view_read(c->of->disk, at, page, (size_t)n,
					 NULL))
				return 0;
			for (size_t i = 0; i < n; i++) {
				if (page[i])
					return add(c, at + i, at + i + 1,
						   VL_PLACE_STAND_IN, err);
			}
		}
	}
	return 0;
}

static int add_bat(struct places_case *c, struct vhdxlog_error *err)
{
	const struct vl_image *i = c->image;
	const struct looking l = { VL_PLACE_BAT, looks_like_bat,
				   &c->left[VL_LEFT_TRAILING], false };
	uint64_t off, needed, end;
	int rc;

	if (!i->bat)
		return 0;
	off = i->bat->offset;
	needed = i->geometry_known ? i->geometry.entries * 8 : UINT64_MAX;
	if (needed > i->bat->length) {
		end = vl_end(off, vl_min64(i->bat->length, MAX_UNKNOWN));
		c->left[VL_LEFT_TOO_LONG] |= i->bat->length > MAX_UNKNOWN;
		return add_looking(c, &l, off, end, err);
	}
	rc = add_entries(c, off, vl_end(off, needed), err);
	end = vl_end(off, vl_min64(i->bat->length, needed + MAX_TRAILING));
	off = vl_end(off, needed);
	if (!rc)
		rc = add_looking(c, &l, off, end, err);
	if (!rc && c->left[VL_LEFT_TRAILING])
		rc = mark_trailing(c, off, end, err);
	return rc;
}

/* ----------------------------------------------------------------- bitmaps */

/* Nothing else is a bitmap's place: a BAT that is wrong can name any. */
static bool is_free(const struct places_case *c, uint64_t off)
{
	return !vl_areas_touch(&c->image->areas, off, VL_MIB) &&
	       !is_claimed(c, off, VL_MIB);
}

static int add_bitmaps(struct places_case *c, struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *g = &c->image->geometry;
	uint64_t chunks = g->has_parent ? vl_div_up(g->blocks, g->chunk_ratio) :
					  0;
	unsigned n = 0;
	int rc = 0;

	if (!c->image->pub.bat.known || !chunks)
		return 0;
	for (uint64_t k = 0; !rc && k < chunks; k++) {
		uint64_t at = c->image->bat->offset +
			      8 * vl_bat_bitmap_index(g, k);
		uint8_t bytes[8];
		uint64_t raw;

		if (vl_view_read(c->view, at, bytes, sizeof(bytes), NULL))
			continue;
		raw = vl_le64(bytes);
		if (VL_BAT_STATE(raw) != VL_BLOCK_FULLY_PRESENT)
			continue;
		if (!c->of->with_bitmaps || n == MAX_BITMAPS ||
		    !is_free(c, VL_BAT_OFFSET(raw))) {
			c->left[VL_LEFT_BITMAPS] = true;
			continue;
		}
		n++;
		rc = add(c, VL_BAT_OFFSET(raw),
			 vl_end(VL_BAT_OFFSET(raw), VL_MIB), VL_PLACE_BITMAP,
			 err);
	}
	return rc;
}

/* --------------------------------------------------------------------- all */

static void look_for_regions(struct places_case *c)
{
	const struct vhdxlog_region_table *t = c->image->chosen;

	for (size_t i = 0; t && i < t->region_count; i++)
		c->left[VL_LEFT_REGIONS] |= !t->regions[i].name;
}

int vl_export_structures(const struct vl_export_of *of, struct vl_places *p,
			 bool *left, struct vhdxlog_error *err)
{
	struct places_case c = { .of = of, .places = p, .left = left };
	int rc = vl_places_add(p, 0, vl_min64(of->disk->size, VL_HEADER_SECTION),
			       VL_PLACE_HEAD, err);

	for (unsigned i = 0; !rc && i < 2; i++) {
		c.image = of->image[i];
		c.view = of->view[i];
		look_for_regions(&c);
		rc = add_metadata_region(&c, err);
		if (!rc)
			rc = add_bat(&c, err);
		if (!rc)
			rc = add_bitmaps(&c, err);
	}
	c.image = of->image[0];
	if (!rc)
		rc = add_log(&c, err); /* last: by what is known of the BAT */
	return rc ? rc : vl_places_settle(p, err);
}

/* SPDX-License-Identifier: MIT */
/* Which bytes of the file are of a structure, and are needed of it. */
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "view/export_parts.h"

#define MAX_ITEM    VL_MIB
#define MAX_BITMAPS 64u /* MiB */

int vl_export_add(struct vl_export_case *c, uint64_t off, uint64_t end,
		  enum vl_place_kind kind, struct vhdxlog_error *err)
{
	return vl_places_add(c->places, off,
			     vl_min64(end, c->of->disk->size), kind, err);
}

bool vl_export_claimed(const struct vl_export_case *c, uint64_t off,
		       uint64_t len)
{
	for (unsigned i = 0; i < 2; i++) {
		if (vl_claims_in(&c->of->image[i]->claims, off, len).payload)
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- metadata */

/*
 * [off, end) of the region, whole pages where no block claims any of the region;
 * else, or where `exact`, no byte more.
 */
static int add_metadata(struct vl_export_case *c, uint64_t off, uint64_t end,
			bool exact, struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->image->metadata;

	if (!exact) {
		off -= off % VL_SECTOR;
		end = vl_min64(vl_div_up(end, VL_SECTOR) * VL_SECTOR,
			       m->length);
	}
	return vl_export_add(c, vl_end(m->base, off), vl_end(m->base, end),
			     VL_PLACE_METADATA, err);
}

/* Where a block is, too, a text counts only if it begins as a locator does. */
static bool is_plausible(const struct vl_metadata *m, enum vl_item item)
{
	return item != VL_ITEM_PARENT_LOCATOR ||
	       (m->has_locator &&
		vl_guid_equal(&m->locator.type, &vl_locator_type_vhdx));
}

static int add_items(struct vl_export_case *c, bool claimed,
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

static int add_metadata_region(struct vl_export_case *c, struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->image->metadata;
	uint64_t table = VL_SIZE_metadata_header + m->n * VL_SIZE_metadata_entry;
	bool claimed;
	int rc;

	if (!c->image->metadata_region || !m->readable)
		return 0;
	claimed = vl_export_claimed(c, m->base, m->length);
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
		rc = vl_export_add(c, m->slack.offset, m->slack.offset + 1,
				   VL_PLACE_STAND_IN, err);
	return rc;
}

/* ----------------------------------------------------------------- bitmaps */

/* Nothing else is a bitmap's place: a BAT that is wrong can name any. */
static bool is_free(const struct vl_export_case *c, uint64_t off)
{
	return !vl_areas_touch(&c->image->areas, off, VL_MIB) &&
	       !vl_export_claimed(c, off, VL_MIB);
}

static int add_bitmaps(struct vl_export_case *c, struct vhdxlog_error *err)
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
		rc = vl_export_add(c, VL_BAT_OFFSET(raw),
				   vl_end(VL_BAT_OFFSET(raw), VL_MIB),
				   VL_PLACE_BITMAP, err);
	}
	return rc;
}

/* --------------------------------------------------------------------- all */

static void look_for_regions(struct vl_export_case *c)
{
	const struct vhdxlog_region_table *t = c->image->chosen;

	for (size_t i = 0; t && i < t->region_count; i++)
		c->left[VL_LEFT_REGIONS] |= !t->regions[i].name;
}

int vl_export_structures(const struct vl_export_of *of, struct vl_places *p,
			 bool *left, struct vhdxlog_error *err)
{
	struct vl_export_case c = { .of = of, .places = p, .left = left };
	int rc = vl_places_add(p, 0, vl_min64(of->disk->size, VL_HEADER_SECTION),
			       VL_PLACE_HEAD, err);

	for (unsigned i = 0; !rc && i < 2; i++) {
		c.image = of->image[i];
		c.view = of->view[i];
		look_for_regions(&c);
		rc = add_metadata_region(&c, err);
		if (!rc)
			rc = vl_export_bat(&c, err);
		if (!rc)
			rc = add_bitmaps(&c, err);
	}
	c.image = of->image[0];
	if (!rc)
		rc = vl_export_log(&c, err); /* last: by what is known of the BAT */
	return rc ? rc : vl_places_settle(p, err);
}

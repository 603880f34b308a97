/* SPDX-License-Identifier: MIT */
/*
 * The BAT, [MS-VHDX] 2.5: read once from front to back, whatever its length, and
 * without the holes in it.
 */
#include "base/bytes.h"
#include "base/error.h"
#include "image/bat_parts.h"

#include <stdlib.h>

#define CHUNK 65536u

/* How many entries from an index on lie in a hole of the file. */
static uint64_t count_hole(const struct vl_bat_case *c,
			   const struct vl_view *view, uint64_t index)
{
	uint64_t off = vl_bat_offset(c->image, index), from, to;
	uint64_t end = vl_min64(view->size,
				vl_bat_offset(c->image,
					      c->image->geometry.entries));

	if (off >= end)
		return 0;
	if (!vl_view_next_data(view, off, end, &from, &to))
		from = end;
	return (from - off) / 8;
}

static int read_entries(struct vl_bat_case *c, const struct vl_view *view,
			struct vhdxlog_error *err)
{
	uint8_t buf[CHUNK];
	uint64_t index = 0, entries = c->image->geometry.entries;

	c->readable = true;
	/* Ends: at most 67 million entries, fewer each time round. */
	while (c->readable && index < entries) {
		size_t n = (size_t)vl_min64(entries - index, CHUNK / 8);
		uint64_t hole = count_hole(c, view, index);
		int rc;

		if (hole) {
			vl_bat_look_at_zeroes(c, index, hole);
			index += hole;
			continue;
		}
		rc = vl_structure_read(c->image, view,
				       vl_bat_offset(c->image, index), buf,
				       n * 8, &c->readable, err);
		if (rc)
			return rc;
		for (size_t k = 0; c->readable && k < n; k++)
			vl_bat_look_at(c, index + k, vl_le64(buf + 8 * k));
		if (c->no_memory)
			return vl_nomem(err);
		index += n;
	}
	return 0;
}

static int read_trailing(struct vl_bat_case *c, const struct vl_view *view,
			 struct vhdxlog_error *err)
{
	struct vl_image *i = c->image;

	c->trailing_known = true;
	return vl_slack_look(i, view, vl_bat_offset(i, i->geometry.entries),
			     i->bat->offset + i->bat->length, &c->trailing,
			     err);
}

/* Whether an item is as it must be. In an assumed region nothing is judged, so
 * that a report says so: what is needed is asked for here. */
static bool item_is_good(const struct vl_image *i, enum vl_check_id id)
{
	if (!i->assumed.regions)
		return vl_passed(i->judgement, id);
	return vl_item_checks[id](i, NULL) == VHDXLOG_PASS;
}

void vl_geometry_find(struct vl_image *i)
{
	const struct vhdxlog_metadata *m = &i->pub.metadata;

	i->geometry_known =
		i->bat && m->has_file_parameters && m->has_disk_size &&
		m->has_logical_sector &&
		item_is_good(i, VLC_metadata_block_size_invalid) &&
		item_is_good(i, VLC_metadata_logical_sector_invalid) &&
		item_is_good(i, VLC_metadata_disk_size_too_large);
	if (i->geometry_known) {
		vl_bat_geometry(m->block_size, m->logical_sector_size,
				m->virtual_disk_size, m->has_parent,
				&i->geometry);
	} else if (i->bat && i->assumed.geometry) {
		i->geometry_known = true;
		i->geometry = i->assumed.bat_geometry;
	}
}

static void publish(const struct vl_bat_case *c)
{
	struct vhdxlog_bat *bat = &c->image->pub.bat;
	const struct vl_breaches *b = &c->image->breaches;

	bat->known = c->readable;
	bat->entries = c->image->geometry.entries;
	bat->lost = b->both.lost;
	bat->cut = b->both.cut;
	bat->missing = b->both.missing;
	bat->end = b->end;
}

int vl_bat_read(struct vl_image *i, const struct vl_view *view,
		struct vhdxlog_error *err)
{
	struct vl_bat_case c = { .image = i };
	int rc = 0;

	vl_geometry_find(i);
	if (!vl_claims_init(&i->claims))
		return vl_nomem(err);
	if (i->geometry_known && i->geometry.entries <= i->bat->length / 8) {
		rc = read_entries(&c, view, err);
		if (!rc)
			rc = read_trailing(&c, view, err);
		if (!rc)
			rc = vl_overlap_find(i, view, err);
		publish(&c);
	}
	if (!rc && !vl_claims_seal(&i->claims))
		rc = vl_nomem(err);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, vl_bat_checks, &c, i->judgement);
	free(c.partial.runs);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "guess/log_blocks.h"

#include "base/bytes.h"
#include "base/error.h"
#include "guess/table.h"

#define CHUNK 65536u

struct mapping {
	struct vl_blocks *blocks;
	const struct vl_view *disk;
	const struct vl_bat_geometry *geometry;
	uint64_t bat, end; /* of the entries, in the view */
	uint64_t good, bad; /* entries that place something */
	uint64_t room; /* MiB that may still be mapped */
	bool no_memory;
};

static void claim(struct mapping *m, const struct vhdxlog_bat_entry *e)
{
	uint64_t size = e->is_bitmap ? VL_MIB : m->geometry->block_size;
	bool fresh = true;

	/* What the file does not hold hides nothing. */
	if (e->file_offset >= m->disk->size)
		return;
	if (size / VL_MIB > m->room) {
		m->bad++;
		return;
	}
	m->room -= size / VL_MIB;
	if (!vl_claims_add(&m->blocks->claims, e->file_offset, size,
			   e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD,
			   &fresh))
		m->no_memory = true;
	m->good += fresh;
	m->bad += !fresh;
}

static void look_at(struct mapping *m, uint64_t index, uint64_t raw)
{
	struct vhdxlog_bat_entry e;

	if (!raw)
		return;
	vl_bat_decode(m->geometry, index, raw, &e);
	if (vl_bat_judge(m->geometry, &e) != VL_BAT_GOOD)
		m->bad++;
	else if (vl_bat_is_located(&e))
		claim(m, &e);
}

static int read_entries(struct mapping *m, struct vhdxlog_error *err)
{
	uint64_t at = m->bat, from, to;
	uint8_t buf[CHUNK];

	/* Ends: at goes up. */
	while (vl_view_next_data(m->disk, at, m->end, &from, &to)) {
		size_t part;
		int rc;

		at = vl_max64(at, from / 8 * 8);
		part = (size_t)vl_min64(vl_div_up(to, 8) * 8 - at, CHUNK);
		part = (size_t)vl_min64(part, m->end - at);
		rc = vl_view_read(m->disk, at, buf, part, err);
		if (rc && rc != VHDXLOG_E_IO)
			return rc;
		for (size_t k = 0; !rc && k < part / 8; k++)
			look_at(m, (at - m->bat) / 8 + k, vl_le64(buf + 8 * k));
		if (m->no_memory)
			return vl_nomem(err);
		at += part;
	}
	return 0;
}

int vl_blocks_map(struct vl_blocks *blocks, const struct vl_view *disk,
		  const struct vhdxlog_region *bat,
		  const struct vl_bat_geometry *geometry,
		  struct vhdxlog_error *err)
{
	struct mapping m = { .blocks = blocks, .disk = disk,
			     .geometry = geometry, .bat = bat->offset };
	uint64_t length = vl_min64(bat->length, geometry->entries * 8);
	int rc;

	*blocks = (struct vl_blocks){ .known = false };
	if (bat->offset % VL_MIB || bat->offset >= disk->size)
		return 0;
	m.end = m.bat + vl_min64(length, disk->size - m.bat) / 8 * 8;
	m.room = vl_div_up(disk->size, VL_MIB) + geometry->block_size / VL_MIB;
	if (!vl_claims_init(&blocks->claims))
		return vl_nomem(err);
	rc = read_entries(&m, err);
	if (rc)
		return rc;
	if (!vl_claims_seal(&blocks->claims))
		return vl_nomem(err);
	blocks->known = m.bad <= m.good;
	blocks->broken = !blocks->known;
	return 0;
}

int vl_blocks_find(struct vl_blocks *blocks, const struct vl_laid_out *l,
		   struct vhdxlog_error *err)
{
	struct vl_table table;
	int rc;

	*blocks = (struct vl_blocks){ .known = false };
	if (!vl_layout_table(l) || !l->tables.bat || !l->tables.metadata_region)
		return 0;
	rc = vl_table_look(&table, l->disk, l->tables.metadata_region->offset,
			   err);
	if (rc || !table.usable)
		return rc;
	return vl_blocks_map(blocks, l->disk, l->tables.bat, &table.geometry,
			     err);
}

void vl_blocks_release(struct vl_blocks *blocks)
{
	vl_claims_release(&blocks->claims);
}

bool vl_blocks_have(const struct vl_blocks *blocks, uint64_t offset,
		    uint64_t length)
{
	struct vl_claimed c;

	if (!blocks->known)
		return false;
	c = vl_claims_in(&blocks->claims, offset, length);
	return c.payload || c.bitmap;
}

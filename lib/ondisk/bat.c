/* SPDX-License-Identifier: MIT */
#include "ondisk/bat.h"

#include "base/bytes.h"

void vl_bat_geometry(uint32_t block_size, uint32_t sector_size,
		     uint64_t disk_size, bool has_parent,
		     struct vl_bat_geometry *g)
{
	uint64_t chunk = (UINT64_C(1) << 23) * sector_size;
	uint64_t r = chunk / block_size;
	uint64_t n = vl_div_up(disk_size, block_size);

	*g = (struct vl_bat_geometry){
		.block_size = block_size,
		.chunk_ratio = (uint32_t)r,
		.disk_size = disk_size,
		.blocks = n,
		.has_parent = has_parent,
	};
	if (has_parent)
		g->entries = vl_div_up(n, r) * (r + 1);
	else
		g->entries = n ? n + (n - 1) / r : 0;
}

bool vl_bat_is_bitmap(const struct vl_bat_geometry *g, uint64_t index)
{
	return index % ((uint64_t)g->chunk_ratio + 1) == g->chunk_ratio;
}

uint64_t vl_bat_block(const struct vl_bat_geometry *g, uint64_t index)
{
	uint64_t chunk = index / ((uint64_t)g->chunk_ratio + 1);

	return vl_bat_is_bitmap(g, index) ? chunk : index - chunk;
}

uint64_t vl_bat_index(const struct vl_bat_geometry *g, uint64_t block)
{
	return block + block / g->chunk_ratio;
}

uint64_t vl_bat_bitmap_index(const struct vl_bat_geometry *g, uint64_t chunk)
{
	return chunk * ((uint64_t)g->chunk_ratio + 1) + g->chunk_ratio;
}

const char *vl_block_state_name(unsigned state)
{
	static const char *const names[8] = {
		"not-present", "undefined", "zero",    "unmapped",
		"reserved-4",  "reserved-5", "present", "partial",
	};

	return names[state & 7];
}

void vl_bat_decode(const struct vl_bat_geometry *g, uint64_t index,
		   uint64_t raw, struct vhdxlog_bat_entry *e)
{
	uint64_t unit = g->block_size; /* of the disk, for one entry */

	*e = (struct vhdxlog_bat_entry){
		.index = index,
		.raw = raw,
		.state = VL_BAT_STATE(raw),
		.state_name = vl_block_state_name(VL_BAT_STATE(raw)),
		.is_bitmap = vl_bat_is_bitmap(g, index),
		.block = vl_bat_block(g, index),
		.file_offset = VL_BAT_OFFSET(raw),
	};
	if (e->is_bitmap)
		unit *= g->chunk_ratio;
	e->virtual_offset = e->block * unit;
	if (e->virtual_offset < g->disk_size)
		e->virtual_length =
			vl_min64(unit, g->disk_size - e->virtual_offset);
}

/* Of a bitmap, or of a block. */
static bool state_exists(const struct vhdxlog_bat_entry *e)
{
	if (!e->is_bitmap)
		return vl_block_state_exists(e->state);
	return e->state == VL_BLOCK_NOT_PRESENT ||
	       e->state == VL_BLOCK_FULLY_PRESENT;
}

static bool needs_parent(const struct vhdxlog_bat_entry *e)
{
	return e->is_bitmap ? vl_bat_is_located(e) :
			      e->state == VL_BLOCK_PARTIALLY_PRESENT;
}

/* Blocks that are undefined or unmapped may keep the place they had. */
static bool place_fits(const struct vhdxlog_bat_entry *e)
{
	if (vl_bat_is_located(e))
		return e->file_offset;
	return !e->file_offset || (e->state != VL_BLOCK_NOT_PRESENT &&
				   e->state != VL_BLOCK_ZERO);
}

enum vl_bat_fault vl_bat_judge(const struct vl_bat_geometry *g,
			       const struct vhdxlog_bat_entry *e)
{
	if (VL_BAT_RESERVED(e->raw))
		return VL_BAT_FAULT_BITS;
	if (e->index >= g->entries)
		return VL_BAT_FAULT_BEYOND;
	if (!state_exists(e))
		return VL_BAT_FAULT_STATE;
	if (needs_parent(e) && !g->has_parent)
		return VL_BAT_FAULT_PARENT;
	return place_fits(e) ? VL_BAT_GOOD : VL_BAT_FAULT_PLACE;
}

uint64_t vl_bat_room(const struct vl_bat_geometry *g,
		     const struct vhdxlog_bat_entry *e)
{
	if (e->is_bitmap)
		return VL_MIB;
	/* One behind the disk's last has no length. */
	return e->virtual_length ? vl_min64(g->block_size, e->virtual_length) :
				   g->block_size;
}

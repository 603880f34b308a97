/* SPDX-License-Identifier: MIT */
/*
 * Identifier, header, region table, metadata table: by what has a checksum, by
 * that; by what has none, by its rules. What is damaged is told where enough of it
 * is right that it is no chance likeness.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "base/utf16.h"
#include "carve/carve.h"

#include <string.h>

/* Of a table; those that are known have a handful. */
#define LOOKED_AT 64u

static void found(struct vhdxlog_carve *c, struct vl_carve_find *find,
		  enum vhdxlog_carve_kind kind, uint64_t length, bool sound)
{
	uint64_t room = c->in.view->size - c->position;

	find->item.kind = kind;
	find->item.offset = c->position;
	find->item.length = vl_min64(length, room);
	find->item.sound = sound;
}

static bool identifier(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	const uint8_t *p = vl_reader_bytes(&c->in, c->position,
					   VL_OFF_identifier_reserved);
	struct vhdxlog_utf16 creator;

	if (!p || memcmp(p, vl_identifier_signature, 8) != 0)
		return false;
	creator.bytes = p + VL_OFF_identifier_creator;
	creator.units = vl_utf16_length(creator.bytes, VL_CREATOR_UNITS);
	found(c, find, VHDXLOG_CARVE_IDENTIFIER, VL_SIZE_identifier,
	      creator.units < VL_CREATOR_UNITS && vl_utf16_is_valid(creator));
	return true;
}

/* Whether the checksum of len bytes at the position is right; p has its first. */
static bool is_sealed(struct vhdxlog_carve *c, const uint8_t *p, uint64_t len)
{
	return vl_ahead_want(&c->ahead, &c->in, c->position, len) &&
	       vl_ahead_sealed(&c->ahead, c->position, len, p + 4) ==
		       vl_le32(p + 4);
}

static bool header_is_sane(const struct vhdxlog_header *h)
{
	return h->version == 1 && h->log_version == 0 &&
	       h->log_length % VL_MIB == 0 && h->log_offset % VL_MIB == 0 &&
	       (h->log_offset >= VL_HEADER_SECTION || !h->log_length);
}

static bool header(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	const uint8_t *p = vl_reader_bytes(&c->in, c->position, VL_SIZE_header);
	struct vhdxlog_header h = { 0 };
	uint8_t start[8];

	if (!p)
		return false;
	memcpy(start, p, sizeof(start));
	vl_header_fields(p, &h);
	found(c, find, VHDXLOG_CARVE_HEADER, VL_SIZE_header,
	      is_sealed(c, start, VL_SIZE_header));
	if (!find->item.sound && !header_is_sane(&h))
		return false;
	find->item.sequence_number = h.sequence_number;
	find->item.guid = h.log_guid;
	find->item.has_log = h.log_length != 0;
	find->item.log_offset = h.log_offset;
	find->item.log_length = h.log_length;
	find->header = (struct vl_carve_header){
		h.sequence_number, h.log_offset, h.log_length, h.log_guid
	};
	return true;
}

static bool is_sane(const struct vhdxlog_region *r)
{
	return r->offset % VL_MIB == 0 && r->offset >= VL_HEADER_SECTION &&
	       r->length % VL_MIB == 0 && r->length;
}

/* Regions that are known and have a sane place; the first of each. */
static void find_regions(const uint8_t *p, uint32_t count,
			 struct vl_carve_table *t)
{
	uint32_t n = count < LOOKED_AT ? count : LOOKED_AT;

	for (uint32_t i = 0; i < n; i++) {
		struct vhdxlog_region r;

		vl_region_decode(p + VL_SIZE_region_header +
					 i * VL_SIZE_region_entry,
				 &r);
		if (!is_sane(&r))
			continue;
		if (vl_guid_equal(&r.guid, &vl_region_bat) && !t->bat_offset) {
			t->bat_offset = r.offset;
			t->bat_length = r.length;
		} else if (vl_guid_equal(&r.guid, &vl_region_metadata) &&
			   !t->metadata_offset) {
			t->metadata_offset = r.offset;
			t->metadata_length = r.length;
		}
	}
}

static bool region_table(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	const uint8_t *p = vl_reader_bytes(&c->in, c->position, VL_SLOT_SIZE);
	struct vl_region_header h;
	uint8_t start[8];

	if (!p)
		return false;
	memcpy(start, p, sizeof(start));
	vl_region_header_decode(p, &h);
	if (h.entry_count > VL_MAX_TABLE_ENTRIES)
		return false;
	find_regions(p, h.entry_count, &find->table);
	found(c, find, VHDXLOG_CARVE_REGION_TABLE, VL_SLOT_SIZE,
	      is_sealed(c, start, VL_SLOT_SIZE));
	return find->item.sound || find->table.bat_offset ||
	       find->table.metadata_offset;
}

static bool item_is_sane(const struct vl_metadata_entry *e)
{
	return e->length <= VL_MIB && !e->reserved && e->flags <= VL_ITEM_FLAGS &&
	       (e->length ? e->offset >= VL_METADATA_TABLE_SIZE : !e->offset);
}

static bool metadata(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	const uint8_t *p = vl_reader_bytes(&c->in, c->position,
					   VL_SIZE_metadata_header +
						   LOOKED_AT *
							   VL_SIZE_metadata_entry);
	struct vl_metadata_header h;
	unsigned known = 0, missing = 0, count;
	bool sane = true;

	if (!p || memcmp(p, vl_metadata_signature, 8) != 0)
		return false;
	vl_metadata_header_decode(p, &h);
	count = h.entry_count;
	if (count > VL_MAX_TABLE_ENTRIES)
		return false;
	if (count > LOOKED_AT) {
		c->limits |= VL_CARVE_LIMIT_TABLE;
		count = LOOKED_AT;
	}
	for (unsigned i = 0; i < count; i++) {
		struct vl_metadata_entry e;
		enum vl_item item;

		vl_metadata_entry_decode(p + VL_SIZE_metadata_header +
						 i * VL_SIZE_metadata_entry,
					 &e);
		item = vl_item_of(&e);
		sane = sane && item_is_sane(&e);
		if (item == VL_ITEM_UNKNOWN)
			continue;
		sane = sane && !(known >> item & 1) &&
		       (!vl_item_rules[item].length ||
			e.length == vl_item_rules[item].length);
		known |= 1u << item;
	}
	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++)
		missing |= vl_item_rules[i].required && !(known >> i & 1);
	found(c, find, VHDXLOG_CARVE_METADATA, VL_METADATA_TABLE_SIZE,
	      sane && !missing && !h.reserved);
	return known;
}

bool vl_carve_structure(struct vhdxlog_carve *c, const uint8_t *p,
			struct vl_carve_find *find)
{
	*find = (struct vl_carve_find){ 0 };
	if (memcmp(p, vl_identifier_signature, 4) == 0)
		return identifier(c, find);
	if (memcmp(p, vl_header_signature, 4) == 0)
		return header(c, find);
	if (memcmp(p, vl_region_signature, 4) == 0)
		return region_table(c, find);
	if (memcmp(p, vl_metadata_signature, 4) == 0)
		return metadata(c, find);
	if (memcmp(p, vl_entry_signature, 4) == 0)
		return vl_carve_entry(c, p, find);
	return false;
}

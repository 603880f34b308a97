/* SPDX-License-Identifier: MIT */
/*
 * An entry by itself: its header's fields, its descriptors, its data sectors, its
 * checksum. Walks stop at the first sector that cannot belong to it.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "carve/carve.h"
#include "crc32c.h"

#include <string.h>

/* A writer may make entries longer than they need to be, to align them. */
#define MAX_PADDING VL_MIB
/* What is read again for entries that wrap: so much of what was passed. */
#define WRAP_SHARE 4u
#define WRAP_START (64 * VL_MIB)

/* Where the bytes of an entry are: at off, and from ring_to on at ring_from. */
struct place {
	uint64_t off, ring_from, ring_to;
};

static uint64_t sector_at(const struct place *at, uint64_t index)
{
	uint64_t off = at->off + index * VL_SECTOR;

	return off < at->ring_to ? off : at->ring_from + (off - at->ring_to);
}

/* What its descriptors come to. */
struct parts {
	uint64_t descriptor_sectors, data;
	bool first_belongs, all_ok;
};

static bool belongs(const struct vl_descriptor *d,
		    const struct vl_entry_header *h)
{
	return d->kind != VHDXLOG_DESCRIPTOR_UNKNOWN &&
	       d->sequence_number == h->sequence_number;
}

static bool target_is_sane(const struct vl_descriptor *d)
{
	return d->file_offset % VL_SECTOR == 0 && d->length % VL_SECTOR == 0 &&
	       d->file_offset >= VL_TABLE_OFFSET(1) &&
	       vl_end(d->file_offset, d->length) <= INT64_MAX;
}

static void walk_descriptors(struct vhdxlog_carve *c, const struct place *at,
			     const struct vl_entry_header *h,
			     struct parts *parts)
{
	uint64_t in_sector = VL_FIRST_DESCRIPTOR, sector = 0;
	const uint8_t *p = NULL;

	/* Ends: one turn for each descriptor, and they lie inside the entry. */
	for (uint32_t i = 0; i < h->descriptor_count; i++) {
		struct vl_descriptor d;

		if (in_sector == VL_SECTOR) {
			in_sector = 0;
			sector++;
			p = NULL;
		}
		if (!p)
			p = vl_reader_bytes(&c->in, sector_at(at, sector),
					    VL_SECTOR);
		if (!p)
			return;
		vl_descriptor_decode(p + in_sector, &d);
		if (!belongs(&d, h))
			return;
		parts->first_belongs = true;
		if (!target_is_sane(&d))
			return;
		parts->data += d.kind == VHDXLOG_DESCRIPTOR_DATA;
		in_sector += VL_DESCRIPTOR_SIZE;
	}
	parts->first_belongs = parts->all_ok = true;
}

/* Whether the fields of its header are such as an entry may have. */
static bool is_sane(const struct vl_entry_header *h)
{
	return h->entry_length % VL_SECTOR == 0 && h->entry_length &&
	       h->tail % VL_SECTOR == 0 && h->sequence_number &&
	       !vl_guid_is_zero(&h->log_guid) &&
	       vl_descriptor_sectors(h->descriptor_count) * VL_SECTOR <=
		       h->entry_length;
}

/* Whether its parts fill its length, but for a little padding. */
static bool fits(const struct vl_entry_header *h, const struct parts *parts)
{
	uint64_t need = (parts->descriptor_sectors + parts->data) * VL_SECTOR;

	return need <= h->entry_length && h->entry_length - need < MAX_PADDING;
}

static struct parts take_apart(struct vhdxlog_carve *c, const struct place *at,
			       const struct vl_entry_header *h)
{
	struct parts parts = {
		.descriptor_sectors = vl_descriptor_sectors(h->descriptor_count),
	};

	walk_descriptors(c, at, h, &parts);
	return parts;
}

static bool data_is_there(struct vhdxlog_carve *c,
			  const struct vl_entry_header *h,
			  const struct parts *parts)
{
	uint64_t off = c->position + parts->descriptor_sectors * VL_SECTOR;

	for (uint64_t i = 0; i < parts->data; i++) {
		uint64_t end = off + (i + 1) * VL_SECTOR;

		if (!vl_ahead_want(&c->ahead, &c->in, c->position,
				   end - c->position) ||
		    !vl_ahead_is_data(&c->ahead, end - VL_SECTOR,
				      h->sequence_number))
			return false;
	}
	return true;
}

static const char *fault(struct vhdxlog_carve *c,
			 const struct vl_entry_header *h,
			 const struct parts *parts, const uint8_t *checksum)
{
	if (!parts->all_ok)
		return "a descriptor is damaged";
	if (h->entry_length > VL_AHEAD_MAX) {
		c->limits |= VL_CARVE_LIMIT_LONG;
		return "longer than what is checked";
	}
	if (!fits(h, parts))
		return "its descriptors do not come to its length";
	if (!data_is_there(c, h, parts))
		return "a data sector is not there";
	if (!vl_ahead_want(&c->ahead, &c->in, c->position, h->entry_length))
		return "cut off at the end";
	if (vl_ahead_sealed(&c->ahead, c->position, h->entry_length,
			    checksum) != h->checksum)
		return "its checksum is wrong";
	return NULL;
}

bool vl_carve_entry(struct vhdxlog_carve *c, const uint8_t *p,
		    struct vl_carve_find *find)
{
	struct place at = { c->position, 0, UINT64_MAX };
	struct vl_entry_header h;
	struct parts parts;
	uint8_t checksum[4];
	const char *wrong;

	if (c->in.view->size - c->position < VL_SECTOR)
		return false;
	vl_entry_header_decode(p, &h);
	memcpy(checksum, p + VL_OFF_entry_header_checksum, sizeof(checksum));
	if (!is_sane(&h))
		return false;
	parts = take_apart(c, &at, &h);
	if (!parts.first_belongs)
		return false;
	wrong = fault(c, &h, &parts, checksum);
	find->item = (struct vhdxlog_carved){
		.kind = VHDXLOG_CARVE_ENTRY,
		.offset = c->position,
		.length = vl_min64(h.entry_length,
				   c->in.view->size - c->position),
		.sound = !wrong,
		.sequence_number = h.sequence_number,
		.guid = h.log_guid,
	};
	find->tail = h.tail;
	if (wrong)
		snprintf(find->item.detail, sizeof(find->item.detail), "%s",
			 wrong);
	return true;
}

/* ------------------------------------------------------------------- wrapped */

static bool is_data_sector(const uint8_t *p, uint64_t sequence_number)
{
	return memcmp(p, vl_data_signature, 4) == 0 &&
	       vl_data_number(p) == sequence_number;
}

/* Data sectors and checksum, sector by sector. */
static bool walk_wrapped(struct vhdxlog_carve *c, const struct place *at,
			 const struct vl_entry_header *h,
			 const struct parts *parts)
{
	static const uint8_t zero[4];
	uint64_t n = h->entry_length / VL_SECTOR;
	uint32_t crc = ~0u;

	for (uint64_t i = 0; i < n; i++) {
		const uint8_t *p = vl_reader_bytes(&c->in, sector_at(at, i),
						   VL_SECTOR);
		uint64_t data = i - parts->descriptor_sectors;

		c->wrap_bytes += VL_SECTOR;
		if (!p || (i >= parts->descriptor_sectors &&
			   data < parts->data &&
			   !is_data_sector(p, h->sequence_number)))
			return false;
		if (i == 0) {
			crc = vl_crc32c_raw(crc, p, 4);
			crc = vl_crc32c_raw(crc, zero, 4);
			crc = vl_crc32c_raw(crc, p + 8, VL_SECTOR - 8);
		} else {
			crc = vl_crc32c_raw(crc, p, VL_SECTOR);
		}
	}
	return ~crc == h->checksum;
}

bool vl_carve_entry_wraps(struct vhdxlog_carve *c, uint64_t off, uint64_t from,
			  uint64_t to)
{
	struct place at = { off, from, to };
	const uint8_t *p = vl_reader_bytes(&c->in, off, VL_SECTOR);
	struct vl_entry_header h;
	struct parts parts;

	if (!p)
		return false;
	vl_entry_header_decode(p, &h);
	if (!is_sane(&h) || h.entry_length > to - from ||
	    h.entry_length <= to - off)
		return false;
	if (c->wrap_bytes + h.entry_length >
	    WRAP_START + vl_carve_passed(c) / WRAP_SHARE) {
		c->limits |= VL_CARVE_LIMIT_WRAPS;
		return false;
	}
	parts = take_apart(c, &at, &h);
	return parts.all_ok && fits(&h, &parts) &&
	       walk_wrapped(c, &at, &h, &parts);
}

/* SPDX-License-Identifier: MIT */
#include "carve/ahead.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "crc32c.h"
#include "ondisk/logrecord.h"

#include <stdlib.h>
#include <string.h>

#define UNITS (VL_AHEAD_MAX / VL_CARVE_UNIT)
#define PIECE (64 * VL_KIB)

bool vl_ahead_init(struct vl_ahead *a)
{
	*a = (struct vl_ahead){
		.units = vl_calloc(UNITS, sizeof(*a->units)),
	};
	return a->units;
}

void vl_ahead_release(struct vl_ahead *a)
{
	free(a->units);
	*a = (struct vl_ahead){ 0 };
}

static struct vl_ahead_unit *unit_at(const struct vl_ahead *a, uint64_t off)
{
	return &a->units[off / VL_CARVE_UNIT % UNITS];
}

static void know(struct vl_ahead *a, const uint8_t *p)
{
	*unit_at(a, a->to) = (struct vl_ahead_unit){
		.prefix = a->crc,
		.signature = vl_le32(p),
		.high = vl_le32(p + VL_OFF_data_sector_sequence_high),
		.last = vl_le32(p + VL_CARVE_UNIT - 4),
	};
	a->crc = vl_crc32c_raw(a->crc, p, VL_CARVE_UNIT);
	a->to += VL_CARVE_UNIT;
	if (a->to - a->from > VL_AHEAD_MAX)
		a->from = a->to - VL_AHEAD_MAX;
}

bool vl_ahead_want(struct vl_ahead *a, struct vl_carve_reader *r, uint64_t off,
		   uint64_t len)
{
	uint64_t end = vl_end(off, len);

	if (end > r->view->size)
		return false;
	if (off < a->from || off > a->to) {
		a->from = a->to = off;
		a->crc = 0;
	}
	/* Ends: each turn adds a unit at least. */
	while (a->to < end) {
		uint64_t n = vl_min64(end - a->to, PIECE - a->to % PIECE);
		const uint8_t *p = vl_reader_bytes(r, a->to, (size_t)n);

		for (; p && n; n -= VL_CARVE_UNIT, p += VL_CARVE_UNIT)
			know(a, p);
	}
	return true;
}

/* The register after [off, off + len), starting at zero. */
static uint32_t raw(const struct vl_ahead *a, uint64_t off, uint64_t len)
{
	uint32_t before = unit_at(a, off)->prefix;
	uint32_t all = off + len == a->to ? a->crc :
					    unit_at(a, off + len)->prefix;

	return all ^ vl_crc32c_shift_sectors(before,
					     (uint32_t)(len / VL_SECTOR));
}

uint32_t vl_ahead_sealed(const struct vl_ahead *a, uint64_t off, uint64_t len,
			 const uint8_t sealed[static 4])
{
	uint32_t sectors = (uint32_t)(len / VL_SECTOR);
	uint32_t field = vl_crc32c_raw(0, sealed, 4);

	/* What the field adds is taken away again, and what ~0 at the start does
	 * comes in. */
	field = vl_crc32c_shift_bytes(field, VL_SECTOR - 8);
	field = vl_crc32c_shift_sectors(field, sectors - 1);
	return ~(raw(a, off, len) ^ field ^
		 vl_crc32c_shift_sectors(~0u, sectors));
}

bool vl_ahead_is_data(const struct vl_ahead *a, uint64_t off,
		      uint64_t sequence_number)
{
	const struct vl_ahead_unit *first = unit_at(a, off);
	const struct vl_ahead_unit *last =
		unit_at(a, off + VL_SECTOR - VL_CARVE_UNIT);

	return first->signature == vl_le32(vl_data_signature) &&
	       vl_number_join(first->high, last->last) == sequence_number;
}

/* SPDX-License-Identifier: MIT */
/*
 * Readers that take in an entry without asking first whether what it names lies
 * in it. They look at one descriptor after another: one that is bad makes it no
 * entry, and one that is not there ends the program, whichever comes first.
 */
#include "policy/case.h"

#include "base/bytes.h"
#include "overlay/decode.h"

#include <string.h>

#define MISSING (VL_BIT(VLC_entry_descriptors_overflow) | \
		 VL_BIT(VLC_data_missing))

/* Whether a sector of the entry is a data sector with the entry's number. */
static bool is_own_data(const struct vl_case *c, const struct vl_entry *e,
			uint64_t sector)
{
	const struct vl_ring *ring = &c->log->ring;
	uint32_t at = vl_ring_wrap(ring, e->sector + sector);

	return vl_ring_kind(ring, at) == VHDXLOG_SECTOR_DATA &&
	       ring->value[at] == e->sequence_number;
}

/* Where the reader looks for the first data sector: it counts in 32 bits. */
static uint64_t first_data(const struct vl_case *c, const struct vl_entry *e)
{
	uint32_t bytes = e->descriptor_count * VL_DESCRIPTOR_SIZE +
			 VL_FIRST_DESCRIPTOR;

	if (!c->policy->counts_in_32_bits)
		return vl_descriptor_sectors(e->descriptor_count);
	return bytes > INT32_MAX ? UINT32_MAX : vl_div_up(bytes, VL_SECTOR);
}

/* Whether it comes upon something that is not there before anything is bad. */
static bool runs_out(const struct vl_case *c, const struct vl_entry *e)
{
	uint64_t data = first_data(c, e);
	uint8_t bytes[VL_DESCRIPTOR_SIZE];
	struct vl_descriptor d;

	/* Ends: the entry does. */
	for (uint64_t i = 0; i < e->descriptor_count; i++) {
		vl_step(c);
		if (VL_FIRST_DESCRIPTOR + (i + 1) * VL_DESCRIPTOR_SIZE >
		    (uint64_t)e->sectors * VL_SECTOR)
			return true;
		if (vl_descriptor_read(c->log, e, i, bytes, NULL))
			return false;
		vl_descriptor_decode(bytes, &d);
		if (d.kind == VHDXLOG_DESCRIPTOR_UNKNOWN)
			return false;
		if (d.kind == VHDXLOG_DESCRIPTOR_DATA && data >= e->sectors &&
		    c->policy->data_first)
			return true;
		if (d.sequence_number != e->sequence_number)
			return false;
		if (d.kind == VHDXLOG_DESCRIPTOR_ZERO)
			continue;
		if (data >= e->sectors)
			return true;
		if (!is_own_data(c, e, data++))
			return false;
	}
	return false;
}

bool vl_trips(const struct vl_case *c, uint32_t index)
{
	const struct vl_entry *e;
	struct vl_entry_header h;
	bool known;
	uint32_t crc;

	if (index == VL_NONE)
		return false;
	e = &c->log->entries[index];
	if (!e->sectors) {
		int rc = vl_entry_header_read(c->log, index, &h, &known, &crc,
					      NULL);

		return rc != VHDXLOG_E_IO &&
		       (h.entry_length < c->policy->trips_below ||
			h.entry_length > c->policy->trips_above);
	}
	return !((e->failed | e->blocked) & VL_BIT(VLC_entry_checksum_bad)) &&
	       (e->failed | e->blocked) & MISSING && runs_out(c, e);
}

/* SPDX-License-Identifier: MIT */
/*
 * The data sectors of an entry, by what the ring remembers: no bytes are read.
 * Stops at the first that is not a data sector; as that may be the beginning of
 * another entry, no two entries look at the same sector.
 */
#include "base/bytes.h"
#include "log/entry.h"

static void note(struct vl_entry_case *c, enum vl_fault_id id, uint64_t at,
		 uint64_t value)
{
	if (!c->fault[id].found)
		c->fault[id] = (struct vl_fault){ true, at, value };
}

static void look_at(struct vl_entry_case *c, uint32_t s)
{
	const struct vl_ring *ring = &c->log->ring;
	uint64_t wrong = ring->value[s] ^ c->h.sequence_number;
	uint64_t at = vl_ring_at(ring, s);

	if (wrong >> 32)
		note(c, VLF_data_sequence_high_mismatch,
		     at + VL_OFF_data_sector_sequence_high,
		     ring->value[s] >> 32);
	if ((uint32_t)wrong)
		note(c, VLF_data_sequence_low_mismatch,
		     at + VL_OFF_data_sector_sequence_low,
		     ring->value[s] & UINT32_MAX);
}

void vl_entry_data(struct vl_entry_case *c)
{
	const struct vl_ring *ring = &c->log->ring;
	uint64_t room = c->h.entry_length / VL_SECTOR - c->descriptor_sectors;
	uint64_t n = vl_min64(c->n_data, room);
	uint64_t j;

	if (c->n_data > room)
		c->data_outside = vl_ring_at(
			ring, vl_ring_wrap(ring, c->sector +
							 c->descriptor_sectors +
							 room));
	for (j = 0; j < n; j++) {
		uint32_t s = vl_ring_wrap(
			ring, c->sector + c->descriptor_sectors + j);
		enum vhdxlog_sector_kind kind = vl_ring_kind(ring, s);

		if (kind == VHDXLOG_SECTOR_UNREADABLE)
			return;
		if (kind != VHDXLOG_SECTOR_DATA) {
			note(c, VLF_data_signature_bad, vl_ring_at(ring, s), s);
			return;
		}
		look_at(c, s);
	}
	c->data_whole = true;
}

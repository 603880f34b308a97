/* SPDX-License-Identifier: MIT */
#include "guess/log_signs.h"

#include "base/bytes.h"
#include "base/guid.h"

#include <string.h>

uint64_t vl_log_count_guid(const struct vl_log *log,
			   const struct vhdxlog_guid *guid)
{
	uint64_t n = 0;

	for (size_t i = 0; !vl_guid_is_zero(guid) && i < log->n_entries; i++)
		n += vl_is_sound(&log->entries[i]) &&
		     vl_guid_equal(&log->entries[i].guid, guid);
	return n;
}

uint64_t vl_log_count_sound(const struct vl_log *log)
{
	uint64_t n = 0;

	for (size_t i = 0; i < log->n_entries; i++)
		n += vl_is_sound(&log->entries[i]);
	return n;
}

/* ------------------------------------------------------ where the log cannot be */

static bool is_empty(const struct vl_ring *ring)
{
	for (uint32_t at = 0; at < ring->present; at++) {
		if (vl_ring_kind(ring, at) != VHDXLOG_SECTOR_ZERO)
			return false;
	}
	return true;
}

/* The first sector that begins a MiB inside the log and is of none: another
 * structure, where the log is said to be longer than it is. Or VL_NONE. */
static uint32_t foreign_start(const struct vl_ring *ring)
{
	uint32_t step = (uint32_t)(VL_MIB / VL_SECTOR);

	for (uint32_t at = step; at < ring->present; at += step) {
		if (vl_ring_kind(ring, at) == VHDXLOG_SECTOR_FOREIGN)
			return at;
	}
	return VL_NONE;
}

/* An entry that would be right, but names a Tail behind the end: the log is said to
 * be shorter than it is. */
static bool names_behind_end(const struct vl_log *log)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (((e->failed | e->blocked) & log->sound_mask) ==
		    VL_BIT(VLC_entry_tail_out_of_log))
			return true;
	}
	return false;
}

/* Entries that would all be right, but write into what is said to be the log: it is
 * said to be longer than it is. */
static bool writes_into_itself(const struct vl_log *log)
{
	bool found = false;

	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (vl_is_sound(e))
			return false;
		found |= ((e->failed | e->blocked) & log->sound_mask) ==
			 VL_BIT(VLC_desc_targets_log);
	}
	return found;
}

/* Whether the entry that has the last sector is followed from the start, as it is
 * in a ring of this length. */
static bool is_gone_round(const struct vl_log *log)
{
	for (size_t i = log->n_entries; i-- > 0;) {
		const struct vl_entry *e = &log->entries[i];
		uint32_t next;

		if (!e->sectors)
			continue;
		next = vl_log_entry_at(log, vl_entry_end(log, e));
		return (uint64_t)e->sector + e->sectors >= log->ring.sectors &&
		       vl_is_sound(e) && next != VL_NONE &&
		       log->entries[next].sequence_number ==
			       e->sequence_number + 1;
	}
	return false;
}

/* Whether records go on right behind its end. */
static bool goes_on_behind(const struct vl_log *log,
			   const struct vl_view *disk)
{
	const struct vl_ring *ring = &log->ring;
	enum vhdxlog_sector_kind kind;
	uint8_t page[VL_SECTOR];

	if (ring->present < ring->sectors ||
	    vl_ring_kind(ring, ring->sectors - 1) == VHDXLOG_SECTOR_ZERO ||
	    is_gone_round(log) ||
	    vl_view_read(disk, vl_ring_at(ring, ring->sectors), page,
			 sizeof(page), NULL))
		return false;
	kind = vl_sector_kind(page);
	return kind == VHDXLOG_SECTOR_ENTRY || kind == VHDXLOG_SECTOR_DATA ||
	       kind == VHDXLOG_SECTOR_DESCRIPTORS;
}

struct vl_log_signs vl_log_signs(const struct vl_log *log,
				 const struct vhdxlog_header *h,
				 const struct vl_view *disk)
{
	const struct vl_ring *ring = &log->ring;
	struct vl_log_signs s = {
		.goes_on = goes_on_behind(log, disk),
		.hits_itself = writes_into_itself(log),
		.foreign = foreign_start(ring),
	};

	s.any = s.goes_on || s.hits_itself || h->log_offset % VL_MIB ||
		h->log_length % VL_MIB || h->log_offset < VL_HEADER_SECTION ||
		ring->present < ring->sectors ||
		(!log->n_entries && !is_empty(ring)) ||
		(!vl_guid_is_zero(&h->log_guid) &&
		 !vl_log_count_guid(log, &h->log_guid)) ||
		s.foreign != VL_NONE || names_behind_end(log);
	return s;
}

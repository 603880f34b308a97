/* SPDX-License-Identifier: MIT */
#include "guess/log_damaged.h"

#include "base/guid.h"
#include "guess/log_signs.h"

/* What a header says is believed only if it can be said of an entry. */
static bool is_legible(const struct vl_log *log, const struct vl_entry *e)
{
	uint64_t of_header = VL_BIT(VLC_entry_length_zero) |
			     VL_BIT(VLC_entry_length_unaligned) |
			     VL_BIT(VLC_entry_length_exceeds_log) |
			     VL_BIT(VLC_entry_guid_zero) |
			     VL_BIT(VLC_entry_descriptors_overflow) |
			     VL_BIT(VLC_entry_tail_unaligned) |
			     VL_BIT(VLC_entry_tail_out_of_log) |
			     VL_BIT(VLC_entry_sequence_zero);

	return e->sectors && e->sequence_number &&
	       !vl_guid_is_zero(&e->guid) &&
	       !(e->failed & of_header & log->sound_mask);
}

/* Whether an entry begins in its sectors: then it is older than that. */
static bool is_written_over(const struct vl_log *log, uint32_t index)
{
	const struct vl_entry *e = &log->entries[index];
	uint64_t end = (uint64_t)e->sector + e->sectors;

	if (index + 1 < log->n_entries &&
	    log->entries[index + 1].sector < end)
		return true;
	return index && end > log->ring.sectors &&
	       log->entries[0].sector < end - log->ring.sectors;
}

static bool is_candidate(const struct vl_log *log, uint32_t index)
{
	const struct vl_entry *e = &log->entries[index];

	return !vl_is_sound(e) && is_legible(log, e) &&
	       !is_written_over(log, index);
}

/* The damaged entry right behind, of the next number. */
static uint32_t next_damaged(const struct vl_log *log, uint32_t index)
{
	const struct vl_entry *e = &log->entries[index];
	uint32_t next = vl_log_entry_at(log, vl_entry_end(log, e));

	return next != VL_NONE && is_candidate(log, next) &&
			       log->entries[next].sequence_number - 1 ==
				       e->sequence_number ?
		       next :
		       VL_NONE;
}

/* That of the largest number above `least`. */
static uint32_t largest(const struct vl_log *log, uint64_t least)
{
	uint32_t found = VL_NONE;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		if (log->entries[i].sequence_number <= least ||
		    !is_candidate(log, i))
			continue;
		found = i;
		least = log->entries[i].sequence_number;
	}
	return found;
}

struct vl_damaged vl_log_damaged(const struct vl_log *log, uint32_t newest)
{
	struct vl_damaged d = { .entry = VL_NONE };
	uint32_t next = newest;

	/* Ends: numbers go up. */
	while (next != VL_NONE && (next = next_damaged(log, next)) != VL_NONE)
		d = (struct vl_damaged){ .entry = next, .follows = true };
	if (d.follows)
		return d;
	if (newest != VL_NONE)
		d.entry = largest(log, log->entries[newest].sequence_number);
	/* Numbers begin anew when some writers open the file. */
	if (d.entry == VL_NONE)
		d.entry = largest(log, 0);
	if (d.entry != VL_NONE && newest != VL_NONE &&
	    vl_log_count_guid(log, &log->entries[d.entry].guid))
		d.entry = VL_NONE;
	return d;
}

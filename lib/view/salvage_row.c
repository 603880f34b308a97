/* SPDX-License-Identifier: MIT */
/* Which entries are looked at: an unbroken row, not any that lie about. */
#include "view/salvage_parts.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/guid.h"

/* What a header must keep for its number, length and session to mean anything. */
#define HEADER_CHECKS                                                         \
	(VL_BIT(VLC_entry_length_zero) | VL_BIT(VLC_entry_length_unaligned) | \
	 VL_BIT(VLC_entry_length_exceeds_log) |                               \
	 VL_BIT(VLC_entry_descriptors_overflow) |                             \
	 VL_BIT(VLC_entry_tail_unaligned) |                                   \
	 VL_BIT(VLC_entry_tail_out_of_log) | VL_BIT(VLC_entry_sequence_zero))

static bool is_current(const struct vl_log *log, const struct vl_entry *e)
{
	return log->pub.has_guid && !vl_guid_is_zero(&log->pub.guid) &&
	       vl_guid_equal(&e->guid, &log->pub.guid);
}

static bool is_usable(const struct vl_log *log, const struct vl_entry *e)
{
	return is_current(log, e) && e->sectors &&
	       !((e->failed | e->blocked) & HEADER_CHECKS);
}

/* The entry behind another that has the next number, or VL_NONE. */
static uint32_t numbered_next(const struct vl_log *log, uint32_t i)
{
	const struct vl_entry *e = &log->entries[i];
	uint32_t n = vl_log_entry_at(log, vl_entry_end(log, e));

	/* Nothing follows 2^64 - 1: 0 is no number of an entry. */
	if (n == VL_NONE || log->entries[n].sequence_number - 1 !=
				    e->sequence_number)
		return VL_NONE;
	return n;
}

static int append(struct vl_salvage_row *row, uint32_t entry,
		  struct vhdxlog_error *err)
{
	void *array = row->entries;

	if (!vl_reserve(&array, &row->cap, row->n + 1, sizeof(*row->entries)))
		return vl_nomem(err);
	row->entries = array;
	row->entries[row->n++] = entry;
	return 0;
}

/* On from the last entry of a sequence. */
static int follow(const struct vl_salvage_base *base,
		  struct vl_salvage_row *row, struct vhdxlog_error *err)
{
	const struct vl_log *log = base->log;
	uint32_t i = base->last;
	int rc = 0;

	if (!is_current(log, &log->entries[i]))
		return 0;
	/* Ends: numbers grow with every turn, so no entry comes twice. */
	while (!rc && (i = numbered_next(log, i)) != VL_NONE) {
		const struct vl_entry *e = &log->entries[i];

		/* A sound one right behind is for a longer sequence to have. */
		if (!row->n && vl_is_sound(e))
			return 0;
		if (!is_usable(log, e)) {
			row->broken = i;
			return 0;
		}
		rc = append(row, i, err);
	}
	return rc;
}

/* The entry of the session with the highest number, or VL_NONE. */
static uint32_t find_newest(const struct vl_log *log)
{
	uint32_t newest = VL_NONE;

	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (is_usable(log, e) &&
		    (newest == VL_NONE ||
		     e->sequence_number > log->entries[newest].sequence_number))
			newest = (uint32_t)i;
	}
	return newest;
}

/* From the entry that the newest one's Tail names up to that one. */
static int go_by_tail(const struct vl_salvage_base *base,
		      struct vl_salvage_row *row, struct vhdxlog_error *err)
{
	const struct vl_log *log = base->log;
	uint32_t newest = find_newest(log), i = VL_NONE;
	bool fails = false;
	int rc = 0;

	if (newest != VL_NONE)
		i = vl_log_entry_at(log, log->entries[newest].tail / VL_SECTOR);
	/* Ends: as above. */
	while (!rc && i != VL_NONE && is_usable(log, &log->entries[i])) {
		fails = fails || !vl_is_sound(&log->entries[i]);
		rc = append(row, i, err);
		if (i == newest)
			break;
		i = numbered_next(log, i);
	}
	/* Without its beginning, or its end, it is no row. */
	if (!fails || row->entries[row->n - 1] != newest)
		row->n = 0;
	return rc;
}

int vl_salvage_row(const struct vl_salvage_base *base,
		   struct vl_salvage_row *row, struct vhdxlog_error *err)
{
	*row = (struct vl_salvage_row){ .broken = VL_NONE };
	return base->last != VL_NONE ? follow(base, row, err) :
				       go_by_tail(base, row, err);
}

/* SPDX-License-Identifier: MIT */
/* Which sector of the ring belongs to which entry. */
#include "base/alloc.h"
#include "base/error.h"
#include "log/log.h"

#include <stdlib.h>
#include <string.h>

/* Entries open at a sector, the latest to begin on top. */
struct stack {
	uint32_t *index;
	size_t n;
};

/* Drop from the top what ended before `at`; sectors count on past the end. */
static void drop_ended(const struct vl_log *log, struct stack *s, uint64_t at)
{
	while (s->n) {
		const struct vl_entry *e = &log->entries[s->index[s->n - 1]];
		uint64_t begin = e->sector;

		/* One that begins behind us wraps: it began a lap ago. */
		if (begin <= at % log->ring.sectors)
			begin += at - at % log->ring.sectors;
		else
			begin += at - at % log->ring.sectors -
				 log->ring.sectors;
		if (begin + e->sectors > at)
			return;
		s->n--;
	}
}

/*
 * Sweep the ring once with a stack of the entries that have begun, those that
 * wrap put there first. Each is pushed and popped once: linear, however they
 * nest. Of nested entries the innermost, the latest to begin, owns a sector.
 */
int vl_map_owners(struct vl_log *log, struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &log->ring;
	struct stack s = { vl_calloc(2 * log->n_entries, sizeof(uint32_t)), 0 };

	log->owner = vl_calloc(ring->present, sizeof(*log->owner));
	if (!log->owner || !s.index) {
		free(s.index);
		return vl_nomem(err);
	}
	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (vl_is_sound(e) &&
		    (uint64_t)e->sector + e->sectors > ring->sectors)
			s.index[s.n++] = (uint32_t)i;
	}
	for (uint32_t at = 0; at < ring->present; at++) {
		uint32_t i = vl_log_entry_at(log, at);

		drop_ended(log, &s, (uint64_t)at + ring->sectors);
		if (i != VL_NONE && vl_is_sound(&log->entries[i]))
			s.index[s.n++] = i;
		log->owner[at] = s.n ? s.index[s.n - 1] : VL_NONE;
		if (ring->kind[at] == VHDXLOG_SECTOR_DATA &&
		    log->owner[at] == VL_NONE)
			log->orphans++;
	}
	free(s.index);
	return 0;
}

uint32_t vl_map_owner(const struct vl_log *log, uint32_t sector)
{
	return sector < log->ring.present ? log->owner[sector] : VL_NONE;
}

enum vhdxlog_sector_kind vl_map_kind(const struct vl_log *log, uint32_t sector)
{
	enum vhdxlog_sector_kind kind = vl_ring_kind(&log->ring, sector);
	uint32_t owner = vl_map_owner(log, sector);
	const struct vl_entry *e;
	uint32_t n = log->ring.sectors;

	if (owner == VL_NONE || kind == VHDXLOG_SECTOR_ENTRY ||
	    kind == VHDXLOG_SECTOR_UNREADABLE)
		return kind;
	e = &log->entries[owner];
	if ((sector + n - e->sector) % n >= e->needed)
		return VHDXLOG_SECTOR_PADDING;
	return kind;
}

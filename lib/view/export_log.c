/* SPDX-License-Identifier: MIT */
/*
 * What of the log is one. Where a sound entry lies in it, and no block, all of it
 * is; else a header may name any bytes as its log, so only what belongs to entries
 * is taken as it is. Of other sectors stays what tells their kind and number.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/export_parts.h"
#include "view/logged.h"

#include <stdlib.h>

struct sectors {
	struct vl_export_case *c;
	struct vl_log *log;
	/* Owned, of each that is present: how many entries claim it, less those
	 * that claim the one before. */
	int32_t *claims;
	enum vl_left_out why;
	bool stand_in;
};

/* ------------------------------------------------------------------ entries */

static bool has_sound(const struct vl_log *log)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		if (vl_is_sound(&log->entries[i]))
			return true;
	}
	return false;
}

/* [first, end) of the ring, or what of it is present. */
static void claim(struct sectors *s, uint32_t first, uint32_t end)
{
	uint32_t present = s->log->ring.present;

	if (first >= present)
		return;
	s->claims[first]++;
	if (end < present)
		s->claims[end]--;
}

/* What begins as an entry and has a length that none can have is guest data, or
 * damaged: its header and its descriptors are told of, which is one sector. */
static void claim_entry(struct sectors *s, uint32_t index)
{
	const struct vl_entry *e = &s->log->entries[index];
	uint32_t ring = s->log->ring.sectors;
	uint64_t end = (uint64_t)e->sector + e->sectors;

	if (!e->sectors) {
		if (vl_entry_is_likely(s->log, index))
			claim(s, e->sector, e->sector + 1);
		return;
	}
	claim(s, e->sector, (uint32_t)vl_min64(end, ring));
	if (end > ring)
		claim(s, 0, (uint32_t)(end - ring));
}

/* ------------------------------------------------------------------ sectors */

/* Of one that no entry claims: its signature, and of data its number, of which a
 * report tells by themselves. */
static int add_unclaimed(struct sectors *s, enum vhdxlog_sector_kind kind,
			 uint64_t off, struct vhdxlog_error *err)
{
	uint64_t from = off, to = off + VL_SECTOR;
	int rc = 0;

	if (kind == VHDXLOG_SECTOR_DATA) {
		from = off + VL_OFF_data_sector_page;
		to = off + VL_OFF_data_sector_sequence_low;
	} else if (kind != VHDXLOG_SECTOR_FOREIGN) {
		from = off + sizeof(vl_data_signature);
	}
	rc = vl_export_add(s->c, off, from, VL_PLACE_LOG, err);
	if (!rc)
		rc = vl_export_add(s->c, to, off + VL_SECTOR, VL_PLACE_LOG, err);
	if (rc || !s->stand_in)
		return rc;
	return vl_export_add(s->c, from, to, VL_PLACE_STAND_IN, err);
}

static int add_sector(struct sectors *s, uint32_t sector, bool claimed,
		      struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &s->log->ring;
	enum vhdxlog_sector_kind kind = vl_ring_kind(ring, sector);
	uint64_t off = vl_ring_at(ring, sector);

	if (kind == VHDXLOG_SECTOR_ZERO)
		return 0;
	if (kind == VHDXLOG_SECTOR_UNREADABLE) {
		s->c->left[VL_LEFT_UNREADABLE] = true;
		return 0;
	}
	if (claimed)
		return vl_export_add(s->c, off, off + VL_SECTOR, VL_PLACE_LOG,
				     err);
	s->c->left[s->why] = true;
	return add_unclaimed(s, kind, off, err);
}

/* A mebibyte at a time, as blocks lie. */
static int add_all(struct sectors *s, bool doubtful, struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &s->log->ring;
	uint32_t step = VL_MIB / VL_SECTOR, next;
	int64_t claims = 0;
	int rc = 0;

	for (uint32_t at = 0; !rc && at < ring->present; at = next) {
		uint64_t off = vl_ring_at(ring, at), end;
		bool whole;

		next = (uint32_t)vl_min64(ring->present, (uint64_t)at + step);
		end = vl_ring_at(ring, next - 1) + VL_SECTOR;
		whole = !doubtful && !vl_export_claimed(s->c, off, end - off);
		if (whole)
			rc = vl_export_add(s->c, off, end, VL_PLACE_LOG, err);
		for (uint32_t i = at; !rc && i < next; i++) {
			claims += s->claims[i];
			if (!whole)
				rc = add_sector(s, i, claims, err);
		}
	}
	return rc;
}

/* Where nothing is known of blocks, or what is known is doubtful, only what
 * looks like it, whoever says where it is. */
int vl_export_log(struct vl_export_case *c, struct vhdxlog_error *err)
{
	struct sectors s = {.c = c, .log = c->of->log};
	bool doubtful;
	int rc;

	if (!s.log || !s.log->ring.present)
		return 0;
	doubtful = !c->of->image[0]->pub.bat.known ||
		   c->left[VL_LEFT_NO_TABLE] || !has_sound(s.log);
	s.why = doubtful ? VL_LEFT_GUESSED : VL_LEFT_CONTESTED;
	s.stand_in = doubtful && !c->image->assumed.log;
	s.claims = vl_calloc(s.log->ring.present, sizeof(*s.claims));
	if (!s.claims)
		return vl_nomem(err);
	for (uint32_t i = 0; i < s.log->n_entries; i++)
		claim_entry(&s, i);
	rc = add_all(&s, doubtful, err);
	free(s.claims);
	return rc;
}

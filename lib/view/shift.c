/* SPDX-License-Identifier: MIT */
#include "view/shift.h"

#include "base/bytes.h"

#include <string.h>

static uint64_t slot_of(const uint8_t page[VL_SECTOR], unsigned slot)
{
	return vl_le64(page + 8 * slot);
}

static bool is_at(uint64_t raw, uint64_t file_offset)
{
	return VL_BAT_HAS_PLACE(raw) && VL_BAT_OFFSET(raw) == file_offset;
}

/* ----------------------------------------------------------------- compare */

uint64_t vl_shift_highest(const uint8_t page[VL_SECTOR])
{
	uint64_t top = 0;

	for (unsigned i = 0; i < VL_BAT_SLOTS; i++) {
		uint64_t raw = slot_of(page, i);

		if (VL_BAT_HAS_PLACE(raw))
			top = vl_max64(top, VL_BAT_OFFSET(raw));
	}
	return top;
}

bool vl_shift_compare(const uint8_t old[VL_SECTOR],
		      const uint8_t now[VL_SECTOR], struct vl_moves *m)
{
	uint64_t first = slot_of(now, 0), top;

	/* The first block is what was allocated; most pages end here. */
	if (!VL_BAT_HAS_PLACE(first) || VL_BAT_HAS_PLACE(slot_of(old, 0)))
		return false;
	top = vl_shift_highest(old);
	if (!top || VL_BAT_OFFSET(first) <= top)
		return false;
	*m = (struct vl_moves){ .exact = true };
	for (unsigned i = 0; i + 1 < VL_BAT_SLOTS; i++) {
		uint64_t was = slot_of(old, i), is = slot_of(now, i + 1);

		if (was == is) {
			m->moved += VL_BAT_HAS_PLACE(was);
			continue;
		}
		/* Of an earlier version, what came between counts too. */
		if (!VL_BAT_HAS_PLACE(is) || VL_BAT_OFFSET(is) <= top)
			return false;
		m->exact = false;
	}
	m->lost = VL_BAT_HAS_PLACE(slot_of(old, VL_BAT_SLOTS - 1));
	return m->moved || m->lost;
}

/* ------------------------------------------------------------------- guess */

/* Whether all bytes of the page behind a slot are zero. */
static bool ends_with(const uint8_t page[VL_SECTOR], unsigned slot)
{
	for (size_t i = 8 * (slot + 1); i < VL_SECTOR; i++) {
		if (page[i])
			return false;
	}
	return true;
}

/* Whether the entry before that slot may be what is in it. */
static bool is_free_block(const struct vl_image *i, uint64_t belongs,
			  uint64_t raw)
{
	struct vhdxlog_bat_entry e;
	uint64_t len;

	vl_bat_decode(&i->geometry, belongs, raw, &e);
	/* The last block may end with the disk, as in files of old QEMU. */
	len = vl_min64(i->geometry.block_size, e.virtual_length);
	return e.state == VL_BLOCK_FULLY_PRESENT && e.file_offset &&
	       !VL_BAT_RESERVED(raw) && !e.is_bitmap && len &&
	       vl_end(e.file_offset, len) <= i->replayed_size &&
	       !vl_areas_touch(&i->areas, e.file_offset, len) &&
	       !vl_claims_in(&i->claims, e.file_offset, len).payload;
}

/*
 * Put what was allocated before the first slot of a page, and lies behind `from`,
 * where it was before all of it went one slot up. false where that cannot be: the
 * first slot was free, and in those of bitmaps nothing is.
 */
static bool put_back(const struct vl_image *i, uint64_t first,
		     const uint8_t now[VL_SECTOR], uint64_t from,
		     uint8_t old[VL_SECTOR])
{
	uint64_t top = VL_BAT_OFFSET(slot_of(now, 0));

	for (unsigned k = 1; k < VL_BAT_SLOTS &&
			     first + k <= i->geometry.entries; k++) {
		uint64_t raw = slot_of(now, k);

		if (!VL_BAT_HAS_PLACE(raw) || VL_BAT_OFFSET(raw) <= from ||
		    VL_BAT_OFFSET(raw) > top)
			continue;
		if (k == 1 || vl_bat_is_bitmap(&i->geometry, first + k - 1))
			return false;
		vl_put_le64(old + 8 * (k - 1), raw);
	}
	return true;
}

bool vl_shift_guess(const struct vl_image *i, uint64_t first, unsigned slot,
		    const uint8_t now[VL_SECTOR], uint8_t old[VL_SECTOR])
{
	uint64_t top = slot_of(now, 0), raw = slot_of(now, slot);

	memset(old, 0, VL_SECTOR);
	/* Files with a parent QEMU does not write. */
	return slot && !i->geometry.has_parent && VL_BAT_HAS_PLACE(top) &&
	       !vl_bat_is_bitmap(&i->geometry, first) &&
	       is_free_block(i, first + slot - 1, raw) &&
	       VL_BAT_OFFSET(raw) < VL_BAT_OFFSET(top) &&
	       (first + slot < i->geometry.entries || ends_with(now, slot)) &&
	       put_back(i, first, now, 0, old);
}

void vl_shift_complete(const struct vl_image *i, uint64_t first,
		       const uint8_t now[VL_SECTOR], uint8_t old[VL_SECTOR])
{
	uint8_t full[VL_SECTOR];

	memcpy(full, old, VL_SECTOR);
	if (!i->geometry.has_parent &&
	    put_back(i, first, now, vl_shift_highest(old), full))
		memcpy(old, full, VL_SECTOR);
}

/* ------------------------------------------------------------------ blocks */

/* What was let go, and is another's or beyond the file now, is no loss. */
static bool is_lost(const struct vl_image *i, const struct vhdxlog_shift *s)
{
	uint64_t len = s->is_bitmap ? VL_MIB : i->geometry.block_size;
	struct vl_claimed claimed = vl_claims_in(&i->claims, s->file_offset,
						 len);

	return s->file_offset < i->replayed_size && !claimed.payload &&
	       !claimed.bitmap;
}

/* The entry of that slot, where it names a place that the one before has not. */
static bool is_taken(const uint8_t old[VL_SECTOR], const uint8_t now[VL_SECTOR],
		     unsigned slot)
{
	uint64_t raw = slot_of(now, slot);

	return VL_BAT_HAS_PLACE(raw) &&
	       !(slot && is_at(slot_of(old, slot - 1), VL_BAT_OFFSET(raw)));
}

static bool is_misplaced(const struct vl_image *i, uint64_t first,
			 const uint8_t old[VL_SECTOR],
			 const uint8_t now[VL_SECTOR], unsigned slot,
			 struct vhdxlog_shift *s)
{
	uint64_t raw = slot_of(old, slot);
	struct vhdxlog_bat_entry e;

	vl_bat_decode(&i->geometry, first + slot, raw, &e);
	if (!VL_BAT_HAS_PLACE(raw) || is_at(slot_of(now, slot), e.file_offset) ||
	    e.index >= i->geometry.entries ||
	    (e.is_bitmap && !i->geometry.has_parent))
		return false;
	*s = (struct vhdxlog_shift){
		.index = e.index + 1,
		.belongs = e.index,
		.block = e.block,
		.is_bitmap = e.is_bitmap,
		.file_offset = e.file_offset,
		.state = e.state,
		.virtual_offset = e.virtual_offset,
		.virtual_length = e.virtual_length,
		.taken = is_taken(old, now, slot),
	};
	s->lost = slot + 1 == VL_BAT_SLOTS ||
		  !is_at(slot_of(now, slot + 1), e.file_offset);
	if (s->lost)
		s->index = s->belongs;
	return !s->lost || is_lost(i, s);
}

bool vl_shift_block(const struct vl_image *i, uint64_t first,
		    const uint8_t old[VL_SECTOR], const uint8_t now[VL_SECTOR],
		    unsigned *slot, struct vhdxlog_shift *shift)
{
	for (; *slot < VL_BAT_SLOTS; ++*slot) {
		if (is_misplaced(i, first, old, now, *slot, shift))
			return true;
	}
	return false;
}

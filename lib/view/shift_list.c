/* SPDX-License-Identifier: MIT */
/* The blocks of the shifts that were found, each page read when it is asked for. */
#include "view/shift.h"

#include "base/error.h"
#include "overlay/overlay.h"

static int read_old(struct vl_shifts *s, const struct vl_shift_page *p,
		    struct vhdxlog_error *err)
{
	const struct vl_writer *w = &s->c.writers->rows[p->row];

	switch (p->old) {
	case VL_OLD_LOGGED:
		return vl_target_page(s->c.log, w->entry, w->target, s->old,
				      err);
	case VL_OLD_DISK:
		return vl_view_read(s->c.disk, p->page, s->old, VL_SECTOR,
				    err);
	case VL_OLD_GUESSED: break;
	}
	vl_shift_guess(s->c.image, vl_shift_first(s, p->page), p->slot, s->now,
		       s->old);
	return 0;
}

/* The versions of a page before and now. */
static int load(struct vl_shifts *s, size_t number, struct vhdxlog_error *err)
{
	const struct vl_shift_page *p = &s->pages[number];
	int rc;

	if (s->loaded == number + 1)
		return 0;
	s->loaded = 0;
	rc = vl_view_read(s->c.replayed, p->page, s->now, VL_SECTOR, err);
	if (!rc)
		rc = read_old(s, p, err);
	if (rc)
		return rc;
	s->known = p->old == VL_OLD_GUESSED ? 0 : vl_shift_highest(s->old);
	if (p->entry == VL_NONE)
		vl_shift_complete(s->c.image, vl_shift_first(s, p->page), s->now,
				  s->old);
	s->loaded = number + 1;
	return 0;
}

/* The block at or behind a slot; 1: none in this page. */
static int block_of(struct vl_shifts *s, size_t number, unsigned *slot,
		    struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	const struct vl_shift_page *p = &s->pages[number];
	int rc = load(s, number, err);

	if (rc)
		return rc;
	if (!vl_shift_block(s->c.image, vl_shift_first(s, p->page), s->old,
			    s->now, slot, shift))
		return 1;
	shift->source = p->source;
	shift->certainty = shift->file_offset > s->known ? VHDXLOG_INFERRED :
							   VHDXLOG_KNOWN;
	shift->entry = p->entry;
	return 0;
}

/* The cursor is the number of a page times its slots, and a slot. */
int vl_shifts_next(struct vl_shifts *s, uint64_t *cursor,
		   struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	while (*cursor / VL_BAT_SLOTS < s->n) {
		size_t number = (size_t)(*cursor / VL_BAT_SLOTS);
		unsigned slot = (unsigned)(*cursor % VL_BAT_SLOTS);
		int rc = block_of(s, number, &slot, shift, err);

		*cursor = (uint64_t)number * VL_BAT_SLOTS + slot + (rc == 0);
		if (rc <= 0)
			return rc;
	}
	return 1;
}

int vl_shifts_from(struct vl_shifts *s, uint64_t index,
		   struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	size_t low = 0, high = s->n;
	unsigned slot = (unsigned)(index % VL_BAT_SLOTS);
	int rc;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (vl_shift_first(s, s->pages[mid].page) + VL_BAT_SLOTS <= index)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n || vl_shift_first(s, s->pages[low].page) > index)
		return 1;
	rc = block_of(s, low, &slot, shift, err);
	return rc == 0 && shift->belongs != index ? 1 : rc;
}

/* SPDX-License-Identifier: MIT */
#include "guess/waits.h"

#include "base/bytes.h"
#include "guess/places.h"
#include "overlay/compare.h"

#include <string.h>

/* Whether some block is in `a` and not in `b`. */
static bool has_more(const uint8_t a[VL_SECTOR], const uint8_t b[VL_SECTOR])
{
	for (unsigned i = 0; i < VL_SECTOR; i += 8) {
		if (VL_BAT_IS_LOCATED(vl_le64(a + i)) &&
		    !VL_BAT_IS_LOCATED(vl_le64(b + i)))
			return true;
	}
	return false;
}

/* Whether some block is in both, and not in the same place. */
static bool has_moved(const uint8_t a[VL_SECTOR], const uint8_t b[VL_SECTOR])
{
	for (unsigned i = 0; i < VL_SECTOR; i += 8) {
		uint64_t x = vl_le64(a + i), y = vl_le64(b + i);

		if (VL_BAT_IS_LOCATED(x) && VL_BAT_IS_LOCATED(y) &&
		    x >> 20 != y >> 20)
			return true;
	}
	return false;
}

static void compare_pages(struct vl_waits *w, const uint8_t disk[VL_SECTOR],
			  const uint8_t log[VL_SECTOR])
{
	uint64_t n, m;
	bool gains, loses, moves;

	if (!vl_may_be_bat(disk, VL_SECTOR / 8, &n) ||
	    !vl_may_be_bat(log, VL_SECTOR / 8, &m)) {
		w->other++;
		return;
	}
	gains = has_more(log, disk);
	loses = has_more(disk, log);
	moves = has_moved(disk, log);
	w->older += gains && !loses && !moves;
	w->newer += loses && !gains;
	w->other += gains == loses || (gains && moves);
	w->moved += (gains && loses) || (moves && !loses);
}

static int look_at_data(struct vl_waits *w, const struct vl_overlay *o,
			const struct vl_segment *s, struct vhdxlog_error *err)
{
	uint8_t disk[VL_SECTOR], log[VL_SECTOR];
	int rc;

	if (vl_end(s->off, s->len) > o->disk->size) {
		w->pages++;
		w->absent++;
		return 0;
	}
	rc = vl_segment_read(o, s, s->off, log, (size_t)s->len, err);

	if (!rc)
		rc = vl_overlay_disk(o, s->off, disk, (size_t)s->len, err);
	if (rc)
		return rc;
	o->log->cost.target_bytes_read += s->len;
	w->pages++;
	if (memcmp(disk, log, (size_t)s->len) == 0)
		w->same++;
	else if (s->len == VL_SECTOR)
		compare_pages(w, disk, log);
	else
		w->other++;
	return 0;
}

static int look_at_zeroes(struct vl_waits *w, const struct vl_overlay *o,
			  const struct vl_segment *s, uint64_t *budget,
			  struct vhdxlog_error *err)
{
	uint64_t size = o->disk->size, before = *budget;
	uint64_t inside = s->off < size ? vl_min64(s->len, size - s->off) : 0;
	bool zero = true;
	int rc = vl_view_is_zero(o->disk, s->off, inside, budget, &zero, err);

	o->log->cost.target_bytes_read += before - *budget;
	w->zeroes |= !rc && !zero;
	return rc;
}

static int look_at(struct vl_waits *w, const struct vl_overlay *o,
		   uint64_t most, struct vhdxlog_error *err)
{
	uint64_t budget = vl_compare_budget(o->log);
	struct vl_segment s;
	struct vl_sweep sweep;
	int rc = vl_overlay_sweep(o, &sweep, err);

	while (!rc && vl_sweep_next(&sweep, &s)) {
		if (w->pages == most) {
			w->incomplete = true;
			break;
		}
		if (!vl_segment_is_zero(o, &s))
			rc = look_at_data(w, o, &s, err);
		else if (!w->zeroes)
			rc = look_at_zeroes(w, o, &s, &budget, err);
		if (rc && rc != VHDXLOG_E_NOMEM) {
			w->incomplete = true;
			rc = 0;
		}
	}
	vl_sweep_release(&sweep);
	return rc;
}

int vl_waits_find(struct vl_waits *w, struct vl_log *log,
		  const struct vl_view *disk, uint32_t first, uint32_t head,
		  uint64_t most, struct vhdxlog_error *err)
{
	struct vl_overlay o;
	int rc = vl_overlay_init(&o, disk, log, first, head, err);

	*w = (struct vl_waits){ .grows = !rc && o.view.size > disk->size };
	if (!rc)
		rc = look_at(w, &o, most, err);
	vl_overlay_release(&o);
	return rc;
}

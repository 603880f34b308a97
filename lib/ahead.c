/* SPDX-License-Identifier: MIT */
/*
 * The check log-disk-ahead: --log-guid names a session that no header names, and
 * what would be replayed of it takes blocks away that the disk has, or gives them
 * another place. Blocks seldom go, so the session is most likely an older one.
 *
 * Where the BAT is is known here, so this is asked of its entries, and not, as
 * guess/waits.h has to, of whatever looks like a page of one.
 */
#include "scan.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "guess/places.h"

/* As many as the data sectors of the longest log. */
#define MOST_PAGES 65536u

struct ahead {
	struct vhdxlog_scan *s;
	uint64_t gone, moved;
	uint64_t at;	/* the first entry of those */
	uint64_t end;	/* of the BAT's entries, as far as the disk needs them */
	uint64_t next;	/* pages below it were looked at */
	uint64_t pages; /* that were */
};

static bool is_applicable(const struct vhdxlog_scan *s)
{
	const struct vhdxlog_header *h = vl_header_current(&s->image);

	return !s->is_trial && !s->options.raw_log && s->options.has_log_guid &&
	       s->log.active_head != VL_NONE && s->image.bat &&
	       s->image.geometry_known &&
	       !(h && vl_guid_equal(&h->log_guid, &s->options.log_guid));
}

/* What a page of garbage says of blocks is nothing that could be lost. */
static void compare(struct ahead *a, uint64_t off, const uint8_t *disk,
		    const uint8_t *then)
{
	uint64_t located;

	if (!vl_may_be_bat(disk, VL_SECTOR / 8, &located) || !located)
		return;
	for (unsigned i = 0; i < VL_SECTOR && off + i < a->end; i += 8) {
		uint64_t was = vl_le64(disk + i), is = vl_le64(then + i);
		bool stays = VL_BAT_HAS_PLACE(is);

		if (!VL_BAT_HAS_PLACE(was) ||
		    VL_BAT_OFFSET(was) >= a->s->image.disk_size ||
		    (stays && VL_BAT_OFFSET(is) == VL_BAT_OFFSET(was)))
			continue;
		if (!a->gone && !a->moved)
			a->at = off + i;
		a->gone += !stays;
		a->moved += stays;
	}
}

/* What cannot be read is known to have no block. */
static int look_at_page(struct ahead *a, uint64_t off,
			struct vhdxlog_error *err)
{
	struct vl_overlay *o = &a->s->overlay;
	uint8_t disk[VL_SECTOR], then[VL_SECTOR];
	int rc = vl_overlay_disk(o, off, disk, sizeof(disk), err);

	a->pages++;
	o->log->cost.target_bytes_read += sizeof(disk);
	if (!rc)
		rc = vl_view_read(&o->view, off, then, sizeof(then), err);
	if (!rc)
		compare(a, off, disk, then);
	return rc == VHDXLOG_E_NOMEM ? rc : 0;
}

static int look_at(struct ahead *a, const struct vl_segment *s,
		   struct vhdxlog_error *err)
{
	uint64_t off = vl_max64(s->off & ~(uint64_t)(VL_SECTOR - 1), a->next);
	uint64_t end = vl_min64(vl_end(s->off, s->len), a->end);
	int rc = 0;

	for (; !rc && off < end && a->pages < MOST_PAGES; off += VL_SECTOR) {
		rc = look_at_page(a, off, err);
		a->next = off + VL_SECTOR;
	}
	return rc;
}

static int find(struct ahead *a, struct vhdxlog_error *err)
{
	const struct vl_image *image = &a->s->image;
	struct vl_sweep sweep;
	struct vl_segment s;
	int rc = vl_overlay_sweep(&a->s->overlay, &sweep, err);

	a->next = image->bat->offset;
	a->end = vl_end(a->next, vl_min64(image->bat->length,
					  image->geometry.entries * 8));
	while (!rc && vl_sweep_next(&sweep, &s))
		rc = look_at(a, &s, err);
	vl_sweep_release(&sweep);
	vl_overlay_rest(&a->s->overlay);
	return rc;
}

static enum vhdxlog_status log_disk_ahead(const void *subject,
					  struct vl_detail *d)
{
	const struct ahead *a = subject;
	const struct vl_log *log = &a->s->log;
	uint32_t head = log->active_head;

	if (!is_applicable(a->s))
		return VHDXLOG_NOT_APPLICABLE;
	if (!a->gone && !a->moved)
		return vl_pass();
	return vl_fail(d, a->at, "each block where the disk has it",
		       "%ju of them gone and %ju moved after S%u-%u",
		       (uintmax_t)a->gone, (uintmax_t)a->moved,
		       log->entries[log->entries[head].first].sector,
		       log->entries[head].sector);
}

int vl_ahead_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	static const vl_check_fn checks[VLC_COUNT] = {
		[VLC_log_disk_ahead] = log_disk_ahead,
	};
	struct ahead a = { .s = s };
	int rc = is_applicable(s) ? find(&a, err) : 0;

	if (!rc)
		vl_judge(VHDXLOG_OBJECT_LOG, checks, &a, s->log.judgement);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <criterion/criterion.h>
#include <string.h>

#define MOST 300u /* of each thing that is looked at */

/* Ends, or cannot be read where that is expected. */
static void ended(int rc, enum walk_kind kind)
{
	if (kind == WALK_FAULTY && rc == VHDXLOG_E_IO)
		return;
	cr_assert(rc == 0 || rc == 1, "%s",
		  vhdxlog_strerror((enum vhdxlog_code)rc));
}

static void walk_tables(struct vhdxlog_overlay *o, enum walk_kind kind)
{
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_ghost g;
	uint64_t cursor = 0, next = 0;
	int rc = 0;

	cr_assert(vhdxlog_overlay_image(o, NULL));
	for (unsigned i = 0; !rc && i < MOST; i++) {
		rc = vhdxlog_overlay_bat_next(o, &cursor, &e, &certainty,
					      NULL);
		if (rc)
			break;
		cr_assert_neq(e.raw, 0);
		cr_assert_geq(e.index, next);
		next = e.index + 1;
		cr_assert_eq(cursor, next);
	}
	ended(rc, kind);
	cursor = next = 0;
	rc = 0;
	for (unsigned i = 0; !rc && i < MOST; i++) {
		rc = vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL);
		if (rc)
			break;
		cr_assert_geq(g.entry.index, next);
		next = g.entry.index + 1;
		cr_assert_gt(g.length, 0);
		cr_assert_eq(g.overlapped, g.owner != VHDXLOG_AREA_UNOWNED);
	}
	ended(rc, kind);
}

static void walk_guest(struct vhdxlog_comparison *c, enum walk_kind kind)
{
	struct vhdxlog_virtual_range r;
	uint64_t end = 0;
	int rc = 0;

	for (unsigned i = 0; !rc && i < MOST; i++) {
		rc = vhdxlog_compare_virtual(c, &r, NULL);
		if (rc)
			break;
		cr_assert(!i || r.offset > end);
		cr_assert_gt(r.length, 0);
		end = r.offset + r.length;
		cr_assert_gt(end, r.offset);
	}
	ended(rc, kind);
}

static void walk_comparison(struct vhdxlog_overlay *a,
			    struct vhdxlog_overlay *b, enum walk_kind kind)
{
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	struct vhdxlog_detail t;
	uint64_t end = 0;
	int rc = 0;

	cr_assert_eq(vhdxlog_compare_open(a, b, &c, NULL), 0);
	for (unsigned i = 0; !rc && i < MOST; i++) {
		rc = vhdxlog_compare_next(c, &d, NULL);
		if (rc)
			break;
		cr_assert_geq(d.offset, end);
		cr_assert_gt(d.length, 0);
		end = d.offset + d.length;
		cr_assert(d.first >= d.offset && d.first < end);
		cr_assert_leq(d.differing, d.length);
		cr_assert_eq(d.differing == 0, d.unread);
		while (vhdxlog_compare_detail(c, &t, NULL) == 0)
			cr_assert(t.offset >= d.offset && t.length &&
				  t.offset + t.length <= end);
	}
	ended(rc, kind);
	if (rc == 1)
		walk_guest(c, kind);
	vhdxlog_compare_close(c);
}

static void walk_history(struct vhdxlog_scan *scan,
			 struct vhdxlog_overlay *disk, enum walk_kind kind)
{
	struct vhdxlog_history *h;
	struct vhdxlog_overlay *o;
	struct vhdxlog_reach reach;
	const uint32_t *entries;
	size_t n;

	cr_assert_eq(vhdxlog_history_open(scan, &h, NULL), 0);
	cr_assert_eq(vhdxlog_history_reach(h, &reach, NULL), 0);
	cr_assert_eq(!*reach.message, reach.kind == VHDXLOG_REACH_NONE);
	cr_assert(reach.kind == VHDXLOG_REACH_NONE ||
		  reach.kind == VHDXLOG_REACH_ALL ||
		  reach.kind == VHDXLOG_REACH_UNKNOWN ||
		  reach.first_missing != VHDXLOG_NO_SECTOR);
	entries = vhdxlog_history_entries(h, &n);
	if (n) {
		cr_assert_eq(vhdxlog_overlay_as_of(h, entries[n / 2], &o, NULL),
			     0);
		walk_tables(o, kind);
		walk_comparison(o, disk, kind);
		vhdxlog_overlay_close(o);
	}
	vhdxlog_history_close(h);
}

void walk_states(struct vhdxlog_scan *scan, enum walk_kind kind)
{
	struct vhdxlog_overlay *disk, *o;

	if (vhdxlog_overlay_disk(scan, &disk, NULL) == VHDXLOG_E_MISUSE)
		return; /* a log alone */
	cr_assert(disk);
	walk_tables(disk, kind);
	if (vhdxlog_overlay_policy(scan, 0, &o, NULL) == 0) {
		walk_comparison(disk, o, kind);
		vhdxlog_overlay_close(o);
	}
	walk_history(scan, disk, kind);
	vhdxlog_overlay_close(disk);
}

/* SPDX-License-Identifier: MIT */
/*
 * What the log of an image says happened: events count up, each of an entry that
 * there is; the file as it stood after each of a few entries, side by side with the
 * one before. Flags: those of placed.h.
 */
#include <criterion/criterion.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/placed.h"

#define MOST_EVENTS 2000u
#define MOST_STATES 4u
#define MOST 200u /* differences */

static void walk_events(struct vhdxlog_scan *scan, struct vhdxlog_history *h)
{
	struct vhdxlog_events *events;
	struct vhdxlog_event e;
	uint64_t n = 0;
	int rc = 0;

	cr_assert_eq(vhdxlog_events_open(h, NULL, &events, NULL), 0);
	while (n < MOST_EVENTS &&
	       (rc = vhdxlog_events_next(events, &e, NULL)) == 0) {
		cr_assert_eq(e.ordinal, ++n);
		cr_assert_lt(e.kind, VHDXLOG_EVENT_KINDS);
		cr_assert_lt(e.session, vhdxlog_session_count(h));
		cr_assert_neq(vhdxlog_entry_find(scan, e.entry), SIZE_MAX);
		cr_assert(*e.message && memchr(e.message, 0, 256));
	}
	cr_assert(rc == 0 || rc == 1);
	vhdxlog_events_close(events);
}

static void walk_strata(struct vhdxlog_scan *scan, struct vhdxlog_history *h)
{
	struct vhdxlog_stratum s;
	uint32_t cursor = 0, end = 0;

	while (vhdxlog_stratum_next(h, &cursor, &s, NULL) == 0) {
		cr_assert_eq(s.first, end);
		cr_assert(s.count);
		end += s.count;
	}
	cr_assert_eq(end, vhdxlog_log(scan)->known ?
				  vhdxlog_log(scan)->sectors :
				  0);
}

static void compare(struct vhdxlog_overlay *a, struct vhdxlog_overlay *b)
{
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	struct vhdxlog_detail t;
	uint64_t end = 0;

	cr_assert_eq(vhdxlog_compare_open(a, b, &c, NULL), 0);
	for (unsigned i = 0;
	     i < MOST && vhdxlog_compare_next(c, &d, NULL) == 0; i++) {
		cr_assert(d.offset >= end && d.length);
		end = d.offset + d.length;
		while (vhdxlog_compare_detail(c, &t, NULL) == 0)
			cr_assert(t.offset >= d.offset && t.length &&
				  t.offset + t.length <= end);
	}
	vhdxlog_compare_close(c);
}

static void walk_states(struct vhdxlog_history *h)
{
	size_t n;
	const uint32_t *entries = vhdxlog_history_entries(h, &n);
	struct vhdxlog_overlay *last = NULL, *o;

	for (size_t i = 0; i < n && i < MOST_STATES; i++) {
		cr_assert_eq(vhdxlog_overlay_as_of(h, entries[n - 1 - i], &o,
						   NULL),
			     0);
		if (last)
			compare(o, last);
		vhdxlog_overlay_close(last);
		last = o;
	}
	vhdxlog_overlay_close(last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s, image;
	struct fuzz_ring ring = placed_ring(&s, data, size);
	struct vhdxlog_source *source;
	struct vhdxlog_history *h;
	struct vhdxlog_scan *scan;

	placed_image(&image, &s, &ring);
	o.hash_structures = false;
	source = sparse_open(&image);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	cr_assert_eq(vhdxlog_history_open(scan, &h, NULL), 0);
	walk_events(scan, h);
	walk_strata(scan, h);
	walk_states(h);
	vhdxlog_history_close(h);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}

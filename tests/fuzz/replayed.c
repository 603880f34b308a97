/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/replayed.h"

#include <criterion/criterion.h>

#include "base/bytes.h"
#include "ondisk/layout.h"

#define MOST_SEQUENCES 6u

static bool may_be_written(struct vhdxlog_overlay *o)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_overlay_verdicts(o, v, NULL);

	cr_assert(n >= 0);
	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    v[i].check->severity == VHDXLOG_ERROR)
			return false;
	}
	return true;
}

static void with_sequence(struct replayed *r, size_t i,
			  void (*each)(struct replayed *r,
				       struct vhdxlog_overlay *o))
{
	struct vhdxlog_sequence q;
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_sequence_at(r->scan, i, &q, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_sequence(r->scan, q.id, &o, NULL), 0);
	if (may_be_written(o))
		each(r, o);
	vhdxlog_overlay_close(o);
}

static void with_policy(struct replayed *r, size_t i,
			void (*each)(struct replayed *r,
				     struct vhdxlog_overlay *o))
{
	struct vhdxlog_overlay *o;
	int rc = vhdxlog_overlay_policy(r->scan, i, &o, NULL);

	cr_assert(rc == 0 || rc == VHDXLOG_E_RANGE);
	if (rc)
		return;
	if (may_be_written(o))
		each(r, o);
	vhdxlog_overlay_close(o);
}

void replayed_each(const uint8_t *data, size_t size,
		   void (*each)(struct replayed *r, struct vhdxlog_overlay *o))
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s;
	static struct replayed r;
	struct fuzz_ring ring = placed_ring(&s, data, size);
	struct vhdxlog_source *source;
	size_t n;

	placed_image(&r.image, &s, &ring);
	o.hash_structures = false;
	source = sparse_open(&r.image);
	cr_assert_eq(vhdxlog_scan(source, &o, &r.scan, NULL), 0);
	n = vl_min64(vhdxlog_sequence_count(r.scan), MOST_SEQUENCES);
	for (size_t i = 0; i < n; i++)
		with_sequence(&r, i, each);
	for (size_t i = 0; i < vhdxlog_selection_count(r.scan); i++)
		with_policy(&r, i, each);
	vhdxlog_scan_close(r.scan);
	vhdxlog_source_close(source);
}

/* One page of the copy; the headers have a number and GUID of their own. */
static void compare_page(struct vhdxlog_overlay *o, const struct sparse *copy,
			 uint64_t page)
{
	uint8_t got[SPARSE_PAGE], want[SPARSE_PAGE];
	uint64_t off = page * SPARSE_PAGE;
	size_t len;

	if (off >= copy->size || off == VL_HEADER_OFFSET(1) ||
	    off == VL_HEADER_OFFSET(2))
		return;
	len = vl_min64(SPARSE_PAGE, copy->size - off);
	sparse_get(copy, off, got, len);
	cr_assert_eq(vhdxlog_overlay_read(o, off, want, len, NULL), 0);
	cr_assert(memcmp(got, want, len) == 0, "page %ju", (uintmax_t)page);
}

void replayed_compare(const struct replayed *r, struct vhdxlog_overlay *o,
		      const struct sparse *copy)
{
	struct vhdxlog_segment seg;
	uint64_t end = 0;
	int rc;

	cr_assert_eq(copy->size, vhdxlog_overlay_about(o)->size);
	for (uint32_t i = 0; i < copy->count; i++)
		compare_page(o, copy, copy->page[i]);
	for (uint32_t i = 0; i < r->image.count; i++)
		compare_page(o, copy, r->image.page[i]);
	vhdxlog_overlay_rewind(o);
	while ((rc = vhdxlog_overlay_next(o, &seg, NULL)) == 0) {
		cr_assert_geq(seg.offset, end);
		end = seg.offset + seg.length;
		cr_assert_leq(end, copy->size);
		compare_page(o, copy, seg.offset / SPARSE_PAGE);
		compare_page(o, copy, (end - 1) / SPARSE_PAGE);
	}
	cr_assert_eq(rc, 1);
}

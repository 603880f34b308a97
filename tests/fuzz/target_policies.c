/* SPDX-License-Identifier: MIT */
/*
 * What every reader would leave of an image with a ring: stretches in order, each
 * the page of a descriptor of an entry that it applies, zeroes, or the disk's; and
 * readers with the same result leave the same bytes. Flags: 1 strict, and those of
 * placed.h.
 */
#include <criterion/criterion.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/placed.h"

static bool is_applied(const struct vhdxlog_selection *row, uint32_t entry)
{
	for (uint64_t k = 0; k < row->applied_count; k++) {
		if (row->applied[k] == entry)
			return true;
	}
	return false;
}

static void look_at(struct vhdxlog_overlay *o,
		    const struct vhdxlog_selection *row,
		    const struct vhdxlog_segment *seg)
{
	uint8_t bytes[SPARSE_PAGE];
	uint32_t from;
	size_t n = vl_min64(seg->length, sizeof(bytes));

	cr_assert(is_applied(row, seg->entry), "E%u", seg->entry);
	cr_assert_eq(vhdxlog_overlay_from(o, seg->offset, &from, NULL), 0);
	cr_assert_eq(from, seg->entry);
	cr_assert_eq(vhdxlog_overlay_read(o, seg->offset, bytes, n, NULL), 0);
	for (size_t i = 0; seg->zero && i < n; i++)
		cr_assert_eq(bytes[i], 0);
}

static void walk(struct vhdxlog_overlay *o, const struct vhdxlog_selection *row)
{
	uint64_t size = vhdxlog_overlay_about(o)->size, end = 0, zeroed = 0;
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct vhdxlog_segment seg;
	int rc;

	cr_assert(!row->length_known || row->result_length == size);
	cr_assert(!*row->result || strcmp(vhdxlog_overlay_about(o)->result,
					  row->result) == 0);
	while ((rc = vhdxlog_overlay_next(o, &seg, NULL)) == 0) {
		cr_assert(seg.offset >= end && seg.length);
		end = seg.offset + seg.length;
		cr_assert(end <= size && end > seg.offset);
		look_at(o, row, &seg);
		zeroed += seg.zero ? seg.length : 0;
	}
	cr_assert_eq(rc, 1);
	cr_assert_leq(zeroed, vhdxlog_overlay_about(o)->zeroed);
	cr_assert(vhdxlog_overlay_verdicts(o, v, NULL) >= 0);
}

/* What the digest of a result does not speak of. */
static bool is_left_out(struct vhdxlog_scan *scan, const struct vhdxlog_segment *x)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	return x->offset < VL_TABLE_OFFSET(1) ||
	       vl_overlap(x->offset, x->length, log->offset, log->length);
}

/* The same digest, the same stretches, as far as both files reach: of the length it
 * says nothing. */
static void same(struct vhdxlog_scan *scan, struct vhdxlog_overlay *a,
		 struct vhdxlog_overlay *b)
{
	struct vhdxlog_segment x;
	uint8_t p[SPARSE_PAGE], q[SPARSE_PAGE];
	uint64_t size = vhdxlog_overlay_about(b)->size;

	vhdxlog_overlay_rewind(a);
	while (vhdxlog_overlay_next(a, &x, NULL) == 0) {
		size_t n = vl_min64(x.length, sizeof(p));

		if (x.offset + n > size)
			break;
		if (is_left_out(scan, &x))
			continue;
		cr_assert_eq(vhdxlog_overlay_read(a, x.offset, p, n, NULL), 0);
		cr_assert_eq(vhdxlog_overlay_read(b, x.offset, q, n, NULL), 0);
		cr_assert(memcmp(p, q, n) == 0);
	}
}

static void ask_all(struct vhdxlog_scan *scan)
{
	struct vhdxlog_overlay *first = NULL, *o;
	size_t n = vhdxlog_selection_count(scan);

	for (size_t i = 0; i < n; i++) {
		const struct vhdxlog_selection *row =
			vhdxlog_selection_at(scan, i);
		int rc = vhdxlog_overlay_policy(scan, i, &o, NULL);

		cr_assert(rc == 0 || rc == VHDXLOG_E_RANGE);
		if (rc)
			continue;
		walk(o, row);
		if (first && *row->result &&
		    strcmp(row->result,
			   vhdxlog_overlay_about(first)->result) == 0) {
			same(scan, first, o);
			same(scan, o, first);
		}
		if (first)
			vhdxlog_overlay_close(o);
		else
			first = o;
	}
	vhdxlog_overlay_close(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s, image;
	struct fuzz_ring ring = placed_ring(&s, data, size);
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;

	placed_image(&image, &s, &ring);
	o.hash_structures = false;
	o.strict = s.flags & 1;
	source = sparse_open(&image);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	ask_all(scan);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}

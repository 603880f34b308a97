/* SPDX-License-Identifier: MIT */
/*
 * Public overlays: what a choice is said to come to, what is read of it and its
 * segments are one thing, and stay so while other overlays are open.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "ondisk/layout.h"

#define IMAGES 150u

static struct base random_image(uint64_t seed)
{
	struct base b;

	base_make_random(&b, seed);
	return b;
}

/* Everything that an overlay shows, by reading it; free() it. */
static uint8_t *read_whole(struct vhdxlog_overlay *o, size_t *len)
{
	const struct vhdxlog_replay *about = vhdxlog_overlay_about(o);
	uint8_t *bytes;

	*len = about->size;
	bytes = malloc(*len + 1);
	cr_assert(bytes);
	cr_assert_eq(vhdxlog_overlay_read(o, 0, bytes, *len, NULL), 0);
	return bytes;
}

/* The same by laying its segments over the image. */
static void compare_segments(struct vhdxlog_overlay *o,
			     const struct base *b, const uint8_t *whole,
			     size_t len, uint64_t seed)
{
	uint8_t *bytes = calloc(1, len + 1);
	struct vhdxlog_segment s;
	uint64_t before = 0;
	int rc;

	cr_assert(bytes);
	memcpy(bytes, b->image.at, len < b->image.len ? len : b->image.len);
	vhdxlog_overlay_rewind(o);
	while ((rc = vhdxlog_overlay_next(o, &s, NULL)) == 0) {
		cr_assert_geq(s.offset, before, "seed %ju", (uintmax_t)seed);
		cr_assert_leq(s.offset + s.length, len);
		before = s.offset + s.length;
		if (s.zero)
			memset(bytes + s.offset, 0, s.length);
		else
			memcpy(bytes + s.offset, whole + s.offset, s.length);
	}
	cr_assert_eq(rc, 1);
	cr_assert_eq(memcmp(bytes, whole, len), 0, "seed %ju",
		     (uintmax_t)seed);
	free(bytes);
}

/* Logs that name terabytes are for other tests. */
static bool is_small(struct vhdxlog_overlay *o)
{
	return vhdxlog_overlay_about(o)->size < 64 * VL_MIB;
}

static unsigned compare_row(const struct scanned *s, const struct base *b,
			    size_t index, uint64_t seed)
{
	const struct vhdxlog_selection *row =
		vhdxlog_selection_at(s->scan, index);
	const struct vhdxlog_replay *about;
	struct vhdxlog_overlay *o;
	uint8_t *whole;
	size_t len;
	int rc = vhdxlog_overlay_policy(s->scan, index, &o, NULL);

	if (rc == VHDXLOG_E_RANGE)
		return 0; /* what it applies could not be told */
	cr_assert_eq(rc, 0);
	about = vhdxlog_overlay_about(o);
	cr_assert_eq(about->outcome, row->outcome, "seed %ju, %s",
		     (uintmax_t)seed, row->policy);
	cr_assert_eq(about->entry_count, row->applied_count);
	for (uint64_t i = 0; i < row->applied_count; i++)
		cr_assert_eq(about->entries[i], row->applied[i]);
	if (row->applied_count) {
		cr_assert_str_eq(about->result, row->result, "seed %ju, %s",
				 (uintmax_t)seed, row->policy);
		cr_assert_eq(about->size, row->result_length);
	}
	if (is_small(o)) {
		whole = read_whole(o, &len);
		compare_segments(o, b, whole, len, seed);
		free(whole);
	}
	vhdxlog_overlay_close(o);
	return row->applied_count > 0;
}

/* What the report of a scan says of a reader is what a copy would hold. */
Test(overlay, policies_come_to_what_the_selection_says)
{
	unsigned n = rounds(IMAGES), applied = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct base b = random_image(seed);
		struct scanned s = scan_memory(b.image.at, b.image.len, NULL);

		for (size_t i = 0; i < vhdxlog_selection_count(s.scan); i++)
			applied += compare_row(&s, &b, i, seed);
		scan_release(&s);
		base_free(&b);
	}
	assert_often(applied, n / 4, n);
}

/* Entries that are not sound are decoded for all that are open together. */
Test(overlay, open_overlays_do_not_disturb_each_other)
{
	unsigned n = rounds(IMAGES / 3);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct base b = random_image(seed);
		struct scanned s = scan_memory(b.image.at, b.image.len, NULL);
		size_t count = vhdxlog_selection_count(s.scan);
		struct vhdxlog_overlay *o[32] = { NULL };
		uint8_t *alone[32] = { NULL };
		size_t len[32] = { 0 };

		for (size_t i = 0; i < count; i++) {
			if (vhdxlog_overlay_policy(s.scan, i, &o[i], NULL))
				continue;
			if (is_small(o[i]))
				alone[i] = read_whole(o[i], &len[i]);
			vhdxlog_overlay_close(o[i]);
		}
		for (size_t i = 0; i < count; i++)
			(void)vhdxlog_overlay_policy(s.scan, i, &o[i], NULL);
		for (size_t i = 0; i < count; i++) {
			uint8_t *now = alone[i] ? read_whole(o[i], &len[i]) :
						  NULL;

			if (now)
				cr_assert_eq(memcmp(now, alone[i], len[i]), 0,
					     "seed %ju", (uintmax_t)seed);
			free(now);
			free(alone[i]);
			vhdxlog_overlay_close(o[i]);
		}
		scan_release(&s);
		base_free(&b);
	}
}

/* A sequence by its id and by the policy that chooses it are the same. */
Test(overlay, a_sequence_is_what_the_specification_replays)
{
	struct base b;
	struct scanned s;
	struct vhdxlog_overlay *by_id, *by_policy;
	const struct vhdxlog_replay *p, *q;

	base_make(&b, BASE_DYNAMIC);
	s = scan_memory(b.image.at, b.image.len, NULL);
	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &by_policy, NULL), 0);
	p = vhdxlog_overlay_about(by_policy);
	cr_assert(p->has_sequence);
	cr_assert_eq(vhdxlog_overlay_sequence(s.scan, p->sequence, &by_id,
					      NULL),
		     0);
	q = vhdxlog_overlay_about(by_id);
	cr_assert_str_eq(p->result, q->result);
	cr_assert_eq(p->size, q->size);
	cr_assert_eq(p->entry_count, q->entry_count);
	cr_assert_eq(p->pages, q->pages);
	cr_assert_gt(p->pages, 0);
	vhdxlog_overlay_close(by_id);
	vhdxlog_overlay_close(by_policy);
	scan_release(&s);
	base_free(&b);
}

/* Without the file a log says nothing of what the file would hold. */
Test(overlay, there_is_none_of_a_log_alone)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_overlay *o;
	struct scanned s;
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	options.raw_log = true;
	s = scan_memory(b.image.at + b.log_offset, b.log_length, &options);
	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &o, NULL),
		     VHDXLOG_E_MISUSE);
	cr_assert_null(o);
	scan_release(&s);
	base_free(&b);
}

/* SPDX-License-Identifier: MIT */
/*
 * From a choice to the bytes of a copy: what is planned is what the overlay
 * shows, under headers that are new, and a log that was armed again comes to the
 * same.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/guid.h"
#include "bases.h"
#include "ondisk/layout.h"
#include "write/replay.h"

#define IMAGES 120u

/* A copy of an image, with a plan carried out. */
static struct vl_medium carry_out(const struct buffer *image,
				  const struct vl_replay_plan *plan)
{
	struct vl_medium m;

	cr_assert_eq(vl_medium_memory(image->len, &m, NULL), 0);
	memcpy(vl_medium_bytes(&m, NULL), image->at, image->len);
	cr_assert_eq(vl_change_write(&plan->change, &m, NULL), 0);
	cr_assert_eq(vl_change_verify(&plan->change, &m, NULL), 0);
	return m;
}

/* Of seed 0 one that is as it should be. */
static struct base image_of(uint64_t seed)
{
	struct base b;

	if (seed)
		base_make_random(&b, seed);
	else
		base_make(&b, BASE_DYNAMIC);
	return b;
}

/* The headers are not the overlay's; the rest is. */
static void compare_copy(struct vhdxlog_overlay *o, const struct vl_medium *m,
			 uint64_t seed)
{
	uint64_t size;
	uint8_t *copy = vl_medium_bytes(m, &size), *want = malloc(size);

	cr_assert(want);
	cr_assert_eq(size, vhdxlog_overlay_about(o)->size);
	cr_assert_eq(vhdxlog_overlay_read(o, 0, want, size, NULL), 0);
	for (unsigned slot = 1; slot <= 2; slot++)
		memcpy(want + VL_HEADER_OFFSET(slot),
		       copy + VL_HEADER_OFFSET(slot), VL_SIZE_header);
	cr_assert_eq(memcmp(copy, want, size), 0, "seed %ju",
		     (uintmax_t)seed);
	free(want);
}

static struct vl_medium plan_and_carry_out(struct vhdxlog_scan *scan,
					   struct vhdxlog_overlay *o,
					   enum vl_replay_kind kind,
					   const struct buffer *image,
					   char refusal[160])
{
	static struct vl_replay_plan plan;
	struct vl_medium m = { 0 };

	cr_assert_eq(vl_replay_plan(scan, o, kind, &plan, NULL), 0);
	memcpy(refusal, plan.refusal, sizeof(plan.refusal));
	if (!*refusal)
		m = carry_out(image, &plan);
	vl_replay_release(&plan);
	return m;
}

/* What the specification replays of a copy that was armed again. */
static void compare_armed(const struct vl_medium *m,
			  struct vhdxlog_overlay *o, uint64_t seed)
{
	const struct vhdxlog_replay *want = vhdxlog_overlay_about(o);
	const struct vhdxlog_selection *row;
	uint64_t size;
	uint8_t *bytes = vl_medium_bytes(m, &size);
	struct scanned s = scan_memory(bytes, size, NULL);

	row = vhdxlog_selection_at(s.scan, 0);
	cr_assert_eq(row->outcome, VHDXLOG_OUTCOME_REPLAY, "seed %ju: %s",
		     (uintmax_t)seed, row->reason);
	cr_assert_str_eq(row->result, want->result, "seed %ju",
			 (uintmax_t)seed);
	cr_assert_eq(row->result_length, want->size, "seed %ju",
		     (uintmax_t)seed);
	cr_assert_eq(vhdxlog_entry_tally(s.scan, VHDXLOG_STALE), 0,
		     "the ring is clean");
	scan_release(&s);
}

static bool fits_in_memory(struct vhdxlog_overlay *o)
{
	return vhdxlog_overlay_about(o)->size < 64 * VL_MIB;
}

/* Every sequence of every image, applied and armed. Returns how many were. */
static unsigned try_sequences(const struct base *b, struct vhdxlog_scan *scan,
			      uint64_t seed)
{
	size_t n = vhdxlog_sequence_count(scan);
	unsigned armed = 0;

	for (size_t i = 0; i < n; i++) {
		struct vhdxlog_sequence q;
		struct vhdxlog_overlay *o;
		struct vl_medium m;
		char refusal[160];

		cr_assert_eq(vhdxlog_sequence_at(scan, i, &q, NULL), 0);
		cr_assert_eq(vhdxlog_overlay_sequence(scan, q.id, &o, NULL),
			     0);
		if (fits_in_memory(o)) {
			m = plan_and_carry_out(scan, o, VL_REPLAY_APPLY,
					       &b->image, refusal);
			cr_assert_str_empty(refusal);
			compare_copy(o, &m, seed);
			vl_medium_close(&m);
			m = plan_and_carry_out(scan, o, VL_REPLAY_REARM,
					       &b->image, refusal);
			if (!*refusal) {
				compare_armed(&m, o, seed);
				armed++;
			}
			vl_medium_close(&m);
		}
		vhdxlog_overlay_close(o);
	}
	return armed;
}

/* Applying and arming come to the same bytes, for all sequences of all logs. */
Test(replay_plan, applied_and_armed_copies_hold_what_the_overlay_shows)
{
	unsigned n = rounds(IMAGES), armed = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct base b = image_of(seed);
		struct scanned s = scan_memory(b.image.at, b.image.len, NULL);

		armed += try_sequences(&b, s.scan, seed);
		scan_release(&s);
		base_free(&b);
	}
	assert_often(armed, n / 2, n);
}

/* What a reader applies in part stays to be replayed. 2.3.3 */
Test(replay_plan, a_part_leaves_the_log_in_force)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"log\": {\"entries\": ["
		"{\"writes\": [{\"bat\": {\"1\": \"present\"}}], \"pad\": 2},"
		"{\"writes\": [{\"bat\": {\"2\": \"present\"}}]}]}}");
	struct scanned s = scan_memory(image.at, image.len, NULL);
	static struct vl_replay_plan plan;
	struct vhdxlog_overlay *o;
	const struct vhdxlog_header *was = vhdxlog_header(s.scan, 2);

	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 1, &o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_about(o)->outcome,
		     VHDXLOG_OUTCOME_PARTIAL);
	cr_assert_eq(vl_replay_plan(s.scan, o, VL_REPLAY_APPLY, &plan, NULL),
		     0);
	for (unsigned i = 0; i < 2; i++) {
		const struct vhdxlog_header *h = &plan.headers.header[i];

		cr_assert(vl_guid_equal(&h->log_guid, &was->log_guid));
		cr_assert(!vl_guid_equal(&h->file_write_guid,
					 &was->file_write_guid));
	}
	vl_replay_release(&plan);
	vhdxlog_overlay_close(o);
	scan_release(&s);
	buffer_free(&image);
}

/* --------------------------------------------------------------- headers */

/* LogGuid zero in both, numbers above the old ones, DataWriteGuid kept, a
 * FileWriteGuid of version 8. 2.2.2.1, 2.3.3 */
Test(replay_plan, both_headers_are_brought_up_to_date)
{
	struct base b = image_of(0);
	struct scanned s = scan_memory(b.image.at, b.image.len, NULL);
	unsigned current = vhdxlog_image(s.scan)->current_header;
	const struct vhdxlog_header *was = vhdxlog_header(s.scan, current);
	static struct vl_replay_plan plan;
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &o, NULL), 0);
	cr_assert_eq(vl_replay_plan(s.scan, o, VL_REPLAY_APPLY, &plan, NULL),
		     0);
	cr_assert(plan.has_headers);
	for (unsigned i = 0; i < 2; i++) {
		const struct vhdxlog_header *h = &plan.headers.header[i];

		cr_assert(vl_guid_is_zero(&h->log_guid));
		cr_assert(vl_guid_equal(&h->data_write_guid,
					&was->data_write_guid));
		cr_assert_eq(h->file_write_guid.bytes[7] >> 4, 8);
		cr_assert_eq(h->file_write_guid.bytes[8] >> 6, 2);
		cr_assert_eq(h->log_offset, was->log_offset);
		cr_assert_eq(h->log_length, was->log_length);
		cr_assert_eq(h->checksum_stored, h->checksum_computed);
	}
	cr_assert_eq(plan.headers.header[2 - current].sequence_number,
		     was->sequence_number + 1);
	cr_assert_eq(plan.headers.header[current - 1].sequence_number,
		     was->sequence_number + 2);
	vl_replay_release(&plan);
	vhdxlog_overlay_close(o);
	scan_release(&s);
	base_free(&b);
}

static struct vl_identity identity_of(const struct buffer *image,
				      enum vl_replay_kind kind)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	struct vl_identity id;
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &o, NULL), 0);
	cr_assert_eq(vl_identity_make(s.scan, vhdxlog_overlay_about(o), kind,
				      &id, NULL),
		     0);
	vhdxlog_overlay_close(o);
	scan_release(&s);
	return id;
}

/* The same image and choice give the same GUIDs, any other image does not. */
Test(replay_plan, guids_are_made_of_image_and_choice)
{
	struct base b = image_of(0);
	struct vl_identity one = identity_of(&b.image, VL_REPLAY_APPLY);
	struct vl_identity again = identity_of(&b.image, VL_REPLAY_APPLY);
	struct vl_identity rearm = identity_of(&b.image, VL_REPLAY_REARM);
	struct vl_identity other;

	cr_assert(vl_guid_equal(&one.file_write, &again.file_write));
	cr_assert(!vl_guid_equal(&one.file_write, &one.log));
	cr_assert(!vl_guid_equal(&one.file_write, &rearm.file_write));
	b.image.at[b.log_offset + b.log_length - 1] ^= 1;
	other = identity_of(&b.image, VL_REPLAY_APPLY);
	cr_assert(!vl_guid_equal(&one.file_write, &other.file_write));
	base_free(&b);
}

/* ----------------------------------------------------------------- arming */

/* Entries stay what they were, numbers included, where readers take them. */
Test(replay_plan, entries_stay_what_they_were)
{
	struct base b = image_of(0);
	struct scanned s = scan_memory(b.image.at, b.image.len, NULL), armed;
	struct vhdxlog_overlay *o;
	const struct vhdxlog_replay *about;
	char refusal[160];
	struct vl_medium m;
	uint64_t size;
	uint8_t *bytes;

	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &o, NULL), 0);
	about = vhdxlog_overlay_about(o);
	m = plan_and_carry_out(s.scan, o, VL_REPLAY_REARM, &b.image, refusal);
	cr_assert_str_empty(refusal);
	bytes = vl_medium_bytes(&m, &size);
	armed = scan_memory(bytes, size, NULL);
	cr_assert_eq(vhdxlog_entry_count(armed.scan), about->entry_count);
	for (uint64_t i = 0; i < about->entry_count; i++) {
		size_t k = vhdxlog_entry_find(s.scan, about->entries[i]);
		struct vhdxlog_entry was, is;

		cr_assert_eq(vhdxlog_entry_at(s.scan, k, &was, NULL), 0);
		cr_assert_eq(vhdxlog_entry_at(armed.scan, i, &is, NULL), 0);
		cr_assert_eq(is.sequence_number, was.sequence_number);
		cr_assert_eq(is.descriptor_count, was.descriptor_count);
		cr_assert_eq(is.tail, 0);
	}
	scan_release(&armed);
	vl_medium_close(&m);
	vhdxlog_overlay_close(o);
	scan_release(&s);
	base_free(&b);
}

/* A sequence that fills the ring: its pages are packed, or it is refused. */
static void expect_arming(const char *recipe, bool packed, bool refused)
{
	struct buffer image = build_recipe(recipe);
	struct scanned s = scan_memory(image.at, image.len, NULL);
	static struct vl_replay_plan plan;
	struct vhdxlog_overlay *o;
	struct vl_medium m;

	cr_assert_eq(vhdxlog_overlay_policy(s.scan, 0, &o, NULL), 0);
	cr_assert_gt(vhdxlog_overlay_about(o)->entry_count, 0);
	cr_assert_eq(vl_replay_plan(s.scan, o, VL_REPLAY_REARM, &plan, NULL),
		     0);
	cr_assert_eq(*plan.refusal != '\0', refused, "%s", plan.refusal);
	if (!refused) {
		cr_assert_eq(plan.packed, packed);
		m = carry_out(&image, &plan);
		compare_armed(&m, o, 0);
		vl_medium_close(&m);
	}
	vl_replay_release(&plan);
	vhdxlog_overlay_close(o);
	scan_release(&s);
	buffer_free(&image);
}

#define REGION                                                              \
	"\"image\": {\"regions\": [{\"guid\": \"target\", \"offset\": "     \
	"\"12M\", \"length\": \"4M\"}]}"

Test(replay_plan, a_full_ring_is_packed_or_refused)
{
	/* 127 entries of two sectors: one page in all. */
	expect_arming("{\"about\": \"\", " REGION ", \"log\": {\"entries\": ["
		      "{\"writes\": [{\"page\": \"12M\", \"fill\": 5}], "
		      "\"repeat\": 127}]}}",
		      false, false);
	/* 128: the ring is full. */
	expect_arming("{\"about\": \"\", " REGION ", \"log\": {\"entries\": ["
		      "{\"writes\": [{\"page\": \"12M\", \"fill\": 5}], "
		      "\"repeat\": 128}]}}",
		      true, false);
	/* More descriptors than some readers take. */
	expect_arming("{\"about\": \"\", " REGION ", \"log\": {\"entries\": ["
		      "{\"writes\": [{\"page\": \"12M\", \"fill\": 5, "
		      "\"repeat\": 130}]}]}}",
		      true, false);
	/* 253 pages and three sectors of descriptors: one too many. */
	expect_arming("{\"about\": \"\", " REGION ", \"log\": {\"entries\": ["
		      "{\"writes\": [{\"page\": \"12M\", \"fill\": 5, "
		      "\"repeat\": 253}]}]}}",
		      true, true);
}

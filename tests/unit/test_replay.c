/* SPDX-License-Identifier: MIT */
/*
 * What a replay would leave, by the library's overlay and by doing it: random
 * sequences on a random disk, applied to a copy one descriptor after the other as
 * [MS-VHDX] 2.3.3 says. A mismatch prints its seed.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "helpers.h"
#include "walk.h"
#include "write/encode.h"
#include "write/entry.h"

#define LOG_AT VL_MIB
#define DATA_AT (2 * VL_MIB)
#define PAGES 24u     /* of the disk behind the log */
#define MORE_PAGES 8u /* that targets may lie behind its end */
#define MOST_SIZE (DATA_AT + (PAGES + MORE_PAGES + 260) * VL_SECTOR)
#define MOST_ENTRIES 8u
#define MOST_RECORDS 6u

static const struct vhdxlog_guid guid = { { 0x5a, 1 } };

struct written {
	struct vl_entry_plan plan;
	struct vl_record records[MOST_RECORDS];
	uint32_t sector;
};

struct replay {
	uint64_t seed;
	struct rng rng;
	uint8_t *disk;	/* owned: MOST_SIZE bytes, of which `size` are it */
	uint8_t *after; /* owned: likewise, when all is done */
	uint64_t size, size_after;
	struct written entries[MOST_ENTRIES];
	uint32_t n, first; /* of the entries, those from `first` on count */
	struct scanned s;
};

/* A few contents, so that what is written is often what is there. */
static const uint8_t *some_page(struct replay *r)
{
	static uint8_t pages[5][VL_SECTOR];

	memset(pages[1], 0x11, VL_SECTOR);
	memset(pages[2], 0x11, 100);
	memset(pages[3] + 100, 0x33, 200);
	pages[4][VL_SECTOR - 1] = 1;
	return pages[rng_below(&r->rng, 5)];
}

/* ----------------------------------------------------------------- making */

static void make_disk(struct replay *r)
{
	struct vhdxlog_header h = { .log_guid = guid,
				    .version = 1,
				    .log_length = (uint32_t)VL_MIB,
				    .log_offset = LOG_AT };

	r->size = DATA_AT + PAGES * VL_SECTOR;
	if (rng_chance(&r->rng, 20))
		r->size -= rng_below(&r->rng, VL_SECTOR);
	vl_identifier_encode((struct vhdxlog_utf16){ NULL, 0 }, r->disk);
	for (unsigned slot = 1; slot <= 2; slot++) {
		h.sequence_number = slot;
		vl_header_encode(&h, r->disk + VL_HEADER_OFFSET(slot));
	}
	for (unsigned i = 0; i < PAGES; i++)
		memcpy(r->disk + DATA_AT + i * VL_SECTOR, some_page(r),
		       VL_SECTOR);
	memset(r->disk + r->size, 0, MOST_SIZE - r->size);
}

static void make_records(struct replay *r, struct written *w)
{
	uint32_t n = (uint32_t)rng_below(&r->rng, MOST_RECORDS + 1);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t page = rng_below(&r->rng, PAGES);

		if (rng_chance(&r->rng, 5))
			page += MORE_PAGES;
		w->records[i] = (struct vl_record){
			VHDXLOG_DESCRIPTOR_DATA, DATA_AT + page * VL_SECTOR,
			VL_SECTOR, some_page(r)
		};
		if (rng_chance(&r->rng, 70))
			continue;
		w->records[i].kind = VHDXLOG_DESCRIPTOR_ZERO;
		w->records[i].length = rng_below(&r->rng, 6) * VL_SECTOR;
		w->records[i].page = NULL;
	}
	w->plan.records = w->records;
	w->plan.record_count = n;
}

static void make_log(struct replay *r)
{
	uint32_t sector = 0;

	r->n = 1 + (uint32_t)rng_below(&r->rng, MOST_ENTRIES);
	r->first = (uint32_t)rng_below(&r->rng, r->n);
	for (uint32_t i = 0; i < r->n; i++) {
		struct written *w = &r->entries[i];

		w->sector = sector;
		w->plan = (struct vl_entry_plan){
			.log_guid = guid,
			.sequence_number = 100 + i,
			.tail = i < r->first ?
					0 :
					r->entries[r->first].sector * VL_SECTOR,
			.last_file_offset = rng_chance(&r->rng, 90) ?
						    0 :
						    3 * VL_MIB,
		};
		if (i == r->first)
			w->plan.tail = sector * VL_SECTOR;
		make_records(r, w);
		vl_entry_encode(&w->plan,
				r->disk + LOG_AT + sector * VL_SECTOR);
		sector += (uint32_t)(vl_entry_length(&w->plan) / VL_SECTOR);
	}
}

/* ------------------------------------------------------------------- doing */

static void apply(struct replay *r, const struct vl_record *rec)
{
	uint64_t end = rec->file_offset + rec->length;

	cr_assert_leq(end, MOST_SIZE);
	if (rec->kind == VHDXLOG_DESCRIPTOR_DATA)
		memcpy(r->after + rec->file_offset, rec->page, VL_SECTOR);
	else
		memset(r->after + rec->file_offset, 0, rec->length);
	if (rec->length)
		r->size_after = vl_max64(r->size_after, end);
}

static void apply_all(struct replay *r)
{
	memcpy(r->after, r->disk, MOST_SIZE);
	r->size_after = r->size;
	for (uint32_t i = r->first; i < r->n; i++) {
		const struct vl_entry_plan *p = &r->entries[i].plan;

		for (uint32_t k = 0; k < p->record_count; k++)
			apply(r, &p->records[k]);
	}
	r->size_after = vl_max64(r->size_after,
				 r->entries[r->n - 1].plan.last_file_offset);
}

/* --------------------------------------------------------------- comparing */

/* The digest as interface and manual describe it: range by range. */
static void naive_result(const struct replay *r, char text[VHDXLOG_SHA256_TEXT])
{
	struct vl_digest *d = vl_digest_new("SHA256");
	uint64_t off = DATA_AT, end;

	while (off < MOST_SIZE) {
		uint8_t head[16];
		bool zero = true;

		if (r->after[off] == r->disk[off]) {
			off++;
			continue;
		}
		for (end = off; end < MOST_SIZE &&
				r->after[end] != r->disk[end]; end++)
			zero = zero && !r->after[end];
		vl_put_le64(head, off);
		vl_put_le64(head + 8, (end - off) | (uint64_t)zero << 63);
		vl_digest_update(d, head, sizeof(head));
		if (!zero)
			vl_digest_update(d, r->after + off, end - off);
		off = end;
	}
	vl_digest_finish(d, text, VHDXLOG_SHA256_TEXT);
}

static bool changes(const struct replay *r)
{
	return r->size_after > r->size ||
	       memcmp(r->after, r->disk, MOST_SIZE) != 0;
}

/* The last descriptor that writes a page; NULL: none does. */
static const struct vl_record *last_writer(const struct replay *r, uint64_t at)
{
	for (uint32_t i = r->n; i-- > r->first;) {
		const struct vl_entry_plan *p = &r->entries[i].plan;

		for (uint32_t k = p->record_count; k-- > 0;) {
			const struct vl_record *rec = &p->records[k];

			if (vl_overlap(rec->file_offset, rec->length, at,
				       VL_SECTOR))
				return rec;
		}
	}
	return NULL;
}

static void compare_effect(const struct replay *r)
{
	uint64_t pages = 0, zeroed = 0;
	struct vhdxlog_effect e;
	bool filled;

	for (uint64_t at = DATA_AT; at < MOST_SIZE; at += VL_SECTOR) {
		const struct vl_record *w = last_writer(r, at);

		pages += w && w->kind == VHDXLOG_DESCRIPTOR_DATA;
		if (w && w->kind == VHDXLOG_DESCRIPTOR_ZERO)
			zeroed += VL_SECTOR;
	}
	cr_assert_eq(vhdxlog_sequence_effect(
			     r->s.scan,
			     vhdxlog_sequence_find(
				     r->s.scan,
				     vhdxlog_selection_at(r->s.scan, 0)
					     ->sequence),
			     &filled, &e, NULL), 0);
	cr_assert(filled);
	cr_assert_eq(e.pages, pages, "seed %ju", (uintmax_t)r->seed);
	cr_assert_eq(e.zeroed, zeroed, "seed %ju", (uintmax_t)r->seed);
	cr_assert_eq(e.grows, r->size_after > r->size, "seed %ju",
		     (uintmax_t)r->seed);
	cr_assert_eq(e.grows_to, r->size_after, "seed %ju",
		     (uintmax_t)r->seed);
	cr_assert(e.changes_known);
	cr_assert_eq(e.changes_bytes, changes(r), "seed %ju",
		     (uintmax_t)r->seed);
}

static bool is_there(const struct replay *r, const struct vl_record *rec)
{
	for (uint64_t i = 0; i < rec->length; i++) {
		uint8_t want = rec->page ? rec->page[i] : 0;

		if (r->disk[rec->file_offset + i] != want)
			return false;
	}
	return true;
}

static void compare_applied(const struct replay *r,
			    const struct vhdxlog_descriptor *d,
			    const struct vl_record *rec)
{
	bool inside = rec->file_offset + rec->length <= r->size;
	bool there = inside && is_there(r, rec);
	bool known = d->applied != VHDXLOG_APPLIED_UNKNOWN;

	cr_assert_eq(known, inside, "seed %ju: descriptor %u is \"%s\"",
		     (uintmax_t)r->seed, d->index,
		     vhdxlog_applied_name(d->applied));
	cr_assert_eq(d->applied == VHDXLOG_APPLIED_YES, there,
		     "seed %ju: descriptor %u is \"%s\"", (uintmax_t)r->seed,
		     d->index, vhdxlog_applied_name(d->applied));
}

/* Whether a piece of a page that a descriptor wrote is on the disk. */
static bool is_partly_there(const struct replay *r,
			    const struct vl_record *rec, uint64_t page)
{
	for (unsigned at = 0; at < VL_SECTOR; at += 512) {
		static const uint8_t zeroes[512];

		if (memcmp(r->disk + page + at,
			   rec->page ? rec->page + at : zeroes, 512) == 0)
			return true;
	}
	return false;
}

/*
 * Some descriptor of the entry that is named wrote what the disk holds, or a part
 * of it where it was cut off. Which one it has to be is for test_applied.c.
 */
static bool wrote_it(const struct replay *r, uint32_t sector,
		     const struct vhdxlog_descriptor *d)
{
	for (uint32_t i = 0; i < r->n; i++) {
		const struct written *w = &r->entries[i];

		for (uint32_t k = 0;
		     w->sector == sector && k < w->plan.record_count; k++) {
			const struct vl_record *rec = &w->records[k];

			if (vl_overlap(rec->file_offset, rec->length,
				       d->file_offset, d->length) &&
			    is_partly_there(r, rec,
					    vl_max64(rec->file_offset,
						     d->file_offset)))
				return true;
		}
	}
	return false;
}

static void compare_descriptors(const struct replay *r, uint32_t index)
{
	const struct written *w = &r->entries[index];
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	uint8_t page[VL_SECTOR];

	cr_assert_eq(vhdxlog_descriptors_open(r->s.scan, index, &it, NULL), 0);
	for (uint32_t k = 0; k < w->plan.record_count; k++) {
		cr_assert_eq(vhdxlog_descriptors_next(it, &d, NULL), 0);
		compare_applied(r, &d, &w->records[k]);
		if (d.applied == VHDXLOG_APPLIED_OVERWRITTEN)
			cr_assert(wrote_it(r, d.overwritten_by, &d),
				  "seed %ju: E%u did not", (uintmax_t)r->seed,
				  d.overwritten_by);
		if (d.kind != VHDXLOG_DESCRIPTOR_DATA)
			continue;
		cr_assert_eq(vhdxlog_descriptor_page(r->s.scan, &d, page, NULL),
			     0);
		cr_assert_arr_eq(page, w->records[k].page, VL_SECTOR);
	}
	vhdxlog_descriptors_close(it);
}

static void compare(struct replay *r)
{
	const struct vhdxlog_selection *row = vhdxlog_selection_at(r->s.scan, 0);
	char want[VHDXLOG_SHA256_TEXT];

	cr_assert_eq(row->outcome, VHDXLOG_OUTCOME_REPLAY, "seed %ju",
		     (uintmax_t)r->seed);
	cr_assert_eq(row->applied_count, r->n - r->first, "seed %ju",
		     (uintmax_t)r->seed);
	cr_assert_eq(row->result_length, r->size_after, "seed %ju",
		     (uintmax_t)r->seed);
	naive_result(r, want);
	cr_assert_str_eq(row->result, want, "seed %ju", (uintmax_t)r->seed);
	cr_assert_eq(status_of(r->s.scan, "log-already-applied", 0) ==
			     VHDXLOG_FAIL,
		     !changes(r), "seed %ju", (uintmax_t)r->seed);
	compare_effect(r);
	for (uint32_t i = 0; i < r->n; i++)
		compare_descriptors(r, i);
}

static void replay_seed(struct replay *r, uint64_t seed)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;

	o.hash_structures = false;
	r->seed = seed;
	r->rng = rng_seed(seed);
	memset(r->disk, 0, MOST_SIZE);
	make_disk(r);
	make_log(r);
	apply_all(r);
	r->s = scan_memory(r->disk, r->size, &o);
	compare(r);
	scan_release(&r->s);
}

#define BLOCKS 4u

ParameterizedTestParameters(replay, the_overlay_holds_what_doing_it_leaves)
{
	static unsigned block[BLOCKS];

	for (unsigned i = 0; i < BLOCKS; i++)
		block[i] = i;
	return cr_make_param_array(unsigned, block, BLOCKS);
}

ParameterizedTest(unsigned *block, replay,
		  the_overlay_holds_what_doing_it_leaves, .timeout = 600)
{
	static struct replay r;
	unsigned n = rounds(150);

	r.disk = malloc(MOST_SIZE);
	r.after = malloc(MOST_SIZE);
	cr_assert(r.disk && r.after);
	for (unsigned i = 0; i < n; i++)
		replay_seed(&r, *block * UINT64_C(1000000) + i);
	free(r.disk);
	free(r.after);
}

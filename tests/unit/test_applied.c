/* SPDX-License-Identifier: MIT */
/*
 * Whether what entries write is on the disk, by the library and by the definition:
 * random logs of a few pages of which the versions differ in some pieces, a disk
 * that holds one of them, a part of one, or something else. A mismatch prints its
 * seed.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/guid.h"
#include "helpers.h"
#include "ondisk/layout.h"
#include "write/encode.h"
#include "write/entry.h"

#define LOG_AT VL_MIB
#define RING 256u /* sectors */
#define DATA_AT (2 * VL_MIB)
#define PAGES 6u
#define SIZE (DATA_AT + PAGES * VL_SECTOR)
#define PIECES 8u
#define MOST_ENTRIES 10u
#define MOST_RECORDS 3u
#define LOGS 3000u

static const struct vhdxlog_guid guids[2] = { { { 0x5a, 1 } }, { { 0x11, 7 } } };

/* What a record writes: of a page the byte that each piece is filled with. */
struct written {
	bool zero;
	unsigned page, count; /* of zeroes, pages */
	uint8_t piece[PIECES];
};

struct entry {
	struct written w[MOST_RECORDS];
	unsigned n, guid;
	uint64_t number;
	uint32_t sector, sectors;
};

struct log {
	uint64_t seed;
	struct rng rng;
	struct entry e[MOST_ENTRIES]; /* in the order of writing */
	unsigned n;
	uint8_t disk[PAGES][PIECES];
	uint8_t *image; /* owned */
	struct scanned s;
};

/* ------------------------------------------------------------------ making */

/* Few values, so that versions share pieces. */
static void some_pieces(struct log *l, uint8_t piece[PIECES], unsigned percent)
{
	for (unsigned k = 0; k < PIECES; k++) {
		if (rng_chance(&l->rng, percent))
			piece[k] = (uint8_t)rng_below(&l->rng, 3);
	}
}

static void make_records(struct log *l, struct entry *e,
			 uint8_t page[PAGES][PIECES])
{
	unsigned at = (unsigned)rng_below(&l->rng, 3);

	/* Ends: at goes up, and one page is written once. */
	for (; e->n < MOST_RECORDS && at < PAGES; e->n++) {
		struct written *w = &e->w[e->n];

		*w = (struct written){ .page = at, .count = 1 };
		w->zero = rng_chance(&l->rng, 25);
		if (w->zero)
			w->count += (unsigned)rng_below(&l->rng, PAGES - at);
		for (unsigned p = at; w->zero && p < at + w->count; p++)
			memset(page[p], 0, PIECES);
		if (!w->zero) {
			some_pieces(l, page[at], 25);
			memcpy(w->piece, page[at], PIECES);
			e->sectors++;
		}
		at += w->count + (unsigned)rng_below(&l->rng, 3);
	}
}

static void make_entries(struct log *l)
{
	uint8_t page[PAGES][PIECES] = { { 0 } };
	unsigned around = (unsigned)rng_below(&l->rng, MOST_ENTRIES + 1);
	unsigned guid = (unsigned)rng_below(&l->rng, 2);
	uint64_t number = 10 + rng_below(&l->rng, 5);
	uint32_t sector = 0;

	l->n = 1 + (unsigned)rng_below(&l->rng, MOST_ENTRIES);
	for (unsigned i = 0; i < l->n; i++) {
		struct entry *e = &l->e[i];

		if (rng_chance(&l->rng, 10))
			guid = !guid;
		if (rng_chance(&l->rng, 10))
			number += 1 + rng_below(&l->rng, 2);
		*e = (struct entry){ .guid = guid, .number = number++,
				     .sectors = 1 };
		make_records(l, e, page);
	}
	/* Often the ring ends between two of them. */
	for (unsigned i = 0; i < around && i < l->n && around < l->n; i++)
		sector -= l->e[i].sectors;
	for (unsigned i = 0; i < l->n; i++) {
		l->e[i].sector = sector % RING;
		sector += l->e[i].sectors;
	}
}

/* A page of some entry, or of two, or what nobody wrote. */
static void make_disk(struct log *l)
{
	memset(l->disk, 0, sizeof(l->disk));
	for (unsigned i = 0; i < l->n; i++) {
		for (unsigned k = 0; k < l->e[i].n; k++) {
			const struct written *w = &l->e[i].w[k];
			unsigned part = (unsigned)rng_below(&l->rng, 5);

			for (unsigned p = 0; p < w->count; p++) {
				uint8_t *d = l->disk[w->page + p];

				for (unsigned x = 0; x < PIECES; x++) {
					if (part < 2 ||
					    (part == 2 && !w->zero &&
					     rng_chance(&l->rng, 50)) ||
					    (part == 2 && w->zero && p % 2))
						d[x] = w->piece[x];
				}
			}
		}
	}
	if (rng_chance(&l->rng, 20))
		some_pieces(l, l->disk[rng_below(&l->rng, PAGES)], 20);
}

static void fill(uint8_t page[VL_SECTOR], const uint8_t piece[PIECES])
{
	for (unsigned k = 0; k < PIECES; k++)
		memset(page + k * 512, piece[k], 512);
}

static void put_entry(const struct log *l, const struct entry *e)
{
	static uint8_t pages[MOST_RECORDS][VL_SECTOR];
	struct vl_record records[MOST_RECORDS];
	struct vl_entry_plan plan = { .log_guid = guids[e->guid],
				      .sequence_number = e->number,
				      .tail = l->e[0].sector * VL_SECTOR,
				      .records = records,
				      .record_count = e->n };

	for (unsigned k = 0; k < e->n; k++) {
		const struct written *w = &e->w[k];

		fill(pages[k], w->piece);
		records[k] = (struct vl_record){
			w->zero ? VHDXLOG_DESCRIPTOR_ZERO :
				  VHDXLOG_DESCRIPTOR_DATA,
			DATA_AT + w->page * VL_SECTOR, w->count * VL_SECTOR,
			w->zero ? NULL : pages[k]
		};
	}
	cr_assert_eq(vl_entry_length(&plan), e->sectors * VL_SECTOR);
	vl_entry_encode(&plan, l->image + LOG_AT + e->sector * VL_SECTOR);
}

static void make(struct log *l, uint64_t seed)
{
	struct vhdxlog_header h = { .version = 1,
				    .log_length = (uint32_t)VL_MIB,
				    .log_offset = LOG_AT };

	l->seed = seed;
	l->rng = rng_seed(seed);
	make_entries(l);
	make_disk(l);
	h.log_guid = guids[l->e[l->n - 1].guid];
	l->image = calloc(1, SIZE);
	cr_assert(l->image);
	vl_identifier_encode((struct vhdxlog_utf16){ NULL, 0 }, l->image);
	for (unsigned slot = 1; slot <= 2; slot++) {
		h.sequence_number = slot;
		vl_header_encode(&h, l->image + VL_HEADER_OFFSET(slot));
	}
	for (unsigned i = 0; i < l->n; i++)
		put_entry(l, &l->e[i]);
	for (unsigned p = 0; p < PAGES; p++)
		fill(l->image + DATA_AT + p * VL_SECTOR, l->disk[p]);
	l->s = scan_memory(l->image, SIZE, NULL);
}

/* ---------------------------------------------------------- the definition */

static bool is_current(const struct log *l, const struct entry *e)
{
	return e->guid == l->e[l->n - 1].guid;
}

static bool can_follow(const struct log *l, const struct entry *e,
		       const struct entry *m)
{
	return e->guid == m->guid ? m->number > e->number : !is_current(l, e);
}

static bool is_later(const struct log *l, const struct entry *a,
		     const struct entry *b)
{
	if (is_current(l, a) != is_current(l, b))
		return is_current(l, a);
	return a->guid == b->guid ? a->number > b->number :
				    a->sector > b->sector;
}

/* Whether b follows a with nothing lost between. */
static bool follows(const struct log *l, const struct entry *a,
		    const struct entry *b)
{
	for (unsigned i = (unsigned)(a - l->e) + 1; a < b && i < l->n; i++) {
		if (l->e[i].number != l->e[i - 1].number + 1)
			return false;
		if (&l->e[i] == b)
			return true;
	}
	return false;
}

/* What an entry writes as a page; NULL: no page there. */
static const uint8_t *version(const struct entry *e, unsigned page)
{
	for (unsigned k = 0; k < e->n; k++) {
		if (!e->w[k].zero && e->w[k].page == page)
			return e->w[k].piece;
	}
	return NULL;
}

static bool zeroes(const struct entry *e, unsigned page)
{
	for (unsigned k = 0; k < e->n; k++) {
		if (e->w[k].zero && page - e->w[k].page < e->w[k].count)
			return true;
	}
	return false;
}

static bool is_zero(const uint8_t piece[PIECES])
{
	static const uint8_t none[PIECES];

	return memcmp(piece, none, PIECES) == 0;
}

static uint8_t only(const uint8_t *disk, const uint8_t *a, const uint8_t *b)
{
	uint8_t bits = 0;

	for (unsigned k = 0; k < PIECES; k++)
		bits |= (uint8_t)((disk[k] == a[k] && disk[k] != b[k]) << k);
	return bits;
}

static bool is_mixed(const uint8_t *disk, const uint8_t *a, const uint8_t *b)
{
	for (unsigned k = 0; k < PIECES; k++) {
		if (disk[k] != a[k] && disk[k] != b[k])
			return false;
	}
	return only(disk, a, b) && only(disk, b, a);
}

/* The latest entry whose bytes or zeroes a page has. Of zeroes of two sessions
 * that are over the one is as good as the other, so there are two at most. */
static const struct entry *writer(const struct log *l, unsigned page)
{
	const struct entry *best = NULL;

	for (unsigned i = 0; i < l->n; i++) {
		const uint8_t *v = version(&l->e[i], page);
		bool here = v && memcmp(v, l->disk[page], PIECES) == 0;

		if (!here)
			here = is_zero(l->disk[page]) && zeroes(&l->e[i], page);
		if (here && (!best || is_later(l, &l->e[i], best)))
			best = &l->e[i];
	}
	return best;
}

/* The versions next to one another in the ring, and any with the latest. */
static bool find_pair(const struct log *l, unsigned page,
		      const struct entry **early, const struct entry **late)
{
	const struct entry *latest = NULL, *before;

	for (unsigned i = 0; i < l->n; i++) {
		if (version(&l->e[i], page) &&
		    (!latest || is_later(l, &l->e[i], latest)))
			latest = &l->e[i];
	}
	*late = NULL;
	for (unsigned b = 0; b < l->n; b++) {
		const uint8_t *vb = version(&l->e[b], page);

		before = NULL;
		for (unsigned a = b; vb && a-- > 0;) {
			const uint8_t *va = version(&l->e[a], page);
			bool nearest = va && !before;

			if (!va)
				continue;
			before = &l->e[a];
			if ((!nearest && &l->e[b] != latest) ||
			    !follows(l, &l->e[a], &l->e[b]) ||
			    !is_mixed(l->disk[page], va, vb) ||
			    (*late && *late != &l->e[b] &&
			     !is_later(l, &l->e[b], *late)) ||
			    (*late == &l->e[b] &&
			     !is_later(l, &l->e[a], *early)))
				continue;
			*early = &l->e[a];
			*late = &l->e[b];
		}
	}
	return *late;
}

struct verdict {
	enum vhdxlog_applied applied;
	const struct entry *by;
	uint8_t pieces;
};

static struct verdict verdict_of_page(const struct log *l,
				      const struct entry *e, unsigned page)
{
	const uint8_t *v = version(e, page), *disk = l->disk[page];
	const struct entry *by = writer(l, page), *early, *late;
	struct verdict no = { VHDXLOG_APPLIED_NO, NULL, 0 };

	if (memcmp(v, disk, PIECES) == 0)
		return (struct verdict){ VHDXLOG_APPLIED_YES, NULL, 0 };
	if (by)
		return can_follow(l, e, by) ?
			       (struct verdict){ VHDXLOG_APPLIED_OVERWRITTEN,
						 by, 0 } :
			       no;
	if (!find_pair(l, page, &early, &late))
		return no;
	if (e == late)
		return (struct verdict){ VHDXLOG_APPLIED_TORN, NULL,
					 only(disk, v, version(early, page)) };
	if (e == early)
		return (struct verdict){ VHDXLOG_APPLIED_TORN, late,
					 only(disk, v, version(late, page)) };
	if (follows(l, early, e) || !can_follow(l, e, late))
		return no;
	return (struct verdict){ VHDXLOG_APPLIED_OVERWRITTEN, late, 0 };
}

/* The version that e followed in the ring; NULL: none is known for sure. */
static const struct entry *version_before(const struct log *l,
					  const struct entry *e, unsigned page)
{
	for (unsigned i = (unsigned)(e - l->e); i-- > 0;) {
		if (version(&l->e[i], page))
			return follows(l, &l->e[i], e) ? &l->e[i] : NULL;
	}
	return NULL;
}

static struct verdict verdict_of_zeroes(const struct log *l,
					const struct entry *e,
					const struct written *w)
{
	bool left = false, not_zero = false, cleared = false, stands = false;
	const struct entry *latest = NULL;

	for (unsigned p = w->page; p < w->page + w->count; p++) {
		const struct entry *by = writer(l, p), *early, *before;

		if (is_zero(l->disk[p])) {
			before = version_before(l, e, p);
			cleared = cleared ||
				  (before && !is_zero(version(before, p)));
			continue;
		}
		not_zero = true;
		if (!by)
			(void)find_pair(l, p, &early, &by);
		if (by && can_follow(l, e, by)) {
			if (!latest || is_later(l, by, latest))
				latest = by;
			continue;
		}
		left = true;
		stands = stands || (by && follows(l, by, e));
	}
	if (!not_zero)
		return (struct verdict){ VHDXLOG_APPLIED_YES, NULL, 0 };
	if (!left)
		return (struct verdict){ VHDXLOG_APPLIED_OVERWRITTEN, latest,
					 0 };
	return (struct verdict){ cleared && stands ? VHDXLOG_APPLIED_TORN :
						     VHDXLOG_APPLIED_NO,
				 NULL, 0 };
}

/* --------------------------------------------------------------- comparing */

static void compare_entry(const struct log *l, const struct entry *e,
			  unsigned seen[5])
{
	size_t index = vhdxlog_entry_find(l->s.scan, e->sector);
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;

	cr_assert_neq(index, SIZE_MAX);
	cr_assert_eq(vhdxlog_descriptors_open(l->s.scan, index, &it, NULL), 0);
	for (unsigned k = 0; k < e->n; k++) {
		struct verdict v = e->w[k].zero ?
					   verdict_of_zeroes(l, e, &e->w[k]) :
					   verdict_of_page(l, e, e->w[k].page);

		cr_assert_eq(vhdxlog_descriptors_next(it, &d, NULL), 0);
		cr_assert_eq(d.applied, v.applied,
			     "seed %ju: E%u, %u: %s, should be %s",
			     (uintmax_t)l->seed, e->sector, k,
			     vhdxlog_applied_name(d.applied),
			     vhdxlog_applied_name(v.applied));
		cr_assert_eq(d.overwritten_by,
			     v.by ? v.by->sector : VHDXLOG_NO_SECTOR,
			     "seed %ju: E%u, %u: by E%d", (uintmax_t)l->seed,
			     e->sector, k, (int)d.overwritten_by);
		cr_assert_eq(d.pieces, v.pieces, "seed %ju: E%u, %u",
			     (uintmax_t)l->seed, e->sector, k);
		seen[d.applied]++;
	}
	vhdxlog_descriptors_close(it);
}

Test(applied, is_what_the_definition_says)
{
	unsigned seen[5] = { 0 }, n = rounds(LOGS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct log l;

		make(&l, seed);
		/* From the last to the first: what is remembered of a page must
		 * not depend on who asked. */
		for (unsigned i = 0; i < l.n; i++)
			compare_entry(&l, &l.e[seed % 2 ? i : l.n - 1 - i],
				      seen);
		scan_release(&l.s);
		free(l.image);
	}
	cr_assert_eq(seen[VHDXLOG_APPLIED_UNKNOWN], 0);
	assert_often(seen[VHDXLOG_APPLIED_YES], n / 4, n);
	assert_often(seen[VHDXLOG_APPLIED_OVERWRITTEN], n / 4, n);
	assert_often(seen[VHDXLOG_APPLIED_TORN], n / 20, n);
	assert_often(seen[VHDXLOG_APPLIED_NO], n / 4, n);
}

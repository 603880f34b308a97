/* SPDX-License-Identifier: MIT */
/*
 * Events of random logs of one session, against a model that knows the whole file
 * and looks through all of it.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "log_case.h"
#include "ondisk/bat.h"

#define PAGES 4096u /* 16 MiB: the file of the bases is shorter */
#define SLOTS (VL_SECTOR / 8)
#define MOST_RECORDS 6u
#define MOST_EVENTS 65536u

/* ---------------------------------------------------------------- the model */

/* What a test expects of an event. */
struct expected {
	enum vhdxlog_event_kind kind;
	uint32_t entry; /* the how many-th */
	uint64_t off, len;
	uint64_t before, after; /* raw BAT entries, lengths of the file */
	uint64_t moved_to; /* index, or UINT64_MAX */
};

/* The file as it was after each entry, as far as it is known. */
struct model {
	const struct log_case *c;
	uint8_t *bytes; /* owned: PAGES * VL_SECTOR */
	bool known[PAGES];
	struct expected *e; /* owned */
	size_t n;
	uint32_t entries;
	uint64_t last; /* LastFileOffset of the entry before */
};

static struct expected *expect(struct model *m, enum vhdxlog_event_kind kind,
			       uint64_t off, uint64_t len)
{
	struct expected *e = &m->e[m->n++];

	cr_assert_leq(m->n, MOST_EVENTS);
	*e = (struct expected){ .kind = kind,
				.entry = m->entries,
				.off = off,
				.len = len,
				.moved_to = UINT64_MAX };
	return e;
}

static uint64_t home(uint64_t raw)
{
	return (raw & 7) >= 6 ? VL_BAT_OFFSET(raw) : 0;
}

/* Where the place that slot i loses turns up, each of them taken once. */
static void pair_naively(const uint64_t a[SLOTS], const uint64_t b[SLOTS],
			 unsigned to[SLOTS], bool hidden[SLOTS])
{
	bool taken[SLOTS] = { false };

	for (unsigned i = 0; i < SLOTS; i++) {
		to[i] = i;
		hidden[i] = false;
	}
	for (unsigned i = 0; i < SLOTS; i++) {
		if (!home(a[i]) || home(a[i]) == home(b[i]))
			continue;
		for (unsigned k = 0; k < SLOTS; k++) {
			if (taken[k] || home(b[k]) != home(a[i]) ||
			    home(a[k]) == home(b[k]))
				continue;
			taken[k] = true;
			to[i] = k;
			hidden[k] = !home(a[k]);
			break;
		}
	}
}

static enum vhdxlog_event_kind kind_of(const struct model *m, uint64_t index,
				       uint64_t a, uint64_t b, bool moved)
{
	if (moved)
		return VHDXLOG_EVENT_BLOCK_MOVED;
	if (index % (m->c->chunk_ratio + 1) == m->c->chunk_ratio)
		return VHDXLOG_EVENT_BITMAP_CHANGED;
	if ((b & 7) >= 6 && (a & 7) < 6)
		return VHDXLOG_EVENT_BLOCK_ALLOCATED;
	if ((b & 7) >= 6 && VL_BAT_OFFSET(a) != VL_BAT_OFFSET(b))
		return VHDXLOG_EVENT_BLOCK_MOVED;
	return VHDXLOG_EVENT_BLOCK_STATE_CHANGED;
}

/* How many entries from slot i on changed that were or are none at all. */
static unsigned garbage(const uint64_t a[SLOTS], const uint64_t b[SLOTS],
			const unsigned to[SLOTS], const bool hidden[SLOTS],
			unsigned i)
{
	unsigned n = 0;

	for (; i + n < SLOTS; n++) {
		uint64_t was = a[i + n], is = b[i + n];
		bool none = (was & 7) == 4 || (was & 7) == 5 ||
			    (is & 7) == 4 || (is & 7) == 5;

		if (was == is || !none || hidden[i + n] || to[i + n] != i + n)
			break;
	}
	return n;
}

static void bat_events(struct model *m, uint64_t off, const uint8_t *was,
		       const uint8_t *is)
{
	uint64_t a[SLOTS], b[SLOTS], first = (off - m->c->bat) / 8;
	unsigned to[SLOTS];
	bool hidden[SLOTS];

	for (unsigned i = 0; i < SLOTS; i++) {
		a[i] = vl_le64(was + 8 * i);
		b[i] = vl_le64(is + 8 * i);
	}
	pair_naively(a, b, to, hidden);
	for (unsigned i = 0; i < SLOTS; i++) {
		struct expected *e;
		unsigned run;

		if (a[i] == b[i] || hidden[i])
			continue;
		e = expect(m, kind_of(m, first + i, a[i], b[i], to[i] != i),
			   off + 8 * i, 8);
		e->before = a[i];
		e->after = b[i];
		if (to[i] != i)
			e->moved_to = first + to[i];
		run = garbage(a, b, to, hidden, i);
		if (run > 1) {
			e->kind = VHDXLOG_EVENT_BLOCK_STATE_CHANGED;
			e->len = 8 * run;
			i += run - 1;
		}
	}
}

/* Of what is no BAT: one event, from the first byte that differs. */
static void plain_events(struct model *m, uint64_t off, const uint8_t *was,
			 const uint8_t *is)
{
	bool bitmap = m->c->bitmap && off >= m->c->bitmap &&
		      off < m->c->bitmap + VL_MIB;
	size_t first = 0, last = VL_SECTOR;

	while (was[first] == is[first])
		first++;
	while (was[last - 1] == is[last - 1])
		last--;
	if (bitmap)
		expect(m, VHDXLOG_EVENT_BITMAP_CHANGED, off, VL_SECTOR);
	else
		expect(m, VHDXLOG_EVENT_PAGE_CHANGED, off + first,
		       last - first);
}

static void model_data(struct model *m, uint64_t off, const uint8_t *page)
{
	uint8_t *was = m->bytes + off;

	if (!m->known[off / VL_SECTOR])
		expect(m, VHDXLOG_EVENT_PAGE_FIRST_SEEN, off, VL_SECTOR);
	else if (memcmp(was, page, VL_SECTOR) == 0)
		expect(m, VHDXLOG_EVENT_REWRITTEN, off, VL_SECTOR);
	else if (off >= m->c->bat && off < m->c->bat + VL_MIB)
		bat_events(m, off, was, page);
	else
		plain_events(m, off, was, page);
	m->known[off / VL_SECTOR] = true;
	memcpy(was, page, VL_SECTOR);
}

static void model_zero(struct model *m, uint64_t off, uint64_t len)
{
	expect(m, VHDXLOG_EVENT_ZEROED, off, len);
	for (uint64_t p = off / VL_SECTOR; p < (off + len) / VL_SECTOR; p++)
		m->known[p] = true;
	memset(m->bytes + off, 0, len);
}

static bool writes(const struct vl_record *r, uint64_t page)
{
	return r->kind == VHDXLOG_DESCRIPTOR_DATA && r->file_offset == page;
}

/* In the order of kinds that alternate, each run by offset. */
static void sort_runs(struct vl_record *r, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		for (uint32_t k = i; k && r[k].kind == r[k - 1].kind &&
				     r[k].file_offset < r[k - 1].file_offset;
		     k--) {
			struct vl_record swap = r[k];

			r[k] = r[k - 1];
			r[k - 1] = swap;
		}
	}
}

static void model_entry(struct model *m, const struct vl_record *given,
			uint32_t n, uint64_t last)
{
	struct vl_record r[MOST_RECORDS];

	memcpy(r, given, n * sizeof(*r));
	sort_runs(r, n);
	if (!m->entries)
		expect(m, VHDXLOG_EVENT_LOG_STARTED, 0, 0);
	else if (last != m->last)
		*expect(m, last > m->last ? VHDXLOG_EVENT_FILE_GREW :
					    VHDXLOG_EVENT_FILE_SHRANK, 0, 0) =
			(struct expected){ last > m->last ?
						   VHDXLOG_EVENT_FILE_GREW :
						   VHDXLOG_EVENT_FILE_SHRANK,
					   m->entries, 0, 0, m->last, last,
					   UINT64_MAX };
	m->last = last;
	for (uint32_t i = 0; i < n; i++) {
		bool again = false;

		for (uint32_t k = i + 1; k < n; k++)
			again |= writes(&r[i], r[k].file_offset) &&
				 writes(&r[k], r[i].file_offset);
		if (r[i].kind == VHDXLOG_DESCRIPTOR_ZERO)
			model_zero(m, r[i].file_offset, r[i].length);
		else if (!again)
			model_data(m, r[i].file_offset, r[i].page);
	}
	m->entries++;
}

/* -------------------------------------------------------------- random logs */

static uint64_t some_page(struct rng *r, const struct log_case *c)
{
	switch (rng_below(r, c->bitmap ? 4 : 3)) {
	case 0: return c->bat + rng_below(r, 3) * VL_SECTOR;
	case 1: return c->bat + (4096 / SLOTS) * VL_SECTOR; /* bitmap entry */
	case 2: return 9 * VL_MIB + rng_below(r, 3) * VL_SECTOR; /* nothing's */
	default: return c->bitmap + rng_below(r, 3) * VL_SECTOR;
	}
}

/* As it is, with some entries of a BAT changed, swapped or moved, or bytes. */
static void some_bytes(struct rng *r, const struct model *m, uint64_t off,
		       uint8_t page[VL_SECTOR])
{
	memcpy(page, m->bytes + off, VL_SECTOR);
	for (uint64_t n = rng_below(r, 6); n > 0; n--) {
		uint8_t *x = page + 8 * rng_below(r, 12);
		uint8_t *y = page + 8 * rng_below(r, 12);
		uint64_t was = vl_le64(x);

		switch (rng_below(r, 3)) {
		case 0:
			vl_put_le64(x, rng_below(r, 8) |
					       (1 + rng_below(r, 20)) * VL_MIB);
			break;
		case 1:
			vl_put_le64(x, vl_le64(y));
			vl_put_le64(y, was);
			break;
		default:
			vl_put_le64(y, was);
			vl_put_le64(x, rng_below(r, 3));
		}
	}
}

static uint32_t some_records(struct rng *r, const struct model *m,
			     struct vl_record *records,
			     uint8_t (*pages)[VL_SECTOR])
{
	uint32_t n = (uint32_t)rng_below(r, MOST_RECORDS + 1);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t off = some_page(r, m->c);

		some_bytes(r, m, off, pages[i]);
		records[i] = rng_chance(r, 75) ?
				     record_data(off, pages[i]) :
				     record_zero(off, VL_SECTOR *
							  (1 + rng_below(r, 3)));
	}
	return n;
}

/* Zeroes do not overlap in a run of them: then it would be no layer. */
static bool is_plain(const struct vl_record *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = i + 1;
		     k < n && r[i].kind == VHDXLOG_DESCRIPTOR_ZERO &&
		     r[k].kind == r[i].kind;
		     k++) {
			if (vl_overlap(r[i].file_offset, r[i].length,
				       r[k].file_offset, r[k].length))
				return false;
		}
	}
	return true;
}

static void expect_text(const struct log_case *c, const struct expected *x,
			const char *text, uint64_t raw)
{
	char want[VHDXLOG_EVENT_TEXT];
	unsigned state = raw & 7;

	(void)c;
	if (x->kind == VHDXLOG_EVENT_FILE_GREW ||
	    x->kind == VHDXLOG_EVENT_FILE_SHRANK)
		snprintf(want, sizeof(want), "%ju", (uintmax_t)raw);
	else if (state == 4 || state == 5)
		snprintf(want, sizeof(want), "0x%016jx", (uintmax_t)raw);
	else if (state >= 6 || VL_BAT_OFFSET(raw))
		snprintf(want, sizeof(want), "%s@%ju",
			 vl_block_state_name(state),
			 (uintmax_t)VL_BAT_OFFSET(raw));
	else
		snprintf(want, sizeof(want), "%s", vl_block_state_name(state));
	if (x->len > 8)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "..");
	cr_assert_str_eq(text, want);
}

static void expect_event(const struct model *m, const struct expected *x,
			 const struct vhdxlog_event *e, uint64_t seed)
{
	cr_assert_eq(e->kind, x->kind, "seed %ju, event %ju: %s, not %s",
		     (uintmax_t)seed, (uintmax_t)e->ordinal, e->message,
		     vhdxlog_event_name(x->kind));
	cr_assert_eq(e->sequence_number, 100 + x->entry);
	if (x->len && e->area == VHDXLOG_AREA_SECTOR_BITMAP &&
	    e->kind == VHDXLOG_EVENT_BITMAP_CHANGED) {
		cr_assert_eq(e->file_offset, x->off);
		return;
	}
	cr_assert_eq(e->file_offset, x->off, "seed %ju, event %ju: %s",
		     (uintmax_t)seed, (uintmax_t)e->ordinal, e->message);
	cr_assert_eq(e->length, x->len);
	cr_assert_eq(e->has_moved_to ? e->moved_to : UINT64_MAX, x->moved_to);
	if (x->len == 8 || x->before || x->after) {
		expect_text(m->c, x, e->before, x->before);
		expect_text(m->c, x, e->after, x->after);
	}
}

static void compare_events(const struct model *m, uint64_t seed)
{
	struct told t;
	struct vhdxlog_event e;

	told_open(&t, m->c, NULL);
	cr_assert_eq(vhdxlog_session_count(t.history), m->entries != 0);
	for (size_t i = 0; i < m->n; i++) {
		cr_assert_eq(vhdxlog_events_next(t.events, &e, NULL), 0,
			     "seed %ju: %zu of %zu", (uintmax_t)seed, i, m->n);
		cr_assert_eq(e.ordinal, i + 1);
		expect_event(m, &m->e[i], &e, seed);
	}
	told_end(&t);
	cr_assert_null(vhdxlog_events_limitation(t.events, 0));
	told_close(&t);
}

static void model_init(struct model *m, const struct log_case *c)
{
	*m = (struct model){ .c = c,
			     .bytes = calloc(PAGES, VL_SECTOR),
			     .e = calloc(MOST_EVENTS, sizeof(*m->e)) };
	cr_assert(m->bytes && m->e);
}

/* A log of entries until the ring is full, and what is to be told of it. */
static void write_random(struct rng *r, struct log_case *c, struct model *m)
{
	uint8_t pages[MOST_RECORDS][VL_SECTOR];
	struct vl_record records[MOST_RECORDS];

	for (;;) {
		uint64_t last = (8 + rng_below(r, 2)) * VL_MIB;
		uint32_t n;

		do {
			n = some_records(r, m, records, pages);
		} while (!is_plain(records, n));
		if (!log_case_put(c, records, n, last))
			return;
		model_entry(m, records, n, last);
	}
}

Test(events, a_random_log_is_told_as_by_looking_through_all_of_it)
{
	for (unsigned seed = 0; seed < rounds(120); seed++) {
		struct rng r = rng_seed(seed);
		struct log_case c;
		struct model m;

		log_case_make(&c, seed % 2 ? BASE_DIFFERENCING : BASE_DYNAMIC);
		log_case_dirty(&c, false);
		model_init(&m, &c);
		write_random(&r, &c, &m);
		compare_events(&m, seed);
		free(m.bytes);
		free(m.e);
		base_free(&c.b);
	}
}

/* A filter only selects: each event that it lets through is one of all. */
Test(events, filters_select)
{
	for (unsigned seed = 0; seed < rounds(30); seed++) {
		struct vhdxlog_event_filter filters[] = {
			{ .has_session = true },
			{ .has_session = true, .session = 1 },
			{ .has_area = true, .area = VHDXLOG_AREA_BAT },
			{ .has_block = true, .block = seed % 12 },
			{ .has_block = true, .block = 1000 },
			{ .has_block = true, .block = UINT64_MAX },
		};
		struct rng r = rng_seed(seed);
		struct vhdxlog_event all, some;
		struct log_case c;
		struct model m;

		log_case_make(&c, seed % 2 ? BASE_DIFFERENCING : BASE_DYNAMIC);
		model_init(&m, &c);
		write_random(&r, &c, &m);
		for (unsigned f = 0; f < sizeof(filters) / sizeof(*filters);
		     f++) {
			const struct vhdxlog_event_filter *filter = &filters[f];
			struct told t, whole;
			int rc;

			told_open(&t, &c, filter);
			told_open(&whole, &c, NULL);
			rc = vhdxlog_events_next(t.events, &some, NULL);
			while (vhdxlog_events_next(whole.events, &all, NULL) ==
			       0) {
				bool same = !rc && some.ordinal == all.ordinal;

				if (filter->has_session)
					cr_assert_eq(same, !filter->session);
				if (filter->has_area)
					cr_assert_eq(same,
						     all.has_target &&
							     all.area ==
								     filter->area);
				if (filter->has_block && all.has_block &&
				    !all.is_bitmap && all.block == filter->block &&
				    !all.inferred)
					cr_assert(same, "%s", all.message);
				if (!same)
					continue;
				cr_assert_eq(some.kind, all.kind);
				rc = vhdxlog_events_next(t.events, &some, NULL);
			}
			cr_assert_eq(rc, 1);
			told_close(&t);
			told_close(&whole);
		}
		free(m.bytes);
		free(m.e);
		base_free(&c.b);
	}
}

/* Logs of any kind, sound or not, of many sessions: nothing breaks. */
Test(events, random_rings_can_be_told)
{
	for (unsigned seed = 0; seed < rounds(150); seed++) {
		struct vhdxlog_event e;
		uint64_t ordinal = 0;
		struct log_case c;
		struct told t;
		int rc;

		base_make_random(&c.b, seed);
		told_open(&t, &c, NULL);
		while ((rc = vhdxlog_events_next(t.events, &e, NULL)) == 0) {
			cr_assert_eq(e.ordinal, ++ordinal);
			cr_assert(e.message[0]);
			cr_assert_lt(e.session,
				     vhdxlog_session_count(t.history));
		}
		cr_assert_eq(rc, 1);
		told_close(&t);
		base_free(&c.b);
	}
}

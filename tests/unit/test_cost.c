/* SPDX-License-Identifier: MIT */
/*
 * What a scan may cost, whatever the ring holds: counted, not timed. Each shape
 * is a ring that makes some way of doing it quadratic.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "ondisk/layout.h"
#include "walk.h"
#include "write/encode.h"
#include "write/entry.h"

#define KIB UINT64_C(1024)
#define TARGETS 0x30000u
#define SMALL 256u  /* sectors: 1 MiB */
#define LARGE 1024u /* 4 MiB */

static const struct vhdxlog_guid guid = { { 0x5a, 1 } };

/* A ring under construction. */
struct ring {
	uint8_t *at; /* owned */
	uint32_t sectors;
};

static uint8_t *sector(const struct ring *r, uint32_t s)
{
	return r->at + (size_t)s * VL_SECTOR;
}

/* ----------------------------------------------------------- parts of shapes */

static struct vl_entry_plan plan(uint64_t number, uint32_t tail)
{
	return (struct vl_entry_plan){ .log_guid = guid,
				       .sequence_number = number,
				       .tail = tail * VL_SECTOR };
}

/* An empty entry at a sector that claims `sectors`; its checksum is wrong. */
static void put_claim(const struct ring *r, uint32_t s, uint32_t sectors,
		      uint64_t number, uint32_t tail)
{
	struct vl_entry_plan p = plan(number, tail);
	uint8_t *b = sector(r, s);

	vl_entry_encode(&p, b);
	vl_put_le32(b + VL_OFF_entry_header_entry_length, sectors * VL_SECTOR);
	vl_put_le32(b + 4, 0);
}

/* Make the checksum right of an entry that does not wrap. */
static void seal(const struct ring *r, uint32_t s)
{
	uint8_t *b = sector(r, s);

	vl_seal(b, vl_le32(b + VL_OFF_entry_header_entry_length));
}

static void put_entry(const struct ring *r, uint32_t s,
		      struct vl_entry_plan *p, const struct vl_record *records,
		      uint32_t n)
{
	p->records = records;
	p->record_count = n;
	cr_assert_leq(s * (uint64_t)VL_SECTOR + vl_entry_length(p),
		      r->sectors * (uint64_t)VL_SECTOR);
	vl_entry_encode(p, sector(r, s));
}

static struct vl_record zero_at(uint64_t page)
{
	return (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO,
				   TARGETS + page * VL_SECTOR, VL_SECTOR,
				   NULL };
}

static struct vl_record data_at(uint64_t page)
{
	static const uint8_t bytes[VL_SECTOR] = { 1, 2, 3 };

	return (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA,
				   TARGETS + page * VL_SECTOR, VL_SECTOR,
				   bytes };
}

/* ------------------------------------------------------------------- shapes */

static void empty(const struct ring *r)
{
	memset(r->at, 0, (size_t)r->sectors * VL_SECTOR);
}

/* What QEMU and Windows write: a header and a page, one behind the other. */
static void honest(const struct ring *r)
{
	for (uint32_t s = 0; s + 2 <= r->sectors; s += 2) {
		struct vl_entry_plan p = plan(1 + s / 2, 0);
		struct vl_record page = data_at(s / 2);

		put_entry(r, s, &p, &page, 1);
	}
}

/* The same, but the last entry writes what comes first in the file. */
static void descending_targets(const struct ring *r)
{
	for (uint32_t s = 0; s + 2 <= r->sectors; s += 2) {
		struct vl_entry_plan p = plan(1 + s / 2, 0);
		struct vl_record page = data_at(r->sectors - s);

		put_entry(r, s, &p, &page, 1);
	}
}

static void full_claims_wrong(const struct ring *r)
{
	for (uint32_t s = 0; s < r->sectors; s++)
		put_claim(r, s, r->sectors, 1 + s, s);
}

/* Each claims all behind it, all sealed: n * n / 2 sectors are claimed. */
static void claims_to_the_end(const struct ring *r)
{
	for (uint32_t s = r->sectors; s-- > 0;) {
		put_claim(r, s, r->sectors - s, 7 + !s, 0);
		seal(r, s);
	}
}

/* Each around the next one: the stack of owners is as deep as can be. */
static void nested(const struct ring *r)
{
	for (uint32_t s = r->sectors / 2; s-- > 0;) {
		put_claim(r, s, r->sectors - 2 * s, 1 + s, 0);
		seal(r, s);
	}
}

static void chain(const struct ring *r, uint32_t (*tail)(uint32_t))
{
	for (uint32_t s = 0; s < r->sectors; s++) {
		put_claim(r, s, 1, 1 + s, tail(s));
		seal(r, s);
	}
}

static uint32_t to_first(uint32_t s)
{
	(void)s;
	return 0;
}

static uint32_t to_itself(uint32_t s)
{
	return s;
}

static uint32_t to_behind(uint32_t s)
{
	return s ? s - 1 : 0;
}

static uint32_t to_anywhere(uint32_t s)
{
	return (uint32_t)((s * UINT64_C(2654435761)) % (s + 1));
}

static void chain_of_one_tail(const struct ring *r)
{
	chain(r, to_first);
}

static void chain_of_own_tails(const struct ring *r)
{
	chain(r, to_itself);
}

static void chain_of_near_tails(const struct ring *r)
{
	chain(r, to_behind);
}

static void chain_of_any_tails(const struct ring *r)
{
	chain(r, to_anywhere);
}

/* Legal, and some reader goes round it again and again. */
static void full_and_wrapped(const struct ring *r)
{
	chain(r, to_first);
	put_claim(r, 0, 1, 1 + r->sectors, 0);
	seal(r, 0);
}

/* What a long session leaves: the newest in the middle, the oldest behind. */
static void wrapped(const struct ring *r)
{
	uint32_t half = r->sectors / 4 * 2;

	for (uint32_t s = 0; s + 2 <= r->sectors; s += 2) {
		struct vl_entry_plan p = plan(
			s < half ? 1 + r->sectors + s / 2 : 1 + s / 2,
			half + 2);
		struct vl_record page = data_at(s / 2);

		put_entry(r, s, &p, &page, 1);
	}
}

/* Entries behind one another, and no number is the one after another. */
static void numbers_that_jump(const struct ring *r)
{
	for (uint32_t s = 0; s < r->sectors; s++) {
		put_claim(r, s, 1, 1 + (s * 2654435761u) % 65536, s ? s - 1 : 0);
		seal(r, s);
	}
}

/* Each two sectors have the same two numbers: many short chains. */
static void numbers_that_repeat(const struct ring *r)
{
	for (uint32_t s = 0; s < r->sectors; s++) {
		put_claim(r, s, 1, 7 + s % 2, s & ~1u);
		seal(r, s);
	}
}

static void full_of_descriptors(const struct ring *r)
{
	struct vl_record v[126];

	for (uint32_t s = 0; s < r->sectors; s++) {
		struct vl_entry_plan p = plan(1 + s, 0);

		for (uint32_t i = 0; i < 126; i++)
			v[i] = zero_at(s * 126u + (i ^ 1)); /* not ascending */
		put_entry(r, s, &p, v, 126);
	}
}

static void one_entry_of_descriptors(const struct ring *r)
{
	uint32_t n = 126 + 128 * (r->sectors - 1);
	struct vl_record *v = calloc(n, sizeof(*v));
	struct vl_entry_plan p = plan(1, 0);

	cr_assert(v);
	for (uint32_t i = 0; i < n; i++)
		v[i] = zero_at(n - i);
	put_entry(r, 0, &p, v, n);
	free(v);
}

/* Every sector of descriptors, and a header that claims far more of them. */
static void one_header_for_all_descriptors(const struct ring *r)
{
	one_entry_of_descriptors(r);
	vl_put_le32(r->at + VL_OFF_entry_header_descriptor_count, UINT32_MAX);
	seal(r, 0);
}

static void one_entry_of_data(const struct ring *r)
{
	uint32_t n = vl_entry_pages_in(r->sectors);
	struct vl_record *v = calloc(n, sizeof(*v));
	struct vl_entry_plan p = plan(1, 0);

	cr_assert(v);
	for (uint32_t i = 0; i < n; i++)
		v[i] = data_at(i);
	put_entry(r, 0, &p, v, n);
	free(v);
}

static void long_entries_of_data(const struct ring *r)
{
	struct vl_record v[126];

	for (uint32_t s = 0; s + 127 <= r->sectors; s += 127) {
		struct vl_entry_plan p = plan(1 + s / 127, 0);

		for (uint32_t i = 0; i < 126; i++)
			v[i] = data_at(s + (i ^ 1));
		put_entry(r, s, &p, v, 126);
	}
}

/* Headers that claim data sectors which are the headers of others. */
static void headers_for_data(const struct ring *r)
{
	struct vl_record v[126];
	static uint8_t flat[127 * VL_SECTOR];

	for (uint32_t i = 0; i < 126; i++)
		v[i] = data_at(i);
	for (uint32_t s = 0; s < r->sectors; s++) {
		struct vl_entry_plan p = plan(1 + s, 0);

		p.records = v;
		p.record_count = 126;
		vl_entry_encode(&p, flat);
		memcpy(sector(r, s), flat, VL_SECTOR);
	}
}

static void orphans(const struct ring *r)
{
	for (uint32_t s = 0; s < r->sectors; s++)
		memcpy(sector(r, s), "data", 4);
}

static const struct {
	const char *name;
	void (*make)(const struct ring *r);
} shapes[] = {
	{ "empty", empty },
	{ "honest", honest },
	{ "descending targets", descending_targets },
	{ "claims of the whole ring, wrong", full_claims_wrong },
	{ "claims to the end, right", claims_to_the_end },
	{ "nested", nested },
	{ "chain of one tail", chain_of_one_tail },
	{ "chain of own tails", chain_of_own_tails },
	{ "chain of near tails", chain_of_near_tails },
	{ "chain of any tails", chain_of_any_tails },
	{ "full and wrapped", full_and_wrapped },
	{ "wrapped", wrapped },
	{ "numbers that jump", numbers_that_jump },
	{ "numbers that repeat", numbers_that_repeat },
	{ "full of descriptors", full_of_descriptors },
	{ "one entry of descriptors", one_entry_of_descriptors },
	{ "one header for all", one_header_for_all_descriptors },
	{ "one entry of data", one_entry_of_data },
	{ "long entries of data", long_entries_of_data },
	{ "headers for data", headers_for_data },
	{ "orphans", orphans },
};

#define SHAPES (sizeof(shapes) / sizeof(*shapes))

/* ---------------------------------------------------------------- measuring */

/* A source that counts what is read of it. */
struct counted {
	const uint8_t *bytes;
	uint64_t read;
};

static int64_t read_counted(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct counted *c = ctx;

	memcpy(buf, c->bytes + off, len);
	c->read += len;
	return (int64_t)len;
}

/* One whose times would tell of a change: the log is not read once more. */
static int identify_counted(void *ctx, struct vhdxlog_identity *id)
{
	(void)ctx;
	id->mtime_sec = 1;
	return 0;
}

struct measured {
	struct vhdxlog_cost cost;
	uint64_t entries, sectors;
	uint64_t read;	  /* by the source's count: the scan */
	uint64_t emitted; /* and everything that a report shows */
	uint64_t told;	  /* and every event */
	uint64_t events, event_pages;
};

static void emit_entries(struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_entry_count(scan); i++) {
		static struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
		struct vhdxlog_descriptors *it;
		struct vhdxlog_descriptor d;
		struct vhdxlog_entry e;

		cr_assert_eq(vhdxlog_entry_at(scan, i, &e, NULL), 0);
		cr_assert_eq(vhdxlog_descriptors_open(scan, i, &it, NULL), 0);
		while (vhdxlog_descriptors_next(it, &d, NULL) == 0)
			;
		vhdxlog_descriptors_close(it);
		cr_assert_gt(vhdxlog_verdicts(scan, VHDXLOG_OBJECT_ENTRY, i, v,
					      NULL), 0);
	}
}

static void tell_events(struct vhdxlog_scan *scan, struct measured *m)
{
	struct vhdxlog_history *history;
	struct vhdxlog_events *events;
	struct vhdxlog_event e;

	cr_assert_eq(vhdxlog_history_open(scan, &history, NULL), 0);
	cr_assert_eq(vhdxlog_events_open(history, NULL, &events, NULL), 0);
	m->events = 0;
	while (vhdxlog_events_next(events, &e, NULL) == 0)
		m->events++;
	vhdxlog_events_close(events);
	vhdxlog_history_close(history);
	m->event_pages = vhdxlog_cost(scan)->event_pages;
}

static void measure(size_t shape, uint32_t sectors, struct measured *m)
{
	static const struct vhdxlog_source_ops ops = { .read = read_counted,
						       .identify =
							       identify_counted };
	struct ring r = { calloc(sectors, VL_SECTOR), sectors };
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct counted counted = { .bytes = r.at };
	struct scanned s;

	cr_assert(r.at);
	shapes[shape].make(&r);
	o.raw_log = o.has_log_guid = true;
	o.log_guid = guid;
	cr_assert_eq(vhdxlog_source_custom(&ops, &counted,
					   (uint64_t)sectors * VL_SECTOR,
					   &s.source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, &o, &s.scan, NULL), 0);
	m->cost = *vhdxlog_cost(s.scan);
	m->entries = vhdxlog_entry_count(s.scan);
	m->sectors = sectors;
	m->read = counted.read;
	emit_entries(s.scan);
	m->emitted = counted.read;
	tell_events(s.scan, m);
	m->told = counted.read;
	scan_release(&s);
	free(r.at);
}

static uint64_t log2_of(uint64_t n)
{
	return n > 1 ? 64 - (uint64_t)__builtin_clzll(n - 1) : 1;
}

ParameterizedTestParameters(cost, a_scan_costs_no_more_than_its_class)
{
	static size_t shape[SHAPES];

	for (size_t i = 0; i < SHAPES; i++)
		shape[i] = i;
	return cr_make_param_array(size_t, shape, SHAPES);
}

static void expect_bounds(const char *name, const struct measured *m)
{
	uint64_t ring = m->sectors * VL_SECTOR;

	/* Walked, read for descriptors, twice more for the reader that stops
	 * inside an entry of all the ring, or once for each of the three that
	 * may trip over what is not in it. */
	cr_expect_leq(m->cost.log_bytes_read, 6 * ring + 64 * KIB,
		      "%s: reads %ju of a ring of %ju", name,
		      (uintmax_t)m->cost.log_bytes_read, (uintmax_t)ring);
	cr_expect_leq(m->read, 8 * ring + 64 * KIB,
		      "%s: with the replay of the active sequence %ju", name,
		      (uintmax_t)m->read);
	cr_expect_leq(m->emitted - m->read, 3 * ring + 64 * KIB,
		      "%s: a report reads %ju", name,
		      (uintmax_t)(m->emitted - m->read));
	/* Each page, and the one before it; the descriptors of both. */
	cr_expect_leq(m->event_pages, 2 * m->sectors, "%s: %ju", name,
		      (uintmax_t)m->event_pages);
	cr_expect_leq(m->told - m->emitted, 4 * ring + 64 * KIB,
		      "%s: events read %ju", name,
		      (uintmax_t)(m->told - m->emitted));
	cr_expect_leq(m->events, 128 * m->sectors + 1);
	cr_expect_leq(m->cost.crc_bytes, ring + 256 * KIB, "%s: %ju", name,
		      (uintmax_t)m->cost.crc_bytes);
	cr_expect_leq(m->cost.descriptors, 128 * m->sectors, "%s: %ju", name,
		      (uintmax_t)m->cost.descriptors);
	cr_expect_leq(m->cost.link_steps,
		      8 * (m->entries + 1) * log2_of(m->entries), "%s: %ju",
		      name, (uintmax_t)m->cost.link_steps);
	/* For all readers together; two may stop inside an entry, and count
	 * the 128 descriptors of a sector to tell where, and three trip. */
	cr_expect_leq(m->cost.policy_steps, (64 + 5 * 128) * m->sectors,
		      "%s: %ju", name, (uintmax_t)m->cost.policy_steps);
	/* Each target is waited for and passed; few structures are read. */
	cr_expect_leq(m->cost.sweep_steps,
		      8 * (m->cost.descriptors + m->entries), "%s: %ju", name,
		      (uintmax_t)m->cost.sweep_steps);
}

ParameterizedTest(size_t *shape, cost, a_scan_costs_no_more_than_its_class,
		  .timeout = 120)
{
	struct measured m;

	measure(*shape, SMALL, &m);
	expect_bounds(shapes[*shape].name, &m);
	measure(*shape, LARGE, &m);
	expect_bounds(shapes[*shape].name, &m);
}

static void expect_doubled(const char *name, const char *what, uint64_t once,
			   uint64_t twice)
{
	cr_expect_leq(twice, once * 9 / 4 + 256 * KIB, "%s, %s: %ju, then %ju",
		      name, what, (uintmax_t)once, (uintmax_t)twice);
}

ParameterizedTestParameters(cost, a_ring_of_twice_the_size_costs_twice)
{
	static size_t shape[SHAPES];

	for (size_t i = 0; i < SHAPES; i++)
		shape[i] = i;
	return cr_make_param_array(size_t, shape, SHAPES);
}

ParameterizedTest(size_t *shape, cost, a_ring_of_twice_the_size_costs_twice,
		  .timeout = 120)
{
	const char *name = shapes[*shape].name;
	struct measured a, b;

	measure(*shape, LARGE, &a);
	measure(*shape, 2 * LARGE, &b);
	expect_doubled(name, "log_bytes_read", a.cost.log_bytes_read,
		       b.cost.log_bytes_read);
	expect_doubled(name, "crc_bytes", a.cost.crc_bytes, b.cost.crc_bytes);
	expect_doubled(name, "descriptors", a.cost.descriptors,
		       b.cost.descriptors);
	expect_doubled(name, "target_bytes_read", a.cost.target_bytes_read,
		       b.cost.target_bytes_read);
	expect_doubled(name, "read", a.read, b.read);
	expect_doubled(name, "emitted", a.emitted, b.emitted);
	expect_doubled(name, "told", a.told, b.told);
	expect_doubled(name, "sweep_steps", a.cost.sweep_steps,
		       b.cost.sweep_steps);
	expect_doubled(name, "policy_steps", a.cost.policy_steps,
		       b.cost.policy_steps);
	/* n log n: one more step for each. */
	cr_expect_leq(b.cost.link_steps,
		      a.cost.link_steps * 9 / 4 + 2 * b.entries,
		      "%s, link_steps: %ju, then %ju", name,
		      (uintmax_t)a.cost.link_steps,
		      (uintmax_t)b.cost.link_steps);
}

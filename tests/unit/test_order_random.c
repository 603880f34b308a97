/* SPDX-License-Identifier: MIT */
/* What holds of every order, whatever the ring, and how large. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "laid.h"
#include "ondisk/layout.h"
#include "write/entry.h"

static struct vhdxlog_entry entry(const struct told *t, size_t index)
{
	struct vhdxlog_entry e;

	cr_assert_eq(vhdxlog_entry_at(t->s.scan, index, &e, NULL), 0);
	return e;
}

/* The entry that begins at a sector. */
static struct vhdxlog_entry entry_of(const struct told *t, uint32_t sector)
{
	return entry(t, vhdxlog_entry_find(t->s.scan, sector));
}

/* The session that covers each sector, by way of the entry that does. */
static void list_owners(const struct told *t, size_t *session)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(t->s.scan, &cursor, &run)) {
		for (uint32_t s = run.first; s < run.first + run.count; s++) {
			struct vhdxlog_entry e;

			session[s] = SIZE_MAX;
			if (run.owner == VHDXLOG_NO_SECTOR)
				continue;
			e = entry_of(t, run.owner);
			session[s] = vhdxlog_session_find(t->history,
							  &e.log_guid);
		}
	}
}

static void check_strata(struct told *t, const size_t *session)
{
	struct vhdxlog_stratum s, before = { .first = 1 };
	uint32_t cursor = 0;
	uint64_t orphans = 0, counted = 0;

	while (vhdxlog_stratum_next(t->history, &cursor, &s, NULL) == 0) {
		cr_assert_eq(s.first + s.count, cursor);
		cr_assert(s.first == 0 || before.session != s.session ||
			  before.orphan != s.orphan ||
			  before.empty != s.empty ||
			  before.sequence_number != s.sequence_number);
		for (uint32_t k = s.first; !s.orphan && k < cursor; k++)
			cr_assert_eq(session[k], s.session);
		if (s.orphan && s.session != SIZE_MAX)
			orphans += s.count;
		before = s;
	}
	cr_assert_eq(cursor, vhdxlog_log(t->s.scan)->sectors);
	for (size_t i = 0; i < vhdxlog_session_count(t->history); i++)
		counted += vhdxlog_session_at(t->history, i)->orphans;
	cr_assert_eq(orphans, counted);
}

static bool is_told_contradictory(const struct told *t)
{
	for (size_t i = 0; i < vhdxlog_session_count(t->history); i++) {
		if (strstr(vhdxlog_session_at(t->history, i)->why,
			   "contradicts"))
			return true;
	}
	return false;
}

/* No session comes before one that its Tails say was written over by it. */
static unsigned check_tails(const struct told *t, const size_t *session)
{
	unsigned told = 0;

	for (size_t i = 0; i < vhdxlog_entry_count(t->s.scan); i++) {
		struct vhdxlog_entry e = entry(t, i);
		size_t there;

		if (e.verdict == VHDXLOG_INVALID ||
		    e.tail / VL_SECTOR == e.sector)
			continue;
		there = session[e.tail / VL_SECTOR];
		if (there == SIZE_MAX)
			continue;
		cr_assert_leq(vhdxlog_session_find(t->history, &e.log_guid),
			      there, "E%u", e.sector);
		told++;
	}
	return told;
}

static void check_entries(const struct told *t)
{
	size_t n, k = 0, sound = 0;
	const uint32_t *sectors = vhdxlog_history_entries(t->history, &n);

	for (size_t i = 0; i < vhdxlog_session_count(t->history); i++) {
		const struct vhdxlog_session *s =
			vhdxlog_session_at(t->history, i);
		uint64_t number = 0;

		cr_assert_eq(s->first, sectors[k]);
		cr_assert(*s->why);
		for (uint64_t j = 0; j < s->entries; j++, k++) {
			struct vhdxlog_entry e = entry_of(t, sectors[k]);

			cr_assert_neq(e.verdict, VHDXLOG_INVALID);
			cr_assert_eq(memcmp(&e.log_guid, &s->log_guid, 16), 0);
			cr_assert_geq(e.sequence_number, number);
			number = e.sequence_number;
		}
		cr_assert_eq(s->last, sectors[k - 1]);
		cr_assert(!s->current ||
			  i + 1 == vhdxlog_session_count(t->history));
	}
	cr_assert_eq(k, n);
	for (size_t i = 0; i < vhdxlog_entry_count(t->s.scan); i++)
		sound += entry(t, i).verdict != VHDXLOG_INVALID;
	cr_assert_eq(sound, n);
}

Test(order_random, rings_keep_the_rules)
{
	unsigned n = rounds(600), tails = 0, contradictory = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct base b;
		struct told t;
		size_t *session;

		base_make_random(&b, seed);
		t.s = scan_memory(b.image.at, b.image.len, NULL);
		session = calloc(vhdxlog_log(t.s.scan)->sectors,
				 sizeof(*session));
		cr_assert(session);
		cr_assert_eq(vhdxlog_history_open(t.s.scan, &t.history, NULL),
			     0);
		list_owners(&t, session);
		check_entries(&t);
		check_strata(&t, session);
		if (is_told_contradictory(&t))
			contradictory++;
		else
			tails += check_tails(&t, session);
		told_release(&t);
		free(session);
		base_free(&b);
	}
	cr_assert(n < 100 || (tails > n / 10 && contradictory > 0),
		  "%u rings prove nothing: %u tails, %u contradictory", n,
		  tails, contradictory);
}

/* ------------------------------------------------------------- many of them */

/* A log too long to keep: its sectors are made as they are read. */
struct long_log {
	uint32_t sectors;
	bool chain; /* each follows the one before it; else Tails go anywhere */
};

static void make_sector(const struct long_log *log, uint32_t s, uint8_t *b)
{
	struct rng r = rng_seed(s);
	struct vl_entry_plan p = {
		.log_guid = laid_guid(GUID_PLAIN, s + 1),
		.sequence_number = log->chain ? s + 1 : 7,
		.tail = (log->chain ? s : (uint32_t)rng_below(&r, log->sectors)) *
			VL_SECTOR,
		.last_file_offset = 1,
	};

	vl_entry_encode(&p, b);
}

static int64_t read_long(void *ctx, void *buf, size_t len, uint64_t off)
{
	static uint8_t b[VL_SECTOR];
	const struct long_log *log = ctx;
	size_t done = 0;

	while (done < len) {
		size_t in = (off + done) % VL_SECTOR;
		size_t part = VL_SECTOR - in;

		if (part > len - done)
			part = len - done;
		make_sector(log, (uint32_t)((off + done) / VL_SECTOR), b);
		memcpy((uint8_t *)buf + done, b + in, part);
		done += part;
	}
	return (int64_t)len;
}

static void tell_long(struct long_log log)
{
	static const struct vhdxlog_source_ops ops = { .read = read_long };
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct told t;
	size_t n, against = 0;

	o.raw_log = true;
	o.hash_structures = false;
	cr_assert_eq(vhdxlog_source_custom(&ops, &log,
					   (uint64_t)log.sectors * VL_SECTOR,
					   &t.s.source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(t.s.source, &o, &t.s.scan, NULL), 0);
	cr_assert_eq(vhdxlog_history_open(t.s.scan, &t.history, NULL), 0);
	n = vhdxlog_session_count(t.history);
	cr_assert_eq(n, log.sectors);
	for (size_t i = 0; i < n; i++) {
		const struct vhdxlog_session *s =
			vhdxlog_session_at(t.history, i);

		cr_assert(*s->why);
		against += strstr(s->why, "contradicts") != NULL;
		if (log.chain)
			cr_assert_eq(s->first, i);
	}
	cr_expect_eq(against > 0, !log.chain);
	told_release(&t);
}

Test(order_random, a_session_in_every_sector_takes_linear_time, .timeout = 30)
{
	uint32_t n = rounds(1u << 16) / 256 * 256;

	n = n ? n : 256;
	tell_long((struct long_log){ n, true });
	tell_long((struct long_log){ n, false });
}

/* SPDX-License-Identifier: MIT */
#include "compared.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define same(c, got, want, what, where)                                     \
	cr_assert_eq(got, want, "seed %ju: %s of %u: got %jd, want %jd",    \
		     (uintmax_t)(c)->seed, what, where, (intmax_t)(got),    \
		     (intmax_t)(want))

/* ---------------------------------------------------------------- entries */

static enum vhdxlog_soundness soundness(const struct ref_entry *e)
{
	if (!e->sound)
		return VHDXLOG_INVALID;
	return e->valid ? VHDXLOG_VALID : VHDXLOG_STALE;
}

static void compare_entry(const struct compare *c, uint32_t s)
{
	const struct ref_entry *want = &c->ref.at[s];
	size_t index = vhdxlog_entry_find(c->scan, s);
	struct vhdxlog_entry got;

	same(c, index != SIZE_MAX, want->begins, "whether it begins", s);
	if (!want->begins)
		return;
	cr_assert_eq(vhdxlog_entry_at(c->scan, index, &got, NULL), 0);
	same(c, got.sector, s, "sector", s);
	same(c, got.verdict, soundness(want), "verdict", s);
	same(c, got.active, want->active, "active", s);
	same(c, got.sequence_number, want->number, "number", s);
	same(c, got.sectors, want->sectors, "sectors", s);
	same(c, got.wraps, s + want->sectors > c->ref.sectors, "wrap", s);
	same(c, got.is_head, want->sound, "is_head", s);
	if (!want->sound)
		return;
	same(c, got.as_head.first, want->first, "first", s);
	same(c, got.as_head.head, s, "head", s);
}

/* -------------------------------------------------------------- sequences */

static void compare_sequence(struct compare *c, size_t index, uint32_t head)
{
	const struct ref_entry *want = &c->ref.at[head];
	struct vhdxlog_sequence got;
	bool active = head == c->ref.active_head;

	cr_assert_eq(vhdxlog_sequence_at(c->scan, index, &got, NULL), 0);
	same(c, got.id.head, head, "head", head);
	same(c, got.id.first, want->first, "first", head);
	same(c, got.verdict,
	     want->complete ? VHDXLOG_SEQUENCE_VALID :
			      VHDXLOG_SEQUENCE_INCOMPLETE,
	     "verdict on the sequence", head);
	same(c, got.maximal, want->maximal, "maximal", head);
	same(c, got.current, want->valid, "current", head);
	same(c, got.active, active, "active sequence", head);
	same(c, got.entries,
	     want->number - c->ref.at[want->first].number + 1, "entries",
	     head);
	same(c, status_of(c->scan, "seq-overlap", index) == VHDXLOG_FAIL,
	     want->overlaps, "seq-overlap", head);
}

/* The next sequence that is not there for some reader's sake, or the end. */
static size_t skip_runs(const struct compare *c, size_t index)
{
	struct vhdxlog_sequence q;

	while (vhdxlog_sequence_at(c->scan, index, &q, NULL) == 0 &&
	       q.verdict == VHDXLOG_SEQUENCE_RUN)
		index++;
	return index;
}

static void compare_sequences(struct compare *c)
{
	size_t n = skip_runs(c, 0);

	for (uint32_t s = 0; s < c->ref.sectors; s++) {
		if (!c->ref.at[s].sound)
			continue;
		compare_sequence(c, n, s);
		n = skip_runs(c, n + 1);
	}
	same(c, vhdxlog_sequence_count(c->scan), n, "sequences", 0);
}

/* What the specification replays, and whether another has as high a number. */
static void compare_selection(struct compare *c)
{
	const struct vhdxlog_selection *row = vhdxlog_selection_at(c->scan, 0);
	uint64_t n = 0;

	cr_assert_str_eq(row->policy, "ms-vhdx");
	same(c, row->has_sequence, c->ref.active_head != REF_NONE,
	     "has a sequence", 0);
	same(c, status_of(c->scan, "log-tie", 0) == VHDXLOG_FAIL,
	     c->ref.tie != REF_NONE, "log-tie", 0);
	if (!row->has_sequence)
		return;
	cr_assert_gt(c->ref.sectors, 0u);
	same(c, row->sequence.first, c->ref.active_first, "chosen first", 0);
	same(c, row->sequence.head, c->ref.active_head, "chosen head", 0);
	for (uint32_t s = c->ref.active_first;;
	     s = (s + c->ref.at[s].sectors) % c->ref.sectors) {
		cr_assert_lt(n, row->entry_count);
		same(c, row->entries[n++], s, "chosen entry", s);
		if (s == c->ref.active_head)
			break;
	}
	same(c, row->entry_count, n, "chosen entries", 0);
}

/* ---------------------------------------------------------------- sectors */

static void compare_map(struct compare *c)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(c->scan, &cursor, &run)) {
		for (uint32_t s = run.first; s < run.first + run.count; s++) {
			same(c, run.kind, c->ref.kind[s], "kind", s);
			same(c, run.owner, c->ref.owner[s], "owner", s);
		}
	}
	same(c, cursor, c->ref.sectors, "sectors", 0);
}

bool reference_is_orphan(const struct reference *r, uint32_t s)
{
	return r->owner[s] == REF_NONE && r->kind[s] == VHDXLOG_SECTOR_DATA;
}

static void compare_orphans(struct compare *c)
{
	struct vhdxlog_orphan o;
	uint32_t cursor = 0, n = 0;

	for (uint32_t s = 0; s < c->ref.sectors; s++) {
		if (!reference_is_orphan(&c->ref, s))
			continue;
		cr_assert_eq(vhdxlog_orphan_next(c->scan, &cursor, &o, NULL),
			     0);
		same(c, o.sector, s, "orphan", s);
		n++;
	}
	cr_assert_eq(vhdxlog_orphan_next(c->scan, &cursor, &o, NULL), 1);
	same(c, vhdxlog_orphan_count(c->scan), n, "orphans", 0);
}

/* ------------------------------------------------------------------- rings */

static void compare_all(struct compare *c)
{
	for (uint32_t s = 0; s < c->ref.sectors; s++)
		compare_entry(c, s);
	compare_sequences(c);
	compare_selection(c);
	compare_map(c);
	compare_orphans(c);
	if (c->seed % 8 == 0)
		walk_everything(c->scan, WALK_ALL);
}

void compared_raw(struct compare *c)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;

	o.hash_structures = false;
	o.raw_log = o.has_log_guid = true;
	o.log_guid = c->ring.guids[0];
	reference_make(&c->ref, &c->ring, false);
	s = scan_memory(c->ring.bytes, (size_t)c->ring.sectors * 4096, &o);
	c->scan = s.scan;
	compare_all(c);
	scan_release(&s);
}

void compared_placed(struct compare *c)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	size_t len = (size_t)c->ring.sectors * 4096;
	size_t size = c->ring.offset + len + 4096;
	uint8_t *file = calloc(1, size);
	struct scanned s;

	cr_assert(file);
	memcpy(file + c->ring.offset, c->ring.bytes, len);
	o.hash_structures = false;
	o.has_log_guid = o.has_log_offset = o.has_log_length = true;
	o.log_guid = c->ring.guids[0];
	o.log_offset = c->ring.offset;
	o.log_length = (uint32_t)len;
	reference_make(&c->ref, &c->ring, true);
	s = scan_memory(file, size, &o);
	c->scan = s.scan;
	compare_all(c);
	scan_release(&s);
	free(file);
}

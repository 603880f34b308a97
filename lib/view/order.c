/* SPDX-License-Identifier: MIT */
#include "view/order.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/guid.h"
#include "view/habits.h"
#include "view/order_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- sessions */

/* What entries are sorted by, at hand: with a million of them, looking it up is
 * what takes the time. */
struct sort_row {
	struct vhdxlog_guid guid;
	uint64_t number;
	uint32_t index;
};

static int by_guid(const void *pa, const void *pb)
{
	const struct sort_row *a = pa, *b = pb;
	int c = memcmp(a->guid.bytes, b->guid.bytes, sizeof(a->guid.bytes));

	if (c)
		return c;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* o->entries by LogGuid, then by number. */
static int sort_entries(struct vl_order *o, struct vhdxlog_error *err)
{
	const struct vl_log *log = o->log;
	struct sort_row *rows = vl_calloc(log->n_entries, sizeof(*rows));

	if (!rows)
		return vl_nomem(err);
	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		o->place[i] = o->session[i] = VL_NONE;
		if (vl_is_sound(e))
			rows[o->n++] = (struct sort_row){
				e->guid, e->sequence_number, i
			};
	}
	qsort(rows, o->n, sizeof(*rows), by_guid);
	for (size_t k = 0; k < o->n; k++)
		o->entries[k] = rows[k].index;
	free(rows);
	return 0;
}

/* Where each session begins, in begin, and of which one each entry is. */
static void part_sessions(struct vl_order *o, struct vl_sorting *s)
{
	const struct vl_entry *before = NULL;

	for (uint32_t k = 0; k < o->n; k++) {
		const struct vl_entry *e = &o->log->entries[o->entries[k]];

		if (!before || !vl_guid_equal(&before->guid, &e->guid)) {
			if (e->flags & VL_ENTRY_IS_CURRENT)
				s->current = s->n;
			s->begin[s->n++] = k;
		}
		o->session[o->entries[k]] = s->n - 1;
		before = e;
	}
	s->begin[s->n] = (uint32_t)o->n;
}

static int sorting_init(struct vl_sorting *s, struct vl_order *o,
			struct vhdxlog_error *err)
{
	*s = (struct vl_sorting){
		.log = o->log,
		.entries = o->entries,
		.session = o->session,
		.begin = vl_calloc(o->n + 1, sizeof(*s->begin)),
		.current = VL_NONE,
	};
	if (!s->begin)
		return vl_nomem(err);
	part_sessions(o, s);
	o->n_sessions = s->n;
	o->because = vl_calloc(s->n, sizeof(*o->because));
	s->parent = vl_calloc(s->n, sizeof(*s->parent));
	s->top = vl_calloc(s->n, sizeof(*s->top));
	s->turns = vl_calloc(s->n, sizeof(*s->turns));
	s->because = o->because;
	return o->because && s->parent && s->top && s->turns ? 0 :
							       vl_nomem(err);
}

static void sorting_release(struct vl_sorting *s)
{
	free(s->begin);
	free(s->parent);
	free(s->top);
	free(s->edges);
	free(s->turns);
}

/* ------------------------------------------------------------------ places */

/* Bytes; what cannot be read again is told in whole MiB. */
static uint64_t size_at(struct vl_log *log, uint32_t entry)
{
	uint64_t flushed, last;

	if (vl_entry_offsets(log, entry, &flushed, &last, NULL))
		return log->entries[entry].last * VL_MIB;
	return last;
}

/*
 * 1, nothing to write where sessions begin, a LogGuid of its own: what begins, and
 * needs no other.
 */
static bool is_beginning(const struct vl_entry *e, const struct vl_habit *habit)
{
	return vl_is_self_tailed(e) &&
	       (e->sequence_number == 1 ||
		(!e->sector && !e->descriptor_count) ||
		(habit && habit->guid_for_each_entry));
}

static void describe(struct vl_order *o, size_t index, const uint32_t *entries,
		     uint32_t count)
{
	struct vl_log *log = o->log;
	const struct vl_entry *first = &log->entries[entries[0]];
	const struct vl_entry *last = &log->entries[entries[count - 1]];
	const struct vl_habit *habit = vl_habit_of(log, entries, count);

	o->sessions[index] = (struct vhdxlog_session){
		.index = index,
		.log_guid = first->guid,
		.current = first->flags & VL_ENTRY_IS_CURRENT,
		.entries = count,
		.first = first->sector,
		.last = last->sector,
		.first_sequence_number = first->sequence_number,
		.last_sequence_number = last->sequence_number,
		.first_size = size_at(log, entries[0]),
		.last_size = size_at(log, entries[count - 1]),
		.begins = is_beginning(first, habit),
		.order = o->because[index].known ? VHDXLOG_KNOWN :
						   VHDXLOG_INFERRED,
		.why = "",
		.writer = habit ? habit->writer : NULL,
		.writer_why = habit ? habit->why : NULL,
	};
}

/* The sessions in their order, and their entries. */
static int take_places(struct vl_order *o, const struct vl_sorting *s,
		       struct vhdxlog_error *err)
{
	uint32_t *entries = vl_calloc(o->n, sizeof(*entries));
	uint32_t k = 0;

	o->sessions = vl_calloc(s->n, sizeof(*o->sessions));
	if (!entries || !o->sessions) {
		free(entries);
		return vl_nomem(err);
	}
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t from = s->begin[s->turns[i]];
		uint32_t count = vl_session_count(s, s->turns[i]);

		describe(o, i, &o->entries[from], count);
		for (uint32_t end = k + count; k < end; k++) {
			entries[k] = o->entries[from++];
			o->place[entries[k]] = k;
			o->session[entries[k]] = i;
		}
	}
	free(o->entries);
	o->entries = entries;
	/* That the first comes first is as sure as that the second is second. */
	if (s->n > 1)
		o->sessions[0].order = o->sessions[1].order;
	return 0;
}

static void count_orphans(struct vl_order *o)
{
	const struct vl_ring *ring = &o->log->ring;

	for (uint32_t at = 0; at < ring->present; at++) {
		uint32_t s;

		if (ring->kind[at] != VHDXLOG_SECTOR_DATA ||
		    vl_map_owner(o->log, at) != VL_NONE)
			continue;
		s = vl_order_of_number(o, ring->value[at]);
		if (s != VL_NONE)
			o->sessions[s].orphans++;
	}
}

static int find_order(struct vl_order *o, struct vl_sorting *s,
		      struct vhdxlog_error *err)
{
	int rc = sorting_init(s, o, err);

	if (rc)
		return rc;
	vl_order_link(s);
	rc = vl_order_edges(s, err);
	if (!rc)
		rc = vl_order_sort(s, err);
	return rc ? rc : take_places(o, s, err);
}

int vl_order_init(struct vl_order *o, struct vl_log *log,
		  const struct vl_view *disk, struct vl_writers *writers,
		  struct vhdxlog_error *err)
{
	struct vl_sorting s = { 0 };
	int rc;

	*o = (struct vl_order){
		.log = log,
		.disk = disk,
		.entries = vl_calloc(log->n_entries, sizeof(*o->entries)),
		.place = vl_calloc(log->n_entries, sizeof(*o->place)),
		.session = vl_calloc(log->n_entries, sizeof(*o->session)),
	};
	if (!o->entries || !o->place || !o->session)
		return vl_nomem(err);
	rc = vl_texts_init(&o->texts, err);
	if (!rc)
		rc = sort_entries(o, err);
	if (!rc)
		rc = find_order(o, &s, err);
	sorting_release(&s);
	if (!rc)
		rc = vl_order_numbers(o, err);
	if (rc)
		return rc;
	count_orphans(o);
	return vl_writers_list(writers, log, err);
}

void vl_order_release(struct vl_order *o)
{
	free(o->entries);
	free(o->place);
	free(o->session);
	free(o->sessions);
	free(o->because);
	free(o->numbers);
	vl_texts_release(&o->texts);
	*o = (struct vl_order){ 0 };
}

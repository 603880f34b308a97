/* SPDX-License-Identifier: MIT */
/* Sequences as the public interface shows them: one for each sound head. */
#include "scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "overlay/compare.h"

int vl_sequences_list(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	size_t n = s->log.tally[VHDXLOG_VALID] + s->log.tally[VHDXLOG_STALE];

	s->heads = vl_calloc(n, sizeof(*s->heads));
	if (!s->heads)
		return vl_nomem(err);
	for (size_t i = 0; i < s->log.n_entries; i++) {
		if (vl_is_sound(&s->log.entries[i]))
			s->heads[s->n_heads++] = (uint32_t)i;
	}
	return 0;
}

/* -------------------------------------------------------- what readers add */

static bool is_before(const struct vl_run *a, const struct vl_run *b)
{
	return a->head != b->head ? a->head < b->head : a->first < b->first;
}

/* How many of the heads' own sequences come before a run. */
static size_t heads_before(const struct vhdxlog_scan *s,
			   const struct vl_run *run)
{
	size_t low = 0, high = s->n_heads;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint32_t head = s->heads[mid];
		struct vl_run own = { s->log.entries[head].first, head, 0 };

		if (is_before(&own, run))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void add_run(struct vhdxlog_scan *s, struct vl_run run)
{
	size_t at = 0;

	while (at < s->n_runs && is_before(&s->runs[at], &run))
		at++;
	if (at < s->n_runs && !is_before(&run, &s->runs[at]))
		return; /* there already */
	for (size_t i = s->n_runs++; i > at; i--)
		s->runs[i] = s->runs[i - 1];
	s->runs[at] = run;
}

void vl_sequences_add_runs(struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < VL_POLICIES; i++) {
		const struct vhdxlog_selection *row = &s->selection[i];
		struct vl_run run = { 0 };

		if (!row->has_sequence || !row->applied_count)
			continue;
		run.first = vl_log_entry_at(&s->log, row->sequence.first);
		run.head = vl_log_entry_at(&s->log, row->sequence.head);
		if (s->log.entries[run.head].first != run.first)
			add_run(s, run);
	}
	for (size_t i = 0; i < s->n_runs; i++)
		s->runs[i].index = heads_before(s, &s->runs[i]) + i;
}

struct vl_run vl_sequences_get(const struct vhdxlog_scan *s, size_t index)
{
	size_t runs = 0;
	uint32_t head;

	for (; runs < s->n_runs && s->runs[runs].index <= index; runs++) {
		if (s->runs[runs].index == index)
			return s->runs[runs];
	}
	head = s->heads[index - runs];
	return (struct vl_run){ s->log.entries[head].first, head, index };
}

/* ------------------------------------------------------------- all of them */

size_t vhdxlog_sequence_count(const struct vhdxlog_scan *scan)
{
	return scan->n_heads + scan->n_runs;
}

static enum vhdxlog_sequence_verdict verdict_on(const struct vhdxlog_scan *s,
						uint32_t first, uint32_t head)
{
	const struct vl_entry *h = &s->log.entries[head];

	for (size_t i = 0; i < s->n_runs; i++) {
		if (s->runs[i].first == first && s->runs[i].head == head)
			return VHDXLOG_SEQUENCE_RUN;
	}
	return vl_heads_valid(h) && h->first == first ?
		       VHDXLOG_SEQUENCE_VALID :
		       VHDXLOG_SEQUENCE_INCOMPLETE;
}

static void fill(struct vhdxlog_scan *s, uint32_t first, uint32_t head,
		 struct vhdxlog_sequence *q)
{
	const struct vl_entry *f = &s->log.entries[first];
	const struct vl_entry *h = &s->log.entries[head];

	*q = (struct vhdxlog_sequence){
		.index = SIZE_MAX,
		.id = { f->sector, h->sector },
		.entries = vl_link_count(&s->log, first, head),
		.maximal = h->next == VL_NONE,
		.verdict = verdict_on(s, first, head),
		.active = head == s->log.active_head &&
			  first == s->log.active_first,
		.current = vl_is_valid(h),
		.log_guid = h->guid,
		.first_sequence_number = f->sequence_number,
		.last_sequence_number = h->sequence_number,
	};
}

int vhdxlog_sequence_at(struct vhdxlog_scan *scan, size_t index,
			struct vhdxlog_sequence *sequence,
			struct vhdxlog_error *err)
{
	struct vl_run run;

	if (index >= vhdxlog_sequence_count(scan))
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a sequence");
	run = vl_sequences_get(scan, index);
	fill(scan, run.first, run.head, sequence);
	sequence->index = index;
	return 0;
}

uint32_t vl_scan_sound_at(const struct vhdxlog_scan *s, uint32_t sector)
{
	uint32_t i = s->has_log ? vl_log_entry_at(&s->log, sector) : VL_NONE;

	return i != VL_NONE && vl_is_sound(&s->log.entries[i]) ? i : VL_NONE;
}

size_t vhdxlog_sequence_find(const struct vhdxlog_scan *scan,
			     struct vhdxlog_range id)
{
	struct vl_run run = { vl_scan_sound_at(scan, id.first),
			      vl_scan_sound_at(scan, id.head), 0 };
	struct vl_run found;

	if (run.first == VL_NONE || run.head == VL_NONE)
		return SIZE_MAX;
	run.index = heads_before(scan, &run);
	for (size_t i = 0; i < scan->n_runs; i++)
		run.index += is_before(&scan->runs[i], &run);
	if (run.index == vhdxlog_sequence_count(scan))
		return SIZE_MAX;
	found = vl_sequences_get(scan, run.index);
	return found.first == run.first && found.head == run.head ? run.index :
								     SIZE_MAX;
}

int vhdxlog_sequence_from(struct vhdxlog_scan *scan, struct vhdxlog_range id,
			  struct vhdxlog_sequence *sequence,
			  struct vhdxlog_error *err)
{
	uint32_t first = vl_scan_sound_at(scan, id.first);
	uint32_t head = vl_scan_sound_at(scan, id.head);

	if (first == VL_NONE || head == VL_NONE ||
	    !vl_link_count(&scan->log, first, head))
		return vl_error(err, VHDXLOG_E_NOT_FOUND, 0, 0,
				"following entries from the first to the head");
	fill(scan, first, head, sequence);
	sequence->index = vhdxlog_sequence_find(scan, id);
	return 0;
}

const char *
vhdxlog_sequence_verdict_name(enum vhdxlog_sequence_verdict verdict)
{
	static const char *const names[] = { "valid", "incomplete", "run" };

	return names[verdict];
}

/* Whether some reader applies just that. */
static bool is_picked(const struct vhdxlog_scan *s, struct vhdxlog_range id)
{
	for (size_t i = 0; i < VL_POLICIES; i++) {
		const struct vhdxlog_selection *row = &s->selection[i];

		if (row->has_sequence && row->applied_count &&
		    row->sequence.first == id.first &&
		    row->sequence.head == id.head)
			return true;
	}
	return false;
}

int vhdxlog_sequence_effect(struct vhdxlog_scan *scan, size_t index,
			    bool *filled, struct vhdxlog_effect *effect,
			    struct vhdxlog_error *err)
{
	struct vhdxlog_sequence q;
	struct vl_overlay o;
	struct vl_run run;
	int rc = vhdxlog_sequence_at(scan, index, &q, err);

	*filled = !rc && (q.maximal || q.active || is_picked(scan, q.id));
	if (rc || !*filled)
		return rc;
	if (q.active) {
		*effect = scan->effect;
		return 0;
	}
	run = vl_sequences_get(scan, index);
	rc = vl_overlay_init(&o, vl_scan_disk(scan), &scan->log, run.first,
			     run.head, err);
	if (rc)
		return rc;
	rc = vl_overlay_effect(&o, &scan->image, &scan->effect_budget, effect, err);
	vl_overlay_release(&o);
	return rc;
}

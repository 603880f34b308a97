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

size_t vhdxlog_sequence_count(const struct vhdxlog_scan *scan)
{
	return scan->n_heads;
}

static void fill(struct vhdxlog_scan *s, uint32_t first, uint32_t head,
		 struct vhdxlog_sequence *q)
{
	const struct vl_entry *f = &s->log.entries[first];
	const struct vl_entry *h = &s->log.entries[head];

	*q = (struct vhdxlog_sequence){
		.index = SIZE_MAX,
		.id = { f->sector, h->sector },
		.entries = (uint64_t)f->depth - h->depth + 1,
		.maximal = h->next == VL_NONE,
		.verdict = VHDXLOG_SEQUENCE_INCOMPLETE,
		.active = head == s->log.active_head &&
			  first == s->log.active_first,
		.current = vl_is_valid(h),
		.log_guid = h->guid,
		.first_sequence_number = f->sequence_number,
		.last_sequence_number = h->sequence_number,
	};
	if (vl_heads_valid(h) && h->first == first)
		q->verdict = VHDXLOG_SEQUENCE_VALID;
}

int vhdxlog_sequence_at(struct vhdxlog_scan *scan, size_t index,
			struct vhdxlog_sequence *sequence,
			struct vhdxlog_error *err)
{
	uint32_t head;

	if (index >= scan->n_heads)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a sequence");
	head = scan->heads[index];
	fill(scan, scan->log.entries[head].first, head, sequence);
	sequence->index = index;
	return 0;
}

/* The position of an entry among the heads; it is sound. */
static size_t head_position(const struct vhdxlog_scan *s, uint32_t head)
{
	size_t low = 0, high = s->n_heads;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->heads[mid] < head)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t vl_scan_sound_at(const struct vhdxlog_scan *s, uint32_t sector)
{
	uint32_t i = s->has_log ? vl_log_entry_at(&s->log, sector) : VL_NONE;

	return i != VL_NONE && vl_is_sound(&s->log.entries[i]) ? i : VL_NONE;
}

size_t vhdxlog_sequence_find(const struct vhdxlog_scan *scan,
			     struct vhdxlog_range id)
{
	uint32_t head = vl_scan_sound_at(scan, id.head);

	if (head == VL_NONE || vl_scan_sound_at(scan, id.first) == VL_NONE ||
	    scan->log.entries[head].first != vl_scan_sound_at(scan, id.first))
		return SIZE_MAX;
	return head_position(scan, head);
}

int vhdxlog_sequence_from(struct vhdxlog_scan *scan, struct vhdxlog_range id,
			  struct vhdxlog_sequence *sequence,
			  struct vhdxlog_error *err)
{
	uint32_t first = vl_scan_sound_at(scan, id.first);
	uint32_t head = vl_scan_sound_at(scan, id.head);

	if (first == VL_NONE || head == VL_NONE ||
	    !vl_link_reaches(&scan->log, first, head))
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

int vhdxlog_sequence_effect(struct vhdxlog_scan *scan, size_t index,
			    bool *filled, struct vhdxlog_effect *effect,
			    struct vhdxlog_error *err)
{
	struct vhdxlog_sequence q;
	struct vl_overlay o;
	int rc = vhdxlog_sequence_at(scan, index, &q, err);

	*filled = !rc && (q.maximal || q.active);
	if (rc || !*filled)
		return rc;
	if (q.active) {
		*effect = scan->effect;
		return 0;
	}
	rc = vl_overlay_init(&o, vl_scan_disk(scan), &scan->log,
			     scan->log.entries[scan->heads[index]].first,
			     scan->heads[index], err);
	if (rc)
		return rc;
	rc = vl_overlay_effect(&o, &scan->image, &scan->effect_budget, effect, err);
	vl_overlay_release(&o);
	return rc;
}

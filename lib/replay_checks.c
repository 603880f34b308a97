/* SPDX-License-Identifier: MIT */
/* What stands against applying a choice to a copy: the checks of area replay. */
#include "replay.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_ZEROED VL_GIB
#define MAX_LENGTH (VL_MAX_CLAIM_MIB * VL_MIB)

#define NOWHERE UINT64_MAX

/* ------------------------------------------------------------------- facts */

static void first(uint64_t *found, uint64_t off)
{
	*found = vl_min64(*found, off);
}

/* The greatest LastFileOffset of what is applied, or the file as it is. */
static int find_declared(struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	struct vl_log *log = &o->scan->log;

	o->hits.declared = o->about.size_before;
	/* Of what is salvaged, as far as it is proven. */
	if (o->salvage)
		o->hits.declared = vl_max64(o->hits.declared,
					    o->salvage->declared);
	for (uint64_t i = 0; i < o->about.entry_count - o->about.salvaged; i++) {
		uint32_t e = vl_log_entry_at(log, o->entries[i]);
		uint64_t flushed, last;
		int rc = vl_entry_offsets(log, e, &flushed, &last, err);

		if (rc)
			return rc;
		o->hits.declared = vl_max64(o->hits.declared, last);
	}
	return 0;
}

static void look_at(struct vhdxlog_overlay *o, const struct vl_image *image,
		    const struct vl_segment *s)
{
	const struct vl_range *log = &o->scan->log.own;
	uint64_t end = s->off + s->len;
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };

	if (s->off < VL_TABLE_OFFSET(1))
		first(&o->hits.headers, s->off);
	if (vl_overlap(s->off, s->len, log->off, log->len))
		first(&o->hits.log, vl_max64(s->off, log->off));
	if (end > o->hits.declared)
		first(&o->hits.beyond, vl_max64(s->off, o->hits.declared));
	vl_areas_count(&image->areas, s->off, s->len, bytes);
	if (bytes[VHDXLOG_AREA_PAYLOAD])
		first(&o->hits.payload, s->off);
}

static int find_hits(struct vhdxlog_overlay *o, const struct vl_image *image,
		     struct vhdxlog_error *err)
{
	struct vl_segment segment;
	struct vl_sweep sweep;
	int rc;

	o->hits = (struct vl_hits){ NOWHERE, NOWHERE, NOWHERE, NOWHERE, 0 };
	rc = find_declared(o, err);
	if (rc)
		return rc;
	rc = vl_overlay_sweep(&o->pile, &sweep, err);
	while (!rc && vl_sweep_next(&sweep, &segment))
		look_at(o, image, &segment);
	vl_sweep_release(&sweep);
	return rc;
}

/* ------------------------------------------------------------------ checks */

static bool applies(const struct vhdxlog_overlay *o)
{
	return o->about.entry_count > 0;
}

static bool refuses(const struct vhdxlog_overlay *o)
{
	return o->about.outcome == VHDXLOG_OUTCOME_REFUSE ||
	       o->about.outcome == VHDXLOG_OUTCOME_HANG;
}

static enum vhdxlog_status replay_refused_by_reader(const void *subject,
						    struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (!o->about.policy)
		return VHDXLOG_NOT_APPLICABLE;
	if (!refuses(o))
		return vl_pass();
	/* The reason is longer than a detail, and stands in the selection. */
	return vl_fail(d, o->scan->log.pub.offset, "a choice", "%s",
		       vhdxlog_outcome_name(o->about.outcome));
}

static enum vhdxlog_status replay_nothing_to_apply(const void *subject,
						   struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (refuses(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (applies(o))
		return vl_pass();
	return vl_fail(d, o->scan->log.pub.offset, "an entry", "none (%s)",
		       vhdxlog_outcome_name(o->about.outcome));
}

static const struct vl_entry *entry_of(const struct vhdxlog_overlay *o,
				       uint64_t i)
{
	const struct vl_log *log = &o->scan->log;

	return &log->entries[vl_log_entry_at(log, o->entries[i])];
}

static const struct vl_entry *last_of(const struct vhdxlog_overlay *o)
{
	return entry_of(o, o->about.entry_count - 1);
}

static enum vhdxlog_status replay_not_current(const void *subject,
					      struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	const struct vhdxlog_log *log = &o->scan->log.pub;
	char want[VHDXLOG_GUID_TEXT];

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (log->has_guid && !vl_guid_is_zero(&log->guid) &&
	    vl_guid_equal(&last_of(o)->guid, &log->guid))
		return vl_pass();
	return vl_fail_guid(d, vl_ring_at(&o->scan->log.ring, last_of(o)->sector),
			    log->has_guid ? vhdxlog_guid_format(&log->guid, want) :
					    "a header that names it",
			    &last_of(o)->guid);
}

/* Whether a sequence was asked for by its name. */
static bool is_named(const struct vhdxlog_overlay *o)
{
	return applies(o) && !o->about.policy && o->head != VL_NONE;
}

/* Whether some head's Tail names just these entries. */
static bool is_valid(const struct vhdxlog_overlay *o)
{
	const struct vl_entry *head = &o->scan->log.entries[o->head];

	return vl_heads_valid(head) && head->first == o->first;
}

static enum vhdxlog_status replay_sequence_invalid(const void *subject,
						   struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	const struct vl_entry *head;
	char want[VHDXLOG_VALUE_TEXT] = "entries that its Tail names";

	/* A reader's choice is what it is. */
	if (!is_named(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (is_valid(o))
		return vl_pass();
	head = &o->scan->log.entries[o->head];
	if (vl_heads_valid(head))
		snprintf(want, sizeof(want), "S%u-%u",
			 o->scan->log.entries[head->first].sector,
			 head->sector);
	return vl_fail(d, vl_ring_at(&o->scan->log.ring, head->sector), want,
		       "S%u-%u", o->about.sequence.first,
		       o->about.sequence.head);
}

static enum vhdxlog_status replay_not_active(const void *subject,
					     struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	const struct vl_log *log = &o->scan->log;
	char want[VHDXLOG_VALUE_TEXT];

	if (!is_named(o) || !is_valid(o) || log->active_head == VL_NONE)
		return VHDXLOG_NOT_APPLICABLE;
	if (o->first == log->active_first && o->head == log->active_head)
		return vl_pass();
	snprintf(want, sizeof(want), "S%u-%u",
		 log->entries[log->active_first].sector,
		 log->entries[log->active_head].sector);
	return vl_fail(d,
		       vl_ring_at(&log->ring, log->entries[o->head].sector),
		       want, "S%u-%u", o->about.sequence.first,
		       o->about.sequence.head);
}

static enum vhdxlog_status replay_incomplete(const void *subject,
					     struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (!applies(o) || !o->about.policy)
		return VHDXLOG_NOT_APPLICABLE;
	if (o->about.outcome != VHDXLOG_OUTCOME_PARTIAL)
		return vl_pass();
	return vl_fail(d, vl_ring_at(&o->scan->log.ring, last_of(o)->sector),
		       "a replay to the end", "an end at or behind E%u",
		       last_of(o)->sector);
}

static enum vhdxlog_status replay_file_truncated(const void *subject,
						 struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	struct vl_log *log = &o->scan->log;
	uint64_t flushed, last;
	char want[VHDXLOG_VALUE_TEXT];

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_entry_offsets(log, (uint32_t)(last_of(o) - log->entries),
			     &flushed, &last, NULL))
		return vl_blocked(d, "the head cannot be read again");
	if (flushed <= o->about.size_before)
		return vl_pass();
	snprintf(want, sizeof(want), "at least %ju bytes", (uintmax_t)flushed);
	return vl_fail(d,
		       vl_ring_at(&log->ring, last_of(o)->sector) +
			       VL_OFF_entry_header_flushed_file_offset,
		       want, "%ju", (uintmax_t)o->about.size_before);
}

static enum vhdxlog_status hit(const struct vhdxlog_overlay *o, uint64_t at,
			       const char *want, struct vl_detail *d)
{
	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (at == NOWHERE)
		return vl_pass();
	return vl_fail(d, at, want, "0x%jx", (uintmax_t)at);
}

static enum vhdxlog_status replay_targets_headers(const void *subject,
						  struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	return hit(o, o->hits.headers, "no target before 0x30000", d);
}

static enum vhdxlog_status replay_targets_log(const void *subject,
					      struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	return hit(o, o->hits.log, "no target in the log", d);
}

static enum vhdxlog_status replay_targets_payload(const void *subject,
						  struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (applies(o) && !o->then->pub.bat.known)
		return vl_blocked(d, "the BAT cannot be found");
	return hit(o, o->hits.payload, "no target in a payload block", d);
}

static enum vhdxlog_status replay_beyond_declared(const void *subject,
						  struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	char want[VHDXLOG_VALUE_TEXT];

	snprintf(want, sizeof(want), "no target behind 0x%jx",
		 (uintmax_t)o->hits.declared);
	return hit(o, o->hits.beyond, want, d);
}

static enum vhdxlog_status at_most(const struct vhdxlog_overlay *o,
				   uint64_t value, uint64_t limit,
				   struct vl_detail *d)
{
	char want[VHDXLOG_VALUE_TEXT];

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (value <= limit)
		return vl_pass();
	snprintf(want, sizeof(want), "at most %ju bytes", (uintmax_t)limit);
	return vl_fail(d, o->scan->log.pub.offset, want, "%ju",
		       (uintmax_t)value);
}

static enum vhdxlog_status replay_zeroes_excessive(const void *subject,
						   struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	return at_most(o, o->about.zeroed, MAX_ZEROED, d);
}

static enum vhdxlog_status replay_growth_excessive(const void *subject,
						   struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	uint64_t limit = vl_max64(o->about.size_before, MAX_LENGTH);

	return at_most(o, o->about.size, limit, d);
}

static enum vhdxlog_status replay_truncates(const void *subject,
					    struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (o->about.size >= o->about.size_before)
		return vl_pass();
	snprintf(want, sizeof(want), "at least %ju bytes",
		 (uintmax_t)o->about.size_before);
	return vl_fail(d, o->about.size, want, "%ju",
		       (uintmax_t)o->about.size);
}

static enum vhdxlog_status replay_result_damaged(const void *subject,
						 struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	enum vl_check_id id;
	const struct vl_detail *why;

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	id = vl_image_refusal(o->then);
	if (!id)
		return vl_pass();
	why = &o->then->judgement->detail[id];
	return vl_fail(d, why->has_offset ? why->offset : 0,
		       "no rule of class F broken", "%s", vl_check(id)->name);
}

static enum vhdxlog_status replay_header_unusable(const void *subject,
						  struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	const struct vhdxlog_header *h = vl_header_current(&o->scan->image);

	if (!applies(o))
		return VHDXLOG_NOT_APPLICABLE;
	if (!h)
		return vl_fail(d, VL_HEADER_OFFSET(1), "a usable header",
			       "none");
	if (!h->valid)
		return vl_fail(d, h->offset, "a usable header",
			       "slot %u, which is not", h->slot);
	/* Both slots are written, each with a number of its own. */
	if (h->sequence_number < UINT64_MAX - 1)
		return vl_pass();
	return vl_fail(d, h->offset + VL_OFF_header_sequence_number,
		       "a number that can grow by 2", "%ju",
		       (uintmax_t)h->sequence_number);
}

static enum vhdxlog_status replay_source_unstable(const void *subject,
						  struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (!o->scan->unstable)
		return vl_pass();
	return vl_fail(d, o->scan->log.pub.offset, "the same bytes twice",
		       "others");
}

/* ---------------------------------------------------------------- salvaging */

static enum vhdxlog_status replay_nothing_to_salvage(const void *subject,
						     struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;

	if (!o->salvage)
		return VHDXLOG_NOT_APPLICABLE;
	if (o->about.salvaged)
		return vl_pass();
	return vl_fail(d, o->scan->log.pub.offset,
		       "a damaged entry of which something is proven",
		       o->salvage->n_left ? "one of which nothing is" : "none");
}

static enum vhdxlog_status replay_salvage_incomplete(const void *subject,
						     struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	const struct vl_salvage *s = o->salvage;
	const struct vl_log *log = &o->scan->log;

	if (!o->about.salvaged)
		return VHDXLOG_NOT_APPLICABLE;
	if (!s->n_left)
		return vl_pass();
	return vl_fail(d,
		       vl_ring_at(&log->ring,
				  log->entries[s->left[0].entry].sector),
		       "all of what they wrote", "%zu proven and %zu not",
		       s->n_pages, s->n_left);
}

static enum vhdxlog_status replay_salvage_growth(const void *subject,
						 struct vl_detail *d)
{
	const struct vhdxlog_overlay *o = subject;
	struct vl_log *log = &o->scan->log;
	uint64_t flushed, last;
	char want[VHDXLOG_VALUE_TEXT];
	uint32_t e;

	if (!o->about.salvaged)
		return VHDXLOG_NOT_APPLICABLE;
	e = o->salvage->growth_unproven;
	if (e == VL_NONE)
		return vl_pass();
	if (vl_entry_offsets(log, e, &flushed, &last, NULL))
		return vl_blocked(d, "the entry cannot be read again");
	snprintf(want, sizeof(want), "no more than %ju bytes, or a sign of it",
		 (uintmax_t)o->about.size);
	return vl_fail(d,
		       vl_ring_at(&log->ring, log->entries[e].sector) +
			       VL_OFF_entry_header_last_file_offset,
		       want, "%ju", (uintmax_t)last);
}

static const vl_check_fn replay_checks[VLC_COUNT] = {
	[VLC_replay_refused_by_reader] = replay_refused_by_reader,
	[VLC_replay_nothing_to_apply] = replay_nothing_to_apply,
	[VLC_replay_not_current] = replay_not_current,
	[VLC_replay_sequence_invalid] = replay_sequence_invalid,
	[VLC_replay_not_active] = replay_not_active,
	[VLC_replay_incomplete] = replay_incomplete,
	[VLC_replay_file_truncated] = replay_file_truncated,
	[VLC_replay_targets_headers] = replay_targets_headers,
	[VLC_replay_targets_log] = replay_targets_log,
	[VLC_replay_targets_payload] = replay_targets_payload,
	[VLC_replay_beyond_declared] = replay_beyond_declared,
	[VLC_replay_zeroes_excessive] = replay_zeroes_excessive,
	[VLC_replay_growth_excessive] = replay_growth_excessive,
	[VLC_replay_truncates] = replay_truncates,
	[VLC_replay_result_damaged] = replay_result_damaged,
	[VLC_replay_header_unusable] = replay_header_unusable,
	[VLC_replay_source_unstable] = replay_source_unstable,
	[VLC_replay_nothing_to_salvage] = replay_nothing_to_salvage,
	[VLC_replay_salvage_incomplete] = replay_salvage_incomplete,
	[VLC_replay_salvage_growth] = replay_salvage_growth,
};

const struct vl_judgement *vl_replay_judge(struct vhdxlog_overlay *o,
					   struct vhdxlog_error *err)
{
	const struct vl_image *image;

	if (o->judgement)
		return o->judgement;
	image = vl_replay_image(o, err);
	if (!image || find_hits(o, image, err))
		return NULL;
	o->judgement = vl_judgement_new();
	if (!o->judgement)
		vl_nomem(err);
	else
		vl_judge(VHDXLOG_OBJECT_REPLAY, replay_checks, o, o->judgement);
	return o->judgement;
}

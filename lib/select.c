/* SPDX-License-Identifier: MIT */
/* What every reader would do, as the public interface shows it. */
#include "scan.h"

#include "base/guid.h"

#include <string.h>

bool vl_scan_is_dirty(const struct vhdxlog_scan *s)
{
	return s->image.log.has_guid && !vl_guid_is_zero(&s->image.log.guid);
}

bool vl_select_is_sequence(struct vhdxlog_scan *s, const struct vl_list *list)
{
	struct vl_log *log = &s->log;

	for (size_t i = 0; i < list->n; i++) {
		uint32_t e = vl_log_entry_at(log, list->sector[i]);

		if (!vl_is_sound(&log->entries[e]))
			return false;
		if (i + 1 < list->n &&
		    vl_link_neighbour(log, e) !=
			    vl_log_entry_at(log, list->sector[i + 1]))
			return false;
	}
	/* A way that comes round to its beginning has no ends to name. */
	return list->n &&
	       list->n == vl_link_count(log,
					vl_log_entry_at(log, list->sector[0]),
					vl_log_entry_at(
						log,
						list->sector[list->n - 1]));
}

/* The same of a row; lists are shared, so each is looked at once. */
static bool has_sequence(struct vhdxlog_scan *s, size_t index)
{
	const struct vl_list *chosen = &s->policies.choice[index].chosen;

	for (size_t i = 0; chosen->n && i < index; i++) {
		if (s->selection[i].entries == chosen->sector)
			return s->selection[i].has_sequence;
	}
	return vl_select_is_sequence(s, chosen);
}

static void fill(struct vhdxlog_scan *s, size_t index,
		 struct vhdxlog_selection *row)
{
	const struct vl_choice *c = &s->policies.choice[index];

	*row = (struct vhdxlog_selection){
		.policy = vl_policy_name(index),
		.reader = vl_policy_reader(index),
		.outcome = c->outcome,
		.known = !c->unknown,
		.has_sequence = has_sequence(s, index),
		.entry_count = c->chosen.n,
		.entries = c->chosen.sector,
		.applied_count = c->applied.n,
		.applied = c->applied.sector,
		.aborts = c->aborts,
		.reason = c->reason,
		.length_known = c->applied.n && !s->options.raw_log,
		.result_length = c->length,
		.remark = vl_policy_remark(index),
	};
	memcpy(row->result, c->result, sizeof(row->result));
	if (!row->has_sequence)
		return;
	row->sequence.first = c->chosen.sector[0];
	row->sequence.head = c->chosen.sector[c->chosen.n - 1];
}

static bool completes(const struct vl_choice *c)
{
	return c->outcome == VHDXLOG_OUTCOME_REPLAY;
}

/* What can be told by looking at all of them. */
static void compare(struct vhdxlog_scan *s)
{
	struct vl_choice *all = s->policies.choice;

	for (size_t i = 0; i < VL_POLICIES; i++) {
		if (completes(&all[0]) && completes(&all[i]) &&
		    !s->options.raw_log && all[i].length != all[0].length)
			all[i].effects |=
				VL_READER_BIT(VLC_reader_length_differs);
		if (all[i].unknown || (all[i].applied.n && !*all[i].result &&
				       !s->options.raw_log))
			all[i].effects |=
				VL_READER_BIT(VLC_reader_result_unknown);
	}
}

struct vl_asked vl_scan_asked(struct vhdxlog_scan *s)
{
	return (struct vl_asked){ &s->log, &s->image, vl_scan_disk(s),
				  &s->options };
}

int vl_select(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vl_asked asked = vl_scan_asked(s);
	int rc = vl_policies_ask(&s->policies, &asked, err);

	if (rc)
		return rc;
	s->log.cost.results = s->policies.n_results;
	compare(s);
	for (size_t i = 0; i < VL_POLICIES; i++)
		fill(s, i, &s->selection[i]);
	vl_sequences_add_runs(s);
	return 0;
}

bool vl_select_has(const struct vhdxlog_scan *s, size_t index,
		   enum vl_check_id effect)
{
	return s->policies.choice[index].effects & VL_READER_BIT(effect);
}

bool vl_select_differs(const struct vhdxlog_scan *s)
{
	const struct vl_choice *first = NULL;

	for (size_t i = 0; i < VL_POLICIES; i++) {
		const struct vl_choice *c = &s->policies.choice[i];

		if (!completes(c) || !*c->result)
			continue;
		if (first && strcmp(first->result, c->result) != 0)
			return true;
		first = c;
	}
	return false;
}

size_t vhdxlog_selection_count(const struct vhdxlog_scan *scan)
{
	(void)scan;
	return VL_POLICIES;
}

const struct vhdxlog_selection *
vhdxlog_selection_at(const struct vhdxlog_scan *scan, size_t index)
{
	return index < VL_POLICIES ? &scan->selection[index] : NULL;
}

const char *vhdxlog_policy_name(size_t index)
{
	return index < VL_POLICIES ? vl_policy_name(index) : NULL;
}

const char *vhdxlog_outcome_name(enum vhdxlog_outcome_kind outcome)
{
	static const char *const names[] = { "clean",  "replay", "partial",
					     "refuse", "ignore", "hang" };

	return names[outcome];
}

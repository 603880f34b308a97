/* SPDX-License-Identifier: MIT */
/*
 * Every sequence of a ring, and what each reader applies, armed again on a copy:
 * the specification replays just that of it, and comes to the same file. Flags:
 * those of placed.h.
 */
#include <criterion/criterion.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/replayed.h"

/* What is armed comes to what the overlay shows. */
static void compare(const struct sparse *copy, struct vhdxlog_overlay *o)
{
	const struct vhdxlog_replay *want = vhdxlog_overlay_about(o);
	struct vhdxlog_source *source = sparse_open(copy);
	const struct vhdxlog_selection *row;
	struct vhdxlog_scan *scan;

	cr_assert_eq(vhdxlog_scan(source, NULL, &scan, NULL), 0);
	row = vhdxlog_selection_at(scan, 0);
	cr_assert_eq(row->outcome, VHDXLOG_OUTCOME_REPLAY, "%s", row->reason);
	cr_assert_str_eq(row->result, want->result);
	cr_assert_eq(row->result_length, want->size);
	cr_assert_eq(vhdxlog_entry_tally(scan, VHDXLOG_STALE), 0);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

static void try_rearm(struct replayed *r, struct vhdxlog_overlay *o)
{
	static struct sparse copy;
	static struct vl_replay_plan plan;

	cr_assert_eq(vl_replay_plan(r->scan, o, VL_REPLAY_REARM, &plan, NULL),
		     0);
	if (!*plan.refusal && vhdxlog_overlay_about(o)->entry_count &&
	    fuzz_carry_out(&r->image, &plan.change, &copy))
		compare(&copy, o);
	vl_replay_release(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	replayed_each(data, size, try_rearm);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Every sequence of a ring, and what each reader applies, written down on a copy:
 * it is what the overlay shows, but for the headers. Flags: those of placed.h.
 */
#include <criterion/criterion.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/replayed.h"

static void try_apply(struct replayed *r, struct vhdxlog_overlay *o)
{
	static struct sparse copy;
	static struct vl_replay_plan plan;

	cr_assert_eq(vl_replay_plan(r->scan, o, VL_REPLAY_APPLY, &plan, NULL),
		     0);
	if (!*plan.refusal &&
	    fuzz_carry_out(&r->image, &plan.change, &copy))
		replayed_compare(r, o, &copy);
	vl_replay_release(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	replayed_each(data, size, try_apply);
	return 0;
}

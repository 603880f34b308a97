/* SPDX-License-Identifier: MIT */
/*
 * An image of which headers and tables are gone: what stands in for them is
 * guessed, and repairs that are built upon it leave a file that is no worse.
 *
 * Flags: 1 the headers, 2 header 1, 4 the tables, 8 table 1, 16 the identifier are
 * gone; 32 with --force.
 */
#include <criterion/criterion.h>

#include "ondisk/layout.h"
#include "source/source.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/medium.h"
#include "tests/unit/walk.h"
#include "write/fix.h"

static void lose(struct sparse *s, uint64_t off)
{
	sparse_drop(s, off / SPARSE_PAGE);
}

static void lose_some(struct sparse *s)
{
	if (s->flags & 3)
		lose(s, VL_HEADER_OFFSET(1));
	if (s->flags & 1)
		lose(s, VL_HEADER_OFFSET(2));
	if (s->flags & 12)
		lose(s, VL_TABLE_OFFSET(1));
	if (s->flags & 4)
		lose(s, VL_TABLE_OFFSET(2));
	if (s->flags & 16)
		lose(s, 0);
}

static void walk_guesses(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_guess *g, *last = NULL;

	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++, last = g) {
		g = vhdxlog_guess_at(scan, i);
		cr_assert(g && g->score <= 100);
		cr_assert(!last || last->kind <= g->kind);
		cr_assert(vhdxlog_guess_kind_name(g->kind));
		for (size_t k = 0; k < g->evidence_count; k++)
			cr_assert(*vhdxlog_guess_evidence(scan, i, k));
		vhdxlog_guess_suffices(scan, i);
	}
}

static void examine(const struct sparse *s)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_source *source = sparse_open(s);
	struct vhdxlog_scan *scan;

	o.hash_structures = false;
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

static void mend(const struct sparse *s, struct vhdxlog_source *source,
		 struct vhdxlog_scan *scan, const struct vhdxlog_options *o)
{
	const unsigned all = (1u << VL_FIX_KINDS) - 1;
	static struct vl_fix_plan plan;
	static struct sparse copy;
	const struct vl_change *change = NULL;

	cr_assert_eq(vl_fix_plan_begin(&plan, scan, vl_source_view(source), o,
				       all, s->flags & 32, NULL),
		     0);
	for (unsigned k = 0; k < VL_FIX_KINDS && !*plan.refusal; k++)
		cr_assert_eq(vl_fix_plan_do(&plan, (enum vl_fix_kind)k, NULL),
			     0);
	if (!*plan.refusal)
		cr_assert_eq(vl_fix_plan_finish(&plan, &change, NULL), 0);
	if (!*plan.refusal && change && fuzz_carry_out(s, change, &copy))
		examine(&copy);
	vl_fix_plan_release(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;

	sparse_decode(&s, data, size);
	lose_some(&s);
	o.hash_structures = false;
	source = sparse_open(&s);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	walk_everything(scan, WALK_ALL);
	walk_guesses(scan);
	mend(&s, source, scan, &o);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}

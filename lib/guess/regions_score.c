/* SPDX-License-Identifier: MIT */
/*
 * Each metadata with each BAT. What speaks for one of them is the same whether it
 * makes a score or a sentence: both come from vl_guess_say().
 */
#include "guess/regions_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

bool vl_bat_fits(const struct vl_bat_fit *f)
{
	return vl_bat_misfits(f) * 2 <= f->nonzero;
}

/* ------------------------------------------------------------------- pairs */

/* Where any candidate is, to see which lie in blocks of others. */
struct places {
	uint64_t at[VL_MOST_TABLES + VL_MOST_BATS];
	size_t n;
};
_Static_assert(VL_MOST_TABLES + VL_MOST_BATS <= VL_MOST_PLACES,
	       "a bit for each candidate");

static int compare_offsets(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void list_places(struct places *list, const struct vl_pool *p)
{
	list->n = 0;
	for (size_t k = 0; k < p->n_tables; k++)
		list->at[list->n++] = p->table[k].offset;
	for (size_t k = 0; k < p->n_bats; k++)
		list->at[list->n++] = p->bat[k].offset;
	qsort(list->at, list->n, sizeof(*list->at), compare_offsets);
}

static bool covers(const struct vl_pair *pair, const struct places *list,
		   uint64_t offset)
{
	for (size_t k = 0; k < list->n; k++) {
		if (list->at[k] == offset)
			return pair->fit.covered >> k & 1;
	}
	return false;
}

/* Neither is of an image in a block. */
static bool is_own(const struct vl_pool *p, const struct vl_pair *pair)
{
	return !vl_pool_is_nested(p, p->table[pair->table].offset) &&
	       !vl_pool_is_nested(p, p->bat[pair->bat].offset);
}

/* What a guest wrote may be an image, too. Guests write behind the structures, so
 * only metadata and BAT before it can say that it is theirs. */
const struct vl_pair *vl_pairs_owner(const struct vl_pool *p,
				     const struct vl_pairs *pairs,
				     uint64_t offset)
{
	struct places list;

	list_places(&list, p);
	for (size_t k = 0; k < pairs->n; k++) {
		const struct vl_pair *pair = &pairs->list[k];

		if (p->table[pair->table].offset < offset &&
		    p->bat[pair->bat].offset < offset && is_own(p, pair) &&
		    vl_bat_fits(&pair->fit) && covers(pair, &list, offset))
			return pair;
	}
	return NULL;
}

static bool has_room(const struct vl_pool *p, const struct vl_pair *pair)
{
	const struct vl_table *t = &p->table[pair->table];
	uint64_t off = p->bat[pair->bat].offset;
	uint32_t len = pair->fit.length;

	return len && !vl_overlap(off, len, p->log.off, p->log.len) &&
	       !vl_overlap(off, len, t->offset, t->length);
}

static int fit(struct vl_pair *pair, const struct vl_pool *p,
	       const struct vl_view *view, const struct places *list,
	       struct vhdxlog_error *err)
{
	const struct vl_table *t = &p->table[pair->table];
	struct vl_range structures[2] = { { t->offset, t->length, 0 }, p->log };
	struct vl_bat_question q = {
		.view = view,
		.geometry = &t->geometry,
		.offset = p->bat[pair->bat].offset,
		.structures = structures,
		.n_structures = p->log.len ? 2 : 1,
		.places = list->at,
		.n_places = list->n,
	};

	vl_ranges_sort(structures, q.n_structures);
	return vl_bat_fit(&pair->fit, &q, err);
}

static void score(struct vl_pair *pair, const struct vl_pool *p,
		  const struct vl_pairs *pairs)
{
	struct vl_guess table = { 0 }, bat = { 0 };

	if (!vl_bat_fits(&pair->fit) || !has_room(p, pair) || !is_own(p, pair)) {
		pair->score = -1;
		return;
	}
	vl_say_table(&table, p, pairs, pair->table);
	vl_say_bat(&bat, p, pairs, pair);
	pair->score = (int)(table.pub.score + bat.pub.score);
}

int vl_pairs_make(struct vl_pairs *pairs, const struct vl_pool *p,
		  const struct vl_view *view, struct vhdxlog_error *err)
{
	struct places list;
	int rc = 0;

	list_places(&list, p);
	*pairs = (struct vl_pairs){
		.list = vl_calloc(p->n_tables * p->n_bats,
				  sizeof(*pairs->list)),
	};
	if (!pairs->list)
		return vl_nomem(err);
	for (size_t k = 0; !rc && k < p->n_tables * p->n_bats; k++) {
		struct vl_pair *pair = &pairs->list[pairs->n];

		pair->table = k / p->n_bats;
		pair->bat = k % p->n_bats;
		if (!p->table[pair->table].usable)
			continue;
		pairs->n++;
		rc = fit(pair, p, view, &list, err);
	}
	for (size_t k = 0; !rc && k < pairs->n; k++)
		score(&pairs->list[k], p, pairs);
	return rc;
}

void vl_pairs_release(struct vl_pairs *pairs)
{
	free(pairs->list);
	*pairs = (struct vl_pairs){ 0 };
}

const struct vl_pair *vl_pairs_best(const struct vl_pairs *pairs)
{
	const struct vl_pair *best = NULL;

	for (size_t k = 0; k < pairs->n; k++) {
		const struct vl_pair *pair = &pairs->list[k];

		if (pair->score > (best ? best->score : -1))
			best = pair;
	}
	return best;
}

/* ---------------------------------------------------------------- evidence */

static void say_named(struct vl_guess *g, const struct vl_named *n)
{
	if (!n)
		return;
	if (n->valid)
		vl_guess_say(g, 40, "region table %u names it", n->table);
	else
		vl_guess_say(g, 25, "region table %u, though damaged, names it",
			     n->table);
}

static void say_owner(struct vl_guess *g, const struct vl_pool *p,
		      const struct vl_pair *owner)
{
	if (owner)
		vl_guess_say(g, -40,
			     "against it: by the BAT at %ju it lies in a block",
			     (uintmax_t)p->bat[owner->bat].offset);
}

void vl_say_nesting(struct vl_guess *g, const struct vl_pool *p,
		    uint64_t offset)
{
	uint64_t of;

	switch (vl_nesting_at(&p->nesteds, offset, &of)) {
	case VL_NESTED_NAMED:
		vl_guess_say(g, -100,
			     "against it: another VHDX begins at %ju, and its "
			     "region table names it: it is that one's",
			     (uintmax_t)of);
		break;
	case VL_NESTED_BEHIND:
		vl_guess_say(g, -60,
			     "against it: another VHDX begins before it, at "
			     "%ju, and may have it",
			     (uintmax_t)of);
		break;
	case VL_NOT_NESTED: break;
	}
}

static bool is_behind_log(const struct vl_pool *p, uint64_t offset)
{
	return p->log.len && offset == vl_end(p->log.off, p->log.len);
}

void vl_say_table(struct vl_guess *g, const struct vl_pool *p,
		  const struct vl_pairs *pairs, size_t table)
{
	const struct vl_table *t = &p->table[table];

	if (p->table_sound[table])
		vl_guess_say(g, 50,
			     "its table is complete and breaks no rule");
	else if (t->usable)
		vl_guess_say(g, 25,
			     "its table tells the geometry, and breaks rules");
	else
		vl_guess_say(g, 10, "it begins with the signature");
	say_named(g, vl_nameds_at(&p->named, false, t->offset));
	if (is_behind_log(p, t->offset))
		vl_guess_say(g, 10, "it lies right behind the log");
	if (table == 0 && p->n_tables > 1)
		vl_guess_say(g, 5, "it is the first of %zu in the file",
			     p->n_tables);
	else if (table == 0 && !p->starts.limited)
		vl_guess_say(g, 5, "no other MiB of the file begins with one");
	say_owner(g, p, vl_pairs_owner(p, pairs, t->offset));
	vl_say_nesting(g, p, t->offset);
}

static void say_entries(struct vl_guess *g, const struct vl_bat_fit *f)
{
	uint64_t bad = vl_min64(vl_bat_misfits(f) + f->outside, f->nonzero);

	if (!f->nonzero)
		vl_guess_say(g, 5, "all entries are zero, as of an empty disk: "
				   "only its place speaks for it");
	else if (!f->located && !bad)
		vl_guess_say(g, 15,
			     "%ju entries are in states that there are, and "
			     "none locates a block",
			     (uintmax_t)f->nonzero);
	else if (!bad)
		vl_guess_say(g, 40,
			     "%ju entries locate blocks: inside the file, "
			     "apart, on no structure",
			     (uintmax_t)f->located);
	else
		vl_guess_say(g, (int)(40 * (f->nonzero - bad) / f->nonzero),
			     "of %ju entries that are not zero %ju cannot be "
			     "so, %ju lie past the end of the file",
			     (uintmax_t)f->nonzero,
			     (uintmax_t)vl_bat_misfits(f),
			     (uintmax_t)f->outside);
}

static void say_place(struct vl_guess *g, const struct vl_pool *p,
		      const struct vl_pair *pair)
{
	const struct vl_table *t = &p->table[pair->table];
	uint64_t at = p->bat[pair->bat].offset;

	if (is_behind_log(p, at))
		vl_guess_say(g, 15,
			     "it lies right behind the log, as QEMU has it");
	if (vl_end(at, pair->fit.length) == t->offset)
		vl_guess_say(g, 10, "it ends where the metadata begins");
	if (vl_end(t->offset, t->length) == at)
		vl_guess_say(g, 10, "it lies right behind the metadata, as "
				    "Windows has it");
}

void vl_say_bat(struct vl_guess *g, const struct vl_pool *p,
		const struct vl_pairs *pairs, const struct vl_pair *pair)
{
	const struct vl_bat_candidate *b = &p->bat[pair->bat];

	say_entries(g, &pair->fit);
	say_named(g, vl_nameds_at(&p->named, true, b->offset));
	if (b->targets)
		vl_guess_say(g, 10, "%ju descriptors of the log write to it",
			     (uintmax_t)b->targets);
	say_place(g, p, pair);
	if (pair->fit.trailing)
		vl_guess_say(g, -10,
			     "against it: %ju entries behind the disk's last "
			     "are not zero",
			     (uintmax_t)pair->fit.trailing);
	say_owner(g, p, vl_pairs_owner(p, pairs, b->offset));
	vl_say_nesting(g, p, b->offset);
}

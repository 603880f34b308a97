/* SPDX-License-Identifier: MIT */
/* Candidates, and what the scan goes on with. */
#include "guess/regions_parts.h"

#include "base/bytes.h"

/* Where the next structure begins that is known, or the file ends. */
static uint64_t next_structure(const struct vl_pool *p,
			       const struct vl_view *view, uint64_t off,
			       uint64_t other)
{
	uint64_t end = view->size;

	if (p->log.len && p->log.off > off)
		end = vl_min64(end, p->log.off);
	if (other > off)
		end = vl_min64(end, other);
	return end;
}

/* As long as a copy of the table says, where that can be; else as is needed. */
static uint32_t length_of(const struct vl_pool *p, const struct vl_view *view,
			  bool is_bat, uint64_t off, uint32_t need,
			  uint64_t other)
{
	const struct vl_named *n = vl_nameds_at(&p->named, is_bat, off);
	uint64_t end = next_structure(p, view, off, other);

	if (n && n->length > need && vl_end(off, n->length) <= end)
		return n->length;
	return need;
}

/* ---------------------------------------------------------------- metadata */

static bool table_is_certain(const struct vl_pool *p,
			     const struct vl_pairs *pairs, size_t table)
{
	const struct vl_named *n = vl_nameds_at(&p->named, false,
						p->table[table].offset);
	size_t others = 0;

	if (n && n->valid)
		return true;
	for (size_t k = 0; k < p->n_tables; k++)
		others += k != table &&
			  !vl_pool_is_nested(p, p->table[k].offset) &&
			  !vl_pairs_owner(p, pairs, p->table[k].offset);
	return p->table_sound[table] && !others && !p->starts.limited &&
	       !vl_pool_is_behind(p, p->table[table].offset);
}

static int add_tables(struct vl_guesses *g, const struct vl_pool *p,
		      const struct vl_pairs *pairs, size_t assumed,
		      uint32_t length, struct vhdxlog_error *err)
{
	for (size_t k = 0; k < p->n_tables; k++) {
		struct vl_guess *c = vl_guess_add(g, VHDXLOG_GUESS_METADATA,
						  err);

		if (!c)
			return VHDXLOG_E_NOMEM;
		c->pub.offset = p->table[k].offset;
		c->pub.length = k == assumed ? length : p->table[k].length;
		c->pub.assumed = k == assumed;
		vl_say_table(c, p, pairs, k);
		c->pub.certain = k == assumed && table_is_certain(p, pairs, k);
		if (p->starts.limited)
			vl_guess_say(c, 0,
				     "not all of the file was looked at; "
				     "'vhdxlog carve' does");
	}
	return 0;
}

/* --------------------------------------------------------------------- BAT */

/* Whether it is as good as any that locates blocks. */
static bool is_rival(const struct vl_pool *p, const struct vl_pairs *pairs,
		     const struct vl_pair *pair)
{
	return pair->score >= 0 && pair->fit.located &&
	       !vl_pairs_owner(p, pairs, p->bat[pair->bat].offset);
}

static bool bat_is_certain(const struct vl_pool *p,
			   const struct vl_pairs *pairs,
			   const struct vl_pair *best)
{
	const struct vl_named *n =
		vl_nameds_at(&p->named, true, p->bat[best->bat].offset);
	size_t rivals = 0;

	if (n && n->valid)
		return true;
	for (size_t k = 0; k < pairs->n; k++) {
		const struct vl_pair *pair = &pairs->list[k];

		rivals += pair != best && pair->table == best->table &&
			  is_rival(p, pairs, pair);
	}
	return best->fit.located && !vl_bat_misfits(&best->fit) && !rivals &&
	       !p->starts.limited &&
	       !vl_pool_is_behind(p, p->bat[best->bat].offset);
}

static int add_bats(struct vl_guesses *g, const struct vl_pool *p,
		    const struct vl_pairs *pairs, const struct vl_pair *best,
		    uint32_t length, struct vhdxlog_error *err)
{
	for (size_t k = 0; k < pairs->n; k++) {
		const struct vl_pair *pair = &pairs->list[k];
		bool assumed = pair == best;
		struct vl_guess *c;

		if (pair->table != best->table || pair->score < 0)
			continue;
		c = vl_guess_add(g, VHDXLOG_GUESS_BAT, err);
		if (!c)
			return VHDXLOG_E_NOMEM;
		c->pub.offset = p->bat[pair->bat].offset;
		c->pub.length = assumed ? length : pair->fit.length;
		c->pub.assumed = assumed;
		vl_say_bat(c, p, pairs, pair);
		c->pub.certain = assumed && bat_is_certain(p, pairs, best);
		/* Zeroes for which nothing speaks. */
		if (!assumed && c->pub.evidence_count < 2 &&
		    !pair->fit.nonzero)
			g->n--;
	}
	return 0;
}

int vl_take_pair(struct vl_guesses *g, struct vl_image *i,
		 const struct vl_pool *p, const struct vl_pairs *pairs,
		 const struct vl_pair *best, const struct vl_view *view,
		 struct vhdxlog_error *err)
{
	const struct vl_table *t = &p->table[best->table];
	uint64_t at = p->bat[best->bat].offset;
	uint32_t table_length =
		length_of(p, view, false, t->offset, t->length, at);
	uint32_t bat_length =
		length_of(p, view, true, at, best->fit.length, t->offset);
	bool lacks = vl_table_lacks_region(i);
	int rc = 0;

	i->assumed.regions = true;
	i->assumed.metadata = lacks && i->metadata_region ?
				      *i->metadata_region :
				      vl_region_of(false, t->offset,
						   table_length);
	i->assumed.bat = lacks && i->bat ? *i->bat :
					   vl_region_of(true, at, bat_length);
	if (!lacks || !i->metadata_region)
		rc = add_tables(g, p, pairs, best->table, table_length, err);
	if (!rc && (!lacks || !i->bat))
		rc = add_bats(g, p, pairs, best, bat_length, err);
	return rc;
}

/* -------------------------------------------------------------- parts alone */

/* How many are not of an image in a block; *best gets the first that tells most. */
static size_t count_own(const struct vl_pool *p, size_t *best)
{
	size_t n = 0;

	for (size_t k = p->n_tables; k--;) {
		if (vl_pool_is_nested(p, p->table[k].offset))
			continue;
		if (!n++ || p->table[k].usable || !p->table[*best].usable)
			*best = k;
	}
	return n;
}

/* Metadata is there, and no BAT for it. */
static int take_table(struct vl_guesses *g, struct vl_image *i,
		      const struct vl_pool *p, const struct vl_pairs *pairs,
		      size_t best, struct vhdxlog_error *err)
{
	const struct vl_table *t = &p->table[best];

	i->assumed.regions = true;
	i->assumed.metadata = vl_region_of(false, t->offset, t->length);
	return add_tables(g, p, pairs, best, t->length, err);
}

/* How far a BAT goes at the most: entries go on, and nothing else begins. */
static uint64_t limit_of(const struct vl_pool *p, const struct vl_view *view,
			 uint64_t off)
{
	uint64_t end = next_structure(p, view, off, 0);

	for (size_t k = 0; k < p->starts.n; k++) {
		const struct vl_start *s = &p->starts.list[k];

		if (s->offset > off && s->kind != VL_START_BAT)
			return vl_min64(end, s->offset);
	}
	return end;
}

struct alone {
	const struct vl_bat_candidate *bat; /* NULL: none */
	struct vl_geometry_found found;
	int score;
};

static int score_alone(const struct vl_pool *p, const struct alone *a)
{
	const struct vl_geometry_found *f = &a->found;
	uint64_t bad = f->illegal + f->conflicts;

	/* What begins a MiB further on does not begin here. */
	if (!f->known || bad * 4 > f->nonzero || f->first >= VL_MIB / 8)
		return 0;
	return (bad ? 20 : 30) + (f->located > 1 ? 10 : 0) +
	       (vl_nameds_at(&p->named, true, a->bat->offset) ? 25 : 0) -
	       (vl_pool_is_behind(p, a->bat->offset) ? 30 : 0) +
	       (a->bat->targets ? 10 : 0) +
	       (p->log.len &&
				a->bat->offset == vl_end(p->log.off, p->log.len) ?
			15 :
			0);
}

static int find_alone(struct alone *best, const struct vl_pool *p,
		      const struct vl_view *view, struct vhdxlog_error *err)
{
	int rc = 0;

	*best = (struct alone){ 0 };
	for (size_t k = 0; !rc && k < p->n_bats; k++) {
		if (vl_pool_is_nested(p, p->bat[k].offset))
			continue;
		struct alone a = { .bat = &p->bat[k] };
		struct vl_range structures[2] = {
			{ a.bat->offset, VL_MIB, 0 }, p->log
		};
		size_t n = p->log.len ? 2 : 1;

		vl_ranges_sort(structures, n);
		rc = vl_geometry_of_bat(&a.found, view, a.bat->offset,
					limit_of(p, view, a.bat->offset),
					structures, n, err);
		a.score = score_alone(p, &a);
		if (!rc && a.score > best->score)
			*best = a;
	}
	return rc;
}

static int take_alone(struct vl_guesses *g, struct vl_image *i,
		      const struct vl_pool *p, const struct alone *a, struct vhdxlog_error *err)
{
	uint32_t length = vl_bat_length(a->found.geometry.entries);
	struct vl_guess *c = vl_guess_add(g, VHDXLOG_GUESS_BAT, err);

	if (!c)
		return VHDXLOG_E_NOMEM;
	c->pub.offset = a->bat->offset;
	c->pub.length = length;
	c->pub.assumed = true;
	vl_guess_say(c, a->score,
		     "%ju entries that are not zero, %ju of which locate blocks",
		     (uintmax_t)a->found.nonzero, (uintmax_t)a->found.located);
	vl_guess_say(c, 0, "there is no metadata to compare it with");
	vl_say_nesting(c, p, a->bat->offset);
	i->assumed.regions = true;
	i->assumed.bat = vl_region_of(true, a->bat->offset, length);
	i->assumed.geometry = true;
	i->assumed.bat_geometry = a->found.geometry;
	return vl_geometry_say(g, &a->found, err);
}

int vl_take_parts(struct vl_guesses *g, struct vl_image *i,
		  const struct vl_pool *p, const struct vl_pairs *pairs,
		  const struct vl_view *view, struct vhdxlog_error *err)
{
	struct alone best;
	size_t table = SIZE_MAX;
	int rc;

	if (count_own(p, &table))
		rc = take_table(g, i, p, pairs, table, err);
	else
		rc = add_tables(g, p, pairs, SIZE_MAX, 0, err);
	/* With metadata that tells the geometry, this BAT is not its own. */
	if (rc || (table != SIZE_MAX && p->table[table].usable))
		return rc;
	rc = find_alone(&best, p, view, err);
	return rc || !best.bat ? rc : take_alone(g, i, p, &best, err);
}

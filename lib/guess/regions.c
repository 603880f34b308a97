/* SPDX-License-Identifier: MIT */
/*
 * Where BAT and metadata are, when no region table can be believed, or the one that
 * counts does not say; and how the BAT is to be read, when there is no metadata.
 */
#include "guess/regions_parts.h"

#include "base/bytes.h"

/* By the table that counts there should be metadata, and there is none. */
static bool metadata_is_lost(const struct vl_image *i)
{
	return i->chosen && i->metadata_region && !i->pub.metadata_known;
}

/* Its BAT is shorter than the disk needs. */
static bool bat_is_short(struct vl_image *i)
{
	if (!i->chosen || !i->bat || !i->pub.metadata_known)
		return false;
	vl_geometry_find(i);
	return i->geometry_known && i->geometry.entries > i->bat->length / 8;
}

bool vl_table_lacks_region(const struct vl_image *i)
{
	return i->chosen && (!i->bat || !i->metadata_region);
}

/* Whether the pair has what the table that counts does name, where it says. */
static bool is_as_named(const struct vl_image *i, const struct vl_pool *p,
			const struct vl_pair *best)
{
	const struct vhdxlog_region *m = i->metadata_region;

	return (!i->bat || i->bat->offset == p->bat[best->bat].offset) &&
	       (!m || m->offset == p->table[best->table].offset);
}

/* The region table counts; what it says of the BAT tells the geometry. */
static int take_geometry(struct vl_guesses *g, struct vl_image *i,
			 const struct vl_pool *p, const struct vl_view *view,
			 struct vhdxlog_error *err)
{
	struct vl_range structures[2];
	struct vl_geometry_found found;
	size_t n = 0;
	int rc;

	if (!i->bat)
		return 0;
	structures[n++] = (struct vl_range){ i->bat->offset, i->bat->length,
					     0 };
	if (p->log.len)
		structures[n++] = p->log;
	vl_ranges_sort(structures, n);
	rc = vl_geometry_of_bat(&found, view, i->bat->offset,
				vl_end(i->bat->offset, i->bat->length),
				structures, n, err);
	if (rc || !found.known)
		return rc;
	i->assumed.geometry = true;
	i->assumed.bat_geometry = found.geometry;
	return vl_geometry_say(g, &found, err);
}

/* Two tables are whole and disagree, and what the one says that counts is there:
 * whether the other one fits better. */
static int decide_between(struct vl_guesses *g, struct vl_image *i,
			  const struct vl_pool *p,
			  const struct vl_pairs *pairs,
			  const struct vl_view *view, const struct vl_log *log,
			  struct vhdxlog_error *err)
{
	const struct vl_pair *pair = NULL;
	enum vl_rival rival;
	int rc = vl_rival_judge(i, p, pairs, view, log, &rival, &pair, err);

	if (rc)
		return rc;
	i->assumed.tables_unsure = rival == VL_RIVAL_UNCLEAR;
	return rival == VL_RIVAL_WINS ?
		       vl_take_pair(g, i, p, pairs, pair, view, err) :
		       0;
}

static int decide(struct vl_guesses *g, struct vl_image *i,
		  const struct vl_pool *p, const struct vl_pairs *pairs,
		  const struct vl_view *view, struct vhdxlog_error *err)
{
	const struct vl_pair *best = vl_pairs_best(pairs);
	bool take = !i->chosen, lacks = vl_table_lacks_region(i);
	int rc = 0;

	if (best && lacks)
		take = is_as_named(i, p, best);
	else if (best && i->chosen)
		rc = vl_table_is_foreign(i, p, pairs, best, view, &take, err);
	if (rc)
		return rc;
	if (best && take)
		return vl_take_pair(g, i, p, pairs, best, view, err);
	if (i->chosen && i->pub.metadata_known)
		return 0;
	if (i->chosen && (i->bat || i->metadata_region))
		return take_geometry(g, i, p, view, err);
	return vl_take_parts(g, i, p, pairs, view, err);
}

int vl_guess_regions(struct vl_guesses *g, struct vl_image *i,
		     const struct vl_view *view, const struct vl_log *log,
		     struct vhdxlog_error *err)
{
	struct vl_pairs pairs = { 0 };
	struct vl_pool pool;
	bool fits = i->chosen && !metadata_is_lost(i) && !bat_is_short(i) &&
		    !vl_table_lacks_region(i);
	bool disagree = vl_tables_disagree(i);
	int rc;

	if (fits && (!disagree || !i->geometry_known))
		return 0;
	rc = vl_pool_make(&pool, i, view, log, err);
	if (!rc)
		rc = vl_pairs_make(&pairs, &pool, view, err);
	if (!rc && fits)
		rc = decide_between(g, i, &pool, &pairs, view, log, err);
	else if (!rc)
		rc = decide(g, i, &pool, &pairs, view, err);
	if (!fits)
		i->assumed.tables_unsure = disagree && !i->assumed.regions;
	vl_pairs_release(&pairs);
	vl_pool_release(&pool);
	if (rc || (!i->assumed.regions && !i->assumed.geometry &&
		   !i->assumed.tables_unsure))
		return rc;
	return vl_image_assume(i, view, err);
}

/* SPDX-License-Identifier: MIT */
/* Two region tables with right checksums that name different places. */
#include "guess/regions_parts.h"

#include "base/bytes.h"

static const struct vhdxlog_region_table *other_table(const struct vl_image *i)
{
	return &i->table[i->chosen == &i->table[0]];
}

bool vl_tables_disagree(const struct vl_image *i)
{
	const struct vhdxlog_region *bat, *metadata;

	if (!i->chosen || !i->bat || !i->metadata_region ||
	    !other_table(i)->valid)
		return false;
	bat = vl_region_first(other_table(i), &vl_region_bat);
	metadata = vl_region_first(other_table(i), &vl_region_metadata);
	return bat && metadata &&
	       (bat->offset != i->bat->offset ||
		metadata->offset != i->metadata_region->offset);
}

/* What one of the tables says, and what is there. */
struct witness {
	const struct vhdxlog_region *bat, *metadata;
	const struct vl_table *table; /* NULL: no metadata is there */
	const struct vl_bat_geometry *geometry;
	struct vl_bat_fit fit;
	uint64_t targets; /* descriptors that write to the BAT */
};

static const struct vl_table *table_at(const struct vl_pool *p, uint64_t offset)
{
	for (size_t k = 0; k < p->n_tables; k++) {
		if (p->table[k].offset == offset && p->table[k].usable)
			return &p->table[k];
	}
	return NULL;
}

/* Whether a BAT can be there: in the file, on nothing else. */
static bool is_possible(const struct witness *w, const struct vl_pool *p,
			const struct vl_view *view)
{
	const struct vhdxlog_region *b = w->bat, *m = w->metadata;

	return b->offset >= VL_HEADER_SECTION && b->offset % VL_MIB == 0 &&
	       b->length >= w->fit.length &&
	       vl_end(b->offset, b->length) <= view->size &&
	       !vl_overlap(b->offset, b->length, p->log.off, p->log.len) &&
	       !vl_overlap(b->offset, b->length, m->offset, m->length);
}

static void count_targets(struct witness *w, const struct vl_log *log)
{
	for (size_t k = 0; k < log->n_targets; k++) {
		uint64_t at = vl_target_offset(&log->targets[k]);

		w->targets += !vl_target_is_zero(&log->targets[k]) &&
			      at >= w->bat->offset &&
			      at - w->bat->offset < w->fit.length;
	}
}

/* How the BAT of one fits; covered: whether what the other names, and this one does
 * not, lies in its blocks. */
static int hear(struct witness *w, const struct witness *other,
		const struct vl_pool *p, const struct vl_view *view,
		const struct vl_log *log, struct vhdxlog_error *err)
{
	struct vl_range structures[2] = {
		{ w->metadata->offset, w->metadata->length, 0 }, p->log
	};
	uint64_t places[2];
	struct vl_bat_question q = {
		.view = view,
		.geometry = w->geometry,
		.offset = w->bat->offset,
		.structures = structures,
		.n_structures = p->log.len ? 2 : 1,
		.places = places,
	};
	int rc;

	if (other->bat->offset != w->bat->offset)
		places[q.n_places++] = other->bat->offset;
	if (other->metadata->offset != w->metadata->offset)
		places[q.n_places++] = other->metadata->offset;
	if (q.n_places == 2 && places[0] > places[1]) {
		places[0] = other->metadata->offset;
		places[1] = other->bat->offset;
	}
	vl_ranges_sort(structures, q.n_structures);
	rc = vl_bat_fit(&w->fit, &q, err);
	if (!rc)
		count_targets(w, log);
	return rc;
}

/* A BAT of blocks, or one that was written to. */
static bool speaks(const struct witness *w, const struct vl_pool *p,
		   const struct vl_view *view)
{
	return is_possible(w, p, view) && vl_bat_fits(&w->fit) &&
	       (w->fit.located || w->targets);
}

/* By its own blocks the other table names what a guest wrote, and not the other way
 * round; and the log does not gainsay it. */
static bool owns(const struct witness *w, const struct witness *other)
{
	return w->fit.covered && !other->fit.covered &&
	       w->targets >= other->targets;
}

static enum vl_rival judge(const struct witness *chosen,
			   const struct witness *other, const struct vl_pool *p,
			   const struct vl_view *view)
{
	bool same_bat = chosen->bat->offset == other->bat->offset;
	bool us = speaks(chosen, p, view), them = speaks(other, p, view);

	if (!is_possible(other, p, view) || (same_bat && !other->table))
		return VL_RIVAL_LOSES;
	if (us && (!them || owns(chosen, other) ||
		   (chosen->targets && !other->targets)))
		return VL_RIVAL_LOSES;
	if (them && !same_bat && (!us || owns(other, chosen)))
		return VL_RIVAL_WINS;
	return VL_RIVAL_UNCLEAR;
}

static const struct vl_pair *find_pair(const struct vl_pool *p,
				       const struct vl_pairs *pairs,
				       uint64_t metadata, uint64_t bat)
{
	for (size_t k = 0; k < pairs->n; k++) {
		const struct vl_pair *pair = &pairs->list[k];

		if (p->table[pair->table].offset == metadata &&
		    p->bat[pair->bat].offset == bat && pair->score >= 0)
			return pair;
	}
	return NULL;
}

int vl_rival_judge(const struct vl_image *i, const struct vl_pool *p,
		   const struct vl_pairs *pairs, const struct vl_view *view,
		   const struct vl_log *log, enum vl_rival *rival,
		   const struct vl_pair **pair, struct vhdxlog_error *err)
{
	const struct vhdxlog_region_table *t = other_table(i);
	struct witness chosen = { .bat = i->bat,
				  .metadata = i->metadata_region,
				  .geometry = &i->geometry };
	struct witness other = {
		.bat = vl_region_first(t, &vl_region_bat),
		.metadata = vl_region_first(t, &vl_region_metadata),
	};
	int rc;

	other.table = table_at(p, other.metadata->offset);
	if (!other.table)
		other.metadata = chosen.metadata;
	other.geometry = other.table ? &other.table->geometry : &i->geometry;
	rc = hear(&chosen, &other, p, view, log, err);
	if (!rc)
		rc = hear(&other, &chosen, p, view, log, err);
	if (rc)
		return rc;
	*rival = judge(&chosen, &other, p, view);
	*pair = find_pair(p, pairs, other.metadata->offset, other.bat->offset);
	if (*rival == VL_RIVAL_WINS && !*pair)
		*rival = VL_RIVAL_UNCLEAR;
	return 0;
}

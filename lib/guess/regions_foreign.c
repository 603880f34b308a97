/* SPDX-License-Identifier: MIT */
/* A region table with a right checksum that does not fit the file. */
#include "guess/regions_parts.h"

#include "base/bytes.h"

static bool is_inside(uint64_t off, const struct vhdxlog_region *r)
{
	return off >= r->offset && off - r->offset < r->length;
}

static bool is_neighbour(const struct vl_table *t, uint64_t bat, uint32_t length)
{
	return vl_end(bat, length) == t->offset ||
	       vl_end(t->offset, t->length) == bat;
}

/* What is where the table has its BAT, read as one of the disk that was found; a
 * block of it may lie over that metadata, and would then be the owner. */
static int fit_named(struct vl_bat_fit *fit, const struct vhdxlog_region *bat,
		     const struct vl_table *t, const struct vl_pool *p,
		     const struct vl_view *view, struct vhdxlog_error *err)
{
	struct vl_bat_question q = {
		.view = view,
		.geometry = &t->geometry,
		.offset = bat->offset,
		.structures = &p->log,
		.n_structures = p->log.len != 0,
		.places = &t->offset,
		.n_places = 1,
	};

	return vl_bat_fit(fit, &q, err);
}

/* The metadata is where the table says, and its disk needs a longer BAT: it must
 * have blocks in what the table leaves out. */
static bool goes_on(const struct vl_image *i, const struct vl_pair *best,
		    uint64_t at)
{
	return best->fit.located && !vl_bat_misfits(&best->fit) &&
	       (at != i->bat->offset || best->fit.last >= i->bat->length / 8);
}

int vl_table_is_foreign(const struct vl_image *i, const struct vl_pool *p,
			const struct vl_pairs *pairs,
			const struct vl_pair *best, const struct vl_view *view,
			bool *foreign, struct vhdxlog_error *err)
{
	const struct vl_table *t = &p->table[best->table];
	uint64_t at = p->bat[best->bat].offset;
	const struct vl_named *other = vl_nameds_at(&p->named, false,
						    t->offset);
	struct vl_bat_fit fit;
	int rc;

	*foreign = false;
	if (i->io_error || !i->bat || !p->table_sound[best->table] ||
	    vl_pairs_owner(p, pairs, t->offset))
		return 0;
	if (i->pub.metadata_known) {
		*foreign = t->offset == i->metadata_region->offset &&
			   goes_on(i, best, at);
		return 0;
	}
	*foreign = (other && other->valid) || is_inside(t->offset, i->bat);
	if (*foreign)
		return 0;
	rc = fit_named(&fit, i->bat, t, p, view, err);
	if (rc)
		return rc;
	/* Its blocks say that a guest wrote what looks like metadata. */
	if (vl_bat_fits(&fit) && fit.covered)
		return 0;
	if (at == i->bat->offset)
		*foreign = is_neighbour(t, at, best->fit.length);
	else
		*foreign = best->fit.located &&
			   (!vl_bat_fits(&fit) || !fit.located);
	return 0;
}

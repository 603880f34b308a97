/* SPDX-License-Identifier: MIT */
/*
 * A log that no header names, when it is closed. Its ring begins where the Tails
 * lead: each is the place, in the ring, of an entry of the same session that is no
 * newer, and the beginning on which most entries agree is that of all.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "carve/carve.h"

#include <stdlib.h>

uint64_t vl_lone_close_at(const struct vl_carve_lone *l)
{
	return vl_end(l->ring.to, VL_CARVE_PATIENCE);
}

struct vl_carve_place vl_ring_place(const struct vl_carve_ring *r,
				    uint64_t base)
{
	return (struct vl_carve_place){
		.has_base = true,
		.base = base,
		.length = vl_div_up(r->to - base, VL_MIB) * VL_MIB,
	};
}

/* ------------------------------------------------------------- where it begins */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Where the ring would begin for each entry that the Tail of e may name. */
static size_t add_votes(const struct vl_carve_lone *l,
			const struct vl_carve_seen *e, uint64_t *votes)
{
	size_t n = 0;

	for (uint32_t k = 0; k < l->n; k++) {
		const struct vl_carve_seen *t = &l->seen[k];

		if (t->sequence_number <= e->sequence_number &&
		    vl_guid_equal(&t->guid, &e->guid) &&
		    t->offset >= e->tail && t->offset - e->tail <= l->ring.from)
			votes[n++] = t->offset - e->tail;
	}
	return n;
}

static struct vl_carve_place lone_place(const struct vl_carve_lone *l)
{
	uint64_t votes[VL_CARVE_SEEN * VL_CARVE_SEEN];
	uint64_t base = 0;
	size_t n = 0, most = 0, same = 0;

	for (uint32_t k = 0; k < l->n; k++)
		n += add_votes(l, &l->seen[k], votes + n);
	/* cppcheck-suppress uninitvar ; as many are set as are sorted */
	qsort(votes, n, sizeof(*votes), by_value);
	for (size_t i = 0; i < n; i++) {
		same = i && votes[i] == votes[i - 1] ? same + 1 : 1;
		if (same > most) {
			most = same;
			base = votes[i];
		}
	}
	if (!most)
		return (struct vl_carve_place){ 0 };
	return vl_ring_place(&l->ring, base);
}

/* --------------------------------------------------------- whose log it is */

/* The metadata table of no image that is nearest and may be of the same. */
static struct vl_carve_loose *loose_near(struct vhdxlog_carve *c, uint64_t base)
{
	size_t n = (size_t)vl_min64(c->loose_count, VL_CARVE_LOOSE);
	struct vl_carve_loose *nearest = NULL;
	uint64_t least = VL_CARVE_REACH + 1;

	for (size_t i = 0; i < n; i++) {
		struct vl_carve_loose *m = &c->loose[i];
		uint64_t distance = m->offset > base ? m->offset - base :
						       base - m->offset;

		if (m->sound && distance && distance % VL_MIB == 0 &&
		    (distance < least ||
		     (nearest && distance == least &&
		      m->offset > nearest->offset))) {
			nearest = m;
			least = distance;
		}
	}
	return nearest;
}

/* All that is left is a log and metadata: the log comes behind the headers, where
 * it is not the metadata. */
static void tell_headless(struct vhdxlog_carve *c, const struct vl_carve_lone *l,
			  uint64_t base, struct vl_carve_loose *metadata)
{
	struct vl_carve_image image = {
		.base = vl_min64(base, metadata->offset) - VL_HEADER_SECTION,
		.found = VL_AT_METADATA,
		.sound = VL_AT_METADATA,
		.metadata_at = metadata->offset,
		.ring = l->ring,
		.assumed_log = true,
		.assumed_base = true,
		.log_base = base,
	};

	metadata->sound = false; /* of one image only */
	vl_image_tell(c, &image);
}

/* An entry that goes on at the start of the ring was not known to be sound before
 * the ring was. */
static void find_wrapped(struct vhdxlog_carve *c, struct vl_carve_lone *l,
			 const struct vl_carve_place *place)
{
	if (l->ring.entries > l->ring.sound && l->last_damaged >= place->base &&
	    vl_carve_entry_wraps(c, l->last_damaged, place->base,
				 place->base + place->length))
		l->ring.sound++;
}

static void give_to_image(struct vhdxlog_carve *c, struct vl_carve_image *i,
			  const struct vl_carve_lone *l, uint64_t base)
{
	i->ring = l->ring;
	i->assumed_log = true;
	i->log_base = base;
	vl_image_expect(c, i);
}

void vl_lone_close(struct vhdxlog_carve *c, size_t index)
{
	struct vl_carve_lone *l = &c->lone[index];
	struct vl_carve_place place = lone_place(l);
	struct vl_carve_image *image = NULL;
	struct vl_carve_loose *metadata = NULL;

	if (place.has_base) {
		find_wrapped(c, l, &place);
		image = vl_image_below(c, place.base, VL_AT_HEADERS);
		metadata = image ? NULL : loose_near(c, place.base);
	}
	if (image && !image->ring.to)
		give_to_image(c, image, l, place.base);
	else if (metadata)
		tell_headless(c, l, place.base, metadata);
	else
		vl_log_tell(c, &l->ring, &place, 0);
	*l = c->lone[--c->n_lone];
}

void vl_log_tell(struct vhdxlog_carve *c, const struct vl_carve_ring *r,
		 const struct vl_carve_place *place, uint64_t image)
{
	struct vhdxlog_carved item = {
		.kind = VHDXLOG_CARVE_LOG,
		.offset = r->from,
		.length = r->to - r->from,
		.sound = r->entries && r->sound == r->entries,
		.count = r->entries,
		.sequence_number = r->sequence_number,
		.guid = r->guid,
		.has_base = place->has_base,
		.base = place->base,
		.log_length = (uint32_t)vl_min64(place->length, UINT32_MAX),
		.image = image,
	};

	vl_carve_tell(c, &item);
}

/* SPDX-License-Identifier: MIT */
/*
 * Entries and data sectors: to the image whose header names a ring there, or to a
 * lone log by where they lie.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "carve/carve.h"

#include <string.h>

static void note_range(struct vl_carve_ring *r, uint64_t from, uint64_t to)
{
	r->from = r->to ? vl_min64(r->from, from) : from;
	r->to = vl_max64(r->to, to);
}

static void note_entry(struct vl_carve_ring *r, const struct vl_carve_find *find)
{
	const struct vhdxlog_carved *e = &find->item;
	uint64_t length = e->sound ? e->length : VL_SECTOR;

	note_range(r, e->offset, e->offset + length);
	r->entries++;
	if (!e->sound)
		return;
	if (!r->sound++ || e->sequence_number >= r->sequence_number) {
		r->sequence_number = e->sequence_number;
		r->guid = e->guid;
	}
}

/* ------------------------------------------------------- rings with a header */

static bool ring_has(const struct vl_carve_image *i, uint64_t from, uint64_t to)
{
	uint64_t start, end;

	return vl_image_ring(i, &start, &end) && from >= start && to <= end &&
	       (from - start) % VL_SECTOR == 0;
}

/* Of the images whose ring that is, the one for which most speaks. */
static struct vl_carve_image *image_of(struct vhdxlog_carve *c, uint64_t from,
				       uint64_t to)
{
	struct vl_carve_image *best = NULL;
	unsigned most = 0;

	for (size_t n = 0; n < c->n_images; n++) {
		struct vl_carve_image *i = &c->images[n];
		unsigned score;

		if (!ring_has(i, from, to))
			continue;
		score = vl_image_score(i);
		if (!best || score > most ||
		    (score == most && i->base > best->base)) {
			best = i;
			most = score;
		}
	}
	return best;
}

/* Whether its Tail is its own place. */
static void note_fit(struct vl_carve_image *i, const struct vl_carve_find *find)
{
	uint64_t from, to;

	if (find->item.sound && vl_image_ring(i, &from, &to) &&
	    find->item.offset - from == find->tail)
		i->ring.fits++;
}

static void add_to(struct vl_carve_image *i, const struct vl_carve_find *find)
{
	note_entry(&i->ring, find);
	note_fit(i, find);
}

/* The other image that the same header would make, where it has as much. */
static void add_to_rival(struct vhdxlog_carve *c,
			 const struct vl_carve_image *best, unsigned most,
			 const struct vl_carve_find *find, uint64_t to)
{
	for (size_t n = 0; n < c->n_images; n++) {
		struct vl_carve_image *i = &c->images[n];
		bool beside = i->base == best->base - VL_SLOT_SIZE ||
			      i->base == best->base + VL_SLOT_SIZE;

		if (beside && ring_has(i, find->item.offset, to) &&
		    vl_image_score(i) == most)
			add_to(i, find);
	}
}

static bool add_to_image(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	uint64_t off = find->item.offset, from, to;
	uint64_t end = off + (find->item.sound ? find->item.length : VL_SECTOR);
	struct vl_carve_image *best = image_of(c, off, end);
	unsigned most;

	if (!best || !vl_image_ring(best, &from, &to))
		return false;
	if (!find->item.sound && vl_carve_entry_wraps(c, off, from, to)) {
		find->item.sound = true;
		find->item.length = to - off;
		snprintf(find->item.detail, sizeof(find->item.detail),
			 "goes on at the start of its ring");
	}
	most = vl_image_score(best);
	add_to_rival(c, best, most, find, end);
	add_to(best, find);
	return true;
}

/* ---------------------------------------------------------------- lone ones */

static bool has_seen(const struct vl_carve_lone *l,
		     const struct vhdxlog_carved *e, bool number)
{
	for (uint32_t n = 0; n < l->n; n++) {
		const struct vl_carve_seen *s = &l->seen[n];

		if (vl_guid_equal(&s->guid, &e->guid) &&
		    (!number || s->sequence_number == e->sequence_number))
			return true;
	}
	return false;
}

/*
 * The lone log that [off, ...) goes on with: near its end, or an entry of the same
 * LogGuid; that with the same number is of another copy.
 */
static struct vl_carve_lone *lone_of(struct vhdxlog_carve *c, uint64_t off,
				     const struct vhdxlog_carved *e)
{
	struct vl_carve_lone *best = NULL;

	for (size_t n = 0; n < c->n_lone; n++) {
		struct vl_carve_lone *l = &c->lone[n];
		bool near = off <= vl_end(l->ring.to, VL_CARVE_GAP);

		if ((off - l->ring.from) % VL_SECTOR ||
		    (!near && !(e && has_seen(l, e, false))) ||
		    (e && e->sound && has_seen(l, e, true)))
			continue;
		if (!best || l->ring.to > best->ring.to)
			best = l;
	}
	return best;
}

static void remember(struct vl_carve_lone *l, const struct vl_carve_find *find)
{
	uint32_t half = VL_CARVE_SEEN / 2, at = l->n;

	/* The first ones, and the last ones in turn. */
	if (at < VL_CARVE_SEEN)
		l->n++;
	else
		at = half + (uint32_t)(l->ring.sound % half);
	l->seen[at] = (struct vl_carve_seen){
		.offset = find->item.offset,
		.sequence_number = find->item.sequence_number,
		.tail = find->tail,
		.guid = find->item.guid,
	};
}

void vl_log_add(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	struct vl_carve_lone *l;

	if (add_to_image(c, find))
		return;
	l = lone_of(c, find->item.offset, &find->item);
	if (!l) {
		l = &c->lone[c->n_lone++];
		memset(l, 0, sizeof(*l));
	}
	note_entry(&l->ring, find);
	if (find->item.sound)
		remember(l, find);
	else
		l->last_damaged = find->item.offset;
	c->next_close = vl_min64(c->next_close, vl_lone_close_at(l));
}

bool vl_group_data(struct vhdxlog_carve *c, uint64_t from, uint64_t to,
		   uint64_t count)
{
	struct vl_carve_image *i = image_of(c, from, to);
	struct vl_carve_lone *l = i ? NULL : lone_of(c, from, NULL);
	struct vl_carve_ring *r = i ? &i->ring : l ? &l->ring : NULL;

	if (!r)
		return false;
	note_range(r, from, to);
	r->data += count;
	return true;
}

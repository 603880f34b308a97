/* SPDX-License-Identifier: MIT */
#include "view/compare_virtual.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- ranges */

/* Make the last range hold another one as well. */
static void join_last(struct vl_guest *g, uint64_t off, uint64_t len)
{
	struct vl_range *last = &g->ranges[g->n - 1];
	uint64_t end = vl_max64(vl_end(off, len), last->off + last->len);

	last->off = vl_min64(last->off, off);
	last->len = end - last->off;
}

int vl_guest_add(struct vl_guest *g, uint64_t off, uint64_t len,
		 struct vhdxlog_error *err)
{
	const struct vl_range *last = g->n ? &g->ranges[g->n - 1] : NULL;
	void *array = g->ranges;

	if (!len)
		return 0;
	if (last && (g->n == VL_MAX_GUEST_RANGES ||
		     (off >= last->off && off <= last->off + last->len))) {
		join_last(g, off, len);
		return 0;
	}
	if (!vl_reserve(&array, &g->cap, g->n + 1, sizeof(*g->ranges)))
		return vl_nomem(err);
	g->ranges = array;
	g->ranges[g->n++] = (struct vl_range){ off, len, 0 };
	return 0;
}

/* Sorted, apart. */
static void settle(struct vl_guest *g)
{
	size_t n = g->n;

	vl_ranges_sort(g->ranges, n);
	g->n = n ? 1 : 0;
	for (size_t i = 1; i < n; i++) {
		const struct vl_range *r = &g->ranges[i];
		const struct vl_range *last = &g->ranges[g->n - 1];

		if (r->off <= last->off + last->len)
			join_last(g, r->off, r->len);
		else
			g->ranges[g->n++] = *r;
	}
}

void vl_guest_release(struct vl_guest *g)
{
	free(g->ranges);
	*g = (struct vl_guest){ 0 };
}

/* ------------------------------------------------------------------ the disk */

static uint64_t disk_size(const struct vl_guest_side *s)
{
	return s->image->geometry_known ? s->image->geometry.disk_size : 0;
}

/* Whether a block of one is a block of the other. */
static bool same_blocks(const struct vl_guest_side *a,
			const struct vl_guest_side *b)
{
	const struct vl_bat_geometry *x = &a->image->geometry;
	const struct vl_bat_geometry *y = &b->image->geometry;

	return a->image->geometry_known && b->image->geometry_known &&
	       x->block_size == y->block_size &&
	       x->chunk_ratio == y->chunk_ratio &&
	       x->has_parent == y->has_parent;
}

/* -------------------------------------------------------------------- blocks */

/* Two BATs side by side. */
struct walk {
	struct vl_guest_case *c;
	struct vl_bat_walk bat[2];
};

static int look_at(struct walk *w, uint64_t index, const uint64_t raw[2],
		   struct vhdxlog_error *err)
{
	struct vl_guest_case *c = w->c;
	struct vhdxlog_bat_entry e[2];
	uint64_t chunk;

	for (unsigned i = 0; i < 2; i++)
		vl_bat_decode(&c->side[i]->image->geometry, index, raw[i],
			      &e[i]);
	chunk = index / ((uint64_t)c->side[0]->image->geometry.chunk_ratio + 1);
	if (chunk != c->chunk) {
		c->chunk = chunk;
		c->any_partial = false;
		memset(c->partial, 0, sizeof(c->partial));
	}
	if (e[0].is_bitmap)
		return vl_guest_bitmap(c, &e[0], &e[1], err);
	return vl_guest_block(c, &e[0], &e[1], err);
}

/* Of blocks whose entries cannot be read nothing is known: they may differ. */
static int add_blocks(struct walk *w, uint64_t from, uint64_t to,
		      struct vhdxlog_error *err)
{
	const struct vl_bat_geometry *g = &w->c->side[0]->image->geometry;
	uint64_t chunk = (uint64_t)g->chunk_ratio + 1;

	from = (from - from / chunk) * g->block_size;
	to = vl_min64((to - to / chunk) * g->block_size, g->disk_size);
	return from < to ? vl_guest_add(w->c->guest, from, to - from, err) : 0;
}

/* Go on to a side's next entry that is not zero; UINT64_MAX: there is none. */
static int go_on(struct walk *w, unsigned i, uint64_t end, uint64_t *at,
		 uint64_t *raw, struct vhdxlog_error *err)
{
	int rc;

	/* Ends: what cannot be read is passed. */
	for (;;) {
		uint64_t from = *at;

		rc = vl_bat_walk_next(&w->bat[i], at, end, raw, err);
		if (rc != VHDXLOG_E_IO)
			break;
		rc = add_blocks(w, from, *at, err);
		if (rc)
			break;
	}
	if (rc == 1)
		*at = UINT64_MAX;
	return rc == 1 ? 0 : rc;
}

/* The entries from an index to another that are not zero in both. */
static int look_through(struct walk *w, uint64_t index, uint64_t end,
			struct vhdxlog_error *err)
{
	uint64_t at[2] = { index, index }, raw[2] = { 0, 0 };
	int rc = go_on(w, 0, end, &at[0], &raw[0], err);

	if (!rc)
		rc = go_on(w, 1, end, &at[1], &raw[1], err);
	/* Ends: at least one of them goes on. */
	while (!rc && (index = vl_min64(at[0], at[1])) != UINT64_MAX) {
		const uint64_t both[2] = { at[0] == index ? raw[0] : 0,
					   at[1] == index ? raw[1] : 0 };

		rc = look_at(w, index, both, err);
		for (unsigned i = 0; !rc && i < 2; i++) {
			if (at[i] != index)
				continue;
			at[i]++;
			rc = go_on(w, i, end, &at[i], &raw[i], err);
		}
	}
	return rc;
}

/* Whether blocks of the BAT, as it is in an image, have a part in a stretch. */
static bool has_blocks(const struct vl_image *i, const struct vl_range *r)
{
	struct vl_claimed c = vl_claims_in(&i->claims, r->off, r->len);

	return c.payload || c.bitmap;
}

/*
 * Whether nothing but tables differs, so that only what differs of the BAT need
 * be looked at. Bits of a bitmap count by the blocks of its chunk, so that disks
 * with a parent are always looked at as a whole.
 */
static bool only_tables(const struct vl_guest_case *c)
{
	const struct vl_image *a = c->side[0]->image, *b = c->side[1]->image;

	if (!vl_bat_same_layout(a, b) || a->geometry.has_parent ||
	    a->claims.full || b->claims.full)
		return false;
	for (size_t i = 0; i < c->n_changed; i++) {
		if (has_blocks(a, &c->changed[i]) ||
		    has_blocks(b, &c->changed[i]))
			return false;
	}
	return true;
}

static int look_at_changed(struct walk *w, struct vhdxlog_error *err)
{
	const struct vl_guest_case *c = w->c;
	const struct vhdxlog_region *bat = c->side[0]->image->bat;
	uint64_t begin = bat->offset, end = begin + bat->length, done = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < c->n_changed; i++) {
		const struct vl_range *r = &c->changed[i];
		uint64_t from = vl_max64(r->off, begin);
		uint64_t to = vl_min64(r->off + r->len, end);

		if (from >= to)
			continue;
		from = vl_max64(done, (from - begin) / 8);
		done = vl_div_up(to - begin, 8);
		rc = look_through(w, from, done, err);
	}
	return rc;
}

static int look_at_blocks(struct vl_guest_case *c, struct vhdxlog_error *err)
{
	struct walk w = { .c = c };
	int rc = 0;

	for (unsigned i = 0; !rc && i < 2; i++)
		rc = vl_bat_walk_init(&w.bat[i], &c->side[i]->side.pile->view,
				      c->side[i]->image, err);
	if (!rc && only_tables(c))
		rc = look_at_changed(&w, err);
	else if (!rc)
		rc = look_through(&w, 0, UINT64_MAX, err);
	for (unsigned i = 0; i < 2; i++)
		vl_bat_walk_release(&w.bat[i]);
	return rc;
}

int vl_guest_compare(struct vl_guest *g, const struct vl_guest_side *a,
		     const struct vl_guest_side *b, bool one_disk,
		     const struct vl_range *changed, size_t n_changed,
		     struct vhdxlog_error *err)
{
	struct vl_guest_case c = {
		.guest = g,
		.side = { a, b },
		.one_disk = one_disk,
		.changed = changed,
		.n_changed = n_changed,
		.budget = vl_end(a->side.length, b->side.length),
		.buf = { vl_calloc(1, VL_GUEST_PIECE),
			 vl_calloc(1, VL_GUEST_PIECE) },
		.chunk = UINT64_MAX,
	};
	uint64_t less = vl_min64(disk_size(a), disk_size(b));
	uint64_t more = vl_max64(disk_size(a), disk_size(b));
	int rc = c.buf[0] && c.buf[1] ? 0 : vl_nomem(err);

	*g = (struct vl_guest){ 0 };
	if (!rc && same_blocks(a, b)) {
		if (n_changed)
			rc = look_at_blocks(&c, err);
		if (!rc)
			rc = vl_guest_add(g, less, more - less, err);
	} else if (!rc) {
		rc = vl_guest_add(g, 0, more, err);
	}
	free(c.buf[0]);
	free(c.buf[1]);
	settle(g);
	return rc;
}

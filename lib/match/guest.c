/* SPDX-License-Identifier: MIT */
/* Pages that go into a payload block: where the guest's disk has them, by the BAT as
 * a replay leaves it. One walk over it, for all hits at once. */
#include "match/matches.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "image/image.h"

struct guest {
	struct vhdxlog_match **hits; /* owned; by target_offset */
	/* Of each, one at or behind it that has no place yet, or the end; owned.
	 * So each is visited once, however many entries claim its place. */
	size_t *next;
	size_t count;
};

static bool is_payload(const struct vhdxlog_match *m)
{
	return m->has_target && m->area == VHDXLOG_AREA_PAYLOAD;
}

static int by_target(const void *a, const void *b)
{
	const struct vhdxlog_match *x = *(struct vhdxlog_match *const *)a;
	const struct vhdxlog_match *y = *(struct vhdxlog_match *const *)b;

	return x->target_offset < y->target_offset ?
		       -1 :
		       x->target_offset > y->target_offset;
}

/* false: out of memory. */
static bool gather(struct guest *g, struct vhdxlog_matches *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->count; i++)
		n += is_payload(&all->items[i]);
	if (n == 0)
		return true;
	g->hits = vl_calloc(n, sizeof(*g->hits));
	g->next = vl_calloc(n + 1, sizeof(*g->next));
	if (!g->hits || !g->next)
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (is_payload(&all->items[i]))
			g->hits[g->count++] = &all->items[i];
	qsort(g->hits, g->count, sizeof(*g->hits), by_target);
	for (size_t i = 0; i <= g->count; i++)
		g->next[i] = i;
	return true;
}

/* The first hit from i on that has no place. */
static size_t open_from(struct guest *g, size_t i)
{
	while (g->next[i] != i) {
		g->next[i] = g->next[g->next[i]];
		i = g->next[i];
	}
	return i;
}

/* The first hit that does not go to before `offset`. */
static size_t first_from(const struct guest *g, uint64_t offset)
{
	size_t low = 0, high = g->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (g->hits[middle]->target_offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void place(struct guest *g, const struct vhdxlog_bat_entry *e)
{
	size_t i = open_from(g, first_from(g, e->file_offset));

	for (; i < g->count; i = open_from(g, i)) {
		struct vhdxlog_match *m = g->hits[i];

		if (m->target_offset - e->file_offset >= e->virtual_length)
			return;
		m->has_virtual = true;
		m->virtual_offset = e->virtual_offset + m->target_offset -
				    e->file_offset;
		g->next[i] = i + 1;
	}
}

static int walk(struct vl_match_pass *pass, struct guest *g)
{
	struct vhdxlog_overlay *overlay;
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	uint64_t cursor = 0;
	int rc = vhdxlog_overlay_policy(pass->scan, 0, &overlay, NULL);

	if (rc)
		return rc;
	/* Ends: with the BAT; what cannot be read is gone past. */
	while ((rc = vhdxlog_overlay_bat_next(overlay, &cursor, &e, &certainty,
					      NULL)) == 0 ||
	       rc == VHDXLOG_E_IO) {
		if (vl_match_is_late(pass))
			break;
		if (rc == 0 && !e.is_bitmap && vl_bat_is_located(&e) &&
		    e.file_offset)
			place(g, &e);
	}
	vhdxlog_overlay_close(overlay);
	return rc;
}

void vl_match_guest(struct vl_match_pass *pass)
{
	struct guest g = { .hits = NULL };
	int rc = gather(&g, pass->matches) ? 0 : VHDXLOG_E_NOMEM;

	if (rc == 0 && g.count)
		rc = walk(pass, &g);
	/* What else is wrong with a BAT leaves hits without such a place. */
	if (rc == VHDXLOG_E_NOMEM)
		pass->failed = rc;
	free(g.hits);
	free(g.next);
}

/* SPDX-License-Identifier: MIT */
#include "overlay/sweep.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

/* -------------------------------------------------------------------- heap */

static void heap_swap(struct vl_heap *h, size_t a, size_t b)
{
	uint32_t place = h->place[a];

	h->place[a] = h->place[b];
	h->place[b] = place;
}

static void heap_push(struct vl_sweep *s, struct vl_heap *h, uint32_t place)
{
	size_t i = h->n++;

	h->place[i] = place;
	while (i && h->before(s, h->place[i], h->place[(i - 1) / 2])) {
		heap_swap(h, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static uint32_t heap_pop(struct vl_sweep *s, struct vl_heap *h)
{
	uint32_t top = h->place[0];
	size_t i = 0;

	h->place[0] = h->place[--h->n];
	for (;;) {
		size_t first = 2 * i + 1;

		if (first >= h->n)
			return top;
		if (first + 1 < h->n &&
		    h->before(s, h->place[first + 1], h->place[first]))
			first++;
		if (!h->before(s, h->place[first], h->place[i]))
			return top;
		heap_swap(h, i, first);
		i = first;
	}
}

/* ------------------------------------------------------------------ layers */

static const struct vl_layer *layer_at(const struct vl_sweep *s, uint32_t place)
{
	return &s->log->layers[s->pile[place]];
}

static const struct vl_target *target_of(const struct vl_sweep *s,
					 uint32_t place)
{
	return &s->log->targets[s->target[place]];
}

static bool begins_before(const void *sweep, uint32_t a, uint32_t b)
{
	return vl_target_offset(target_of(sweep, a)) <
	       vl_target_offset(target_of(sweep, b));
}

static bool lies_above(const void *sweep, uint32_t a, uint32_t b)
{
	(void)sweep;
	return a > b;
}

/* Put a layer where the target that counts belongs; past its last, nowhere. */
static void put(struct vl_sweep *s, uint32_t place)
{
	const struct vl_layer *l = layer_at(s, place);
	uint32_t end = l->first + l->count;
	const struct vl_target *t = s->log->targets;
	uint32_t *i = &s->target[place];

	while (*i < end && vl_target_end(&t[*i]) <= s->at)
		++*i;
	if (*i == end)
		return;
	/* Of data for one page the last counts. */
	while (*i + 1 < end &&
	       vl_target_offset(&t[*i + 1]) == vl_target_offset(&t[*i]))
		++*i;
	heap_push(s, vl_target_offset(&t[*i]) <= s->at ? &s->covering :
							 &s->waiting,
		  place);
}

/*
 * Bring both heaps up to `at`. A layer that ended below the one that is seen is
 * not looked at before that one ends; then all that it missed is past.
 */
static void settle(struct vl_sweep *s)
{
	for (;;) {
		struct vl_heap *w = &s->waiting, *c = &s->covering;

		if (w->n && vl_target_offset(target_of(s, w->place[0])) <= s->at)
			put(s, heap_pop(s, w));
		else if (c->n && vl_target_end(target_of(s, c->place[0])) <= s->at)
			put(s, heap_pop(s, c));
		else
			return;
	}
}

/* The first target of a layer that does not end before off. */
static uint32_t first_behind(const struct vl_sweep *s, uint32_t place,
			     uint64_t off)
{
	const struct vl_layer *l = layer_at(s, place);
	uint32_t low = l->first, high = l->first + l->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (vl_target_end(&s->log->targets[mid]) <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ------------------------------------------------------------------- sweep */

int vl_sweep_init(struct vl_sweep *s, const struct vl_log *log,
		  const uint32_t *pile, size_t n, struct vhdxlog_error *err)
{
	*s = (struct vl_sweep){
		.log = log,
		.pile = pile,
		.n = n,
		.target = vl_calloc(n, sizeof(*s->target)),
		.waiting = { vl_calloc(n, sizeof(uint32_t)), 0, begins_before },
		.covering = { vl_calloc(n, sizeof(uint32_t)), 0, lies_above },
	};
	if (!s->target || !s->waiting.place || !s->covering.place)
		return vl_nomem(err);
	vl_sweep_seek(s, 0);
	return 0;
}

void vl_sweep_release(struct vl_sweep *s)
{
	free(s->target);
	free(s->waiting.place);
	free(s->covering.place);
	*s = (struct vl_sweep){ 0 };
}

void vl_sweep_seek(struct vl_sweep *s, uint64_t off)
{
	s->at = off;
	s->waiting.n = s->covering.n = 0;
	for (uint32_t i = 0; i < s->n; i++) {
		s->target[i] = first_behind(s, i, off);
		put(s, i);
	}
}

bool vl_sweep_next(struct vl_sweep *s, struct vl_segment *segment)
{
	const struct vl_heap *w = &s->waiting, *c = &s->covering;
	uint32_t seen;

	settle(s);
	while (!c->n && w->n) { /* ends: `at` goes up, or a target is done */
		s->at = vl_target_offset(target_of(s, w->place[0]));
		settle(s);
	}
	if (!c->n)
		return false;
	seen = s->target[c->place[0]];
	*segment = (struct vl_segment){ .off = s->at,
					.entry = layer_at(s, c->place[0])->entry,
					.target = seen };
	/* Until it ends, or a layer above it begins. Ends: `at` goes up. */
	while (c->n && s->target[c->place[0]] == seen) {
		s->at = vl_target_end(&s->log->targets[seen]);
		if (w->n)
			s->at = vl_min64(s->at, vl_target_offset(target_of(
							s, w->place[0])));
		settle(s);
	}
	segment->len = s->at - segment->off;
	return true;
}

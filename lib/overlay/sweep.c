/* SPDX-License-Identifier: MIT */
#include "overlay/sweep.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- heap */

/* Item i of a heap; the one that covers counts from the end of the array. */
static uint32_t *item(const struct vl_sweep *s, const struct vl_heap *h,
		      size_t i)
{
	return h == &s->waiting ? &h->place[i] : &h->place[s->n - 1 - i];
}

static uint64_t key_of(const struct vl_sweep *s, const struct vl_heap *h,
		       size_t i)
{
	return s->key[*item(s, h, i)];
}

static void heap_push(struct vl_sweep *s, struct vl_heap *h, uint64_t key,
		      uint32_t place)
{
	size_t i = h->n++;

	s->key[place] = key;
	for (; i && key < key_of(s, h, (i - 1) / 2); i = (i - 1) / 2)
		*item(s, h, i) = *item(s, h, (i - 1) / 2);
	*item(s, h, i) = place;
}

static uint32_t heap_pop(struct vl_sweep *s, struct vl_heap *h)
{
	uint32_t top = *item(s, h, 0), last = *item(s, h, --h->n);
	size_t i = 0;

	for (;;) {
		size_t next = 2 * i + 1;

		if (next + 1 < h->n &&
		    key_of(s, h, next + 1) < key_of(s, h, next))
			next++;
		if (next >= h->n || key_of(s, h, next) >= s->key[last])
			break;
		*item(s, h, i) = *item(s, h, next);
		i = next;
	}
	if (h->n)
		*item(s, h, i) = last;
	return top;
}

/* ------------------------------------------------------------------ layers */

static const struct vl_layer *layer_at(const struct vl_sweep *s, uint32_t place)
{
	return &s->log->layers[s->pile[place]];
}

/* Of the layer on top of what covers: the target that is seen. */
static uint32_t seen(const struct vl_sweep *s)
{
	return s->target[*item(s, &s->covering, 0)];
}

/* Put a layer where the target that counts belongs; past its last, nowhere. */
static void put(struct vl_sweep *s, uint32_t place)
{
	const struct vl_layer *l = layer_at(s, place);
	uint32_t end = l->first + l->count;
	const struct vl_target *t = s->log->targets;
	uint32_t *i = &s->target[place], before = *i;

	while (*i < end && vl_target_end(&t[*i]) <= s->at)
		++*i;
	/* Of data for one page the last counts. */
	while (*i + 1 < end &&
	       vl_target_offset(&t[*i + 1]) == vl_target_offset(&t[*i]))
		++*i;
	s->log->cost.sweep_steps += 1 + *i - before;
	if (*i == end)
		return;
	if (vl_target_offset(&t[*i]) <= s->at)
		heap_push(s, &s->covering, UINT32_MAX - place, place);
	else
		heap_push(s, &s->waiting, vl_target_offset(&t[*i]), place);
}

/*
 * Bring both heaps up to `at`. A layer that ended below the one that is seen is
 * not looked at before that one ends; then all that it missed is past.
 */
static void settle(struct vl_sweep *s)
{
	for (;;) {
		struct vl_heap *w = &s->waiting, *c = &s->covering;

		if (w->n && key_of(s, w, 0) <= s->at)
			put(s, heap_pop(s, w));
		else if (c->n && vl_target_end(&s->log->targets[seen(s)]) <= s->at)
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

/* ------------------------------------------------------------------ hidden */

/* Offsets of pages that higher layers write: a hash table of a power of two. */
struct pages {
	uint64_t *key; /* owned: offset + 1; 0 is a free place */
	size_t mask, n;
};

/* Whether it was not in there. Ends: some place is always free. */
static bool add_page(struct pages *p, uint64_t off)
{
	size_t i = (off / VL_SECTOR * UINT64_C(0x9e3779b97f4a7c15)) >> 20;

	for (i &= p->mask; p->key[i]; i = (i + 1) & p->mask) {
		if (p->key[i] == off + 1)
			return false;
	}
	p->key[i] = off + 1;
	p->n++;
	return true;
}

/* Twice as many places, where more than half of them would be taken. */
static bool make_room(struct pages *p, size_t more)
{
	struct pages larger = { .mask = p->mask };

	if (p->key && 2 * (p->n + more) <= p->mask)
		return true;
	while (2 * (p->n + more) > larger.mask)
		larger.mask = 2 * larger.mask + 1;
	larger.key = vl_calloc(larger.mask + 1, sizeof(*larger.key));
	if (!larger.key)
		return false;
	for (size_t i = 0; p->key && i <= p->mask; i++) {
		if (p->key[i])
			add_page(&larger, p->key[i] - 1);
	}
	free(p->key);
	*p = larger;
	return true;
}

/* Whether one of its pages is in none of the layers above. */
static bool may_be_seen(const struct vl_log *log, const struct vl_layer *l,
			struct pages *p)
{
	const struct vl_target *t = &log->targets[l->first];
	bool any = false;

	for (uint32_t i = 0; i < l->count; i++)
		any |= add_page(p, vl_target_offset(&t[i]));
	return any;
}

/*
 * What a writer logs again and again is seen once, and most of a long pile is not
 * seen at all: from the top down, layers of which every page lies in one above are
 * left out. Memory is 16 bytes a page, and only of data, each in its own sector.
 */
static int copy_seen(struct vl_sweep *s, const uint32_t *pile, size_t n,
		     struct vhdxlog_error *err)
{
	struct pages above = { .key = NULL };
	size_t from = n;
	bool room = true;

	s->pile = vl_calloc(n, sizeof(*s->pile));
	if (!s->pile)
		return vl_nomem(err);
	for (size_t i = n; room && i-- > 0;) {
		const struct vl_layer *l = &s->log->layers[pile[i]];
		bool is_data = l->count &&
			       !vl_target_is_zero(&s->log->targets[l->first]);

		/* Of zeroes that is not asked. */
		room = !is_data || make_room(&above, l->count);
		if (room && (!is_data || may_be_seen(s->log, l, &above)))
			s->pile[--from] = pile[i];
	}
	free(above.key);
	s->n = n - from;
	memmove(s->pile, s->pile + from, s->n * sizeof(*s->pile));
	return room ? 0 : vl_nomem(err);
}

/* ------------------------------------------------------------------- sweep */

int vl_sweep_init(struct vl_sweep *s, struct vl_log *log,
		  const uint32_t *pile, size_t n, struct vhdxlog_error *err)
{
	int rc;

	*s = (struct vl_sweep){ .log = log };
	rc = copy_seen(s, pile, n, err);
	if (rc)
		return rc;
	s->target = vl_calloc(s->n, sizeof(*s->target));
	s->key = vl_calloc(s->n, sizeof(*s->key));
	s->waiting.place = vl_calloc(s->n, sizeof(uint32_t));
	if (!s->target || !s->key || !s->waiting.place)
		return vl_nomem(err);
	s->covering.place = s->waiting.place;
	vl_sweep_seek(s, 0);
	return 0;
}

void vl_sweep_release(struct vl_sweep *s)
{
	free(s->pile);
	free(s->target);
	free(s->key);
	free(s->waiting.place);
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
	uint32_t target;

	settle(s);
	while (!c->n && w->n) { /* ends: `at` goes up, or a target is done */
		s->at = key_of(s, w, 0);
		settle(s);
	}
	if (!c->n)
		return false;
	target = seen(s);
	*segment = (struct vl_segment){
		.off = s->at,
		.entry = layer_at(s, *item(s, c, 0))->entry,
		.target = target,
	};
	/* Until it ends, or a layer above it begins. Ends: `at` goes up. */
	while (c->n && seen(s) == target) {
		s->at = vl_target_end(&s->log->targets[target]);
		if (w->n)
			s->at = vl_min64(s->at, key_of(s, w, 0));
		settle(s);
	}
	segment->len = s->at - segment->off;
	return true;
}

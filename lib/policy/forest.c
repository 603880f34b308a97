/* SPDX-License-Identifier: MIT */
#include "policy/forest.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

bool vl_follows_any(const struct vl_case *c, const struct vl_entry *a,
		    const struct vl_entry *b)
{
	(void)c;
	return b->sector > a->sector;
}

bool vl_follows_number(const struct vl_case *c, const struct vl_entry *a,
		       const struct vl_entry *b)
{
	(void)c;
	return a->sequence_number != UINT64_MAX &&
	       b->sequence_number == a->sequence_number + 1;
}

bool vl_follows_number_round(const struct vl_case *c,
			     const struct vl_entry *a,
			     const struct vl_entry *b)
{
	(void)c;
	return b->sequence_number == a->sequence_number + 1;
}

bool vl_follows_unwrapped(const struct vl_case *c, const struct vl_entry *a,
			  const struct vl_entry *b)
{
	return b->sector > a->sector && vl_follows_number(c, a, b);
}

bool vl_follows_window(const struct vl_case *c, const struct vl_entry *a,
		       const struct vl_entry *b)
{
	uint64_t ring = c->log->pub.length;
	uint64_t head = (uint64_t)b->sector * VL_SECTOR;
	uint64_t used = (head + ring - a->tail) % ring;
	uint64_t end = used + (uint64_t)b->sectors * VL_SECTOR;

	/* Where the Tail is what lies behind, the log counts as full. */
	return used && vl_follows_number(c, a, b) && end <= ring &&
	       (b->tail + ring - a->tail) % ring < end;
}

static bool is_taken(const struct vl_forest *f, const struct vl_case *c,
		     uint32_t index)
{
	return vl_accepts(c, index) && !f->barred[index];
}

void vl_forest_link(struct vl_forest *f, const struct vl_case *c)
{
	const struct vl_log *log = c->log;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];
		uint32_t b;

		vl_step(c);
		f->next[i] = VL_NONE;
		if (!is_taken(f, c, i))
			continue;
		b = vl_behind(log, e);
		if (is_taken(f, c, b) &&
		    c->policy->follows(c, e, &log->entries[b]))
			f->next[i] = b;
	}
}

/* Whether a root's Tail names an entry between two that links lead through. */
static bool names_between(const struct vl_forest *f, const struct vl_case *c,
			  uint32_t root, uint32_t from, uint32_t to)
{
	uint32_t tail = vl_named_by_tail(c->log, &c->log->entries[root]);

	for (;; from = f->next[from]) {
		if (from == tail)
			return true;
		if (from == to)
			return false;
	}
}

/*
 * Follow the links from i to the first entry whose root is known, or to a root;
 * then go the same way again and tell them all. Each entry is told once.
 */
static void climb(struct vl_forest *f, const struct vl_case *c, uint32_t i)
{
	uint32_t at = i, last = i, root;
	bool rest = false, before;

	for (; f->root[at] == VL_NONE; at = f->next[at]) {
		vl_step(c);
		last = at;
		if (f->next[at] == VL_NONE)
			break;
	}
	root = f->root[at] == VL_NONE ? at : f->root[at];
	rest = f->root[at] != VL_NONE && f->by_tail[at];
	before = names_between(f, c, root, i, last);
	for (uint32_t k = i;; k = f->next[k]) {
		f->root[k] = root;
		f->by_tail[k] = before || rest;
		/* Behind the entry that it names, the way does not come by. */
		if (k == vl_named_by_tail(c->log, &c->log->entries[root]))
			before = false;
		if (k == last)
			break;
	}
}

int vl_forest_init(struct vl_forest *f, const struct vl_case *c,
		   struct vhdxlog_error *err)
{
	size_t n = c->log->n_entries;

	*f = (struct vl_forest){
		.next = vl_calloc(n, sizeof(*f->next)),
		.root = vl_calloc(n, sizeof(*f->root)),
		.by_tail = vl_calloc(n, sizeof(*f->by_tail)),
		.barred = vl_calloc(n, sizeof(*f->barred)),
	};
	if (!f->next || !f->root || !f->by_tail || !f->barred)
		return vl_nomem(err);
	for (uint32_t i = 0; c->policy->bars && i < n; i++)
		f->barred[i] = vl_accepts(c, i) &&
			       c->policy->bars(c, &c->log->entries[i]);
	return 0;
}

void vl_forest_grow(struct vl_forest *f, const struct vl_case *c)
{
	for (uint32_t i = 0; i < c->log->n_entries; i++)
		f->root[i] = VL_NONE;
	for (uint32_t i = 0; i < c->log->n_entries; i++) {
		if (f->root[i] == VL_NONE && is_taken(f, c, i))
			climb(f, c, i);
	}
}

int vl_forest_plant(struct vl_forest *f, const struct vl_case *c,
		    struct vhdxlog_error *err)
{
	int rc = vl_forest_init(f, c, err);

	if (rc)
		return rc;
	vl_forest_link(f, c);
	vl_forest_grow(f, c);
	return 0;
}

void vl_forest_release(struct vl_forest *f)
{
	free(f->next);
	free(f->root);
	free(f->by_tail);
	free(f->barred);
	*f = (struct vl_forest){ 0 };
}

int vl_forest_pick(const struct vl_forest *f, struct vl_case *c,
		   uint32_t first, uint32_t head, struct vhdxlog_error *err)
{
	for (uint32_t i = first;; i = f->next[i]) {
		int rc = vl_pick(&c->chosen, c->log->entries[i].sector, err);

		vl_step(c);
		if (rc || i == head)
			return rc;
	}
}

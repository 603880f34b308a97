/* SPDX-License-Identifier: MIT */
/* Places of a file, told apart. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/export.h"

#include <stdlib.h>
#include <string.h>

int vl_places_add(struct vl_places *p, uint64_t off, uint64_t end,
		  enum vl_place_kind kind, struct vhdxlog_error *err)
{
	struct vl_place *last = p->n ? &p->list[p->n - 1] : NULL;
	void *list = p->list;

	if (off >= end)
		return 0;
	if (last && last->kind == kind && last->end == off) {
		last->end = end;
		return 0;
	}
	if (!vl_reserve(&list, &p->cap, p->n + 1, sizeof(*p->list)))
		return vl_nomem(err);
	p->list = list;
	p->list[p->n++] = (struct vl_place){ off, end, kind };
	return 0;
}

void vl_places_release(struct vl_places *p)
{
	free(p->list);
	*p = (struct vl_places){ 0 };
}

/* ------------------------------------------------------------------ settle */

/* Where a place begins or ends. */
struct edge {
	uint64_t at;
	enum vl_place_kind kind;
	bool begins;
};

static int by_offset(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	return (a->at > b->at) - (a->at < b->at);
}

/* The kind that counts of those that are open; VL_PLACE_KINDS: none is. */
static enum vl_place_kind top(const size_t open[VL_PLACE_KINDS])
{
	enum vl_place_kind kind = VL_PLACE_HEAD;

	while (kind < VL_PLACE_KINDS && !open[kind])
		kind++;
	return kind;
}

static int sweep(struct vl_places *p, const struct edge *edges, size_t n,
		 struct vhdxlog_error *err)
{
	size_t open[VL_PLACE_KINDS] = { 0 };
	int rc = 0;

	p->n = 0;
	for (size_t i = 0; !rc && i < n;) {
		uint64_t at = edges[i].at;
		enum vl_place_kind kind;

		for (; i < n && edges[i].at == at; i++)
			open[edges[i].kind] += edges[i].begins ? 1 : SIZE_MAX;
		kind = top(open);
		if (kind < VL_PLACE_KINDS && i < n)
			rc = vl_places_add(p, at, edges[i].at, kind, err);
	}
	return rc;
}

int vl_places_settle(struct vl_places *p, struct vhdxlog_error *err)
{
	size_t n = 0;
	struct edge *edges = vl_calloc(2 * p->n, sizeof(*edges));
	int rc;

	if (!edges)
		return vl_nomem(err);
	for (size_t i = 0; i < p->n; i++) {
		const struct vl_place *place = &p->list[i];

		edges[n++] = (struct edge){ place->off, place->kind, true };
		edges[n++] = (struct edge){ place->end, place->kind, false };
	}
	if (n)
		qsort(edges, n, sizeof(*edges), by_offset);
	rc = sweep(p, edges, n, err);
	free(edges);
	return rc;
}

/* The first place that ends behind off. */
static size_t first_behind(const struct vl_places *p, uint64_t off)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->list[mid].end <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool vl_places_cover(const struct vl_places *p, uint64_t off, uint64_t end)
{
	for (size_t i = first_behind(p, off); off < end; i++) {
		if (i == p->n || p->list[i].off > off)
			return false;
		off = p->list[i].end;
	}
	return true;
}

void vl_places_blank(const struct vl_places *p, uint64_t off, uint8_t *buf,
		     size_t len)
{
	uint64_t end = off + len;

	for (size_t i = first_behind(p, off);
	     i < p->n && p->list[i].off < end; i++) {
		uint64_t from = vl_max64(p->list[i].off, off);
		uint64_t to = vl_min64(p->list[i].end, end);

		memset(buf + (from - off), 0, (size_t)(to - from));
	}
}

/* SPDX-License-Identifier: MIT */
#include "image/breaches.h"

#include "base/alloc.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define MOST_RUNS 4096u
#define MOST_NAMED 65536u

void vl_breaches_release(struct vl_breaches *b)
{
	for (size_t i = 0; i < VL_BAT_RULES; i++)
		free(b->of[i].runs);
	memset(b, 0, sizeof(*b));
}

bool vl_breach_note(struct vl_breach *b, uint64_t index, uint64_t raw,
		    uint64_t count)
{
	void *array = b->runs;
	struct vl_breach_run *last = b->n ? &b->runs[b->n - 1] : NULL;
	uint64_t before = last ? last->before + last->count : 0;

	if (!b->count)
		b->raw = raw;
	b->count += count;
	if (last && last->first + last->count == index) {
		last->count += count;
		return true;
	}
	if (b->n == MOST_RUNS)
		return true;
	if (!vl_reserve(&array, &b->cap, b->n + 1, sizeof(*b->runs)))
		return false;
	b->runs = array;
	b->runs[b->n++] = (struct vl_breach_run){
		.first = index,
		.count = count,
		.before = before,
	};
	return true;
}

uint64_t vl_breach_named(const struct vl_breach *b)
{
	const struct vl_breach_run *last = b->n ? &b->runs[b->n - 1] : NULL;

	return last ? vl_min64(last->before + last->count, MOST_NAMED) : 0;
}

/* The cursor counts those that were told. */
bool vl_breach_next(const struct vl_breach *b, size_t *cursor, uint64_t *index)
{
	size_t low = 0, high = b->n;

	if (*cursor >= vl_breach_named(b))
		return false;
	/* The last run with no more before it; the first has none. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (b->runs[middle].before <= *cursor)
			low = middle;
		else
			high = middle;
	}
	*index = b->runs[low].first + (*cursor - b->runs[low].before);
	++*cursor;
	return true;
}

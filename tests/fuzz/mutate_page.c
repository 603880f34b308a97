/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

#include "base/bytes.h"
#include "ondisk/layout.h"

#define TORN 512u /* what a disk writes at once */

uint8_t *mutate_some_page(struct mutation *m, uint64_t *number)
{
	uint32_t i;

	if (!m->s->count)
		return NULL;
	i = (uint32_t)below(m, m->s->count);
	*number = m->s->page[i];
	return m->s->bytes[i];
}

uint64_t mutate_some_place(struct mutation *m)
{
	uint64_t at = below(m, m->s->size / SPARSE_PAGE + 2);

	if (m->ring.sectors && chance(m, 60)) {
		at = m->ring.offset / SPARSE_PAGE;
		return at + below(m, chance(m, 70) ?
					     vl_min64(m->ring.sectors, 24) :
					     m->ring.sectors);
	}
	if (m->s->count && chance(m, 70))
		at = m->s->page[below(m, m->s->count)] + below(m, 5);
	return at ? at - below(m, 2) : at;
}

/* Over another, whole or some of what a disk writes at once. */
static void copy(struct mutation *m, const uint8_t *from, uint64_t to)
{
	uint8_t page[SPARSE_PAGE], *p = sparse_make(m->s, to);
	uint32_t begin = 0, end = SPARSE_PAGE / TORN;

	if (!p)
		return;
	memcpy(page, from, SPARSE_PAGE);
	if (chance(m, 20)) {
		begin = (uint32_t)below(m, end);
		end = begin + 1 + (uint32_t)below(m, end - begin);
	}
	memcpy(p + begin * TORN, page + begin * TORN, (end - begin) * TORN);
}

static void swap(uint8_t *a, uint8_t *b)
{
	uint8_t page[SPARSE_PAGE];

	memcpy(page, a, SPARSE_PAGE);
	memmove(a, b, SPARSE_PAGE);
	memcpy(b, page, SPARSE_PAGE);
}

/* A few neighbours, elsewhere. */
static void copy_run(struct mutation *m, uint64_t from, uint64_t to)
{
	uint64_t n = 1 + below(m, 8);

	for (uint64_t i = 0; i < n; i++) {
		const uint8_t *p = sparse_find(m->s, from + i);

		if (p)
			copy(m, p, to + i);
		else
			sparse_drop(m->s, to + i);
	}
}

static void change_bytes(struct mutation *m, uint8_t *p)
{
	uint32_t at = (uint32_t)below(m, chance(m, 70) ? 128 : SPARSE_PAGE);

	switch (below(m, 4)) {
	case 0: p[at] ^= (uint8_t)(1u << below(m, 8)); break;
	case 1: p[at] = (uint8_t)rng_next(&m->rng); break;
	case 2:
		memset(p + at, (int)below(m, 256),
		       below(m, SPARSE_PAGE - at) + 1);
		break;
	default:
		memmove(p + at, p + below(m, SPARSE_PAGE / 2),
			vl_min64(SPARSE_PAGE - at, below(m, 64)));
	}
}

void mutate_page(struct mutation *m)
{
	uint64_t number, to = mutate_some_place(m), other;
	uint8_t *p = mutate_some_page(m, &number), *q;

	if (!p)
		return;
	switch (below(m, 10)) {
	case 0: sparse_drop(m->s, number); break;
	case 1:
		q = mutate_some_page(m, &other);
		swap(p, q);
		break;
	case 2:
		copy(m, p, to);
		sparse_drop(m->s, number);
		break;
	case 3:
	case 4: copy(m, p, to); break;
	case 5:
	case 6: copy_run(m, number, to); break;
	default: change_bytes(m, p);
	}
}

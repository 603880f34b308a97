/* SPDX-License-Identifier: MIT */
/* Which numbers are of which session: a sweep over where each one's begin and
 * end. */
#include "view/order_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

/* Numbers from here on are of a writer that begins at a random one. */
#define COUNTED (UINT64_C(1) << 32)

/* An entry that is gone may be as many before the first that is left. */
#define BEFORE UINT64_C(4096)

struct border {
	uint64_t at;
	uint32_t session;
	bool begins;
};

static int by_place(const void *pa, const void *pb)
{
	const struct border *a = pa, *b = pb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->session > b->session) - (a->session < b->session);
}

static size_t list_borders(const struct vl_order *o, struct border *b)
{
	size_t n = 0;

	for (uint32_t i = 0; i < o->n_sessions; i++) {
		const struct vhdxlog_session *s = &o->sessions[i];
		uint64_t end;

		if (s->first_sequence_number < COUNTED)
			continue;
		b[n++] = (struct border){ s->first_sequence_number - BEFORE, i,
					  true };
		if (vl_add(s->last_sequence_number, 1, &end))
			b[n++] = (struct border){ end, i, false };
	}
	return n;
}

/*
 * While one session's numbers are open, it is the sum of all that are: of those
 * that begin, less those that end.
 */
static void sweep(struct vl_order *o, const struct border *b, size_t n)
{
	uint64_t open = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		open += b[i].begins ? 1 : UINT64_MAX;
		sum += b[i].begins ? b[i].session : -(uint64_t)b[i].session;
		if (i + 1 < n && b[i + 1].at == b[i].at)
			continue;
		o->numbers[o->n_numbers++] = (struct vl_numbers){
			b[i].at, open == 1 ? (uint32_t)sum : VL_NONE
		};
	}
}

int vl_order_numbers(struct vl_order *o, struct vhdxlog_error *err)
{
	struct border *borders = vl_calloc(2 * o->n_sessions, sizeof(*borders));
	size_t n;

	if (!borders)
		return vl_nomem(err);
	n = list_borders(o, borders);
	o->numbers = vl_calloc(n, sizeof(*o->numbers));
	if (o->numbers) {
		qsort(borders, n, sizeof(*borders), by_place);
		sweep(o, borders, n);
	}
	free(borders);
	return o->numbers ? 0 : vl_nomem(err);
}

uint32_t vl_order_of_number(const struct vl_order *o, uint64_t number)
{
	size_t low = 0, high = o->n_numbers;

	/* The first row that begins behind the number. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->numbers[mid].from <= number)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? o->numbers[low - 1].session : VL_NONE;
}

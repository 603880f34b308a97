/* SPDX-License-Identifier: MIT */
#include "view/gaps.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

/* Whether nothing was logged between the entry at a place and the one before. */
static bool goes_on(const struct vl_order *o, size_t place)
{
	const struct vl_log *log = o->log;
	uint32_t a = o->entries[place - 1], b = o->entries[place];
	const struct vl_entry *before = &log->entries[a], *e = &log->entries[b];

	if (before->sequence_number + 1 != e->sequence_number)
		return false;
	return o->session[a] == o->session[b] ||
	       (o->because[o->session[b]].linked &&
		vl_entry_end(log, before) == e->sector);
}

int vl_gaps_init(struct vl_gaps *g, const struct vl_order *order,
		 struct vhdxlog_error *err)
{
	*g = (struct vl_gaps){ vl_calloc(order->n, sizeof(*g->up_to)) };
	if (!g->up_to)
		return vl_nomem(err);
	for (size_t k = 1; k < order->n; k++)
		g->up_to[k] = g->up_to[k - 1] + !goes_on(order, k);
	return 0;
}

void vl_gaps_release(struct vl_gaps *g)
{
	free(g->up_to);
	*g = (struct vl_gaps){ NULL };
}

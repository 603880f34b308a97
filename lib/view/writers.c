/* SPDX-License-Identifier: MIT */
#include "view/writers.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

/* More data descriptors than this are not searched for each other's pages. */
#define VL_MAX_WRITERS (UINT32_C(1) << 20)

static int by_page(const void *pa, const void *pb)
{
	const struct vl_writer *a = pa, *b = pb;

	if (a->page != b->page)
		return a->page < b->page ? -1 : 1;
	return (a->target > b->target) - (a->target < b->target);
}

/* Layers of zeroes have no pages. */
static void list_layer(struct vl_writers *w, const struct vl_log *log,
		       const struct vl_layer *l)
{
	if (vl_target_is_zero(&log->targets[l->first]))
		return;
	for (uint32_t t = l->first; t < l->first + l->count; t++)
		w->rows[w->n++] = (struct vl_writer){
			vl_target_offset(&log->targets[t]), l->entry, t
		};
}

int vl_writers_list(struct vl_writers *w, const struct vl_log *log,
		    struct vhdxlog_error *err)
{
	size_t data = 0;

	if (w->tried)
		return 0;
	for (size_t k = 0; k < log->sound_layers; k++) {
		const struct vl_layer *l = &log->layers[k];

		if (!vl_target_is_zero(&log->targets[l->first]))
			data += l->count;
	}
	w->tried = true;
	w->too_many = data > VL_MAX_WRITERS;
	if (w->too_many)
		return 0;
	w->rows = vl_calloc(data, sizeof(*w->rows));
	if (!w->rows)
		return vl_nomem(err);
	for (size_t k = 0; k < log->sound_layers; k++)
		list_layer(w, log, &log->layers[k]);
	qsort(w->rows, w->n, sizeof(*w->rows), by_page);
	return 0;
}

void vl_writers_release(struct vl_writers *w)
{
	free(w->rows);
	*w = (struct vl_writers){ 0 };
}

size_t vl_writers_first(const struct vl_writers *w, uint64_t page)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->rows[mid].page < page)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

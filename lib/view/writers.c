/* SPDX-License-Identifier: MIT */
#include "view/writers.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* More data descriptors than this are not searched for each other's pages. */
#define VL_MAX_WRITERS (UINT32_C(1) << 20)

/* Layers of zeroes have no pages. As targets, which there is a sort of that is
 * linear and needs no memory: by page, then by target. */
static size_t list_layer(struct vl_target *to, const struct vl_log *log,
			 const struct vl_layer *l)
{
	if (vl_target_is_zero(&log->targets[l->first]))
		return 0;
	for (uint32_t k = 0; k < l->count; k++)
		to[k] = (struct vl_target){
			vl_target_offset(&log->targets[l->first + k]),
			(uint64_t)(l->first + k) << 32 | l->entry
		};
	return l->count;
}

/* Each in the place of the target that stands for it. */
static void make_rows(struct vl_writer *rows, size_t n)
{
	_Static_assert(sizeof(struct vl_target) == sizeof(*rows),
		       "one takes the place of the other");
	for (size_t i = 0; i < n; i++) {
		struct vl_target t;

		memcpy(&t, &rows[i], sizeof(t));
		rows[i] = (struct vl_writer){ t.place, (uint32_t)t.value,
					      (uint32_t)(t.value >> 32) };
	}
}

int vl_writers_list(struct vl_writers *w, const struct vl_log *log,
		    struct vhdxlog_error *err)
{
	struct vl_target *all;
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
	all = vl_calloc(data, sizeof(*all));
	if (!all)
		return vl_nomem(err);
	for (size_t k = 0; k < log->sound_layers; k++)
		w->n += list_layer(all + w->n, log, &log->layers[k]);
	vl_targets_sort(all, w->n);
	w->rows = (void *)all;
	make_rows(w->rows, w->n);
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

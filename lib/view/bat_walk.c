/* SPDX-License-Identifier: MIT */
#include "view/bat_walk.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

#define CHUNK 65536u
#define MAX_TRAILING (32 * VL_MIB / 8) /* as many as are looked at for checks */

static bool has_bat(const struct vl_image *i)
{
	return i->bat && i->geometry_known;
}

/* As many as are in the region and in the file. */
static uint64_t count_entries(const struct vl_view *view,
			      const struct vl_image *i)
{
	uint64_t inside;

	if (!has_bat(i) || i->bat->offset >= view->size)
		return 0;
	inside = vl_min64(i->bat->length, view->size - i->bat->offset);
	return vl_min64(inside / 8, i->geometry.entries + MAX_TRAILING);
}

int vl_bat_walk_init(struct vl_bat_walk *w, const struct vl_view *view,
		     const struct vl_image *image, struct vhdxlog_error *err)
{
	*w = (struct vl_bat_walk){
		.view = view,
		.image = image,
		.end = count_entries(view, image),
		.bytes = vl_calloc(1, CHUNK),
	};
	return w->bytes ? 0 : vl_nomem(err);
}

void vl_bat_walk_release(struct vl_bat_walk *w)
{
	free(w->bytes);
	*w = (struct vl_bat_walk){ 0 };
}

static bool is_read(const struct vl_bat_walk *w, uint64_t index)
{
	return index - w->first < w->n;
}

static uint64_t get(const struct vl_bat_walk *w, uint64_t index)
{
	return vl_le64(w->bytes + 8 * (index - w->first));
}

/* Read entries from an index on, which is before the end. */
static int fill(struct vl_bat_walk *w, uint64_t index,
		struct vhdxlog_error *err)
{
	size_t n = (size_t)vl_min64(w->end - index, CHUNK / 8);
	int rc = vl_view_read(w->view, vl_bat_offset(w->image, index),
			      w->bytes, 8 * n, err);

	w->first = index;
	w->n = rc ? 0 : n;
	return rc;
}

/* Pass a hole: the first index that may hold something; false: none does. */
static bool skip_hole(const struct vl_bat_walk *w, uint64_t *index,
		      uint64_t end)
{
	uint64_t from, to;

	if (!vl_view_next_data(w->view, vl_bat_offset(w->image, *index),
			       vl_bat_offset(w->image, end), &from, &to))
		return false;
	*index = (from - w->image->bat->offset) / 8;
	return true;
}

int vl_bat_walk_next(struct vl_bat_walk *w, uint64_t *index, uint64_t end,
		     uint64_t *raw, struct vhdxlog_error *err)
{
	end = vl_min64(end, w->end);
	/* Ends: each turn passes an entry, or reads at least one. */
	while (*index < end) {
		int rc = 0;

		if (is_read(w, *index)) {
			*raw = get(w, *index);
			if (*raw)
				return 0;
			++*index;
			continue;
		}
		if (!skip_hole(w, index, end))
			return 1;
		if (!is_read(w, *index))
			rc = fill(w, *index, err);
		if (rc) {
			*index = vl_min64(end, *index + CHUNK / 8);
			return rc;
		}
	}
	return 1;
}

int vl_bat_walk_at(struct vl_bat_walk *w, uint64_t index, uint64_t *raw,
		   struct vhdxlog_error *err)
{
	int rc = 0;

	*raw = 0;
	if (index >= w->end)
		return 0;
	if (!is_read(w, index))
		rc = fill(w, index, err);
	if (!rc)
		*raw = get(w, index);
	return rc;
}

void vl_bat_entry_fill(const struct vl_image *image, uint64_t index,
		       uint64_t raw, struct vhdxlog_bat_entry *e)
{
	vl_bat_decode(&image->geometry, index, raw, e);
	e->offset = vl_bat_offset(image, index);
}

bool vl_bat_same_layout(const struct vl_image *a, const struct vl_image *b)
{
	return has_bat(a) && has_bat(b) && a->bat->offset == b->bat->offset &&
	       a->geometry.block_size == b->geometry.block_size &&
	       a->geometry.chunk_ratio == b->geometry.chunk_ratio;
}

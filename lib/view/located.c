/* SPDX-License-Identifier: MIT */
#include "view/located.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/bat_walk.h"

#include <stdlib.h>

#define MOST_BLOCKS (1u << 20)

static int add(struct vl_located *l, const struct vl_image *image,
	       uint64_t index, uint64_t raw, struct vhdxlog_error *err)
{
	struct vhdxlog_bat_entry e;

	vl_bat_entry_fill(image, index, raw, &e);
	if (e.is_bitmap || !vl_bat_is_located(&e) || !e.file_offset)
		return 0;
	l->too_many = l->n == MOST_BLOCKS;
	if (l->too_many)
		return 0;
	if (!vl_reserve((void **)&l->at, &l->cap, l->n + 1, sizeof(*l->at)))
		return vl_nomem(err);
	l->at[l->n++] = (struct vl_range){ e.file_offset,
					   image->geometry.block_size,
					   (uint32_t)e.block };
	return 0;
}

/* What cannot be read locates nothing. */
static int walk(struct vl_located *l, struct vl_bat_walk *w,
		struct vhdxlog_error *err)
{
	uint64_t index = 0, raw, end = w->image->geometry.entries;
	int rc = 0;

	while (!rc && !l->too_many) {
		int got = vl_bat_walk_next(w, &index, end, &raw, NULL);

		if (got == 1)
			break;
		if (got == 0)
			rc = add(l, w->image, index++, raw, err);
	}
	return rc;
}

int vl_located_make(struct vl_located *l, const struct vl_view *view,
		    const struct vl_image *image, struct vhdxlog_error *err)
{
	struct vl_bat_walk w;
	int rc;

	if (l->made)
		return 0;
	l->made = true;
	rc = vl_bat_walk_init(&w, view, image, err);
	if (!rc)
		rc = walk(l, &w, err);
	vl_bat_walk_release(&w);
	if (rc || l->too_many)
		l->n = 0;
	vl_ranges_sort(l->at, l->n);
	return rc;
}

void vl_located_release(struct vl_located *l)
{
	free(l->at);
	*l = (struct vl_located){ 0 };
}

const struct vl_range *vl_located_at(const struct vl_located *l, uint64_t off,
				     uint64_t len)
{
	/* All are of one length: those that hold off stand before `next`. */
	size_t next = vl_ranges_begun(l->at, l->n, off), first = next;

	while (first && next - first < 2 &&
	       vl_overlap(l->at[first - 1].off, l->at[first - 1].len, off, len))
		first--;
	if (next < l->n && l->at[next].off < vl_end(off, len))
		next++;
	if (next < l->n && next > first && l->at[next].off < vl_end(off, len))
		next++;
	return next - first == 1 ? &l->at[first] : NULL;
}

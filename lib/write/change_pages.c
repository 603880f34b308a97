/* SPDX-License-Identifier: MIT */
#include "write/change_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- pages */

/* How many pages lie before offset. */
static size_t find(const struct vl_pages *p, uint64_t offset)
{
	size_t low = 0, high = p->n;

	/* Most are asked for in order. */
	if (p->n && p->list[p->n - 1].offset < offset)
		return p->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->list[mid].offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What the view holds; zero beyond its end. */
static int read_old(const struct vl_view *view, uint64_t offset,
		    uint8_t bytes[VL_SECTOR], struct vhdxlog_error *err)
{
	uint64_t inside = offset < view->size ? view->size - offset : 0;
	size_t len = (size_t)vl_min64(inside, VL_SECTOR);

	memset(bytes, 0, VL_SECTOR);
	return len ? vl_view_read(view, offset, bytes, len, err) : 0;
}

uint8_t *vl_pages_put(struct vl_pages *p, uint64_t offset,
		      enum vhdxlog_area area, struct vhdxlog_error *err)
{
	size_t i = find(p, offset);
	struct vl_page_change *page;
	void *array = p->list;

	if (i < p->n && p->list[i].offset == offset)
		return p->list[i].bytes;
	if (!vl_reserve(&array, &p->cap, p->n + 1, sizeof(*p->list))) {
		vl_nomem(err);
		return NULL;
	}
	p->list = array;
	page = &p->list[i];
	memmove(page + 1, page, (p->n - i) * sizeof(*page));
	p->n++;
	*page = (struct vl_page_change){ .offset = offset,
					 .entry = VHDXLOG_NO_SECTOR,
					 .area = area };
	return page->bytes;
}

uint8_t *vl_pages_at(struct vl_pages *p, const struct vl_view *view,
		     uint64_t offset, enum vhdxlog_area area,
		     struct vhdxlog_error *err)
{
	size_t i = find(p, offset);
	uint8_t bytes[VL_SECTOR], *page;

	if (i < p->n && p->list[i].offset == offset)
		return p->list[i].bytes;
	if (read_old(view, offset, bytes, err))
		return NULL;
	page = vl_pages_put(p, offset, area, err);
	if (page)
		memcpy(page, bytes, sizeof(bytes));
	return page;
}

void vl_pages_release(struct vl_pages *p)
{
	free(p->list);
	*p = (struct vl_pages){ 0 };
}

/* ------------------------------------------------------------------ change */

struct walk {
	const struct vl_pages *pages; /* borrowed */
	uint64_t size;		      /* of the file afterwards */
	size_t next;
};

static int rewind_pages(void *ctx, struct vhdxlog_error *err)
{
	struct walk *w = ctx;

	(void)err;
	w->next = 0;
	return 0;
}

static int next_page(void *ctx, struct vl_piece *piece,
		     struct vhdxlog_error *err)
{
	struct walk *w = ctx;
	const struct vl_page_change *page;

	(void)err;
	if (w->next == w->pages->n)
		return 1;
	page = &w->pages->list[w->next];
	if (page->offset >= w->size)
		return 1;
	w->next++;
	*piece = (struct vl_piece){
		page->offset,
		vl_min64(VL_SECTOR, w->size - page->offset),
		page->bytes,
		page->entry,
		page->area,
	};
	return 0;
}

int vl_change_pages(const struct vl_pages *pages, uint64_t old_size,
		    uint64_t new_size, struct vl_change *change,
		    struct vhdxlog_error *err)
{
	static const struct vl_change_ops ops = { rewind_pages, next_page,
						  free };
	struct walk *w = vl_calloc(1, sizeof(*w));

	*change = (struct vl_change){ 0 };
	if (!w)
		return vl_nomem(err);
	w->pages = pages;
	w->size = new_size;
	*change = (struct vl_change){ old_size, new_size, &ops, w };
	return 0;
}

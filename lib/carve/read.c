/* SPDX-License-Identifier: MIT */
#include "carve/read.h"

#include "base/alloc.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* For copies from the system's pages, and loads of whole vectors. */
#define ALIGNMENT 4096u

bool vl_reader_init(struct vl_carve_reader *r, const struct vl_view *view)
{
	*r = (struct vl_carve_reader){
		.view = view,
		.buf = aligned_alloc(ALIGNMENT,
				     VL_CARVE_STRETCH + VL_CARVE_SIDE),
	};
	if (!r->buf)
		return false;
	r->side = r->buf + VL_CARVE_STRETCH;
	return true;
}

void vl_reader_release(struct vl_carve_reader *r)
{
	free(r->buf);
	*r = (struct vl_carve_reader){ 0 };
}

static uint64_t page_of(uint64_t off)
{
	return off % VL_CARVE_STRETCH / VL_SECTOR;
}

bool vl_reader_is_bad(const struct vl_carve_reader *r, uint64_t off)
{
	uint64_t page = page_of(off);

	return r->any_bad && r->bad[page / 64] >> page % 64 & 1;
}

static uint64_t page_end(uint64_t off)
{
	return off - off % VL_SECTOR + VL_SECTOR;
}

/* Page by page, as one that is bad must not hide its neighbours. */
static void read_pages(struct vl_carve_reader *r, uint64_t from, uint64_t to,
		       uint8_t *buf, bool note)
{
	for (uint64_t off = from; off < to;) {
		uint64_t end = vl_min64(to, page_end(off));
		uint8_t *p = buf + (off - from);

		r->bytes_read += end - off;
		if (vl_view_read(r->view, off, p, (size_t)(end - off), NULL)) {
			memset(p, 0, (size_t)(end - off));
			if (note) {
				r->bad[page_of(off) / 64] |=
					UINT64_C(1) << page_of(off) % 64;
				r->any_bad = true;
			}
		}
		off = end;
	}
}

static void read_range(struct vl_carve_reader *r, uint64_t from, uint64_t to,
		       uint8_t *buf, bool note)
{
	r->bytes_read += to - from;
	if (vl_view_read(r->view, from, buf, (size_t)(to - from), NULL))
		read_pages(r, from, to, buf, note);
}

/*
 * Pass the hole at *position. Asked once for all of the data behind it: some file
 * systems look at each page of it to answer.
 */
static bool find_data(struct vl_carve_reader *r, uint64_t *position)
{
	uint64_t from, to;

	if (*position < r->data_to)
		return true;
	if (!vl_view_next_data(r->view, *position, r->view->size, &from, &to))
		return false;
	from -= from % VL_SECTOR;
	*position = vl_max64(*position, from);
	r->data_to = vl_max64(to, *position + 1);
	return true;
}

void vl_reader_load(struct vl_carve_reader *r, uint64_t *position)
{
	uint64_t end;

	if (*position >= r->view->size || !find_data(r, position)) {
		*position = r->from = r->to = r->view->size;
		return;
	}
	end = *position - *position % VL_CARVE_STRETCH + VL_CARVE_STRETCH;
	end = vl_min64(end, page_end(r->data_to - 1));
	end = vl_min64(end, r->view->size);
	r->from = *position;
	r->to = end;
	if (r->any_bad)
		memset(r->bad, 0, sizeof(r->bad));
	r->any_bad = false;
	read_range(r, r->from, r->to, r->buf, true);
}

const uint8_t *vl_reader_bytes(struct vl_carve_reader *r, uint64_t off,
			       size_t len)
{
	uint64_t end = vl_end(off, len);

	if (end > r->view->size)
		return NULL;
	if (off >= r->from && end <= r->to)
		return r->buf + (off - r->from);
	if (off < r->side_from || end > r->side_to) {
		r->side_from = off - off % (VL_CARVE_SIDE / 2);
		r->side_to = vl_min64(vl_end(r->side_from, VL_CARVE_SIDE),
				      r->view->size);
		read_range(r, r->side_from, r->side_to, r->side, false);
	}
	return r->side + (off - r->side_from);
}

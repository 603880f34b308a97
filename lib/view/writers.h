/* SPDX-License-Identifier: MIT */
/*
 * Who wrote each page: one row for each data descriptor of a sound entry, sorted
 * by page. All that has to do with versions of a page goes through these rows.
 */
#ifndef VL_VIEW_WRITERS_H
#define VL_VIEW_WRITERS_H

#include "log/log.h"

struct vl_writer {
	uint64_t page;
	uint32_t entry, target; /* indices */
};

struct vl_writers {
	struct vl_writer *rows; /* owned; by page, then by target */
	size_t n;
	bool tried;
	bool too_many; /* to be listed: there are no rows */
};

/* Once; none where they are too many. Accepts ones that are listed. */
int vl_writers_list(struct vl_writers *w, const struct vl_log *log,
		    struct vhdxlog_error *err);
void vl_writers_release(struct vl_writers *w);

/* The first row of a page, or of the first page behind it; w->n: none. */
size_t vl_writers_first(const struct vl_writers *w, uint64_t page);

/* The first row of the page behind that of row i. */
static inline size_t vl_writers_next(const struct vl_writers *w, size_t i)
{
	uint64_t page = w->rows[i].page;

	while (i < w->n && w->rows[i].page == page)
		i++;
	return i;
}

#endif

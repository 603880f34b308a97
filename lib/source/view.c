/* SPDX-License-Identifier: MIT */
#include "source/view.h"

#include "base/bytes.h"
#include "base/error.h"

#include <isa-l/mem_routines.h>

int vl_view_read(const struct vl_view *view, uint64_t off, void *buf,
		 size_t len, struct vhdxlog_error *err)
{
	if (off > view->size || len > view->size - off)
		return vl_error(err, VHDXLOG_E_RANGE, 0, off,
				"reading past the end of the image");
	return len ? view->read(view, off, buf, len, err) : 0;
}

int vl_view_is_zero(const struct vl_view *view, uint64_t off, uint64_t len,
		    uint64_t *budget, bool *zero, struct vhdxlog_error *err)
{
	uint8_t buf[64 * 1024];

	*zero = true;
	/* Ends: len goes down by at least one byte each time round. */
	while (len) {
		size_t part = (size_t)vl_min64(len, sizeof(buf));
		int rc;

		if (part > *budget)
			return vl_error(err, VHDXLOG_E_RANGE, 0, off,
					"reading budget is spent");
		*budget -= part;
		rc = vl_view_read(view, off, buf, part, err);
		if (rc)
			return rc;
		if (isal_zero_detect(buf, part)) {
			*zero = false;
			return 0;
		}
		off += part;
		len -= part;
	}
	return 0;
}

bool vl_view_next_data(const struct vl_view *view, uint64_t off, uint64_t end,
		       uint64_t *from, uint64_t *to)
{
	*from = off;
	*to = end = vl_min64(end, view->size);
	if (off >= end)
		return false;
	return !view->next_data || view->next_data(view, off, end, from, to);
}

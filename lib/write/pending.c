/* SPDX-License-Identifier: MIT */
#include "write/pending.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

int vl_pending_add(struct vl_pending *p, const struct vl_record *r,
		   struct vhdxlog_error *err)
{
	struct vl_record *last;
	uint8_t *page = NULL;

	if (!vl_reserve((void **)&p->records, &p->capacity, p->count + 1,
			sizeof(*p->records)))
		return vl_nomem(err);
	if (r->kind == VHDXLOG_DESCRIPTOR_DATA) {
		page = vl_calloc(1, VL_SECTOR);
		if (!page)
			return vl_nomem(err);
		memcpy(page, r->page, VL_SECTOR);
	}
	last = &p->records[p->count++];
	*last = *r;
	last->page = page;
	return 0;
}

void vl_pending_cut(struct vl_pending *p, size_t n)
{
	while (p->count > n)
		free((void *)p->records[--p->count].page);
}

void vl_pending_clear(struct vl_pending *p)
{
	vl_pending_cut(p, 0);
	free(p->records);
	*p = (struct vl_pending){ 0 };
}

/* Lay what one record says of [off, off + len) over buf. */
static void overlay(const struct vl_record *r, uint64_t off, uint8_t *buf,
		    size_t len)
{
	uint64_t from = vl_max64(off, r->file_offset);
	uint64_t to = vl_min64(vl_end(off, len),
			       vl_end(r->file_offset, r->length));

	if (from >= to)
		return;
	if (r->page)
		memcpy(buf + (from - off), r->page + (from - r->file_offset),
		       to - from);
	else
		memset(buf + (from - off), 0, to - from);
}

int vl_pending_read(const struct vl_pending *p, const struct vl_medium *m,
		    uint64_t off, void *buf, size_t len,
		    struct vhdxlog_error *err)
{
	int rc = vl_medium_read_padded(m, off, buf, len, err);

	for (size_t i = 0; rc == 0 && i < p->count; i++)
		overlay(&p->records[i], off, buf, len);
	return rc;
}

int vl_pending_apply(const struct vl_pending *p, const struct vl_medium *m,
		     struct vhdxlog_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->count; i++) {
		const struct vl_record *r = &p->records[i];

		if (r->page)
			rc = vl_medium_write(m, r->file_offset, r->page,
					     VL_SECTOR, err);
		else
			rc = vl_medium_write_zeroes(m, r->file_offset,
						    r->length, err);
	}
	return rc;
}

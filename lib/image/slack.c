/* SPDX-License-Identifier: MIT */
/*
 * What lies in a region where nothing should: behind the last entry of the BAT,
 * and between the metadata table and its items.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "image/image.h"

#include <stdlib.h>

#define CHUNK 65536u
#define MOST_READ (32 * VL_MIB)

/* The first byte that is not zero in a stretch of a chunk that has one. */
static int find_byte(struct vl_slack *s, const struct vl_view *view,
		     uint64_t off, uint64_t len, struct vhdxlog_error *err)
{
	uint8_t buf[CHUNK];
	int rc = vl_view_read(view, off, buf, (size_t)len, err);

	for (uint64_t k = 0; !rc && k < len && !s->found; k++) {
		s->found = buf[k] != 0;
		s->offset = off + k;
	}
	return rc;
}

static int look_at(struct vl_slack *s, const struct vl_view *view, uint64_t off,
		   uint64_t len, uint64_t *budget, struct vhdxlog_error *err)
{
	bool zero;
	int rc = vl_view_is_zero(view, off, len, budget, &zero, err);

	return rc || zero ? rc : find_byte(s, view, off, len, err);
}

int vl_slack_look(struct vl_image *i, const struct vl_view *view, uint64_t off,
		  uint64_t end, struct vl_slack *s, struct vhdxlog_error *err)
{
	uint64_t budget = MOST_READ, step = CHUNK;

	/* Ends: off goes up, but for once, where step goes down. */
	while (off < end && !s->found) {
		uint64_t part = vl_min64(end - off, step - off % step);
		int rc = look_at(s, view, off, part, &budget, err);

		/* What is before the bad sector may tell. */
		if (rc == VHDXLOG_E_IO && step > VL_SECTOR) {
			step = VL_SECTOR;
			continue;
		}
		if (rc == VHDXLOG_E_IO && !i->io_error) {
			i->io_error = true;
			i->io_error_offset = off;
		}
		if (rc == VHDXLOG_E_RANGE || rc == VHDXLOG_E_IO) {
			s->incomplete = true;
			return 0;
		}
		if (rc)
			return rc;
		off += part;
	}
	return 0;
}

enum vhdxlog_status vl_slack_status(const struct vl_slack *s,
				    struct vl_detail *d)
{
	if (s->found)
		return vl_fail(d, s->offset, "0", "a byte that is not zero");
	return s->incomplete ? vl_blocked(d, "not all readable") : vl_pass();
}

/* ---------------------------------------------------------------- metadata */

static enum vhdxlog_status metadata_slack_nonzero(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_image *i = subject;

	return vl_slack_status(&i->metadata.slack, d);
}

static const vl_check_fn slack_checks[VLC_COUNT] = {
	[VLC_metadata_slack_nonzero] = metadata_slack_nonzero,
};

/* Between sorted ranges, and behind the last. */
static int look_between(struct vl_image *i, const struct vl_view *view,
			const struct vl_range *r, size_t n,
			struct vhdxlog_error *err)
{
	struct vl_metadata *m = &i->metadata;
	uint64_t at = 0;
	int rc = 0;

	for (size_t k = 0; !rc && k <= n && !m->slack.found; k++) {
		uint64_t next = k < n ? r[k].off : m->length;

		if (at < next)
			rc = vl_slack_look(i, view, vl_end(m->base, at),
					   vl_end(m->base,
						  vl_min64(next, m->length)),
					   &m->slack, err);
		if (k < n)
			at = vl_max64(at, vl_end(r[k].off, r[k].len));
	}
	return rc;
}

int vl_metadata_slack_find(struct vl_image *i, const struct vl_view *view,
			   struct vhdxlog_error *err)
{
	struct vl_metadata *m = &i->metadata;
	struct vl_range *r;
	int rc;

	if (!m->readable || !m->signature_ok ||
	    m->entry_count > VL_MAX_TABLE_ENTRIES)
		return 0;
	r = vl_calloc(m->n + 1, sizeof(*r));
	if (!r)
		return vl_nomem(err);
	r[0].len = VL_SIZE_metadata_header + m->n * VL_SIZE_metadata_entry;
	for (size_t k = 0; k < m->n; k++)
		r[k + 1] = (struct vl_range){ m->entries[k].offset,
					      m->entries[k].length, 0 };
	vl_ranges_sort(r, m->n + 1);
	rc = look_between(i, view, r, m->n + 1, err);
	free(r);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, slack_checks, i, i->judgement);
	return rc;
}

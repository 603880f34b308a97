/* SPDX-License-Identifier: MIT */
#include "guess/places.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "guess/table.h"
#include "ondisk/header.h"
#include "ondisk/logrecord.h"
#include "ondisk/metadata.h"

#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

/* Half of them from the front, where writers put structures, and half from the
 * end, where they go when they are moved. */
#define MOST_STARTS UINT64_C(65536)
#define MOST_TABLES 64u

bool vl_may_be_bat(const uint8_t *bytes, size_t n, uint64_t *located)
{
	*located = 0;
	for (size_t k = 0; k < n; k++) {
		uint64_t raw = vl_le64(bytes + 8 * k);

		if (!vl_bat_is_plausible(raw))
			return false;
		*located += VL_BAT_IS_LOCATED(raw);
	}
	return true;
}

static bool begins(const uint8_t *page, const uint8_t *signature, size_t len)
{
	return memcmp(page, signature, len) == 0;
}

static enum vl_start_kind kind_of(const uint8_t page[VL_SECTOR])
{
	uint64_t located;

	if (begins(page, vl_entry_signature, 4))
		return VL_START_ENTRY;
	if (begins(page, vl_data_descriptor_signature, 4) ||
	    begins(page, vl_zero_descriptor_signature, 4))
		return VL_START_DESCRIPTORS;
	if (begins(page, vl_data_signature, 4))
		return VL_START_DATA;
	if (begins(page, vl_identifier_signature, 8))
		return VL_START_IDENTIFIER;
	if (begins(page, vl_metadata_signature, 8))
		return VL_START_METADATA;
	return vl_may_be_bat(page, VL_SECTOR / 8, &located) ? VL_START_BAT :
							     VL_START_OTHER;
}

struct search {
	struct vl_starts *found;
	const struct vl_view *view;
	unsigned tables; /* looked at */
};

static int look_at_table(struct search *s, struct vl_start *start,
			 struct vhdxlog_error *err)
{
	struct vl_table t;
	int rc;

	if (s->tables++ >= MOST_TABLES)
		return 0;
	rc = vl_table_look(&t, s->view, start->offset, err);
	start->complete = !rc && t.usable;
	start->sound = start->complete && !t.broken;
	return rc;
}

static int look_at(struct search *s, uint64_t off, struct vhdxlog_error *err)
{
	struct vl_starts *f = s->found;
	struct vl_start start = { .offset = off };
	uint8_t page[VL_SECTOR];
	size_t len = (size_t)vl_min64(VL_SECTOR, s->view->size - off);
	int rc;

	memset(page, 0, sizeof(page));
	rc = vl_view_read(s->view, off, page, len, err);
	if (rc && rc != VHDXLOG_E_IO)
		return rc;
	if (rc)
		start.kind = VL_START_UNREADABLE;
	else if (isal_zero_detect(page, sizeof(page)) == 0)
		return 0;
	else
		start.kind = kind_of(page);
	rc = start.kind == VL_START_METADATA ? look_at_table(s, &start, err) :
					       0;
	if (rc)
		return rc;
	if (!vl_reserve((void **)&f->list, &f->cap, f->n + 1,
			sizeof(*f->list)))
		return vl_nomem(err);
	f->list[f->n++] = start;
	return 0;
}

/* Look at the starts in [*at, end), no more than `most`; *at is the next one. A
 * stretch of data in which no MiB begins counts as one, as it took a look. */
static int look_from(struct search *s, uint64_t *at, uint64_t end,
		     uint64_t most, struct vhdxlog_error *err)
{
	uint64_t from, to;
	int rc = 0;

	/* Ends: *at goes up by a MiB at least. */
	while (!rc && most &&
	       vl_view_next_data(s->view, *at, end, &from, &to)) {
		from = vl_div_up(from, VL_MIB) * VL_MIB;
		most -= from >= to;
		for (*at = from; !rc && most && *at < to; *at += VL_MIB, most--)
			rc = look_at(s, *at, err);
	}
	if (!rc && most)
		*at = end;
	return rc;
}

int vl_starts_find(struct vl_starts *starts, const struct vl_view *view,
		   struct vhdxlog_error *err)
{
	struct search s = { .found = starts, .view = view };
	uint64_t at = VL_MIB, last = view->size / VL_MIB * VL_MIB;
	uint64_t half = MOST_STARTS / 2 * VL_MIB;
	int rc;

	*starts = (struct vl_starts){ 0 };
	rc = look_from(&s, &at, view->size, MOST_STARTS / 2, err);
	if (rc || at >= view->size)
		return rc;
	starts->skipped_from = at;
	if (last > half && last - half > at)
		at = last - half;
	starts->skipped_to = at;
	starts->limited = at > starts->skipped_from;
	return look_from(&s, &at, view->size, MOST_STARTS / 2, err);
}

void vl_starts_release(struct vl_starts *starts)
{
	free(starts->list);
	*starts = (struct vl_starts){ 0 };
}

static int compare_starts(const void *key, const void *element)
{
	uint64_t at = *(const uint64_t *)key;
	uint64_t off = ((const struct vl_start *)element)->offset;

	return (at > off) - (at < off);
}

const struct vl_start *vl_starts_at(const struct vl_starts *starts,
				    uint64_t offset)
{
	if (!starts->n)
		return NULL;
	return bsearch(&offset, starts->list, starts->n,
		       sizeof(*starts->list), compare_starts);
}

/* SPDX-License-Identifier: MIT */
/*
 * Whether what an entry writes is on the disk now.
 *
 * A page that is not is either still to be written, or was written over by
 * another entry: the one whose bytes the disk holds. For each page that is
 * looked for once, whoever asks, so that a page that every entry of a long ring
 * writes (a BAT page) costs one look at each of them, not one for each pair.
 */
#include "scan.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdlib.h>
#include <string.h>

/* More data descriptors than this are not searched for each other's pages. */
#define VL_MAX_WRITERS (UINT32_C(1) << 19)

#define NOT_LOOKED (UINT32_MAX - 1)

static int by_page(const void *pa, const void *pb)
{
	const struct vl_writer *a = pa, *b = pb;

	if (a->page != b->page)
		return a->page < b->page ? -1 : 1;
	return (a->target > b->target) - (a->target < b->target);
}

/* One row for each data descriptor; none where they are too many. */
static int list_writers(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	const struct vl_log *log = &s->log;

	if (s->writers_tried)
		return 0;
	s->writers_tried = true;
	if (log->n_targets > VL_MAX_WRITERS)
		return 0;
	s->writers = vl_calloc(log->n_targets, sizeof(*s->writers));
	s->match = vl_calloc(log->n_targets, sizeof(*s->match));
	if (!s->writers || !s->match)
		return vl_nomem(err);
	for (size_t k = 0; k < log->n_layers; k++) {
		const struct vl_layer *l = &log->layers[k];

		if (vl_target_is_zero(&log->targets[l->first]))
			continue;
		for (uint32_t t = l->first; t < l->first + l->count; t++) {
			s->match[s->n_writers] = NOT_LOOKED;
			s->writers[s->n_writers++] = (struct vl_writer){
				vl_target_offset(&log->targets[t]), l->entry, t
			};
		}
	}
	qsort(s->writers, s->n_writers, sizeof(*s->writers), by_page);
	return 0;
}

static size_t first_row(const struct vhdxlog_scan *s, uint64_t page)
{
	size_t low = 0, high = s->n_writers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->writers[mid].page < page)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool holds(struct vhdxlog_scan *s, const struct vl_writer *w,
		  const uint8_t disk[VL_SECTOR])
{
	uint8_t page[VL_SECTOR];

	return vl_target_page(&s->log, w->entry, w->target, page, NULL) == 0 &&
	       memcmp(page, disk, VL_SECTOR) == 0;
}

/* Of two entries whose bytes the disk holds, the one to name. */
static bool is_better(const struct vl_entry *a, const struct vl_entry *b)
{
	bool current = a->flags & VL_ENTRY_IS_CURRENT;

	if (current != (bool)(b->flags & VL_ENTRY_IS_CURRENT))
		return current;
	if (vl_guid_equal(&a->guid, &b->guid))
		return a->sequence_number > b->sequence_number;
	return a->sector > b->sector;
}

/* The entry whose bytes the disk holds at the page of row `first`. */
static uint32_t find_match(struct vhdxlog_scan *s, size_t first,
			   const uint8_t disk[VL_SECTOR])
{
	const struct vl_entry *entries = s->log.entries;
	uint64_t page = s->writers[first].page;
	uint32_t best = VL_NONE;

	if (s->match[first] != NOT_LOOKED)
		return s->match[first];
	for (size_t i = first; i < s->n_writers && s->writers[i].page == page;
	     i++) {
		uint32_t e = s->writers[i].entry;

		if ((best == VL_NONE || is_better(&entries[e], &entries[best])) &&
		    holds(s, &s->writers[i], disk))
			best = e;
	}
	s->match[first] = best;
	return best;
}

/* Whether m can have written after e: later numbers of one session do. */
static bool can_follow(const struct vl_entry *e, const struct vl_entry *m)
{
	if (vl_guid_equal(&e->guid, &m->guid))
		return m->sequence_number > e->sequence_number;
	/* Nothing comes after the current session. */
	return !(e->flags & VL_ENTRY_IS_CURRENT);
}

static int find_data(struct vhdxlog_scan *s, const struct vl_entry *e,
		     struct vhdxlog_descriptor *d, struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR], disk[VL_SECTOR];
	uint32_t match;
	size_t row;

	if (vhdxlog_descriptor_page(s, d, page, NULL) ||
	    vl_view_read(vl_scan_disk(s), d->file_offset, disk, VL_SECTOR,
			 NULL))
		return 0;
	s->cost.target_bytes_read += VL_SECTOR;
	d->applied = VHDXLOG_APPLIED_YES;
	if (memcmp(page, disk, VL_SECTOR) == 0)
		return 0;
	if (list_writers(s, err))
		return VHDXLOG_E_NOMEM;
	row = first_row(s, d->file_offset);
	if (row == s->n_writers) {
		d->applied = VHDXLOG_APPLIED_UNKNOWN;
		return 0;
	}
	d->applied = VHDXLOG_APPLIED_NO;
	match = find_match(s, row, disk);
	if (match != VL_NONE && can_follow(e, &s->log.entries[match])) {
		d->applied = VHDXLOG_APPLIED_OVERWRITTEN;
		d->overwritten_by = s->log.entries[match].sector;
	}
	return 0;
}

static void find_zero(struct vhdxlog_scan *s, struct vhdxlog_descriptor *d)
{
	const struct vl_view *disk = vl_scan_disk(s);
	uint64_t before = s->applied_budget;
	bool zero;

	if (vl_end(d->file_offset, d->length) > disk->size)
		return;
	if (vl_view_is_zero(disk, d->file_offset, d->length,
			    &s->applied_budget, &zero, NULL) == 0)
		d->applied = zero ? VHDXLOG_APPLIED_YES : VHDXLOG_APPLIED_NO;
	s->cost.target_bytes_read += before - s->applied_budget;
}

int vl_applied_find(struct vhdxlog_scan *s, const struct vl_entry *e,
		    struct vhdxlog_descriptor *d, struct vhdxlog_error *err)
{
	if (s->options.raw_log)
		return 0;
	if (d->kind == VHDXLOG_DESCRIPTOR_DATA)
		return find_data(s, e, d, err);
	find_zero(s, d);
	return 0;
}

const char *vhdxlog_applied_name(enum vhdxlog_applied applied)
{
	static const char *const names[] = { "unknown", "yes", "overwritten",
					     "torn", "no" };

	return names[applied];
}

/* SPDX-License-Identifier: MIT */
/* Where the pages of an entry go, and how they are laid there. */
#include "view/salvage_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/decode.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ targets */

static const char *judge_area(enum vhdxlog_area area)
{
	switch (area) {
	case VHDXLOG_AREA_REGION_TABLES:
	case VHDXLOG_AREA_BAT:
	case VHDXLOG_AREA_METADATA:
	case VHDXLOG_AREA_SECTOR_BITMAP: return NULL;
	case VHDXLOG_AREA_PAYLOAD:
		return "it goes into a payload block, which no writer logs";
	case VHDXLOG_AREA_OTHER_REGION:
		return "it goes into a region of which nothing is known";
	case VHDXLOG_AREA_UNKNOWN:
		return "what lies where it goes is not known";
	default: return "it goes where no structure is that is logged";
	}
}

static const char *judge_target(const struct vl_salvage_case *c,
				const struct vl_descriptor *d)
{
	const struct vl_log *log = c->base->log;

	if (d->file_offset % VL_SECTOR || d->length % VL_SECTOR)
		return "its target is not aligned";
	if (!d->length)
		return "it writes nothing";
	if (d->file_offset > INT64_MAX ||
	    d->length > INT64_MAX - d->file_offset)
		return "its target lies beyond what a file can be";
	if (d->file_offset < VL_TABLE_OFFSET(1))
		return "it goes over identifier or headers, which no writer logs";
	if (vl_overlap(d->file_offset, d->length, log->own.off, log->own.len))
		return "it goes over the log itself";
	return NULL;
}

/* Zeroes: all of them must be in structures that are logged. */
static const char *judge_zeroes(const struct vl_salvage_case *c,
				const struct vl_descriptor *d)
{
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };

	/* Nothing repeats where they go, and they wipe whatever is there. */
	if (c->proof != VL_SALVAGE_CHECKSUM)
		return "nothing but its own fields says where its zeroes go and "
		       "how many they are";
	vl_areas_count(&c->base->image->areas, d->file_offset, d->length, bytes);
	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++) {
		const char *reason = judge_area((enum vhdxlog_area)a);

		if (bytes[a] && reason)
			return reason;
	}
	return NULL;
}

static void place(const struct vl_salvage_case *c,
		  struct vl_salvage_item *item)
{
	const struct vl_areas *areas = &c->base->image->areas;

	item->area = VHDXLOG_AREA_UNKNOWN;
	if (item->reason)
		return;
	item->reason = judge_target(c, &item->d);
	if (item->reason)
		return;
	item->area = (uint8_t)vl_areas_at(areas, item->d.file_offset);
	item->reason = item->d.kind == VHDXLOG_DESCRIPTOR_ZERO ?
			       judge_zeroes(c, &item->d) :
			       judge_area((enum vhdxlog_area)item->area);
}

/* ------------------------------------------------------------ written twice */

/* Descriptors as ranges, those of no known kind left out; their number. */
static size_t list_ranges(const struct vl_salvage_case *c, struct vl_target *t)
{
	size_t n = 0;

	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		const struct vl_descriptor *d = &c->items[i].d;

		if (d->kind == VHDXLOG_DESCRIPTOR_UNKNOWN || !d->length ||
		    d->file_offset > INT64_MAX)
			continue;
		t[n++] = (struct vl_target){ d->file_offset, i };
	}
	return n;
}

static uint64_t end_of(const struct vl_salvage_case *c,
		       const struct vl_target *t)
{
	return vl_end(t->place, c->items[t->value].d.length);
}

/*
 * Which of two that overlap counts is a matter of order, and the one may be
 * damaged: neither is proven. `widest` reaches furthest of all before.
 */
static void refuse_overlaps(struct vl_salvage_case *c,
			    const struct vl_target *t, size_t n)
{
	static const char reason[] =
		"another descriptor of the entry writes the same bytes";
	size_t widest = 0;

	for (size_t i = 1; i < n; i++) {
		if (t[i].place < end_of(c, &t[widest])) {
			struct vl_salvage_item *a = &c->items[t[widest].value];
			struct vl_salvage_item *b = &c->items[t[i].value];

			a->reason = a->reason ? a->reason : reason;
			b->reason = b->reason ? b->reason : reason;
		}
		if (end_of(c, &t[i]) > end_of(c, &t[widest]))
			widest = i;
	}
}

int vl_case_place(struct vl_salvage_case *c, struct vhdxlog_error *err)
{
	struct vl_target *t = vl_calloc(c->h.descriptor_count, sizeof(*t));
	size_t n;

	if (!t)
		return vl_nomem(err);
	for (uint32_t i = 0; i < c->h.descriptor_count; i++)
		place(c, &c->items[i]);
	n = list_ranges(c, t);
	vl_targets_sort(t, n);
	refuse_overlaps(c, t, n);
	free(t);
	return 0;
}

/* ------------------------------------------------------------------- layers */

int vl_item_page(const struct vl_salvage_case *c,
		 const struct vl_salvage_item *item, uint8_t page[VL_SECTOR],
		 struct vhdxlog_error *err)
{
	struct vl_log *log = c->base->log;
	uint8_t descriptor[VL_DESCRIPTOR_SIZE];
	const uint8_t *data;
	int rc = vl_descriptor_read(log, vl_case_entry(c),
				    (uint64_t)(item - c->items), descriptor,
				    err);

	if (rc)
		return rc;
	data = vl_ring_sector(&log->ring, item->sector);
	if (!data)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&log->ring, item->sector),
				"reading a data sector again");
	vl_page_join(descriptor, data, page);
	return 0;
}

int vl_item_before(const struct vl_salvage_case *c,
		   const struct vl_salvage_item *item, uint8_t page[VL_SECTOR],
		   struct vhdxlog_error *err)
{
	const struct vl_view *view = &c->before->view;
	uint64_t off = item->d.file_offset;
	size_t inside = off < view->size ?
				(size_t)vl_min64(view->size - off, VL_SECTOR) :
				0;

	memset(page, 0, VL_SECTOR);
	return inside ? vl_view_read(view, off, page, inside, err) : 0;
}

struct vl_target vl_item_target(const struct vl_salvage_case *c,
				const struct vl_salvage_item *item)
{
	struct vl_target t = { item->d.file_offset, item->d.length };

	if (item->d.kind == VHDXLOG_DESCRIPTOR_ZERO)
		t.place |= VL_TARGET_ZERO;
	else
		t.value = (uint64_t)(item - c->items) << 32 | item->sector;
	return t;
}

int vl_case_layers(const struct vl_salvage_case *c,
		   bool (*wanted)(const struct vl_salvage_item *),
		   struct vl_layers *layers, struct vhdxlog_error *err)
{
	struct vl_log *log = c->base->log;
	size_t first = log->n_targets;
	int rc = 0;

	layers->first = (uint32_t)log->n_layers;
	for (uint32_t i = 0; !rc && i < c->h.descriptor_count; i++) {
		if (wanted(&c->items[i]))
			rc = vl_log_add_target(
				log, vl_item_target(c, &c->items[i]), err);
	}
	if (!rc)
		rc = vl_layers_make(log, c->entry, first, err);
	layers->count = (uint32_t)(log->n_layers - layers->first);
	return rc;
}

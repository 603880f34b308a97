/* SPDX-License-Identifier: MIT */
/* What a target of an entry changed: against the version of its page before it. */
#include "events.h"

#include "overlay/overlay.h"

#include <inttypes.h>
#include <string.h>

/* A target as the descriptor that it is from, for what asks about those. */
static void describe(struct vhdxlog_events *it, uint32_t entry, uint32_t target)
{
	struct vl_log *log = &vl_events_scan(it)->log;
	const struct vl_target *t = &log->targets[target];

	it->compared = false;
	it->doubt = NULL;
	it->now = (struct vhdxlog_descriptor){
		.kind = VHDXLOG_DESCRIPTOR_ZERO,
		.sequence_number = log->entries[entry].sequence_number,
		.file_offset = vl_target_offset(t),
		.length = vl_target_length(t),
		.data_sector = VHDXLOG_NO_SECTOR,
		.overwritten_by = VHDXLOG_NO_SECTOR,
	};
	if (vl_target_is_zero(t))
		return;
	it->now.kind = VHDXLOG_DESCRIPTOR_DATA;
	it->now.index = vl_target_descriptor(t);
	it->now.data_sector = vl_target_sector(t);
	if (vl_descriptor_read(log, &log->entries[entry], it->now.index,
			       it->now.bytes, NULL))
		it->now.data_sector = VHDXLOG_NO_SECTOR;
}

int vl_events_applied(struct vhdxlog_events *it, struct vhdxlog_error *err)
{
	struct vhdxlog_scan *s = vl_events_scan(it);

	if (it->compared)
		return 0;
	it->compared = true;
	return vl_applied_find(s, &s->log.entries[vl_events_entry(it)], &it->now, err);
}

static bool read_version(struct vhdxlog_events *it,
			 const struct vl_version *version,
			 uint8_t page[VL_SECTOR])
{
	vl_events_scan(it)->cost.event_pages++;
	return vl_target_page(&vl_events_scan(it)->log, version->entry,
			      version->target, page, NULL) == 0;
}

/* Why it is not sure that `before` was still there when the entry wrote. */
static void doubt_between(struct vhdxlog_events *it, uint32_t before)
{
	const struct vl_order *o = &it->history->order;

	if (vl_gaps_between(&it->history->gaps, before,
			    o->place[vl_events_entry(it)]))
		it->doubt = "entries that came between may be gone";
}

/* What was there before the first version that is known, if the disk has it. */
static int read_disk(struct vhdxlog_events *it, const struct vl_version *version,
		     bool *known, struct vhdxlog_error *err)
{
	struct vl_predates *p = &it->history->predates;
	enum vl_predates_answer answer;
	int rc = vl_predates_find(p, version->page, it->before, &answer,
				  &vl_events_scan(it)->cost.event_pages, err);

	*known = !rc && answer != VL_PREDATES_NO;
	if (!*known)
		return rc;
	doubt_between(it, p->tail);
	if (answer == VL_PREDATES_PERHAPS)
		it->doubt = "the disk may have a part of it already";
	return 0;
}

/* *known: it->before is what the page held; *lost: it cannot be read again. */
static int read_before(struct vhdxlog_events *it,
		       const struct vl_version *version, bool *known,
		       bool *lost, struct vhdxlog_error *err)
{
	const struct vl_version *rows = it->versions.rows;
	const struct vl_order *o = &it->history->order;

	*known = true;
	if (version->zero == VL_NONE && version->before == VL_NONE)
		return read_disk(it, version, known, err);
	doubt_between(it, o->place[version->zero != VL_NONE ?
					   version->zero_entry :
					   rows[version->before].entry]);
	if (version->zero != VL_NONE)
		memset(it->before, 0, VL_SECTOR);
	else if (it->after_is == &rows[version->before])
		memcpy(it->before, it->after, VL_SECTOR);
	else
		*lost = !read_version(it, &rows[version->before], it->before);
	return 0;
}

static void say_lost(struct vhdxlog_events *it, uint64_t off,
		     struct vhdxlog_event *e)
{
	it->lost = true;
	*e = (struct vhdxlog_event){
		.kind = VHDXLOG_EVENT_PAGE_CHANGED,
		.overwritten_by = VHDXLOG_NO_SECTOR,
		.has_target = true,
		.file_offset = off,
		.length = VL_SECTOR,
		.area = vl_place_area(&it->then.place, off),
	};
	vl_event_add(e, "the page at 0x%" PRIx64
		     " was written; what, cannot be read again", off);
}

/* 0: *e is filled; 1: the page is to be told next, or there is nothing to tell. */
static int begin_page(struct vhdxlog_events *it, uint32_t target,
		      struct vhdxlog_event *e, struct vhdxlog_error *err)
{
	struct vl_version alone = {
		.page = it->now.file_offset,
		.entry = vl_events_entry(it),
		.target = target,
		.before = VL_NONE,
		.zero = VL_NONE,
	};
	const struct vl_version *listed =
		vl_versions_find(&it->versions, vl_events_entry(it), target);
	const struct vl_version *version = listed ? listed : &alone;
	bool known = false, lost = false;
	int rc;

	if (version->lost)
		return 1; /* the same entry writes it again */
	rc = listed ? read_before(it, version, &known, &lost, err) : 0;
	if (rc)
		return rc;
	it->after_is = NULL;
	if (lost || !read_version(it, version, it->after)) {
		say_lost(it, version->page, e);
		return 0;
	}
	it->after_is = listed;
	vl_page_events_begin(&it->page, &it->then.place, version->page,
			     known ? it->before : NULL, it->after);
	it->stage = STAGE_PAGE;
	return 1;
}

int vl_events_target(struct vhdxlog_events *it, struct vhdxlog_event *e,
		       struct vhdxlog_error *err)
{
	const struct vl_log *log = &vl_events_scan(it)->log;
	const struct vl_entry *entry = &log->entries[vl_events_entry(it)];
	const struct vl_layer *layer;
	uint32_t target;

	if (it->layer == entry->layer_count) {
		it->k++;
		it->stage = STAGE_ENTER;
		return 1;
	}
	layer = &log->layers[entry->layers + it->layer];
	if (it->target == layer->count) {
		it->layer++;
		it->target = 0;
		return 1;
	}
	target = layer->first + it->target++;
	describe(it, vl_events_entry(it), target);
	if (it->now.kind == VHDXLOG_DESCRIPTOR_DATA)
		return begin_page(it, target, e, err);
	vl_zero_event(&it->then.place, it->now.file_offset, it->now.length, e);
	return 0;
}


/* SPDX-License-Identifier: MIT */
/*
 * Events, as the public interface shows them: through the entries in the order of
 * time, through the targets of each, each page against the version before it.
 */
#include "events.h"

#include "base/alloc.h"
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *vhdxlog_event_name(enum vhdxlog_event_kind kind)
{
	static const char *const names[VHDXLOG_EVENT_KINDS] = {
		"log-started",	      "page-first-seen",  "block-allocated",
		"block-state-changed", "block-moved",	   "bitmap-changed",
		"metadata-changed",   "region-table-changed", "page-changed",
		"zeroed",	      "file-grew",	   "file-shrank",
		"rewritten",
	};

	return names[kind];
}

/* ---------------------------------------------------------- open and close */

/* All that cannot be told of without the file, where only the ring is given. */
static int init_then(struct vhdxlog_events *it, struct vhdxlog_error *err)
{
	struct vhdxlog_scan *s = vl_events_scan(it);
	const struct vl_view *disk = vl_history_disk(it->history);

	return vl_then_init(&it->then, disk ? &s->image : NULL,
			    disk ? &s->overlay.view : NULL, disk, &s->log, err);
}

static void find_block(struct vhdxlog_events *it)
{
	if (!it->filter.has_block)
		return;
	vl_block_find(&it->then.place, it->filter.block, &it->block);
	it->block.payload = vl_then_find_block(&it->then, it->filter.block);
}

int vhdxlog_events_open(struct vhdxlog_history *history,
			const struct vhdxlog_event_filter *filter,
			struct vhdxlog_events **events,
			struct vhdxlog_error *err)
{
	struct vhdxlog_events *it = vl_calloc(1, sizeof(*it));
	int rc;

	*events = NULL;
	if (!it)
		return vl_nomem(err);
	it->history = history;
	if (filter)
		it->filter = *filter;
	rc = vl_versions_init(&it->versions, &history->order,
			      &history->scan->writers, err);
	if (!rc)
		rc = init_then(it, err);
	if (rc) {
		vhdxlog_events_close(it);
		return rc;
	}
	find_block(it);
	*events = it;
	return 0;
}

void vhdxlog_events_close(struct vhdxlog_events *it)
{
	if (!it)
		return;
	vl_versions_release(&it->versions);
	vl_then_release(&it->then);
	free(it);
}

/* ------------------------------------------------------ entries and sessions */

static void log_started(const struct vhdxlog_events *it, uint32_t session,
			struct vhdxlog_event *e)
{
	const struct vl_order *o = &it->history->order;
	const struct vhdxlog_session *s = &o->sessions[session];
	char guid[VHDXLOG_GUID_TEXT];

	*e = (struct vhdxlog_event){ .kind = VHDXLOG_EVENT_LOG_STARTED,
				     .overwritten_by = VHDXLOG_NO_SECTOR };
	vl_event_add(e, "session %" PRIu32 ", log GUID %s, %s", session,
		     vhdxlog_guid_format(&s->log_guid, guid),
		     s->begins ? "began" :
				 "goes on here; how it began is gone");
}

static bool starts_session(const struct vhdxlog_events *it, uint32_t *session)
{
	const struct vl_order *o = &it->history->order;

	*session = o->session[vl_events_entry(it)];
	return !it->k || o->session[o->entries[it->k - 1]] != *session;
}

/* LastFileOffset against that of the entry before; false: nothing to tell. */
static bool file_size(struct vhdxlog_events *it, struct vhdxlog_event *e)
{
	uint64_t flushed, last, was = it->size;
	bool known = it->size_known;
	char from[VHDXLOG_SIZE_TEXT], to[VHDXLOG_SIZE_TEXT];

	if (vl_entry_offsets(&vl_events_scan(it)->log, vl_events_entry(it), &flushed, &last,
			     NULL))
		return false;
	it->size_known = true;
	it->size = last;
	if (!known || last == was)
		return false;
	*e = (struct vhdxlog_event){ .kind = last > was ?
						     VHDXLOG_EVENT_FILE_GREW :
						     VHDXLOG_EVENT_FILE_SHRANK,
				     .overwritten_by = VHDXLOG_NO_SECTOR };
	snprintf(e->before, sizeof(e->before), "%" PRIu64, was);
	snprintf(e->after, sizeof(e->after), "%" PRIu64, last);
	vl_event_add(e, "the file %s from %s to %s",
		     last > was ? "grew" : "shrank",
		     vhdxlog_size_format(was, from),
		     vhdxlog_size_format(last, to));
	return true;
}

/* -------------------------------------------------------------------- next */

static int enter(struct vhdxlog_events *it, struct vhdxlog_error *err)
{
	unsigned rereads = it->then.rereads;
	int rc = vl_then_enter(&it->then, vl_events_entry(it), err);

	if (it->then.rereads != rereads)
		find_block(it);
	it->layer = it->target = 0;
	it->stage = STAGE_SESSION;
	return rc ? rc : 1;
}

/* One step on; 0: *e is filled; 1: not yet; or negative. */
static int step(struct vhdxlog_events *it, struct vhdxlog_event *e,
		struct vhdxlog_error *err)
{
	const uint64_t *block = it->filter.has_block ? &it->filter.block : NULL;
	uint32_t session;

	switch (it->stage) {
	case STAGE_ENTER:
		return enter(it, err);
	case STAGE_SESSION:
		it->stage = STAGE_SIZE;
		if (!starts_session(it, &session))
			return 1;
		log_started(it, session, e);
		return 0;
	case STAGE_SIZE:
		it->stage = STAGE_TARGETS;
		return file_size(it, e) ? 0 : 1;
	case STAGE_PAGE:
		if (vl_page_events_next(&it->page, block, e)) {
			e->inferred = e->inferred || it->doubt;
			return 0;
		}
		it->stage = STAGE_TARGETS;
		return 1;
	case STAGE_TARGETS:
		break;
	}
	return vl_events_target(it, e, err);
}

/* A range is of every area that it has a byte of. */
static bool is_in_area(const struct vhdxlog_events *it,
		       const struct vhdxlog_event *e)
{
	const struct vl_image *image = it->then.place.image;
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };

	if (!e->has_target || e->area == it->filter.area)
		return e->has_target;
	if (e->kind != VHDXLOG_EVENT_ZEROED || !image)
		return false;
	vl_areas_count(&image->areas, e->file_offset, e->length, bytes);
	return bytes[it->filter.area];
}

static bool is_wanted(const struct vhdxlog_events *it,
		      const struct vhdxlog_event *e)
{
	const struct vhdxlog_event_filter *f = &it->filter;

	return (!f->has_session || e->session == f->session) &&
	       (!f->has_area || is_in_area(it, e)) &&
	       (!f->has_block || vl_event_touches(e, &it->block, &it->then.place));
}

/* The sentence; a page that is seen for the first time has no `before`. */
static void say(struct vhdxlog_events *it, struct vhdxlog_event *e)
{
	vl_event_say(&it->then.place, e);
	if (it->doubt && e->has_target && it->stage == STAGE_PAGE)
		vl_event_add(e, "; what was before is inferred: %s", it->doubt);
}

static int finish(struct vhdxlog_events *it, struct vhdxlog_event *e,
		  struct vhdxlog_error *err)
{
	int rc;

	if (!e->message[0])
		say(it, e);
	e->has_applied = e->has_target && vl_history_disk(it->history);
	if (!e->has_applied)
		return 0;
	rc = vl_events_applied(it, err);
	e->applied = it->now.applied;
	e->overwritten_by = it->now.overwritten_by;
	return rc;
}

int vhdxlog_events_next(struct vhdxlog_events *it, struct vhdxlog_event *e,
			struct vhdxlog_error *err)
{
	const struct vl_order *o = &it->history->order;

	/* Ends: every step goes on to another stage, target or entry. */
	while (it->k < o->n) {
		const struct vl_entry *entry = &o->log->entries[vl_events_entry(it)];
		uint32_t session = o->session[vl_events_entry(it)];
		int rc = step(it, e, err);

		if (rc < 0)
			return rc;
		if (rc)
			continue;
		e->ordinal = ++it->ordinal;
		e->session = session;
		e->entry = entry->sector;
		e->sequence_number = entry->sequence_number;
		rc = vl_then_tell_block(&it->then, e, err);
		if (rc)
			return rc;
		if (is_wanted(it, e))
			return finish(it, e, err);
	}
	return 1;
}

const char *vhdxlog_events_limitation(const struct vhdxlog_events *it,
				      size_t index)
{
	const struct {
		bool holds;
		const char *text;
	} all[] = {
		{ it->versions.too_many,
		  "the log writes more pages than are compared with what they "
		  "held before; each is told as seen for the first time" },
		{ it->then.limited,
		  "the log changes the geometry more often than was followed; "
		  "later pages are told by that of the last change followed" },
		{ it->then.bitmaps_limited,
		  "sector bitmaps were in more places than are followed; pages "
		  "of the others are told as belonging to nothing" },
		{ it->then.located.too_many,
		  "the disk has more blocks than are looked through for pages "
		  "and zeroes inside them" },
		{ it->lost, "some pages of the log could not be read again" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].holds && !index--)
			return all[i].text;
	}
	return NULL;
}

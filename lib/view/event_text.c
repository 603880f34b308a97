/* SPDX-License-Identifier: MIT */
/* The sentence that tells an event. */
#include "view/events.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vl_event_add(struct vhdxlog_event *e, const char *format, ...)
{
	size_t n = strlen(e->message);
	va_list args;

	va_start(args, format);
	vsnprintf(e->message + n, sizeof(e->message) - n, format, args);
	va_end(args);
}

/* "0x1d00000 (29 MiB)" */
static void add_offset(struct vhdxlog_event *e, uint64_t off)
{
	char size[VHDXLOG_SIZE_TEXT];

	vl_event_add(e, "0x%" PRIx64 " (%s)", off,
		     vhdxlog_size_format(off, size));
}

static const char *area_word(enum vhdxlog_area area)
{
	return area == VHDXLOG_AREA_BAT ? "BAT" : vhdxlog_area_name(area);
}

/* "virtual 17 MiB to 18 MiB" */
static void add_virtual(struct vhdxlog_event *e, uint64_t off, uint64_t len)
{
	char from[VHDXLOG_SIZE_TEXT], to[VHDXLOG_SIZE_TEXT];

	if (len)
		vl_event_add(e, "virtual %s to %s",
			     vhdxlog_size_format(off, from),
			     vhdxlog_size_format(off + len, to));
	else
		vl_event_add(e, "past the end of the disk");
}

/* "block 17 (virtual 17 MiB to 18 MiB)", or "sector bitmap 0 (..)" */
static void add_block(struct vhdxlog_event *e, bool is_bitmap, uint64_t block,
		      uint64_t off, uint64_t len)
{
	vl_event_add(e, "%s %" PRIu64 " (", is_bitmap ? "sector bitmap" : "block",
		     block);
	add_virtual(e, off, len);
	vl_event_add(e, ")");
}

static void add_own_block(struct vhdxlog_event *e)
{
	add_block(e, e->is_bitmap, e->block, e->virtual_offset,
		  e->virtual_length);
}

/* The place in the file that a text of a BAT entry tells; false: none. */
static bool home_in(const char *text, uint64_t *off)
{
	const char *at = strchr(text, '@');
	char *end;

	if (!at)
		return false;
	*off = strtoull(at + 1, &end, 10);
	return end > at + 1;
}

/* "present at 0x1d00000 (29 MiB)", from "present@30408704" */
static void add_value(struct vhdxlog_event *e, const char *text)
{
	uint64_t off;

	if (!home_in(text, &off)) {
		vl_event_add(e, "%s", text);
		return;
	}
	vl_event_add(e, "%.*s at ", (int)strcspn(text, "@"), text);
	add_offset(e, off);
}

static void say_change(struct vhdxlog_event *e)
{
	vl_event_add(e, " changed from ");
	add_value(e, e->before);
	vl_event_add(e, " to ");
	add_value(e, e->after);
}

static void say_allocated(struct vhdxlog_event *e)
{
	uint64_t off;

	add_own_block(e);
	vl_event_add(e, " was allocated");
	if (home_in(e->after, &off)) {
		vl_event_add(e, " at ");
		add_offset(e, off);
	} else {
		vl_event_add(e, ": %s", e->after);
	}
	if (strncmp(e->after, "partial", 7) == 0)
		vl_event_add(e, ", in part: the rest is the parent's");
}

static void say_moved_to(const struct vl_place *place, struct vhdxlog_event *e)
{
	struct vhdxlog_bat_entry to;
	uint64_t off = 0;

	vl_bat_decode(&place->image->geometry, e->moved_to, 0, &to);
	add_own_block(e);
	vl_event_add(e, " lost its place at ");
	home_in(e->before, &off);
	add_offset(e, off);
	vl_event_add(e, " to BAT entry %" PRIu64 ", ", e->moved_to);
	add_block(e, to.is_bitmap, to.block, to.virtual_offset,
		  to.virtual_length);
	vl_event_add(e, ", and is now ");
	add_value(e, e->after);
}

static void say_moved(const struct vl_place *place, struct vhdxlog_event *e)
{
	if (e->has_moved_to) {
		say_moved_to(place, e);
		return;
	}
	add_own_block(e);
	vl_event_add(e, " moved: it was ");
	add_value(e, e->before);
	vl_event_add(e, ", and is ");
	add_value(e, e->after);
}

static void say_bitmap(struct vhdxlog_event *e)
{
	if (e->area == VHDXLOG_AREA_BAT) {
		add_own_block(e);
		say_change(e);
		return;
	}
	vl_event_add(e, "sector bitmap %" PRIu64 " changed for ", e->block);
	add_virtual(e, e->virtual_offset, e->virtual_length);
	vl_event_add(e, ": its page had %s, and has %s", e->before, e->after);
}

static void add_page(struct vhdxlog_event *e)
{
	if (e->area == VHDXLOG_AREA_UNKNOWN)
		vl_event_add(e, "the page at ");
	else
		vl_event_add(e, "the %s page at ", area_word(e->area));
	add_offset(e, e->file_offset);
}

static void say_first_seen(struct vhdxlog_event *e)
{
	add_page(e);
	vl_event_add(e, " is seen for the first time");
	if (!e->has_index)
		return;
	vl_event_add(e, e->inferred ? "; the newest in it seems to be " : ": ");
	add_own_block(e);
	vl_event_add(e, e->inferred ? ", " : " is ");
	add_value(e, e->after);
}

static void say_region(struct vhdxlog_event *e)
{
	vl_event_add(e, "region table %d: ",
		     e->file_offset < VL_TABLE_OFFSET(2) ? 1 : 2);
	if (e->has_index)
		vl_event_add(e, "entry %" PRIu64, e->index);
	else
		vl_event_add(e, "%s", e->item);
	vl_event_add(e, " changed from %s to %s", e->before, e->after);
}

static void say_metadata(struct vhdxlog_event *e)
{
	vl_event_add(e, "metadata: %s changed from %s to %s", e->item, e->before,
		     e->after);
}

static void add_in_block(struct vhdxlog_event *e)
{
	vl_event_add(e, ", in ");
	add_own_block(e);
	vl_event_add(e, " as the replayed BAT has it");
}

/* "8 KiB at 0x4ff000 (5116 KiB), BAT," */
static void add_bytes(struct vhdxlog_event *e)
{
	char size[VHDXLOG_SIZE_TEXT];

	vl_event_add(e, "%s at ", vhdxlog_size_format(e->length, size));
	add_offset(e, e->file_offset);
	if (e->area != VHDXLOG_AREA_UNKNOWN)
		vl_event_add(e, ", %s,", area_word(e->area));
}

static void say_zeroed(struct vhdxlog_event *e)
{
	add_bytes(e);
	vl_event_add(e, " were written as zeroes");
	if (e->has_block)
		add_in_block(e);
	if (!e->has_index)
		return;
	vl_event_add(e, ": BAT entries from %" PRIu64 " on", e->index);
	if (!e->has_virtual)
		return;
	vl_event_add(e, ", ");
	add_virtual(e, e->virtual_offset, e->virtual_length);
}

static void say_page_changed(struct vhdxlog_event *e)
{
	add_bytes(e);
	vl_event_add(e, " changed");
	if (e->has_block)
		add_in_block(e);
}

void vl_event_say(const struct vl_place *place, struct vhdxlog_event *e)
{
	switch (e->kind) {
	case VHDXLOG_EVENT_PAGE_FIRST_SEEN: say_first_seen(e); break;
	case VHDXLOG_EVENT_BLOCK_ALLOCATED: say_allocated(e); break;
	case VHDXLOG_EVENT_BLOCK_STATE_CHANGED:
		add_own_block(e);
		say_change(e);
		break;
	case VHDXLOG_EVENT_BLOCK_MOVED: say_moved(place, e); break;
	case VHDXLOG_EVENT_BITMAP_CHANGED: say_bitmap(e); break;
	case VHDXLOG_EVENT_METADATA_CHANGED: say_metadata(e); break;
	case VHDXLOG_EVENT_REGION_TABLE_CHANGED: say_region(e); break;
	case VHDXLOG_EVENT_PAGE_CHANGED: say_page_changed(e); break;
	case VHDXLOG_EVENT_ZEROED: say_zeroed(e); break;
	case VHDXLOG_EVENT_REWRITTEN:
		add_page(e);
		vl_event_add(e, " was written again, with the same bytes");
		break;
	default: break; /* of entries and sessions: not of a page */
	}
}

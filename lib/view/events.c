/* SPDX-License-Identifier: MIT */
#include "view/events.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- moved */

/* A place in the file that an entry of the page had, or has. */
struct home {
	uint64_t off;
	uint16_t slot;
};

static int by_home(const void *pa, const void *pb)
{
	const struct home *a = pa, *b = pb;

	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	return (a->slot > b->slot) - (a->slot < b->slot);
}

static bool has_home(const struct vhdxlog_bat_entry *e)
{
	return vl_bat_is_located(e) && e->file_offset;
}

/* Where an entry locates a block; 0: nowhere. */
static uint64_t home_of(uint64_t raw)
{
	return VL_BAT_IS_LOCATED(raw) && vl_bat_may_hold(raw) ?
		       VL_BAT_OFFSET(raw) :
		       0;
}

static uint64_t raw_at(const uint8_t *page, unsigned slot)
{
	return vl_le64(page + 8 * slot);
}

/* Whether the whole page is of the BAT: regions begin and end where pages do. */
static bool is_bat_page(const struct vl_page_events *p)
{
	const struct vl_image *i = p->place->image;

	return vl_place_has_bat(p->place) && p->page >= i->bat->offset &&
	       vl_end(p->page, VL_SECTOR) <=
		       vl_end(i->bat->offset, i->bat->length) &&
	       (p->page - i->bat->offset) % VL_SECTOR == 0;
}

/*
 * Pair the places that vanish with those that turn up. An entry that had none
 * before has nothing else to tell.
 */
static void pair(struct vl_page_events *p, struct home *gone, size_t n_gone,
		 struct home *come, size_t n_come)
{
	size_t i = 0, k = 0;

	qsort(gone, n_gone, sizeof(*gone), by_home);
	qsort(come, n_come, sizeof(*come), by_home);
	while (i < n_gone && k < n_come) {
		if (gone[i].off < come[k].off) {
			i++;
		} else if (gone[i].off > come[k].off) {
			k++;
		} else {
			p->moved_to[gone[i].slot] = come[k].slot;
			p->silent[come[k].slot] =
				!home_of(raw_at(p->before, come[k].slot));
			i++;
			k++;
		}
	}
}

static void find_moved(struct vl_page_events *p)
{
	struct home gone[VL_PAGE_SLOTS], come[VL_PAGE_SLOTS];
	size_t n_gone = 0, n_come = 0;

	for (uint16_t i = 0; i < VL_PAGE_SLOTS; i++) {
		uint64_t was = home_of(raw_at(p->before, i));
		uint64_t is = home_of(raw_at(p->after, i));

		if (was && was != is)
			gone[n_gone++] = (struct home){ was, i };
		if (is && was != is)
			come[n_come++] = (struct home){ is, i };
	}
	pair(p, gone, n_gone, come, n_come);
}

void vl_page_events_begin(struct vl_page_events *p,
			  const struct vl_place *place, uint64_t page,
			  const uint8_t *before, const uint8_t *after)
{
	*p = (struct vl_page_events){
		.place = place,
		.page = page,
		.before = before,
		.after = after,
	};
	for (uint16_t i = 0; i < VL_PAGE_SLOTS; i++)
		p->moved_to[i] = i;
	if (!before)
		return;
	vl_diff_begin(&p->diff, place, place, page, before, after, VL_SECTOR);
	if (is_bat_page(p))
		find_moved(p);
}

/* ------------------------------------------------------------- differences */

static void set_target(struct vhdxlog_event *e, uint64_t off, uint64_t len,
		       enum vhdxlog_area area)
{
	e->has_target = true;
	e->file_offset = off;
	e->length = len;
	e->area = area;
}

static void set_bat(struct vhdxlog_event *e, const struct vhdxlog_bat_entry *b)
{
	e->has_index = e->has_block = e->has_virtual = true;
	e->index = b->index;
	e->block = b->block;
	e->is_bitmap = b->is_bitmap;
	e->virtual_offset = b->virtual_offset;
	e->virtual_length = b->virtual_length;
}

static enum vhdxlog_event_kind bat_kind(const struct vl_difference *d)
{
	bool was = vl_bat_is_located(&d->a_entry);
	bool is = vl_bat_is_located(&d->b_entry);

	if (d->b_entry.is_bitmap)
		return VHDXLOG_EVENT_BITMAP_CHANGED;
	if (is && !was)
		return VHDXLOG_EVENT_BLOCK_ALLOCATED;
	if (is && d->a_entry.file_offset != d->b_entry.file_offset)
		return VHDXLOG_EVENT_BLOCK_MOVED;
	return VHDXLOG_EVENT_BLOCK_STATE_CHANGED;
}

static void fill_bat(const struct vl_page_events *p,
		     const struct vl_difference *d, struct vhdxlog_event *e)
{
	uint64_t slot = (d->offset - p->page) / 8;
	uint64_t to = p->moved_to[slot];

	e->kind = bat_kind(d);
	set_bat(e, &d->b_entry);
	if (to == slot)
		return;
	e->kind = VHDXLOG_EVENT_BLOCK_MOVED;
	e->has_moved_to = true;
	e->moved_to = e->index + to - slot;
}

static void fill(const struct vl_page_events *p, const struct vl_difference *d,
		 struct vhdxlog_event *e)
{
	set_target(e, d->offset, d->length, d->area);
	memcpy(e->before, d->a, sizeof(e->before));
	memcpy(e->after, d->b, sizeof(e->after));
	e->item = d->item;
	switch (d->thing) {
	case VL_THING_BAT:
		fill_bat(p, d, e);
		return;
	case VL_THING_REGION:
		e->kind = VHDXLOG_EVENT_REGION_TABLE_CHANGED;
		e->has_index = d->has_index;
		e->index = d->index;
		return;
	case VL_THING_ITEM:
		e->kind = VHDXLOG_EVENT_METADATA_CHANGED;
		return;
	case VL_THING_BITMAP:
		e->kind = VHDXLOG_EVENT_BITMAP_CHANGED;
		e->has_block = e->is_bitmap = true;
		e->block = d->chunk;
		e->has_virtual = d->has_virtual;
		e->virtual_offset = d->virtual_offset;
		e->virtual_length = d->virtual_length;
		return;
	case VL_THING_BYTES:
		e->kind = VHDXLOG_EVENT_PAGE_CHANGED;
		return;
	}
}

/* ------------------------------------------------------------------ garbage */

/* Whether a slot changed that holds or held what is no entry. */
static bool is_garbage(const struct vl_page_events *p, unsigned slot)
{
	uint64_t was = raw_at(p->before, slot), is = raw_at(p->after, slot);

	return was != is && (!vl_bat_may_hold(was) || !vl_bat_may_hold(is)) &&
	       !p->silent[slot] && p->moved_to[slot] == slot;
}

static void more_follows(char text[VHDXLOG_EVENT_TEXT])
{
	size_t n = strlen(text);

	if (n + sizeof("..") <= VHDXLOG_EVENT_TEXT)
		memcpy(text + n, "..", sizeof(".."));
}

/* What of the disk the slots from the event's to the one before end are of. */
static void widen(const struct vl_page_events *p, unsigned end,
		  struct vhdxlog_event *e)
{
	const struct vl_image *i = p->place->image;
	struct vhdxlog_bat_entry last;

	e->length = p->page + 8 * end - e->file_offset;
	vl_bat_decode(&i->geometry, e->index + e->length / 8 - 1, 0, &last);
	if (last.virtual_length)
		e->virtual_length = vl_max64(
			last.virtual_offset + last.virtual_length -
				e->virtual_offset,
			e->virtual_length);
}

/*
 * Neighbouring entries that are none, before or after, are one thing that
 * changed: a page of another kind would otherwise be told of 512 times.
 */
static void gather_garbage(struct vl_page_events *p, struct vhdxlog_event *e)
{
	unsigned slot = (unsigned)((e->file_offset - p->page) / 8), end = slot;

	while (end < VL_PAGE_SLOTS && is_garbage(p, end))
		end++;
	if (end <= slot + 1)
		return;
	p->diff.at = 8 * end;
	widen(p, end, e);
	e->kind = VHDXLOG_EVENT_BLOCK_STATE_CHANGED;
	more_follows(e->before);
	more_follows(e->after);
	vl_event_add(e,
		     "%" PRIu64 " neighbouring entries, %" PRIu64
		     " to %" PRIu64 ", hold or held what is no BAT entry",
		     e->length / 8, e->index, e->index + e->length / 8 - 1);
}

/* --------------------------------------------------------------- first seen */

/* The BAT entry at an offset of the page; false: there is none. */
static bool entry_at(const struct vl_page_events *p, uint64_t off,
		     struct vhdxlog_bat_entry *e)
{
	const struct vl_image *i = p->place->image;

	if (off < p->page || off - p->page > VL_SECTOR - 8 ||
	    off < i->bat->offset ||
	    vl_end(off, 8) > vl_end(i->bat->offset, i->bat->length))
		return false;
	vl_bat_decode(&i->geometry, (off - i->bat->offset) / 8,
		      vl_le64(p->after + (off - p->page)), e);
	return true;
}

/* Blocks are allocated one behind the other: the last in the file is newest. */
static bool find_newest(const struct vl_page_events *p,
			struct vhdxlog_bat_entry *newest)
{
	uint64_t skew = (p->place->image->bat->offset - p->page) % 8;
	struct vhdxlog_bat_entry e;
	bool found = false;

	for (uint64_t off = p->page + skew; off < p->page + VL_SECTOR; off += 8) {
		if (!entry_at(p, off, &e) || e.is_bitmap || !has_home(&e) ||
		    (found && e.file_offset <= newest->file_offset))
			continue;
		*newest = e;
		found = true;
	}
	return found;
}

static bool find_asked(const struct vl_page_events *p, uint64_t block,
		       struct vhdxlog_bat_entry *e)
{
	struct vl_block_places b;

	vl_block_find(p->place, block, &b);
	return (b.entry.len && entry_at(p, b.entry.off, e)) ||
	       (b.bitmap_entry.len && entry_at(p, b.bitmap_entry.off, e));
}

static void first_seen(const struct vl_page_events *p, const uint64_t *block,
		       struct vhdxlog_event *e)
{
	struct vhdxlog_bat_entry bat;

	e->kind = VHDXLOG_EVENT_PAGE_FIRST_SEEN;
	if (!vl_place_has_bat(p->place))
		return;
	if (block ? !find_asked(p, *block, &bat) : !find_newest(p, &bat))
		return;
	set_bat(e, &bat);
	vl_bat_text(&bat, e->after);
	e->inferred = !block;
}

/* An entry that has the place of another now, which is told of that one. */
static bool is_silent(const struct vl_page_events *p,
		      const struct vl_difference *d)
{
	return d->thing == VL_THING_BAT &&
	       p->silent[(d->offset - p->page) / 8];
}

bool vl_page_events_next(struct vl_page_events *p, const uint64_t *block,
			 struct vhdxlog_event *e)
{
	struct vl_difference d;
	bool first = !p->told;

	p->told = true;
	*e = (struct vhdxlog_event){ .overwritten_by = VHDXLOG_NO_SECTOR };
	while (p->before && vl_diff_next(&p->diff, &d)) {
		if (is_silent(p, &d))
			continue;
		fill(p, &d, e);
		if (is_bat_page(p))
			gather_garbage(p, e);
		return true;
	}
	if (!first)
		return false;
	set_target(e, p->page, VL_SECTOR, vl_place_area(p->place, p->page));
	if (p->before)
		e->kind = VHDXLOG_EVENT_REWRITTEN;
	else
		first_seen(p, block, e);
	return true;
}

/* ------------------------------------------------------------------- zeroes */

/* The entries of the BAT in a range: the first, and what of the disk is theirs. */
static void zero_bat(const struct vl_image *i, uint64_t off, uint64_t len,
		     struct vhdxlog_event *e)
{
	uint64_t from = vl_max64(off, i->bat->offset) - i->bat->offset;
	uint64_t to = vl_min64(vl_end(off, len),
			       vl_end(i->bat->offset, i->bat->length)) -
		      i->bat->offset;
	uint64_t first = vl_div_up(from, 8), last = to / 8;
	struct vhdxlog_bat_entry a, b;

	if (first >= last)
		return;
	e->has_index = true;
	e->index = first;
	/* Bitmap entries stand alone between payload entries. */
	first += vl_bat_is_bitmap(&i->geometry, first);
	last -= vl_bat_is_bitmap(&i->geometry, last - 1);
	if (first >= last)
		return;
	vl_bat_decode(&i->geometry, first, 0, &a);
	vl_bat_decode(&i->geometry, last - 1, 0, &b);
	e->has_virtual = true;
	e->virtual_offset = a.virtual_offset;
	if (a.virtual_length)
		e->virtual_length =
			vl_min64(b.virtual_offset + i->geometry.block_size,
				 i->geometry.disk_size) -
			a.virtual_offset;
}

void vl_zero_event(const struct vl_place *place, uint64_t off, uint64_t len,
		   struct vhdxlog_event *e)
{
	*e = (struct vhdxlog_event){ .kind = VHDXLOG_EVENT_ZEROED,
				     .overwritten_by = VHDXLOG_NO_SECTOR };
	set_target(e, off, len, vl_place_area(place, off));
	if (vl_place_has_bat(place) &&
	    vl_overlap(off, len, place->image->bat->offset,
		       place->image->bat->length))
		zero_bat(place->image, off, len, e);
}

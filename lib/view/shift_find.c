/* SPDX-License-Identifier: MIT */
#include "view/shift.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/overlay.h"

#include <stdlib.h>
#include <string.h>

/*
 * What QEMU logs: an entry of its own for each change of one page; and its GUIDs
 * have their bytes in the order of RFC 4122, which those of Windows have not.
 */
static bool is_by_qemu(const struct vl_entry *e)
{
	return e->descriptor_count == 1 && e->sectors == 2 &&
	       e->tail == (uint64_t)e->sector * VL_SECTOR &&
	       e->flushed == e->last && e->guid.bytes[6] >> 4 == 4;
}

/* -------------------------------------------------------------- candidates */

/* A page of the BAT, and the best that was found of it. */
struct page_case {
	struct vl_shifts *s;
	uint64_t page;
	bool waits; /* the log would change it */
	bool stayed; /* a version from before has a block where it still is */
	bool is_odd; /* only then it matters what stayed */
	uint8_t disk[VL_SECTOR], now[VL_SECTOR];
	struct vl_shift_page best; /* count 0: nothing */
	/* The two versions that were read last, and of which rows they are. */
	uint8_t (*version)[VL_SECTOR]; /* borrowed, [2] */
	size_t row[2];
	unsigned last;
};

static unsigned count_blocks(const struct page_case *p,
			     const uint8_t old[VL_SECTOR], bool *any_moved)
{
	struct vhdxlog_shift shift;
	unsigned n = 0;

	*any_moved = false;
	for (unsigned slot = 0;
	     vl_shift_block(p->s->c.image, vl_shift_first(p->s, p->page), old,
			    p->now, &slot, &shift);
	     slot++) {
		*any_moved = *any_moved || !shift.lost;
		n++;
	}
	return n;
}

/*
 * Note a shift, where the file still has it. One of which the entry is known is
 * preferred: the version right before says where all the blocks were.
 */
static void consider(struct page_case *p, struct vl_shift_page found,
		     const uint8_t version[VL_SECTOR])
{
	bool known = found.entry != VL_NONE, moved;
	bool best_known = p->best.count && p->best.entry != VL_NONE;
	uint8_t old[VL_SECTOR];
	struct vl_moves m;

	memcpy(old, version, VL_SECTOR);
	if (!known)
		vl_shift_complete(p->s->c.image, vl_shift_first(p->s, p->page),
				  p->now, old);
	found.page = p->page;
	found.count = count_blocks(p, old, &moved);
	if (!found.count || (!moved && !vl_shift_compare(old, p->now, &m)))
		return; /* repaired, or written anew */
	if (known != best_known ? known : found.count > p->best.count)
		p->best = found;
}

/*
 * One block that is where its neighbour was: between two versions of which one
 * was made of the other, byte by byte, that is the shift; where something may have
 * come between, the place may have been given away, and only QEMU never does so.
 * So with a block that is gone and nothing else.
 */
static bool is_enough(const struct vl_moves *m, bool follows, bool by_qemu)
{
	return m->moved > 1 || (m->moved && follows && m->exact) ||
	       (m->moved && by_qemu) || (m->lost && m->exact && follows && by_qemu);
}

/* Whether the version of row i is old shifted. */
static void consider_pair(struct page_case *p, struct vl_shift_page found,
			  const uint8_t old[VL_SECTOR],
			  const uint8_t page[VL_SECTOR], size_t i)
{
	uint32_t entry = p->s->c.writers->rows[i].entry;
	struct vl_moves m;

	if (!vl_shift_compare(old, page, &m) ||
	    !is_enough(&m, true, is_by_qemu(&p->s->c.log->entries[entry])))
		return;
	found.entry = m.exact ? entry : VL_NONE;
	consider(p, found, old);
}

/* Whether the file's page is the version of row i, shifted. */
static void consider_disk(struct page_case *p, const uint8_t page[VL_SECTOR],
			  size_t i)
{
	struct vl_shift_page found = { .source = VHDXLOG_SHIFT_LOG_AND_DISK,
				       .old = VL_OLD_LOGGED,
				       .row = (uint32_t)i,
				       .entry = VL_NONE };
	uint32_t entry = p->s->c.writers->rows[i].entry;
	struct vl_moves m;

	if (vl_shift_compare(page, p->now, &m) &&
	    is_enough(&m, false, is_by_qemu(&p->s->c.log->entries[entry])))
		consider(p, found, page);
}

/* Valid until the one after the next is read; NULL: it cannot be. */
static const uint8_t *read_row(struct page_case *p, size_t i)
{
	const struct vl_writer *w = &p->s->c.writers->rows[i];

	for (unsigned k = 0; k < 2; k++) {
		if (p->row[k] == i)
			return p->version[k];
	}
	p->last = !p->last;
	p->row[p->last] = SIZE_MAX;
	if (vl_target_page(p->s->c.log, w->entry, w->target, p->version[p->last],
			   NULL))
		return NULL;
	p->row[p->last] = i;
	return p->version[p->last];
}

/* Whether the first slot of that version has a block: known without reading it,
 * and what most versions need not be read for. */
static bool is_placed(const struct page_case *p, size_t i)
{
	uint32_t target = p->s->c.writers->rows[i].target;

	return vl_target_begins_with_place(&p->s->c.log->targets[target]);
}

static struct vl_shift_page logged(size_t row)
{
	return (struct vl_shift_page){ .source = VHDXLOG_SHIFT_LOG,
				       .old = VL_OLD_LOGGED,
				       .row = (uint32_t)row };
}

/*
 * The bug strikes where the first entry is allocated, and then moves all others:
 * what a version without that one has in the same place as the file was not moved.
 */
static bool has_stayed(const uint8_t version[VL_SECTOR],
		       const uint8_t now[VL_SECTOR])
{
	if (VL_BAT_HAS_PLACE(vl_le64(version)))
		return false;
	for (unsigned i = 1; i < VL_BAT_SLOTS; i++) {
		uint64_t was = vl_le64(version + 8 * i);

		if (VL_BAT_HAS_PLACE(was) && was == vl_le64(now + 8 * i))
			return true;
	}
	return false;
}

/* Whether version i is the one before it, shifted. */
static void consider_logged(struct page_case *p, size_t before, size_t i)
{
	const uint8_t *old, *now;

	if (before == i || is_placed(p, before) || !is_placed(p, i))
		return;
	old = read_row(p, before);
	now = old ? read_row(p, i) : NULL;
	if (now)
		consider_pair(p, logged(before), old, now, i);
}

/* Version i beside what the disk holds, and what it would hold. */
static void consider_with_disk(struct page_case *p, size_t i, bool disk_may_be)
{
	static const struct vl_shift_page on_disk = {
		.source = VHDXLOG_SHIFT_LOG_AND_DISK, .old = VL_OLD_DISK
	};
	bool placed = is_placed(p, i);
	bool now_may_be = !placed && VL_BAT_HAS_PLACE(vl_le64(p->now));
	bool may_stay = !placed && p->is_odd && !p->stayed;
	const uint8_t *page;

	disk_may_be = disk_may_be && placed;
	if (!disk_may_be && !now_may_be && !may_stay)
		return;
	page = read_row(p, i);
	if (page && disk_may_be)
		consider_pair(p, on_disk, p->disk, page, i);
	if (page && now_may_be)
		consider_disk(p, page, i);
	if (page && may_stay)
		p->stayed = has_stayed(page, p->now);
}

/*
 * The versions from row `first` to `end`, in the order of the ring, in which each
 * follows the one before it, and the first the last. A shift allocates the first
 * slot: it lies between a version without a block there and one with it.
 */
static void consider_versions(struct page_case *p, size_t first, size_t end)
{
	bool disk_may_be = p->waits && !VL_BAT_HAS_PLACE(vl_le64(p->disk)) &&
			   vl_shift_highest(p->disk);

	for (size_t i = first; i < end; i++) {
		consider_logged(p, i == first ? end - 1 : i - 1, i);
		consider_with_disk(p, i, disk_may_be);
	}
}

/* The slots of a page in which no block may be and one is: nothing else speaks for
 * a shift, so nothing may speak against it. */
static void consider_alone(struct page_case *p, uint64_t index)
{
	uint64_t first = vl_shift_first(p->s, p->page);
	struct vl_shift_page found = { .source = VHDXLOG_SHIFT_DISK,
				       .old = VL_OLD_GUESSED,
				       .slot = (unsigned)(index - first),
				       .entry = VL_NONE };
	uint8_t old[VL_SECTOR];

	if (!p->best.count && !p->stayed && index - first < VL_BAT_SLOTS &&
	    vl_shift_guess(p->s->c.image, first, found.slot, p->now, old))
		consider(p, found, old);
}

/* ------------------------------------------------------------------- pages */

static int keep(struct vl_shifts *s, const struct vl_shift_page *page,
		struct vhdxlog_error *err)
{
	void *array = s->pages;

	if (!page->count)
		return 0;
	if (!vl_reserve(&array, &s->cap, s->n + 1, sizeof(*s->pages)))
		return vl_nomem(err);
	s->pages = array;
	s->pages[s->n++] = *page;
	s->count += page->count;
	return 0;
}

static bool read_page(struct page_case *p)
{
	const struct vl_shift_case *c = &p->s->c;

	if (vl_view_read(c->replayed, p->page, p->now, VL_SECTOR, NULL))
		return false;
	p->waits = c->log->active_head != VL_NONE &&
		   vl_view_read(c->disk, p->page, p->disk, VL_SECTOR, NULL) ==
			   0 &&
		   memcmp(p->disk, p->now, VL_SECTOR) != 0;
	return true;
}

/* An entry in which no block may be, with a block in it. */
struct oddity {
	bool any;
	uint64_t index, page;
};

/* Pages of which the log has versions, and those with oddities, in order. */
static int look_at_page(struct vl_shifts *s, uint64_t page, size_t first,
			size_t end, const struct oddity odd[2],
			struct vhdxlog_error *err)
{
	uint8_t version[2][VL_SECTOR];
	struct page_case p = { .s = s,
			       .page = page,
			       .version = version,
			       .row = { SIZE_MAX, SIZE_MAX } };

	if (!read_page(&p))
		return 0;
	for (unsigned k = 0; k < 2; k++)
		p.is_odd = p.is_odd || (odd[k].any && odd[k].page == page);
	consider_versions(&p, first, end);
	p.stayed = p.stayed || (p.waits && has_stayed(p.disk, p.now));
	for (unsigned k = 0; k < 2; k++) {
		if (odd[k].any && odd[k].page == page)
			consider_alone(&p, odd[k].index);
	}
	return keep(s, &p.best, err);
}

/* Behind the last entry; and the first that the bitmap of a chunk would be in. */
static void find_oddities(const struct vl_image *i, struct oddity odd[2])
{
	const struct vl_judgement *j = i->judgement;
	enum vl_check_id bitmap = VLC_bat_bitmap_present_in_non_differencing;

	odd[0] = (struct oddity){ false, 0, 0 };
	odd[1] = (struct oddity){ false, 0, 0 };
	if (i->geometry.entries < i->bat->length / 8 &&
	    vl_failed(j, VLC_bat_trailing_entry_nonzero))
		odd[0] = (struct oddity){ true, i->geometry.entries, 0 };
	if (vl_failed(j, bitmap))
		odd[1] = (struct oddity){
			true, (j->detail[bitmap].offset - i->bat->offset) / 8, 0
		};
	for (unsigned k = 0; k < 2; k++)
		odd[k].page = i->bat->offset +
			      odd[k].index / VL_BAT_SLOTS * VL_SECTOR;
	if (odd[1].any && odd[1].page < odd[0].page) {
		struct oddity swap = odd[0];

		odd[0] = odd[1];
		odd[1] = swap;
	}
}

/* The page of an oddity that is to be looked at before that of row i. */
static const struct oddity *next_oddity(const struct oddity odd[2],
					uint64_t from, uint64_t end)
{
	for (unsigned k = 0; k < 2; k++) {
		if (odd[k].any && odd[k].page >= from && odd[k].page < end)
			return &odd[k];
	}
	return NULL;
}

int vl_shifts_find(struct vl_shifts *s, const struct vl_shift_case *c,
		   struct vhdxlog_error *err)
{
	uint64_t from = c->image->bat->offset;
	uint64_t end = from + c->image->bat->length;
	const struct vl_writers *w = c->writers;
	struct oddity odd[2];
	size_t row;
	int rc;

	*s = (struct vl_shifts){ .c = *c };
	if (from % VL_SECTOR)
		return 0;
	rc = vl_writers_list(c->writers, c->log, err);
	find_oddities(c->image, odd);
	s->incomplete = w->too_many;
	row = rc ? 0 : vl_writers_first(w, from);
	while (!rc && from < end) {
		bool logged = row < w->n && w->rows[row].page < end;
		uint64_t page = logged ? w->rows[row].page : end;
		const struct oddity *o = next_oddity(odd, from, page);
		size_t next = row;

		if (o)
			page = o->page;
		else if (logged)
			next = vl_writers_next(w, row);
		else
			break;
		rc = look_at_page(s, page, row, next, odd, err);
		row = next;
		from = page + VL_SECTOR;
	}
	return rc;
}

void vl_shifts_release(struct vl_shifts *s)
{
	free(s->pages);
	*s = (struct vl_shifts){ .pages = NULL };
}

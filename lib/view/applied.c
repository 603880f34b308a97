/* SPDX-License-Identifier: MIT */
#include "view/applied.h"

#include "base/bytes.h"
#include "base/error.h"
#include "overlay/overlay.h"

#include <isa-l/mem_routines.h>
#include <string.h>

#define CHUNK 65536u

void vl_applied_init(struct vl_applied *a, struct vl_log *log,
		     struct vl_writers *writers, const struct vl_view *disk,
		     uint64_t budget)
{
	*a = (struct vl_applied){
		.holdings = { .log = log, .writers = writers },
		.disk = disk,
		.budget = budget,
	};
}

void vl_applied_release(struct vl_applied *a)
{
	vl_holdings_release(&a->holdings);
}

static const struct vl_entry *entry_at(const struct vl_applied *a, uint32_t i)
{
	return &a->holdings.log->entries[i];
}

static uint32_t entry_of(const struct vl_applied *a, uint32_t row)
{
	return a->holdings.writers->rows[row].entry;
}

static void set_overwritten(const struct vl_applied *a,
			    struct vhdxlog_descriptor *d, uint32_t by)
{
	d->applied = VHDXLOG_APPLIED_OVERWRITTEN;
	d->overwritten_by = entry_at(a, by)->sector;
}

/* ------------------------------------------------------------------- pages */

/*
 * One of the two versions that the disk has pieces of: which pieces are its. Those
 * of the later one are what was written, those of the earlier what is left.
 */
static void set_torn(struct vl_applied *a, const struct vl_held *held,
		     bool is_later, const uint8_t page[VL_SECTOR],
		     const uint8_t disk[VL_SECTOR],
		     struct vhdxlog_descriptor *d)
{
	uint32_t row = is_later ? held->earlier : held->later;
	const struct vl_writer *w = &a->holdings.writers->rows[row];
	uint8_t other[VL_SECTOR], of_other;

	/* An entry with two pages for one place: this is the one not meant. */
	if (vl_target_page(a->holdings.log, w->entry, w->target, other, NULL) ||
	    !vl_is_mixed(disk, page, other, &d->pieces, &of_other)) {
		d->pieces = 0;
		return;
	}
	d->applied = VHDXLOG_APPLIED_TORN;
	if (!is_later)
		d->overwritten_by = entry_at(a, w->entry)->sector;
}

/* The page is not what the disk holds. */
static void compare_held(struct vl_applied *a, uint32_t entry,
			 const struct vl_held *held,
			 const uint8_t page[VL_SECTOR],
			 const uint8_t disk[VL_SECTOR],
			 struct vhdxlog_descriptor *d)
{
	const struct vl_entry *e = entry_at(a, entry);
	bool is_torn = held->later != VL_NONE;
	uint32_t by = is_torn ? entry_of(a, held->later) : held->entry;
	uint32_t before = is_torn ? entry_of(a, held->earlier) : VL_NONE;

	d->applied = VHDXLOG_APPLIED_NO;
	if (is_torn && (entry == by || entry == before))
		set_torn(a, held, entry == by, page, disk, d);
	else if (is_torn && vl_follows(&a->holdings, before, entry))
		return; /* passed over, or after both */
	else if (by != VL_NONE && vl_can_follow(e, entry_at(a, by)))
		set_overwritten(a, d, by);
}

int vl_applied_page(struct vl_applied *a, uint32_t entry,
		    const uint8_t page[VL_SECTOR],
		    struct vhdxlog_descriptor *d, struct vhdxlog_error *err)
{
	struct vl_writers *w = a->holdings.writers;
	const struct vl_held *held;
	uint8_t disk[VL_SECTOR];
	size_t first;

	if (vl_view_read(a->disk, d->file_offset, disk, VL_SECTOR, NULL))
		return 0;
	a->bytes_read += VL_SECTOR;
	d->applied = VHDXLOG_APPLIED_YES;
	if (memcmp(page, disk, VL_SECTOR) == 0)
		return 0;
	d->applied = VHDXLOG_APPLIED_UNKNOWN;
	if (vl_writers_list(w, a->holdings.log, err))
		return VHDXLOG_E_NOMEM;
	first = vl_writers_first(w, d->file_offset);
	if (first == w->n)
		return 0;
	held = vl_held_at(&a->holdings, first, disk, err);
	if (!held)
		return VHDXLOG_E_NOMEM;
	compare_held(a, entry, held, page, disk, d);
	return 0;
}

/* ------------------------------------------------------------------ zeroes */

/* What was found in a range that an entry zeroes. */
struct zero_case {
	struct vl_applied *a;
	uint32_t entry;
	bool not_zero;
	bool explained; /* some of that is by a later entry */
	bool left;	/* some of it is not */
	/* Of what was there before it, as the log has it: some is zero now, and
	 * some still is there. */
	bool cleared, stands;
	uint32_t latest; /* of those that wrote over it, or VL_NONE */
};

/*
 * The last row of a page that the entry follows, nothing lost between them; or
 * SIZE_MAX. In a page, rows are in the order of the ring.
 */
static size_t row_before(const struct zero_case *c, size_t first)
{
	const struct vl_holdings *h = &c->a->holdings;
	const struct vl_writers *w = h->writers;
	uint64_t page = w->rows[first].page;
	size_t low = first, high = vl_writers_first(w, page + 1), end = high;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->rows[mid].entry < c->entry)
			low = mid + 1;
		else
			high = mid;
	}
	/* Where the log went on around its end, the last of them all. */
	if (low == first)
		low = end;
	return vl_follows(h, w->rows[low - 1].entry, c->entry) ? low - 1 :
								 SIZE_MAX;
}

/* A page of zeroes: whether it was something else before. */
static void look_at_zero(struct zero_case *c, size_t first)
{
	size_t row = c->cleared ? SIZE_MAX : row_before(c, first);
	const struct vl_writer *w;
	uint8_t page[VL_SECTOR];

	if (row == SIZE_MAX)
		return;
	w = &c->a->holdings.writers->rows[row];
	if (vl_target_page(c->a->holdings.log, w->entry, w->target, page,
			   NULL) == 0)
		c->cleared = isal_zero_detect(page, VL_SECTOR);
}

/* A page that is not zero: who wrote it, and when. */
static int look_at_data(struct zero_case *c, size_t first,
			const uint8_t disk[VL_SECTOR],
			struct vhdxlog_error *err)
{
	const struct vl_entry *e = entry_at(c->a, c->entry);
	const struct vl_held *held;
	uint32_t by;

	held = vl_held_at(&c->a->holdings, first, disk, err);
	if (!held)
		return VHDXLOG_E_NOMEM;
	by = held->later != VL_NONE ? entry_of(c->a, held->later) : held->entry;
	if (by != VL_NONE && vl_can_follow(e, entry_at(c->a, by))) {
		c->explained = true;
		if (c->latest == VL_NONE ||
		    vl_is_later(entry_at(c->a, by), entry_at(c->a, c->latest)))
			c->latest = by;
		return 0;
	}
	c->left = true;
	c->stands = c->stands ||
		    (by != VL_NONE && vl_follows(&c->a->holdings, by, c->entry));
	return 0;
}

static int look_at_page(struct zero_case *c, uint64_t off,
			const uint8_t disk[VL_SECTOR],
			struct vhdxlog_error *err)
{
	const struct vl_writers *w = c->a->holdings.writers;
	bool zero = !isal_zero_detect((void *)disk, VL_SECTOR);
	size_t first = vl_writers_first(w, off);
	bool known = first < w->n && w->rows[first].page == off;

	c->not_zero = c->not_zero || !zero;
	c->left = c->left || (!zero && !known);
	if (!known)
		return 0;
	if (!zero)
		return look_at_data(c, first, disk, err);
	look_at_zero(c, first);
	return 0;
}

/* Whether the rest of the range can no longer change what is said of it. */
static bool is_settled(const struct zero_case *c, uint64_t off, uint64_t end)
{
	const struct vl_writers *w = c->a->holdings.writers;
	size_t row;

	if (!c->left)
		return false;
	if (c->cleared && c->stands)
		return true;
	row = vl_writers_first(w, off);
	return row == w->n || w->rows[row].page >= end;
}

/* 0, 1: over the budget, or it cannot be read. */
static int look_at_range(struct zero_case *c, uint64_t off, uint64_t end,
			 struct vhdxlog_error *err)
{
	uint8_t disk[CHUNK];

	/* Ends: off goes up each time round. */
	while (off < end && !is_settled(c, off, end)) {
		size_t n = (size_t)vl_min64(end - off, CHUNK);
		int rc = 0;

		if (n > c->a->budget)
			return 1;
		c->a->budget -= n;
		c->a->bytes_read += n;
		if (vl_view_read(c->a->disk, off, disk, n, NULL))
			return 1;
		for (size_t at = 0; !rc && at + VL_SECTOR <= n; at += VL_SECTOR)
			rc = look_at_page(c, off + at, disk + at, err);
		if (rc)
			return rc;
		off += n;
	}
	return 0;
}

int vl_applied_zeroes(struct vl_applied *a, uint32_t entry,
		      struct vhdxlog_descriptor *d, struct vhdxlog_error *err)
{
	struct zero_case c = { .a = a, .entry = entry, .latest = VL_NONE };
	uint64_t end = vl_end(d->file_offset, d->length);
	int rc;

	if (end > a->disk->size)
		return 0;
	rc = vl_writers_list(a->holdings.writers, a->holdings.log, err);
	if (!rc)
		rc = vl_holdings_link(&a->holdings, err);
	if (!rc)
		rc = look_at_range(&c, d->file_offset, end, err);
	if (rc)
		return rc < 0 ? rc : 0;
	if (!c.not_zero)
		d->applied = VHDXLOG_APPLIED_YES;
	else if (!c.left)
		set_overwritten(a, d, c.latest);
	else if (c.cleared && c.stands)
		d->applied = VHDXLOG_APPLIED_TORN;
	else
		d->applied = VHDXLOG_APPLIED_NO;
	return 0;
}

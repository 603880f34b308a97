/* SPDX-License-Identifier: MIT */
#include "view/predates.h"

#include "overlay/overlay.h"

#include <isa-l/mem_routines.h>
#include <string.h>

void vl_predates_init(struct vl_predates *p, const struct vl_order *order,
		      struct vl_holdings *holdings, const struct vl_view *disk,
		      bool waits)
{
	uint32_t first = order->log->active_first;

	*p = (struct vl_predates){ .order = order, .holdings = holdings };
	/* Where no sequence is active nothing says what was applied already. */
	if (!waits || first == VL_NONE)
		return;
	p->disk = disk;
	p->tail = order->place[first];
}

/* Nothing comes after the current session: all from the tail on is of it. */
static bool waits(const struct vl_predates *p, uint32_t entry)
{
	return p->order->log->entries[entry].flags & VL_ENTRY_IS_CURRENT &&
	       p->order->place[entry] >= p->tail;
}

static bool all_wait(const struct vl_predates *p, size_t first, size_t end)
{
	const struct vl_writer *rows = p->holdings->writers->rows;

	for (size_t i = first; i < end; i++) {
		if (!waits(p, rows[i].entry))
			return false;
	}
	return true;
}

/* Whether some piece is that of a version, and says something. */
static bool shares_pieces(const uint8_t disk[VL_SECTOR],
			  const uint8_t version[VL_SECTOR])
{
	for (size_t at = 0; at < VL_SECTOR; at += VL_PIECE) {
		if (memcmp(disk + at, version + at, VL_PIECE) == 0 &&
		    isal_zero_detect((void *)(disk + at), VL_PIECE))
			return true;
	}
	return false;
}

/* The disk has none of the versions as a whole. */
static enum vl_predates_answer compare_pieces(struct vl_predates *p,
					      size_t first, size_t end,
					      const uint8_t disk[VL_SECTOR],
					      uint64_t *read)
{
	const struct vl_writer *rows = p->holdings->writers->rows;
	uint8_t version[VL_SECTOR];

	for (size_t i = first; i < end; i++) {
		++*read;
		if (vl_target_page(p->holdings->log, rows[i].entry,
				   rows[i].target, version, NULL))
			return VL_PREDATES_NO;
		if (shares_pieces(disk, version))
			return VL_PREDATES_PERHAPS;
	}
	return VL_PREDATES_YES;
}

int vl_predates_find(struct vl_predates *p, uint64_t page,
		     uint8_t bytes[VL_SECTOR], enum vl_predates_answer *answer,
		     uint64_t *read, struct vhdxlog_error *err)
{
	const struct vl_writers *w = p->holdings->writers;
	const struct vl_held *held;
	size_t first, end;

	*answer = VL_PREDATES_NO;
	if (!p->disk)
		return 0;
	first = vl_writers_first(w, page);
	if (first == w->n || w->rows[first].page != page)
		return 0;
	end = vl_writers_next(w, first);
	if (!all_wait(p, first, end))
		return 0;
	++*read;
	if (vl_view_read(p->disk, page, bytes, VL_SECTOR, NULL))
		return 0;
	held = vl_held_at(p->holdings, first, bytes, err);
	if (!held)
		return VHDXLOG_E_NOMEM;
	if (held->entry == VL_NONE && held->later == VL_NONE)
		*answer = compare_pieces(p, first, end, bytes, read);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* What sound entries hold: the pages that they write, and what was left behind
 * the descriptors. */
#include "match/matches.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ondisk/layout.h"
#include "scan.h"

/* An entry, and what was gathered of it. */
struct walk {
	struct vl_match_pass *pass;
	struct vhdxlog_entry entry;
	struct vl_match_page *pages; /* owned */
	size_t count, room;
};

static struct vl_stretch stretch_of(const struct walk *w,
				    enum vhdxlog_match_scope scope)
{
	const struct vhdxlog_selection *chosen =
		vhdxlog_selection_at(w->pass->scan, 0);
	const struct vhdxlog_entry *e = &w->entry;
	struct vl_stretch s = {
		.scope = scope,
		.has_entry = true,
		.entry = e->sector,
		.sequence_number = e->sequence_number,
		.stale = e->verdict == VHDXLOG_STALE,
	};

	if (e->active && chosen && chosen->has_sequence) {
		s.has_sequence = true;
		s.sequence = chosen->sequence;
	} else if (e->is_head) {
		s.has_sequence = true;
		s.sequence = e->as_head;
	}
	return s;
}

/* ------------------------------------------------------------------- pages */

static int by_target(const void *a, const void *b)
{
	const struct vl_match_page *x = a, *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return x->descriptor < y->descriptor ? -1 : 1;
}

static bool keep(struct walk *w, const struct vhdxlog_descriptor *d)
{
	struct vl_match_page *page;

	if (!vl_reserve((void **)&w->pages, &w->room, w->count + 1,
			sizeof(*w->pages))) {
		w->pass->failed = VHDXLOG_E_NOMEM;
		return false;
	}
	page = &w->pages[w->count++];
	*page = (struct vl_match_page){
		.target = d->file_offset,
		.descriptor = d->offset,
		.data_sector = d->data_sector,
		.area = d->area,
	};
	memcpy(page->leading, d->bytes + VL_OFF_data_descriptor_leading_bytes,
	       sizeof(page->leading));
	memcpy(page->trailing, d->bytes + VL_OFF_data_descriptor_trailing_bytes,
	       sizeof(page->trailing));
	return true;
}

static bool rebuild(struct walk *w, const struct vl_match_page *page,
		    uint8_t *to)
{
	struct vhdxlog_descriptor d = {
		.kind = VHDXLOG_DESCRIPTOR_DATA,
		.data_sector = page->data_sector,
	};

	memcpy(d.bytes + VL_OFF_data_descriptor_leading_bytes, page->leading,
	       sizeof(page->leading));
	memcpy(d.bytes + VL_OFF_data_descriptor_trailing_bytes, page->trailing,
	       sizeof(page->trailing));
	return vhdxlog_descriptor_page(w->pass->scan, &d, to, NULL) == 0;
}

/* So many from `first` on are neighbours that fit into a piece. */
static size_t neighbours(const struct walk *w, size_t first)
{
	const size_t most = VL_STRETCH_MOST / VL_PAGE;
	size_t n = 1;

	while (n < most && first + n < w->count &&
	       w->pages[first + n].target ==
		       w->pages[first + n - 1].target + VL_PAGE)
		n++;
	return n;
}

/* Pages from `first` on, as many as are neighbours and can be read. *later: they
 * go on with what was put before. */
static size_t put_run(struct walk *w, size_t first, bool *later)
{
	struct vl_match_pass *p = w->pass;
	struct vl_stretch s = stretch_of(w, VHDXLOG_MATCH_PAGES);
	const size_t most = VL_STRETCH_MOST / VL_PAGE;
	size_t n = neighbours(w, first);
	uint8_t *to;

	s.later = *later;
	*later = false;
	to = vl_match_room(p, n * VL_PAGE);
	if (!to || !vl_reserve((void **)&p->pages, &p->page_room,
			       p->page_count + n, sizeof(*p->pages))) {
		p->failed = VHDXLOG_E_NOMEM;
		return n;
	}
	for (size_t i = 0; i < n; i++)
		if (!rebuild(w, &w->pages[first + i], to + i * VL_PAGE))
			n = i;
	if (n == 0) {
		p->unread += VL_PAGE;
		return 1;
	}
	memcpy(&p->pages[p->page_count], &w->pages[first], n * sizeof(*p->pages));
	s.first_page = p->page_count;
	s.page_count = n;
	s.has_target = true;
	s.target = w->pages[first].target;
	s.area = w->pages[first].area;
	s.length = n * VL_PAGE;
	/* The last page of a piece is the first of the next one. */
	*later = n == most && first + n < w->count &&
		 w->pages[first + n].target ==
			 w->pages[first + n - 1].target + VL_PAGE;
	s.own = *later ? s.length - VL_PAGE : s.length;
	p->page_count += n;
	vl_match_put(p, s);
	return s.own / VL_PAGE;
}

static void put_pages(struct walk *w)
{
	bool later = false;
	size_t i = 0;

	if (w->count)
		qsort(w->pages, w->count, sizeof(*w->pages), by_target);
	/* Ends: a run has a page at least. */
	while (i < w->count && !w->pass->failed && !w->pass->over)
		i += put_run(w, i, &later);
}

/* ------------------------------------------------------------------- slack */

static bool is_zero(const uint8_t *bytes, size_t length)
{
	return length == 0 ||
	       (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Whether there is anything in what is left of a sector. */
static bool is_left(struct walk *w, uint32_t sector, size_t from)
{
	uint8_t bytes[VL_PAGE];

	if (vhdxlog_log_sector(w->pass->scan, sector, bytes, NULL) != 0) {
		w->pass->unread += VL_PAGE - from;
		return false;
	}
	return !is_zero(bytes + from, VL_PAGE - from);
}

/* Sectors of the entry from `first` up to `end`, and of the first what is behind
 * `skip` bytes: what is not all zero, neighbours as one. */
static void put_slack(struct walk *w, uint32_t first, uint32_t end, size_t skip)
{
	const struct vl_stretch s = stretch_of(w, VHDXLOG_MATCH_SLACK);
	const uint32_t ring = vhdxlog_log(w->pass->scan)->sectors;
	uint64_t from = 0, length = 0;

	for (uint32_t i = first; i < end && !vl_match_is_late(w->pass); i++) {
		const uint32_t sector = (w->entry.sector + i) % ring;
		const size_t off = i == first ? skip : 0;

		if (is_left(w, sector, off)) {
			from = length ? from : (uint64_t)sector * VL_PAGE + off;
			length += VL_PAGE - off;
			continue;
		}
		if (length)
			vl_match_ring(w->pass, s, from, length);
		length = 0;
	}
	if (length)
		vl_match_ring(w->pass, s, from, length);
}

/* Behind the last descriptor, and sectors behind all that the entry needs. */
static void put_rest(struct walk *w, uint32_t descriptors)
{
	const uint64_t end = VL_SIZE_entry_header +
			     (uint64_t)descriptors * VL_SIZE_data_descriptor;
	const uint32_t used = (uint32_t)((end + VL_PAGE - 1) / VL_PAGE);
	const bool has_rest = end % VL_PAGE != 0;

	if (w->count && has_rest)
		put_slack(w, used - 1, used, end % VL_PAGE);
	if (w->count)
		put_slack(w, used + (uint32_t)w->count, w->entry.sectors, 0);
	else
		put_slack(w, used - has_rest, w->entry.sectors, end % VL_PAGE);
}

/* ------------------------------------------------------------------ entries */

static void walk_entry(struct walk *w, size_t index)
{
	struct vl_match_pass *p = w->pass;
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	uint32_t n = 0;
	int r;

	w->count = 0;
	if (vhdxlog_descriptors_open(p->scan, index, &it, NULL) != 0) {
		p->failed = VHDXLOG_E_NOMEM;
		return;
	}
	while ((r = vl_descriptors_next(it, &d, NULL)) == 0) {
		n++;
		if (d.kind == VHDXLOG_DESCRIPTOR_DATA && !keep(w, &d))
			break;
	}
	vhdxlog_descriptors_close(it);
	if (r == VHDXLOG_E_NOMEM)
		p->failed = r;
	if (p->failed || r == 0)
		return;
	if (vl_match_wants(p, VHDXLOG_MATCH_SLACK))
		put_rest(w, n);
	if (vl_match_wants(p, VHDXLOG_MATCH_PAGES))
		put_pages(w);
}

void vl_match_entries(struct vl_match_pass *pass)
{
	const size_t n = vhdxlog_entry_count(pass->scan);
	struct walk w = { .pass = pass };

	if (!vl_match_wants(pass, VHDXLOG_MATCH_PAGES) &&
	    !vl_match_wants(pass, VHDXLOG_MATCH_SLACK))
		return;
	for (size_t i = 0; i < n && !pass->failed && !pass->over; i++) {
		if (vhdxlog_entry_at(pass->scan, i, &w.entry, NULL) != 0)
			pass->unread += VL_PAGE;
		else if (w.entry.verdict != VHDXLOG_INVALID)
			walk_entry(&w, i);
	}
	free(w.pages);
}

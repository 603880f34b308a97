/* SPDX-License-Identifier: MIT */
#include "view/held.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "crc32c.h"
#include "overlay/overlay.h"

#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

void vl_holdings_release(struct vl_holdings *h)
{
	free(h->held);
	free(h->zeroed);
	free(h->chain);
	*h = (struct vl_holdings){ .log = NULL };
}

/* ------------------------------------------------------------------- order */

bool vl_can_follow(const struct vl_entry *e, const struct vl_entry *m)
{
	if (vl_guid_equal(&e->guid, &m->guid))
		return m->sequence_number > e->sequence_number;
	/* Nothing comes after the current session. */
	return !(e->flags & VL_ENTRY_IS_CURRENT);
}

bool vl_is_later(const struct vl_entry *a, const struct vl_entry *b)
{
	bool current = a->flags & VL_ENTRY_IS_CURRENT;

	if (current != (bool)(b->flags & VL_ENTRY_IS_CURRENT))
		return current;
	if (vl_guid_equal(&a->guid, &b->guid))
		return a->sequence_number > b->sequence_number;
	return a->sector > b->sector;
}

static bool goes_on(const struct vl_log *log, uint32_t a, uint32_t b)
{
	const struct vl_entry *before = &log->entries[a];
	const struct vl_entry *e = &log->entries[b];

	return vl_is_sound(before) && vl_is_sound(e) &&
	       vl_entry_end(log, before) == e->sector &&
	       before->sequence_number + 1 == e->sequence_number;
}

/* Entries that go on from one another have the same mark. */
int vl_holdings_link(struct vl_holdings *h, struct vhdxlog_error *err)
{
	uint32_t n = (uint32_t)h->log->n_entries;

	if (h->chain)
		return 0;
	h->chain = vl_calloc(n, sizeof(*h->chain));
	if (!h->chain)
		return vl_nomem(err);
	for (uint32_t i = 1; i < n; i++)
		h->chain[i] = goes_on(h->log, i - 1, i) ? h->chain[i - 1] : i;
	/* Around the end of the ring. */
	if (n > 1 && h->chain[n - 1] && goes_on(h->log, n - 1, 0)) {
		for (uint32_t i = 0; i < n && !h->chain[i]; i++)
			h->chain[i] = h->chain[n - 1];
	}
	return 0;
}

bool vl_follows(const struct vl_holdings *h, uint32_t a, uint32_t b)
{
	const struct vl_entry *e = h->log->entries;

	return h->chain[a] == h->chain[b] &&
	       e[a].sequence_number < e[b].sequence_number;
}

/* ------------------------------------------------------------------ pieces */

bool vl_is_mixed(const uint8_t page[VL_SECTOR], const uint8_t a[VL_SECTOR],
		 const uint8_t b[VL_SECTOR], uint8_t *of_a, uint8_t *of_b)
{
	*of_a = *of_b = 0;
	for (unsigned k = 0; k < VL_PIECES; k++) {
		size_t at = k * VL_PIECE;
		bool as_a = memcmp(page + at, a + at, VL_PIECE) == 0;
		bool as_b = memcmp(page + at, b + at, VL_PIECE) == 0;

		if (!as_a && !as_b)
			return false;
		*of_a |= (uint8_t)((as_a && !as_b) << k);
		*of_b |= (uint8_t)((as_b && !as_a) << k);
	}
	return *of_a && *of_b;
}

/* ---------------------------------------------------------------- versions */

static bool read_row(struct vl_holdings *h, size_t row, uint8_t page[VL_SECTOR])
{
	const struct vl_writer *w = &h->writers->rows[row];

	return vl_target_page(h->log, w->entry, w->target, page, NULL) == 0;
}

/*
 * Whether the data sector of a row can be that of a page, by the registers that the
 * walk left before and behind it: reading it is for those few that are. middle: the
 * raw CRC of what a data sector has of the page.
 */
static bool may_be(const struct vl_holdings *h, size_t row, uint32_t middle)
{
	const struct vl_log *log = h->log;
	const struct vl_ring *ring = &log->ring;
	uint32_t s = vl_target_sector(
		&log->targets[h->writers->rows[row].target]);
	uint8_t ends[12];
	uint32_t crc;

	if (s >= ring->present)
		return true;
	memcpy(ends, vl_data_signature, 4);
	vl_put_le32(ends + 4, (uint32_t)(ring->value[s] >> 32));
	vl_put_le32(ends + 8, (uint32_t)ring->value[s]);
	crc = vl_crc32c_raw(ring->prefix[s], ends, 8);
	crc = vl_crc32c_shift_bytes(crc, VL_SECTOR - 12) ^ middle;
	return vl_crc32c_raw(crc, ends + 8, 4) == ring->prefix[s + 1];
}

/* The latest entry whose bytes these are. */
static uint32_t find_whole(struct vl_holdings *h, size_t first, size_t end,
			   const uint8_t disk[VL_SECTOR])
{
	const struct vl_entry *entries = h->log->entries;
	uint32_t middle = vl_crc32c_raw(0, disk + 8, VL_SECTOR - 12);
	uint8_t page[VL_SECTOR];
	uint32_t best = VL_NONE;

	for (size_t i = first; i < end; i++) {
		uint32_t e = h->writers->rows[i].entry;

		if ((best == VL_NONE || vl_is_later(&entries[e], &entries[best])) &&
		    may_be(h, i, middle) && read_row(h, i, page) &&
		    memcmp(page, disk, VL_SECTOR) == 0)
			best = e;
	}
	return best;
}

static size_t latest_row(const struct vl_holdings *h, size_t first, size_t end)
{
	const struct vl_entry *entries = h->log->entries;
	const struct vl_writer *rows = h->writers->rows;
	size_t best = first;

	for (size_t i = first + 1; i < end; i++) {
		if (vl_is_later(&entries[rows[i].entry],
				&entries[rows[best].entry]))
			best = i;
	}
	return best;
}

struct pair_case {
	struct vl_holdings *h;
	const uint8_t *disk;
	struct vl_held *held;
};

/* Whether rows a and b are to be named rather than those that are: what is latest,
 * with what was right before it. */
static bool is_better_pair(const struct pair_case *c, size_t a, size_t b)
{
	const struct vl_writer *rows = c->h->writers->rows;
	const struct vl_entry *entries = c->h->log->entries;
	const struct vl_held *held = c->held;

	if (held->later == VL_NONE)
		return true;
	if (held->later != b)
		return vl_is_later(&entries[rows[b].entry],
				   &entries[rows[held->later].entry]);
	return vl_is_later(&entries[rows[a].entry],
			   &entries[rows[held->earlier].entry]);
}

/* Which pieces of a version the disk has, a bit for each; false: unreadable. */
static bool look_at_pieces(const struct pair_case *c, size_t row, uint8_t *same)
{
	uint8_t page[VL_SECTOR];

	*same = 0;
	if (!read_row(c->h, row, page))
		return false;
	for (unsigned k = 0; k < VL_PIECES; k++) {
		size_t at = k * VL_PIECE;

		if (memcmp(page + at, c->disk + at, VL_PIECE) == 0)
			*same |= (uint8_t)(1u << k);
	}
	return true;
}

/* Whether the disk was caught between version a and version b, which are such
 * that no other can be what it holds. Of each, the pieces that the disk has. */
static void try_pair(struct pair_case *c, size_t a, uint8_t of_a, size_t b,
		     uint8_t of_b)
{
	const struct vl_writer *rows = c->h->writers->rows;

	if ((of_a | of_b) != (1u << VL_PIECES) - 1 || !(of_a & ~of_b) ||
	    !(of_b & ~of_a) ||
	    !vl_follows(c->h, rows[a].entry, rows[b].entry) ||
	    !is_better_pair(c, a, b))
		return;
	c->held->earlier = (uint32_t)a;
	c->held->later = (uint32_t)b;
}

/*
 * Each version with the one before it, and with the latest: what was logged often
 * may be applied once. Rows are in the order of the ring, and the first follows
 * the last where the log goes on around its end.
 */
static void find_pair(struct pair_case *c, size_t first, size_t end)
{
	size_t latest = latest_row(c->h, first, end);
	uint8_t of_latest, of_before, of_now;
	bool has_latest = look_at_pieces(c, latest, &of_latest);
	bool has_before = look_at_pieces(c, end - 1, &of_before);

	for (size_t i = first; i < end; i++) {
		size_t before = i == first ? end - 1 : i - 1;
		bool readable = look_at_pieces(c, i, &of_now);

		if (readable && has_before)
			try_pair(c, before, of_before, i, of_now);
		if (readable && has_latest)
			try_pair(c, i, of_now, latest, of_latest);
		has_before = readable;
		of_before = of_now;
	}
}

/* ------------------------------------------------------------------ zeroes */

/* A layer of zeroes, in an order that no later one breaks within a session. */
struct zero_layer {
	const struct vl_entry *e;
	uint32_t layer;
};

static int by_time(const void *pa, const void *pb)
{
	const struct zero_layer *a = pa, *b = pb;
	bool current = a->e->flags & VL_ENTRY_IS_CURRENT;
	int c = memcmp(a->e->guid.bytes, b->e->guid.bytes, 16);

	if (current != (bool)(b->e->flags & VL_ENTRY_IS_CURRENT))
		return current ? 1 : -1;
	if (c)
		return c;
	if (a->e->sequence_number != b->e->sequence_number)
		return a->e->sequence_number < b->e->sequence_number ? -1 : 1;
	return (a->layer > b->layer) - (a->layer < b->layer);
}

/* The layers of zeroes as a pile, the latest on top; NULL: no memory. */
static uint32_t *make_pile(const struct vl_log *log, size_t *n)
{
	struct zero_layer *all = vl_calloc(log->sound_layers, sizeof(*all));
	uint32_t *pile = vl_calloc(log->sound_layers, sizeof(*pile));

	*n = 0;
	for (uint32_t k = 0; all && pile && k < log->sound_layers; k++) {
		const struct vl_layer *l = &log->layers[k];

		if (vl_target_is_zero(&log->targets[l->first]))
			all[(*n)++] = (struct zero_layer){
				&log->entries[l->entry], k
			};
	}
	if (all && pile) {
		qsort(all, *n, sizeof(*all), by_time);
		for (size_t k = 0; k < *n; k++)
			pile[k] = all[k].layer;
	} else {
		free(pile);
		pile = NULL;
	}
	free(all);
	return pile;
}

/* One sweep over all ranges, with the rows beside it, both in order. */
static void sweep_zeroes(struct vl_holdings *h, struct vl_sweep *sweep)
{
	const struct vl_writers *w = h->writers;
	struct vl_segment s;
	size_t row = 0;

	while (row < w->n && vl_sweep_next(sweep, &s)) {
		while (row < w->n && w->rows[row].page < s.off)
			row = vl_writers_next(w, row);
		while (row < w->n && w->rows[row].page - s.off < s.len) {
			h->zeroed[row] = s.entry;
			row = vl_writers_next(w, row);
		}
	}
}

static int find_zeroes(struct vl_holdings *h, struct vhdxlog_error *err)
{
	struct vl_sweep sweep;
	uint32_t *pile;
	size_t n;
	int rc;

	if (h->zeroed)
		return 0;
	h->zeroed = vl_calloc(h->writers->n, sizeof(*h->zeroed));
	pile = make_pile(h->log, &n);
	if (!h->zeroed || !pile) {
		free(pile);
		return vl_nomem(err);
	}
	for (size_t i = 0; i < h->writers->n; i++)
		h->zeroed[i] = VL_NONE;
	rc = vl_sweep_init(&sweep, h->log, pile, n, err);
	if (!rc)
		sweep_zeroes(h, &sweep);
	vl_sweep_release(&sweep);
	free(pile);
	return rc;
}

/* -------------------------------------------------------------------- held */

static int look(struct vl_holdings *h, size_t first,
		const uint8_t disk[VL_SECTOR], struct vl_held *held,
		struct vhdxlog_error *err)
{
	const struct vl_entry *entries = h->log->entries;
	size_t end = vl_writers_next(h->writers, first);
	struct pair_case pair = { h, disk, held };
	int rc = 0;

	held->entry = find_whole(h, first, end, disk);
	if (isal_zero_detect((void *)disk, VL_SECTOR) == 0) {
		uint32_t zero;

		rc = find_zeroes(h, err);
		zero = rc ? VL_NONE : h->zeroed[first];
		if (zero != VL_NONE &&
		    (held->entry == VL_NONE ||
		     vl_is_later(&entries[zero], &entries[held->entry])))
			held->entry = zero;
	}
	if (!rc && held->entry == VL_NONE && end - first > 1) {
		rc = vl_holdings_link(h, err);
		if (!rc)
			find_pair(&pair, first, end);
	}
	held->looked = !rc;
	return rc;
}

const struct vl_held *vl_held_at(struct vl_holdings *h, size_t first,
				 const uint8_t disk[VL_SECTOR],
				 struct vhdxlog_error *err)
{
	struct vl_held *held;

	if (!h->held) {
		h->held = vl_calloc(h->writers->n, sizeof(*h->held));
		if (!h->held) {
			vl_nomem(err);
			return NULL;
		}
	}
	held = &h->held[first];
	if (held->looked)
		return held;
	*held = (struct vl_held){ false, VL_NONE, VL_NONE, VL_NONE };
	return look(h, first, disk, held, err) ? NULL : held;
}

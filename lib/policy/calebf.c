/* SPDX-License-Identifier: MIT */
/*
 * calebfletcher/vhdx. It computes no checksum, and asserts what it reads: a field
 * that is not as it should be ends it, and so do four bytes at the start of a
 * sector that are no UTF-8, even behind the log, where a chain may lead it. A gap
 * in the numbers does not end a chain, the entry is only passed over. After a
 * valid chain it goes on at the head, and a head whose Tail is itself is found
 * for ever.
 *
 * What it takes for the entries of a chain is a forest again: each is followed
 * by the next one ahead, with others in between, that has the next number. (In
 * the padding of entries others may lie, on ways of their own; there the nearest
 * one counts here, whichever way it lies on.)
 */
#include "policy/forest.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

/* An entry, where to look it up by its number. */
struct row {
	uint32_t way; /* the last entry of the way that it lies on */
	uint64_t number;
	uint32_t entry;
};

struct search {
	struct vl_case *c;
	struct vl_forest way;	 /* entries behind one another */
	struct vl_forest chain;	 /* those of them that it adds */
	uint32_t best;	 /* index of the first entry of the best, or VL_NONE */
	bool panics, hangs;
};

static int by_number(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->way != b->way)
		return a->way < b->way ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

/* The first of n sorted rows that is not before a wanted one. */
static size_t find_row(const struct row *rows, size_t n, struct row wanted)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (by_number(&rows[mid], &wanted) < 0)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

static void link_rows(struct search *s, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct row wanted = rows[i];
		size_t k;

		vl_step(s->c);
		wanted.number++;
		k = wanted.number ? find_row(rows, n, wanted) : n;
		if (k < n && rows[k].way == wanted.way &&
		    rows[k].number == wanted.number)
			s->chain.next[wanted.entry] = rows[k].entry;
	}
}

static int plant(struct search *s, struct vhdxlog_error *err)
{
	const struct vl_log *log = s->c->log;
	struct row *rows = vl_calloc(log->n_entries, sizeof(*rows));
	size_t n = 0;
	int rc = rows ? vl_forest_plant(&s->way, s->c, err) : vl_nomem(err);

	if (!rc)
		rc = vl_forest_init(&s->chain, s->c, err);
	for (uint32_t i = 0; !rc && i < log->n_entries; i++) {
		s->chain.next[i] = VL_NONE;
		if (s->way.root[i] != VL_NONE)
			rows[n++] = (struct row){
				s->way.root[i],
				log->entries[i].sequence_number, i
			};
	}
	if (!rc) {
		qsort(rows, n, sizeof(*rows), by_number);
		link_rows(s, rows, n);
		vl_forest_grow(&s->chain, s->c);
	}
	free(rows);
	return rc;
}

/* How many bytes a character of UTF-8 takes, as its first byte has it; 0: none. */
static unsigned length_of(const uint8_t *p)
{
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] < 0xe0)
		return 2;
	if ((p[0] & 0xf0) == 0xe0)
		return 3;
	return p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
}

/* The second byte of the longer ones: no longer than needed, no surrogates. */
static bool second_is_good(const uint8_t *p)
{
	switch (p[0]) {
	case 0xe0: return p[1] >= 0xa0;
	case 0xed: return p[1] < 0xa0;
	case 0xf0: return p[1] >= 0x90;
	case 0xf4: return p[1] < 0x90;
	default: return true;
	}
}

/* Whether four bytes are UTF-8. */
static bool is_text(const uint8_t p[4])
{
	for (unsigned i = 0; i < 4;) {
		unsigned n = length_of(p + i);

		if (!n || i + n > 4)
			return false;
		for (unsigned k = 1; k < n; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
		}
		if (n > 1 && !second_is_good(p + i))
			return false;
		i += n;
	}
	return true;
}

/* Whether what begins at a sector of the ring, or behind it, ends it all. */
static bool is_fatal(const struct search *s, uint32_t sector)
{
	struct vl_log *log = s->c->log;
	uint32_t i = vl_log_entry_at(log, sector);
	uint8_t behind[64];
	const uint8_t *p;

	if (i != VL_NONE)
		return (log->entries[i].failed | log->entries[i].blocked) &
		       s->c->policy->aborts;
	/* Where only the log is at hand, nothing is known of what follows. */
	if (sector == log->ring.sectors)
		return log->own.len &&
		       (vl_view_read(s->c->disk, log->own.off + log->own.len,
				     behind, sizeof(behind), NULL) ||
			!is_text(behind));
	if (vl_ring_kind(&log->ring, sector) != VHDXLOG_SECTOR_FOREIGN &&
	    vl_ring_kind(&log->ring, sector) != VHDXLOG_SECTOR_UNREADABLE)
		return false;
	p = vl_ring_sector(&log->ring, sector);
	return !p || !is_text(p);
}

/* Try the chain from an entry; the sector where it goes on. */
static uint32_t try_chain(struct search *s, uint32_t first)
{
	const struct vl_entry *entries = s->c->log->entries;
	const struct vl_entry *last = &entries[s->way.root[first]];
	uint32_t head = entries[s->chain.root[first]].sector;

	s->panics = is_fatal(s, last->sector + last->sectors);
	if (s->panics || !s->chain.by_tail[first])
		return entries[first].sector + 1;
	if (s->best == VL_NONE || entries[first].sequence_number >
					  entries[s->best].sequence_number)
		s->best = first;
	s->hangs = head == entries[first].sector;
	return head;
}

/* Every turn moves on, or is the last. */
static void find(struct search *s)
{
	const struct vl_log *log = s->c->log;

	for (uint32_t at = 0;
	     at < log->ring.sectors && !s->hangs && !s->panics;) {
		uint32_t i = vl_log_entry_at(log, at);

		vl_step(s->c);
		s->panics = is_fatal(s, at);
		if (s->panics)
			return;
		if (i != VL_NONE && vl_is_of_log(s->c, i))
			at = try_chain(s, i);
		else
			at++;
	}
}

static int settle(struct search *s, struct vhdxlog_error *err)
{
	if (s->hangs) {
		vl_decide(s->c, VHDXLOG_OUTCOME_HANG,
			  "it finds a head that names itself for ever");
		return 0;
	}
	if (!s->panics && s->best != VL_NONE)
		return vl_forest_pick(&s->chain, s->c, s->best,
				      s->chain.root[s->best], err);
	s->c->choice->aborts = true;
	vl_decide(s->c, VHDXLOG_OUTCOME_REFUSE,
		  s->panics ? "it panics at an entry or sector that is not as it "
			      "asserts" :
			      "it finds no sequence, and panics");
	return 0;
}

int vl_calebf(struct vl_case *c, struct vhdxlog_error *err)
{
	struct search s = { .c = c, .best = VL_NONE };
	int rc;

	if (vl_gate(c))
		return 0;
	rc = plant(&s, err);
	if (!rc) {
		find(&s);
		rc = settle(&s, err);
	}
	vl_forest_release(&s.way);
	vl_forest_release(&s.chain);
	return rc;
}

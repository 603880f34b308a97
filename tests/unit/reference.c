/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"

#define SECTOR 4096u
#define LOWEST_TARGET 0x30000u

/* ------------------------------------------------- one entry: section 10 */

/* An entry in one piece, and what its header says. */
struct flat {
	const struct reference *r;
	uint8_t b[RING_MAX * SECTOR];
	uint32_t length, count;
	uint64_t number;
	uint64_t descriptor_area; /* bytes */
	uint32_t data; /* data descriptors so far */
};

static bool is(const uint8_t *p, const char *signature)
{
	return memcmp(p, signature, 4) == 0;
}

/* Rows 12 to 15: where a target may lie. */
static bool target_is_good(const struct reference *r, uint64_t off,
			   uint64_t len)
{
	unsigned __int128 end = (unsigned __int128)off + len;

	if (off % SECTOR || len % SECTOR || off < LOWEST_TARGET ||
	    end > INT64_MAX)
		return false;
	return !len || end <= r->log_offset ||
	       off >= r->log_offset + r->log_length;
}

/* Rows 16 to 18. */
static bool data_sector_is_good(const struct flat *f, uint32_t j)
{
	uint64_t off = f->descriptor_area + (uint64_t)j * SECTOR;
	const uint8_t *p = f->b + off;

	return off + SECTOR <= f->length && is(p, "data") &&
	       vl_le32(p + 4) == f->number >> 32 &&
	       vl_le32(p + 4092) == (uint32_t)f->number;
}

/* Rows 10 to 18 for one descriptor. */
static bool descriptor_is_good(struct flat *f, uint32_t i)
{
	const uint8_t *d = f->b + 64 + 32 * (size_t)i;
	uint64_t off = vl_le64(d + 16);

	if (vl_le64(d + 24) != f->number)
		return false;
	if (is(d, "zero"))
		return target_is_good(f->r, off, vl_le64(d + 8));
	return is(d, "desc") && target_is_good(f->r, off, SECTOR) &&
	       data_sector_is_good(f, f->data++);
}

/* Rows 3 to 9. */
static bool header_is_good(struct flat *f)
{
	uint32_t tail = vl_le32(f->b + 12);

	return f->number && tail % SECTOR == 0 &&
	       tail < f->r->sectors * SECTOR &&
	       f->descriptor_area <= f->length &&
	       vl_crc32c_sealed(f->b, f->length) == vl_le32(f->b + 4);
}

static bool entry_is_sound(struct flat *f, struct ref_entry *e)
{
	if (!header_is_good(f))
		return false;
	for (uint32_t i = 0; i < f->count; i++) {
		if (!descriptor_is_good(f, i))
			return false;
	}
	e->needed = (uint32_t)(f->descriptor_area / SECTOR + f->data);
	return true;
}

static void look_at_entry(struct reference *r, uint32_t s)
{
	static struct flat f;
	struct ref_entry *e = &r->at[s];
	const uint8_t *p = r->bytes + (size_t)s * SECTOR;
	static const struct vhdxlog_guid zero;

	e->begins = is(p, "loge");
	if (!e->begins)
		return;
	e->tail = vl_le32(p + 12);
	e->number = vl_le64(p + 16);
	memcpy(e->guid.bytes, p + 32, 16);
	f.r = r;
	f.length = vl_le32(p + 8);
	f.count = vl_le32(p + 24);
	f.number = e->number;
	f.data = 0;
	f.descriptor_area =
		vl_div_up(64 + 32 * (uint64_t)f.count, SECTOR) * SECTOR;
	if (f.length < SECTOR || f.length % SECTOR ||
	    f.length > r->sectors * SECTOR)
		return;
	e->sectors = f.length / SECTOR;
	for (uint32_t i = 0; i < e->sectors; i++)
		memcpy(f.b + (size_t)i * SECTOR,
		       r->bytes + (size_t)((s + i) % r->sectors) * SECTOR,
		       SECTOR);
	e->sound = entry_is_sound(&f, e);
	e->valid = e->sound && memcmp(&e->guid, &r->guid, 16) == 0 &&
		   memcmp(&e->guid, &zero, 16) != 0;
}

/* --------------------------------------------- the active one: section 11 */

static uint32_t end_of(const struct reference *r, uint32_t s)
{
	return (s + r->at[s].sectors) % r->sectors;
}

struct run {
	uint32_t sector[RING_MAX];
	uint32_t n;
};

/* "each valid, each SequenceNumber = previous + 1, total length <= LogLength" */
static void longest_run(const struct reference *r, uint32_t from,
			struct run *run)
{
	uint32_t total = 0, at = from;
	uint64_t number = r->at[from].number;

	run->n = 0;
	while (r->at[at].valid && r->at[at].number == number &&
	       total + r->at[at].sectors <= r->sectors) {
		run->sector[run->n++] = at;
		total += r->at[at].sectors;
		number++;
		at = end_of(r, at);
	}
}

static bool starts_in(const struct run *run, uint32_t tail)
{
	for (uint32_t i = 0; i < run->n; i++) {
		if (run->sector[i] * SECTOR == tail)
			return true;
	}
	return false;
}

static void take(struct reference *r, uint32_t head)
{
	if (r->active_head == REF_NONE ||
	    r->at[head].number > r->at[r->active_head].number)
		r->active_head = head;
}

/* Any other whole sequence of this session whose head is as high. */
static void find_tie(struct reference *r)
{
	for (uint32_t s = 0; s < r->sectors; s++) {
		const struct ref_entry *e = &r->at[s];

		if (s != r->active_head && e->valid && e->complete &&
		    e->number == r->at[r->active_head].number)
			r->tie = s;
	}
}

static void find_active(struct reference *r)
{
	uint32_t tail = 0, old;
	static struct run run;

	do {
		bool ok;

		longest_run(r, tail, &run);
		ok = run.n && starts_in(&run,
					r->at[run.sector[run.n - 1]].tail);
		if (ok)
			take(r, run.sector[run.n - 1]);
		old = tail;
		tail = ok ? end_of(r, run.sector[run.n - 1]) :
			    (tail + 1) % r->sectors;
	} while (tail > old);
	if (r->active_head == REF_NONE)
		return;
	r->active_first = r->at[r->active_head].tail / SECTOR;
	for (uint32_t s = r->active_first;; s = end_of(r, s)) {
		r->at[s].active = true;
		if (s == r->active_head)
			break;
	}
}

/* -------------------------------------------------- the sequence of a head */

/* The sound entry of the same GUID with the next number where s ends. */
static uint32_t next_of(const struct reference *r, uint32_t s)
{
	const struct ref_entry *e = &r->at[s], *n = &r->at[end_of(r, s)];

	if (!n->sound || memcmp(&n->guid, &e->guid, 16) != 0 ||
	    e->number == UINT64_MAX || n->number != e->number + 1)
		return REF_NONE;
	return end_of(r, s);
}

/* Whether head is reached from first; how many entries and sectors that is. */
static bool reaches(const struct reference *r, uint32_t first, uint32_t head,
		    uint32_t *entries, uint64_t *sectors)
{
	*entries = 0;
	*sectors = 0;
	/* Ends: numbers grow. */
	for (uint32_t s = first; s != REF_NONE; s = next_of(r, s)) {
		++*entries;
		*sectors += r->at[s].sectors;
		if (s == head)
			return true;
	}
	return false;
}

/* How many entries the longest run that ends in one has, whatever its sectors. */
static uint32_t most_before(const struct reference *r, uint32_t head)
{
	uint32_t most = 0, entries;
	uint64_t sectors;

	for (uint32_t s = 0; s < r->sectors; s++) {
		if (r->at[s].sound &&
		    reaches(r, s, head, &entries, &sectors) && entries > most)
			most = entries;
	}
	return most;
}

/* The predecessor with the longest run behind it; ties: the lower sector. */
static uint32_t before(const struct reference *r, uint32_t sector)
{
	uint32_t best = REF_NONE, most = 0;

	for (uint32_t s = 0; s < r->sectors; s++) {
		if (!r->at[s].sound || next_of(r, s) != sector ||
		    most_before(r, s) <= most)
			continue;
		best = s;
		most = most_before(r, s);
	}
	return best;
}

/* Back from the head by such predecessors, as far as the ring is long. */
static uint32_t longest_to(const struct reference *r, uint32_t head)
{
	uint64_t sectors = r->at[head].sectors;
	uint32_t first = head, s;

	/* Ends: numbers go down. */
	while ((s = before(r, first)) != REF_NONE) {
		sectors += r->at[s].sectors;
		if (sectors > r->sectors)
			break;
		first = s;
	}
	return first;
}

static void find_sequence(struct reference *r, uint32_t head)
{
	struct ref_entry *e = &r->at[head];
	uint32_t t = e->tail / SECTOR, entries;
	uint64_t sectors;

	e->maximal = next_of(r, head) == REF_NONE;
	e->first = longest_to(r, head);
	if (!r->at[t].sound || !reaches(r, t, head, &entries, &sectors))
		return;
	e->overlaps = sectors > r->sectors;
	e->complete = !e->overlaps;
	if (e->complete)
		e->first = t;
}

/* ------------------------------------------------------------- the sectors */

static uint32_t distance(const struct reference *r, uint32_t from, uint32_t to)
{
	return (to + r->sectors - from) % r->sectors;
}

/* Of all that cover the sector, the one that begins nearest. */
static uint32_t innermost(const struct reference *r, uint32_t sector)
{
	uint32_t best = REF_NONE;

	for (uint32_t s = 0; s < r->sectors; s++) {
		if (!r->at[s].sound ||
		    distance(r, s, sector) >= r->at[s].sectors)
			continue;
		if (best == REF_NONE ||
		    distance(r, s, sector) < distance(r, best, sector))
			best = s;
	}
	return best;
}

static enum vhdxlog_sector_kind kind_of(const uint8_t *p)
{
	static const uint8_t zeroes[SECTOR];

	if (is(p, "loge"))
		return VHDXLOG_SECTOR_ENTRY;
	if (is(p, "desc") || is(p, "zero"))
		return VHDXLOG_SECTOR_DESCRIPTORS;
	if (is(p, "data"))
		return VHDXLOG_SECTOR_DATA;
	return memcmp(p, zeroes, SECTOR) ? VHDXLOG_SECTOR_FOREIGN :
					   VHDXLOG_SECTOR_ZERO;
}

static void look_at_sector(struct reference *r, uint32_t s)
{
	uint32_t owner = innermost(r, s);

	r->owner[s] = owner;
	r->kind[s] = kind_of(r->bytes + (size_t)s * SECTOR);
	if (owner != REF_NONE && r->kind[s] != VHDXLOG_SECTOR_ENTRY &&
	    distance(r, owner, s) >= r->at[owner].needed)
		r->kind[s] = VHDXLOG_SECTOR_PADDING;
}

void reference_make(struct reference *r, const struct random_ring *ring,
		    bool placed)
{
	*r = (struct reference){ .bytes = ring->bytes,
				 .sectors = ring->sectors,
				 .guid = ring->guids[0],
				 .active_first = REF_NONE,
				 .active_head = REF_NONE,
				 .tie = REF_NONE };
	if (placed) {
		r->log_offset = ring->offset;
		r->log_length = (uint64_t)ring->sectors * SECTOR;
	}
	for (uint32_t s = 0; s < r->sectors; s++)
		look_at_entry(r, s);
	find_active(r);
	for (uint32_t s = 0; s < r->sectors; s++) {
		look_at_sector(r, s);
		if (r->at[s].sound)
			find_sequence(r, s);
	}
	if (r->active_head != REF_NONE)
		find_tie(r);
}

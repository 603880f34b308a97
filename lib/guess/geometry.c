/* SPDX-License-Identifier: MIT */
/* Block size and disk size, where there is no metadata but a BAT. */
#include "guess/regions_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

#define CHUNK 65536u
/* What is behind it makes a disk larger, and tells nothing else. */
#define MOST_READ (8 * VL_MIB)
#define MOST_DISK (64 * VL_TIB)
#define LARGEST_BLOCK (256 * VL_MIB)

struct located {
	uint64_t offset;
	uint64_t index;
};

struct entries {
	struct located *list; /* owned, by offset */
	size_t n, cap;
	uint64_t *set; /* owned: indices of what is not zero, ascending */
	size_t n_set, set_cap;
	bool has_partial; /* so it is a differencing disk */
};

/* ----------------------------------------------------------------- reading */

static int keep(struct entries *e, struct vl_geometry_found *f, uint64_t index,
		uint64_t raw, struct vhdxlog_error *err)
{
	uint8_t bytes[8];
	uint64_t located;

	vl_put_le64(bytes, raw);
	if (!f->nonzero++)
		f->first = index;
	if (!vl_may_be_bat(bytes, 1, &located)) {
		f->illegal++;
		return 0;
	}
	f->last = index;
	e->has_partial |= VL_BAT_STATE(raw) == VL_BLOCK_PARTIALLY_PRESENT;
	if (!vl_reserve((void **)&e->set, &e->set_cap, e->n_set + 1,
			sizeof(*e->set)))
		return vl_nomem(err);
	e->set[e->n_set++] = index;
	if (!located)
		return 0;
	if (!vl_reserve((void **)&e->list, &e->cap, e->n + 1,
			sizeof(*e->list)))
		return vl_nomem(err);
	e->list[e->n++] = (struct located){ VL_BAT_OFFSET(raw), index };
	return 0;
}

static int read_entries(struct entries *e, struct vl_geometry_found *f,
			const struct vl_view *view, uint64_t offset,
			uint64_t limit, struct vhdxlog_error *err)
{
	uint64_t end = vl_min64(vl_end(offset, MOST_READ),
				vl_min64(limit, view->size));
	uint64_t at = offset, from, to;
	uint8_t buf[CHUNK];
	int rc = 0;

	/* Ends: at goes up by whole chunks. */
	while (!rc && vl_view_next_data(view, at, end, &from, &to)) {
		size_t part;

		at = from - from % CHUNK;
		part = (size_t)vl_min64(CHUNK, end - at);
		rc = vl_view_read(view, at, buf, part, err);
		for (size_t k = 0; !rc && k < part / 8; k++) {
			uint64_t raw = vl_le64(buf + 8 * k);

			if (raw)
				rc = keep(e, f, (at - offset) / 8 + k, raw,
					  err);
		}
		if (rc == VHDXLOG_E_IO)
			rc = 0;
		at += CHUNK;
	}
	return rc;
}

static int compare_located(const void *a, const void *b)
{
	const struct located *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* --------------------------------------------------------------- judgement */

static uint64_t divisor(uint64_t a, uint64_t b)
{
	/* Ends: b goes down. */
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void measure(struct vl_geometry_found *f, const struct entries *e)
{
	f->located = e->n;
	for (size_t k = 1; k < e->n; k++) {
		uint64_t d = e->list[k].offset - e->list[k - 1].offset;

		if (!d)
			continue;
		f->distance = f->distance ? vl_min64(f->distance, d) : d;
		f->common = divisor(f->common, d);
	}
}

/* The geometry of the least disk with such blocks; false: there is none. */
static bool make_geometry(struct vl_geometry_found *f, const struct entries *e,
			  uint32_t block, uint32_t sector)
{
	uint64_t ratio = (UINT64_C(1) << 23) * sector / block;
	uint64_t chunk = f->last / (ratio + 1), n;

	/* A bitmap is of the blocks before it. */
	n = f->last - chunk + (f->last % (ratio + 1) != ratio);
	if (!n || n > MOST_DISK / block)
		return false;
	vl_bat_geometry(block, sector, n * block, e->has_partial,
			&f->geometry);
	f->sector_size = sector;
	return true;
}

/* Blocks that would lie over another one or a structure, or end behind the file;
 * and bitmaps of a disk that has none. */
static uint64_t count_conflicts(const struct vl_bat_geometry *g,
				const struct entries *e, uint64_t size,
				const struct vl_range *structures,
				size_t n_structures)
{
	uint64_t n = 0;

	for (size_t k = 0; k < e->n; k++) {
		uint64_t off = e->list[k].offset;
		uint64_t room = k + 1 < e->n ? e->list[k + 1].offset - off :
					       UINT64_MAX;
		uint64_t need = vl_bat_is_bitmap(g, e->list[k].index) ?
					VL_MIB :
					g->block_size;

		n += need > room || vl_end(off, need) > size ||
		     vl_ranges_find(structures, n_structures, off, need);
	}
	for (size_t k = 0; !g->has_parent && k < e->n_set; k++)
		n += vl_bat_is_bitmap(g, e->set[k]);
	return n;
}

static void find_block_size(struct vl_geometry_found *f,
			    const struct entries *e, uint64_t size,
			    const struct vl_range *structures,
			    size_t n_structures)
{
	static const uint32_t sectors[] = { 512, 4096 };

	for (uint32_t b = LARGEST_BLOCK; b >= VL_MIB; b /= 2) {
		for (unsigned s = 0; s < 2; s++) {
			if (!make_geometry(f, e, b, sectors[s]))
				continue;
			f->conflicts = count_conflicts(&f->geometry, e, size,
						       structures,
						       n_structures);
			f->known = f->conflicts * 16 <= e->n;
			if (f->known)
				return;
		}
	}
}

int vl_geometry_of_bat(struct vl_geometry_found *f, const struct vl_view *view,
		       uint64_t offset, uint64_t limit,
		       const struct vl_range *structures, size_t n_structures,
		       struct vhdxlog_error *err)
{
	struct entries e = { 0 };
	int rc;

	*f = (struct vl_geometry_found){ 0 };
	rc = read_entries(&e, f, view, offset, limit, err);
	if (!rc && e.n) {
		qsort(e.list, e.n, sizeof(*e.list), compare_located);
		measure(f, &e);
		find_block_size(f, &e, view->size, structures, n_structures);
		f->at_end = f->known &&
			    e.list[e.n - 1].offset + f->geometry.block_size ==
				    view->size;
	}
	free(e.list);
	free(e.set);
	return rc;
}

/* ---------------------------------------------------------------- evidence */

static int say_block_size(struct vl_guesses *g,
			  const struct vl_geometry_found *f,
			  struct vhdxlog_error *err)
{
	struct vl_guess *c = vl_guess_add(g, VHDXLOG_GUESS_BLOCK_SIZE, err);
	uint64_t size = f->geometry.block_size;

	if (!c)
		return VHDXLOG_E_NOMEM;
	c->pub.assumed = true;
	c->pub.length = size;
	vl_guess_say(c, 30,
		     "the largest for which the blocks that the BAT locates "
		     "(%ju) have room; smaller ones would fit, too",
		     (uintmax_t)f->located);
	if (f->distance == size)
		vl_guess_say(c, 30, "two blocks lie just so far apart");
	if (f->common == size)
		vl_guess_say(c, 20, "all distances are multiples of it");
	if (f->at_end)
		vl_guess_say(c, 10,
			     "the last block ends where the file does");
	if (f->conflicts)
		vl_guess_say(c, -20, "against it: %ju blocks have no room",
			     (uintmax_t)f->conflicts);
	vl_guess_say(c, 0, "logical sectors of %u bytes are taken for granted",
		     f->sector_size);
	return 0;
}

static int say_disk_size(struct vl_guesses *g,
			 const struct vl_geometry_found *f,
			 struct vhdxlog_error *err)
{
	struct vl_guess *c = vl_guess_add(g, VHDXLOG_GUESS_DISK_SIZE, err);

	if (!c)
		return VHDXLOG_E_NOMEM;
	c->pub.assumed = true;
	c->pub.length = f->geometry.disk_size;
	vl_guess_say(c, 20,
		     "the least by entry %ju of the BAT, the last that is not "
		     "zero; it may be larger",
		     (uintmax_t)f->last);
	return 0;
}

int vl_geometry_say(struct vl_guesses *g, const struct vl_geometry_found *f,
		    struct vhdxlog_error *err)
{
	int rc = say_block_size(g, f, err);

	return rc ? rc : say_disk_size(g, f, err);
}

/* SPDX-License-Identifier: MIT */
/* What lies outside of structures, and the log says something about. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/export.h"
#include "view/held.h"
#include "view/logged.h"

#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 65536u
#define ALL_PIECES 0xffu
_Static_assert(VL_PIECES == 8, "a bit for each piece of a page");

/* A page that some version in the log goes to. */
struct row {
	uint64_t page;
	uint8_t pieces; /* those in which the disk has what that version has */
};

/* Where a range of zeroes, or a page of data, begins or ends. */
struct edge {
	uint64_t at;
	int zeroes; /* ranges that begin, less those that end */
};

struct pages_case {
	const struct vl_export_of *of;
	struct vl_places *places;
	bool *left;	  /* of VL_LEFT_KINDS */
	struct row *rows; /* owned */
	size_t n_rows, rows_cap;
	struct edge *edges; /* owned */
	size_t n_edges, edges_cap;
	uint64_t cached; /* page of the disk that was read last, or UINT64_MAX */
	uint8_t disk[VL_SECTOR];
	uint64_t budget;
};

void vl_stand_in(uint64_t off, uint8_t *buf, size_t len)
{
	static const char text[] = "vhdxlog left out what lies here. ";
	size_t n = sizeof(text) - 1;

	for (size_t i = 0; i < len; i++)
		buf[i] = (uint8_t)text[(off + i) % n];
}

/* ------------------------------------------------------------------ gather */

static int add_edge(struct pages_case *c, uint64_t at, int zeroes,
		    struct vhdxlog_error *err)
{
	void *edges = c->edges;

	if (!vl_reserve(&edges, &c->edges_cap, c->n_edges + 1,
			sizeof(*c->edges)))
		return vl_nomem(err);
	c->edges = edges;
	c->edges[c->n_edges++] = (struct edge){ at, zeroes };
	return 0;
}

static int add_zeroes(struct pages_case *c, const struct vl_logged *l,
		      struct vhdxlog_error *err)
{
	uint64_t off = l->d.file_offset, end = vl_end(off, l->d.length);
	int rc;

	end = vl_min64(end, c->of->disk->size);
	if (off >= end || vl_places_cover(c->places, off, end))
		return 0;
	rc = add_edge(c, off, 1, err);
	return rc ? rc : add_edge(c, end, -1, err);
}

/* Whether the page of the disk is at hand; versions of one page often follow one
 * another. */
static bool read_disk(struct pages_case *c, uint64_t page)
{
	if (c->cached == page)
		return true;
	c->cached = UINT64_MAX;
	if (vl_view_read(c->of->disk, page, c->disk, VL_SECTOR, NULL)) {
		c->left[VL_LEFT_UNREADABLE] = true;
		return false;
	}
	c->cached = page;
	return true;
}

static uint8_t equal_pieces(const uint8_t *a, const uint8_t *b)
{
	uint8_t equal = 0;

	for (unsigned k = 0; k < VL_PIECES; k++)
		equal |= (uint8_t)((memcmp(a + k * VL_PIECE, b + k * VL_PIECE,
					   VL_PIECE) == 0)
				   << k);
	return equal;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	return isal_zero_detect((void *)bytes, n) == 0;
}

/* Whether all of the page but what is zero is in places already. */
static bool is_whole(const struct pages_case *c, uint64_t page)
{
	uint8_t rest[VL_SECTOR];

	memcpy(rest, c->disk, sizeof(rest));
	vl_places_blank(c->places, page, rest, sizeof(rest));
	return is_zero(rest, sizeof(rest));
}

static int add_page(struct pages_case *c, const struct vl_logged *l,
		    struct vhdxlog_error *err)
{
	uint64_t page = l->d.file_offset;
	uint8_t version[VL_SECTOR];
	void *rows = c->rows;

	if (l->data == VL_NONE || page % VL_SECTOR ||
	    vl_end(page, VL_SECTOR) > c->of->disk->size ||
	    vl_places_cover(c->places, page, page + VL_SECTOR) ||
	    !read_disk(c, page) || is_whole(c, page) ||
	    vl_logged_page(c->of->log, l, version, NULL))
		return 0;
	if (!vl_reserve(&rows, &c->rows_cap, c->n_rows + 1, sizeof(*c->rows)))
		return vl_nomem(err);
	c->rows = rows;
	c->rows[c->n_rows++] =
		(struct row){ page, equal_pieces(c->disk, version) };
	return 0;
}

static int gather(void *ctx, const struct vl_logged *l,
		  struct vhdxlog_error *err)
{
	return l->d.kind == VHDXLOG_DESCRIPTOR_ZERO ? add_zeroes(ctx, l, err) :
						      add_page(ctx, l, err);
}

/* ------------------------------------------------------------------- pages */

static int by_page(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return (a->page > b->page) - (a->page < b->page);
}

/* The first row is given what all of its page have; returns the next page's. */
static size_t merge_rows(struct pages_case *c, size_t i)
{
	size_t next = i + 1;

	for (; next < c->n_rows && c->rows[next].page == c->rows[i].page; next++)
		c->rows[i].pieces |= c->rows[next].pieces;
	return next;
}

static int place_pages(struct pages_case *c, struct vhdxlog_error *err)
{
	bool zeroes = c->n_edges;
	int rc = 0;

	if (c->n_rows)
		qsort(c->rows, c->n_rows, sizeof(*c->rows), by_page);
	for (size_t i = 0, next; !rc && i < c->n_rows; i = next) {
		uint64_t page = c->rows[i].page;
		bool known;

		next = merge_rows(c, i);
		known = c->rows[i].pieces == ALL_PIECES;
		c->left[VL_LEFT_STOOD_IN_FOR] |= !known;
		rc = vl_places_add(c->places, page, page + VL_SECTOR,
				   known ? VL_PLACE_LOGGED : VL_PLACE_STAND_IN,
				   err);
		/* What the log writes there may hide what it zeroes. */
		if (!rc && zeroes)
			rc = add_edge(c, page, 0, err);
		if (!rc && zeroes)
			rc = add_edge(c, page + VL_SECTOR, 0, err);
	}
	return rc ? rc : vl_places_settle(c->places, err);
}

/* ------------------------------------------------------------------ zeroes */

/* The first page that is not zero of a stretch without holes, or its end. */
static uint64_t find_in_data(struct pages_case *c, uint64_t off, uint64_t end)
{
	uint8_t buf[CHUNK];

	for (size_t n; off < end; off += n) {
		n = (size_t)vl_min64(end - off, CHUNK);
		if (vl_view_read(c->of->disk, off, buf, n, NULL)) {
			c->left[VL_LEFT_UNREADABLE] = true;
			return end;
		}
		for (size_t at = 0; at < n; at += VL_SECTOR) {
			if (!is_zero(buf + at, vl_min64(n - at, VL_SECTOR)))
				return off + at;
		}
	}
	return end;
}

/* Of any stretch; where no more may be read, its end. */
static uint64_t find_data(struct pages_case *c, uint64_t off, uint64_t end)
{
	uint64_t from, to, found;

	for (; vl_view_next_data(c->of->disk, off, end, &from, &to); off = to) {
		uint64_t may = vl_min64(to, vl_end(from, c->budget));

		found = find_in_data(c, from, may);
		c->budget -= found - from;
		if (found < may)
			return found;
		if (may < to) {
			c->left[VL_LEFT_BUDGET] = true;
			return end;
		}
	}
	return end;
}

/*
 * A page of the disk with a byte that is not zero. Where some of those are in
 * places there is one already; else the first is, and what is behind it.
 */
static int place_stretch(struct pages_case *c, uint64_t off, uint64_t end,
			 struct vl_places *found, struct vhdxlog_error *err)
{
	uint64_t at = find_data(c, off, end);
	size_t n = (size_t)vl_min64(end - at, VL_SECTOR), first;
	uint8_t page[VL_SECTOR], rest[VL_SECTOR];

	if (!n || vl_places_cover(c->places, at, at + n) ||
	    vl_view_read(c->of->disk, at, page, n, NULL))
		return 0;
	memcpy(rest, page, n);
	vl_places_blank(c->places, at, rest, n);
	if (memcmp(rest, page, n) != 0)
		return 0;
	for (first = 0; first < n && !rest[first];)
		first++;
	c->left[VL_LEFT_STOOD_IN_FOR] = true;
	return vl_places_add(found, at + first, at + n, VL_PLACE_STAND_IN, err);
}

static int by_offset(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	return (a->at > b->at) - (a->at < b->at);
}

/* Stretches in which the same ranges are zeroed: whether a sequence, or a reader,
 * changes the disk there is a question of each for itself. */
static int find_stretches(struct pages_case *c, struct vl_places *found,
			  struct vhdxlog_error *err)
{
	int64_t depth = 0;
	int rc = 0;

	if (c->n_edges)
		qsort(c->edges, c->n_edges, sizeof(*c->edges), by_offset);
	for (size_t i = 0; !rc && i < c->n_edges;) {
		uint64_t at = c->edges[i].at;

		for (; i < c->n_edges && c->edges[i].at == at; i++)
			depth += c->edges[i].zeroes;
		if (depth && i < c->n_edges)
			rc = place_stretch(c, at, c->edges[i].at, found, err);
	}
	return rc;
}

static int place_zeroes(struct pages_case *c, struct vhdxlog_error *err)
{
	struct vl_places found = { 0 };
	int rc = find_stretches(c, &found, err);

	for (size_t i = 0; !rc && i < found.n; i++)
		rc = vl_places_add(c->places, found.list[i].off,
				   found.list[i].end, found.list[i].kind, err);
	vl_places_release(&found);
	return rc ? rc : vl_places_settle(c->places, err);
}

int vl_export_pages(const struct vl_export_of *of, struct vl_places *p,
		    bool *left, struct vhdxlog_error *err)
{
	struct pages_case c = { .of = of,
				.places = p,
				.left = left,
				.cached = UINT64_MAX,
				.budget = of->budget };
	int rc = of->log ? vl_logged_each(of->log, gather, &c, err) : 0;

	if (!rc)
		rc = place_pages(&c, err);
	if (!rc)
		rc = place_zeroes(&c, err);
	free(c.rows);
	free(c.edges);
	return rc;
}

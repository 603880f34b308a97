/* SPDX-License-Identifier: MIT */
#include "image/areas.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "ondisk/layout.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ pieces */

static void add_piece(struct vl_areas *a, uint64_t off, uint64_t end,
		      uint32_t tag)
{
	if (off < end)
		a->pieces[a->n++] = (struct vl_range){ off, end - off, tag };
}

/*
 * Cut sorted ranges into pieces: a sweep with a stack of those that are open,
 * the latest to begin on top. Each is pushed and popped once, and at either ends
 * at most one piece.
 */
static void cut(struct vl_areas *a, const struct vl_range *r, size_t n,
		size_t *open)
{
	size_t depth = 0;
	uint64_t at = 0; /* up to here all is cut */

	for (size_t i = 0; i <= n; i++) {
		uint64_t begin = i < n ? r[i].off : UINT64_MAX;

		while (depth && at < begin) {
			const struct vl_range *top = &r[open[depth - 1]];
			uint64_t end = vl_end(top->off, top->len);

			add_piece(a, at, vl_min64(end, begin), top->tag);
			at = vl_max64(at, vl_min64(end, begin));
			if (end <= begin)
				depth--;
		}
		at = begin;
		if (i < n)
			open[depth++] = i;
	}
}

bool vl_areas_init(struct vl_areas *a, struct vl_range *ranges, size_t n)
{
	size_t *open = vl_calloc(n, sizeof(*open));

	*a = (struct vl_areas){
		.pieces = vl_calloc(2 * n, sizeof(*a->pieces)),
		.before = vl_calloc(2 * n + 1, sizeof(*a->before)),
		.rest = VHDXLOG_AREA_UNKNOWN,
	};
	if (!open || !a->pieces || !a->before) {
		free(open);
		vl_areas_release(a);
		return false;
	}
	vl_ranges_sort(ranges, n);
	cut(a, ranges, n, open);
	free(open);
	vl_areas_seal(a, NULL, VHDXLOG_AREA_UNKNOWN);
	return true;
}

void vl_areas_release(struct vl_areas *a)
{
	free(a->pieces);
	free(a->before);
	*a = (struct vl_areas){ 0 };
}

/* ------------------------------------------------------------------- count */

static struct vl_claimed claimed(const struct vl_areas *a, uint64_t off,
				 uint64_t len)
{
	return a->claims ? vl_claims_in(a->claims, off, len) :
			   (struct vl_claimed){ 0, 0 };
}

static void add(const struct vl_areas *a, const struct vl_range *piece,
		uint64_t len, uint64_t sum[VHDXLOG_AREA_COUNT])
{
	struct vl_claimed c = claimed(a, piece->off, len);

	sum[piece->tag] += len;
	sum[VHDXLOG_AREA_PAYLOAD] += c.payload;
	sum[VHDXLOG_AREA_SECTOR_BITMAP] += c.bitmap;
}

void vl_areas_seal(struct vl_areas *a, const struct vl_claims *claims,
		   enum vhdxlog_area rest)
{
	a->claims = claims;
	a->rest = rest;
	for (size_t i = 0; i < a->n; i++) {
		memcpy(a->before[i + 1], a->before[i], sizeof(*a->before));
		add(a, &a->pieces[i], a->pieces[i].len, a->before[i + 1]);
	}
}

/* Of all bytes before off, how many pieces have, as in `before`. */
static void count_before(const struct vl_areas *a, uint64_t off,
			 uint64_t sum[VHDXLOG_AREA_COUNT])
{
	size_t i = vl_ranges_begun(a->pieces, a->n, off);
	const struct vl_range *last;

	memset(sum, 0, sizeof(*a->before));
	if (!i)
		return;
	last = &a->pieces[i - 1];
	memcpy(sum, a->before[i - 1], sizeof(*a->before));
	add(a, last, vl_min64(last->len, off - last->off), sum);
}

void vl_areas_count(const struct vl_areas *a, uint64_t off, uint64_t len,
		    uint64_t bytes[VHDXLOG_AREA_COUNT])
{
	uint64_t end = vl_end(off, len), owned = 0;
	uint64_t from[VHDXLOG_AREA_COUNT], to[VHDXLOG_AREA_COUNT];
	struct vl_claimed c = claimed(a, off, end - off);

	count_before(a, off, from);
	count_before(a, end, to);
	c.payload -= to[VHDXLOG_AREA_PAYLOAD] - from[VHDXLOG_AREA_PAYLOAD];
	c.bitmap -= to[VHDXLOG_AREA_SECTOR_BITMAP] -
		    from[VHDXLOG_AREA_SECTOR_BITMAP];
	to[VHDXLOG_AREA_PAYLOAD] = from[VHDXLOG_AREA_PAYLOAD] + c.payload;
	to[VHDXLOG_AREA_SECTOR_BITMAP] =
		from[VHDXLOG_AREA_SECTOR_BITMAP] + c.bitmap;
	for (unsigned i = 0; i < VHDXLOG_AREA_COUNT; i++) {
		bytes[i] += to[i] - from[i];
		owned += to[i] - from[i];
	}
	bytes[a->rest] += end - off - owned;
}

/* --------------------------------------------------------------------- ask */

bool vl_areas_touch(const struct vl_areas *a, uint64_t off, uint64_t len)
{
	return vl_ranges_find(a->pieces, a->n, off, len);
}

enum vhdxlog_area vl_areas_at(const struct vl_areas *a, uint64_t off)
{
	const struct vl_range *piece = vl_ranges_find(a->pieces, a->n, off, 1);

	if (piece)
		return (enum vhdxlog_area)piece->tag;
	switch (a->claims ? vl_claims_at(a->claims, off) : VL_CLAIM_NONE) {
	case VL_CLAIM_BITMAP: return VHDXLOG_AREA_SECTOR_BITMAP;
	case VL_CLAIM_NONE: return a->rest;
	default: return VHDXLOG_AREA_PAYLOAD; /* of both, too */
	}
}

uint64_t vl_areas_end(const struct vl_areas *a, uint64_t off)
{
	size_t i = vl_ranges_begun(a->pieces, a->n, off);
	const struct vl_range *last = i ? &a->pieces[i - 1] : NULL;
	uint64_t next = i < a->n ? a->pieces[i].off : UINT64_MAX;

	if (last && off < vl_end(last->off, last->len))
		return vl_end(last->off, last->len);
	/* Blocks are claimed by the MiB. */
	return vl_min64(next, vl_end(off - off % VL_MIB, VL_MIB));
}

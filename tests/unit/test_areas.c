/* SPDX-License-Identifier: MIT */
/*
 * What a byte belongs to, against looking at every unit of a small file: ranges
 * that lie anywhere, also over one another, and claims of the BAT.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "helpers.h"
#include "image/areas.h"
#include "ondisk/layout.h"

#define UNIT UINT64_C(65536)
#define UNITS 1024u /* 64 MiB */
#define MOST 12u

struct world {
	struct vl_claims claims;
	struct vl_areas areas;
	uint8_t area[UNITS]; /* of each unit, the naive way */
};

static enum vhdxlog_area unclaimed(unsigned claim)
{
	if (claim & VL_CLAIM_PAYLOAD)
		return VHDXLOG_AREA_PAYLOAD;
	return claim ? VHDXLOG_AREA_SECTOR_BITMAP : VHDXLOG_AREA_UNOWNED;
}

static void make_claims(struct world *w, struct rng *r)
{
	cr_assert(vl_claims_init(&w->claims));
	for (size_t n = rng_below(r, 10); n > 0; n--) {
		uint64_t off = rng_below(r, 60) * VL_MIB;
		uint64_t len = (1 + rng_below(r, 3)) * VL_MIB;
		bool fresh;

		cr_assert(vl_claims_add(&w->claims, off, len,
					rng_chance(r, 50) ? VL_CLAIM_PAYLOAD :
							    VL_CLAIM_BITMAP,
					&fresh));
	}
	cr_assert(vl_claims_seal(&w->claims));
	for (unsigned u = 0; u < UNITS; u++)
		w->area[u] = (uint8_t)unclaimed(
			vl_claims_at(&w->claims, u * UNIT));
}

static void make_ranges(struct world *w, struct rng *r)
{
	static const enum vhdxlog_area kinds[] = { VHDXLOG_AREA_LOG,
						   VHDXLOG_AREA_BAT,
						   VHDXLOG_AREA_METADATA };
	struct vl_range ranges[MOST];
	size_t n = rng_below(r, MOST + 1);

	for (size_t i = 0; i < n; i++)
		ranges[i] = (struct vl_range){
			rng_below(r, UNITS) * UNIT,
			rng_below(r, rng_chance(r, 30) ? UNITS : 40) * UNIT,
			kinds[rng_below(r, 3)]
		};
	cr_assert(vl_areas_init(&w->areas, ranges, n)); /* sorts them */
	vl_areas_seal(&w->areas, &w->claims, VHDXLOG_AREA_UNOWNED);
	for (size_t i = 0; i < n; i++) {
		for (unsigned u = 0; u < UNITS; u++) {
			if (vl_overlap(u * UNIT, UNIT, ranges[i].off,
				       ranges[i].len))
				w->area[u] = (uint8_t)ranges[i].tag;
		}
	}
}

static void ask(const struct world *w, struct rng *r)
{
	uint64_t off = rng_below(r, UNITS * UNIT);
	uint64_t len = rng_below(r, rng_chance(r, 50) ? UNITS * UNIT : UNIT);
	uint64_t want[VHDXLOG_AREA_COUNT] = { 0 };
	uint64_t got[VHDXLOG_AREA_COUNT] = { 0 };
	bool touches = false;

	len = vl_min64(len, UNITS * UNIT - off);
	for (unsigned u = 0; u < UNITS; u++) {
		uint64_t from = vl_max64(off, u * UNIT);
		uint64_t to = vl_min64(off + len, (u + 1) * UNIT);

		if (from >= to)
			continue;
		want[w->area[u]] += to - from;
		touches = touches || w->area[u] == VHDXLOG_AREA_LOG ||
			  w->area[u] == VHDXLOG_AREA_BAT ||
			  w->area[u] == VHDXLOG_AREA_METADATA;
	}
	vl_areas_count(&w->areas, off, len, got);
	cr_assert_arr_eq(got, want, sizeof(got));
	cr_assert_eq(vl_areas_touch(&w->areas, off, len), touches);
	cr_assert_eq((unsigned)vl_areas_at(&w->areas, off),
		     w->area[off / UNIT]);
}

Test(areas, are_those_of_looking_at_every_unit, .timeout = 300)
{
	static struct world w;
	struct rng r = rng_seed(77);

	for (unsigned round = 0; round < rounds(1500); round++) {
		make_claims(&w, &r);
		make_ranges(&w, &r);
		for (unsigned i = 0; i < 40; i++)
			ask(&w, &r);
		vl_areas_release(&w.areas);
		vl_claims_release(&w.claims);
	}
}

Test(areas, at_the_end_of_all_offsets)
{
	struct vl_range range = { UINT64_MAX - 10, UINT64_MAX,
				  VHDXLOG_AREA_LOG };
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };
	struct vl_areas a;

	cr_assert(vl_areas_init(&a, &range, 1));
	cr_expect_eq(vl_areas_at(&a, UINT64_MAX - 11), VHDXLOG_AREA_UNKNOWN);
	cr_expect_eq(vl_areas_at(&a, UINT64_MAX - 10), VHDXLOG_AREA_LOG);
	cr_expect(vl_areas_touch(&a, 0, UINT64_MAX));
	vl_areas_count(&a, 0, UINT64_MAX, bytes);
	cr_expect_eq(bytes[VHDXLOG_AREA_LOG], 10);
	cr_expect_eq(bytes[VHDXLOG_AREA_UNKNOWN], UINT64_MAX - 10);
	vl_areas_release(&a);
	cr_assert(vl_areas_init(&a, NULL, 0));
	cr_expect_eq(vl_areas_at(&a, 5), VHDXLOG_AREA_UNKNOWN);
	cr_expect_not(vl_areas_touch(&a, 0, UINT64_MAX));
	vl_areas_release(&a);
}

/* SPDX-License-Identifier: MIT */
/*
 * Holes, as an overlay tells them of the disk below it: what they pass is zeroes,
 * and nothing that is written is passed.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "opened.h"

#define IMAGES 120u
#define PAGES 2048u /* of the disk: 8 MiB */

/* A view that is a hole but for some pages. */
struct sparse {
	struct vl_view view; /* first */
	const bool *data;    /* of each page */
};

static int sparse_read(const struct vl_view *view, uint64_t off, void *buf,
		       size_t len, struct vhdxlog_error *err)
{
	const struct sparse *s = (const void *)view;
	uint8_t *p = buf;

	(void)err;
	for (size_t i = 0; i < len; i++)
		p[i] = s->data[(off + i) / VL_SECTOR] ? 0x77 : 0;
	return 0;
}

static bool sparse_next(const struct vl_view *view, uint64_t off, uint64_t end,
			uint64_t *from, uint64_t *to)
{
	const struct sparse *s = (const void *)view;

	while (off < end && !s->data[off / VL_SECTOR])
		off = off - off % VL_SECTOR + VL_SECTOR;
	if (off >= end)
		return false;
	for (*from = off; off < end && s->data[off / VL_SECTOR];)
		off = off - off % VL_SECTOR + VL_SECTOR;
	*to = vl_min64(off, end);
	return true;
}

/* What next_data passes is zeroes, and it passes all that it can. */
static unsigned compare_holes(const struct vl_overlay *o, size_t pages,
			      uint64_t seed)
{
	uint64_t at = 0, from, to, size = pages * (uint64_t)VL_SECTOR;
	uint8_t page[VL_SECTOR];
	bool zero = true;
	uint64_t budget;
	unsigned passed = 0;

	while (at < size && vl_view_next_data(&o->view, at, size, &from, &to)) {
		cr_assert(from >= at && to > from && to <= size);
		for (; at < from; at += VL_SECTOR, passed++) {
			budget = VL_SECTOR;
			cr_assert_eq(vl_view_is_zero(&o->view, at, VL_SECTOR,
						     &budget, &zero, NULL),
				     0);
			cr_assert(zero, "seed %ju, %#jx", (uintmax_t)seed,
				  (uintmax_t)at);
		}
		at = to;
	}
	for (; at < size; at += VL_SECTOR, passed++) {
		cr_assert_eq(vl_view_read(&o->view, at, page, VL_SECTOR, NULL),
			     0);
		cr_assert_eq(page[0] | page[VL_SECTOR - 1], 0);
	}
	return passed;
}

Test(holes, an_overlay_knows_the_holes_of_its_disk)
{
	unsigned n = rounds(IMAGES), passed = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		bool data[PAGES];
		struct sparse disk = { { PAGES * (uint64_t)VL_SECTOR,
					 sparse_read, sparse_next },
				       data };
		struct vl_pile pile;
		struct vl_overlay o;
		struct opened p = open_random(seed);
		struct vl_log *log = &p.s.scan->log;

		for (size_t i = 0; i < PAGES; i++)
			data[i] = rng_chance(&r, 50);
		pile.layer = calloc(log->n_layers + 1, sizeof(*pile.layer));
		cr_assert(pile.layer);
		for (pile.n = 0; pile.n < log->n_layers; pile.n++)
			pile.layer[pile.n] = (uint32_t)pile.n;
		cr_assert_eq(vl_overlay_of(&o, &disk.view, log, pile,
					   disk.view.size + VL_MIB, NULL),
			     0);
		passed += compare_holes(&o, PAGES + 256, seed);
		vl_overlay_release(&o);
		close_image(&p);
	}
	cr_assert_gt(passed, n * 100);
}

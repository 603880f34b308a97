/* SPDX-License-Identifier: MIT */
#include "opened.h"

#include <criterion/criterion.h>

#include "bases.h"
#include "random_bat.h"

struct opened open_image(struct buffer image)
{
	struct opened p = { .image = image };

	p.s = scan_memory(image.at, image.len, NULL);
	cr_assert_eq(vhdxlog_history_open(p.s.scan, &p.h, NULL), 0);
	return p;
}

void close_image(struct opened *p)
{
	vhdxlog_history_close(p->h);
	scan_release(&p->s);
	buffer_free(&p->image);
}

struct opened open_random(uint64_t seed)
{
	struct base b;

	if (seed % 2)
		return open_image(random_bat(seed, seed % 4 == 1));
	base_make_random(&b, seed);
	return open_image(b.image);
}

struct vhdxlog_overlay *open_state(struct opened *p, size_t k)
{
	const struct vl_order *o = &p->h->order;
	struct vhdxlog_overlay *state;

	cr_assert_eq(vhdxlog_overlay_as_of(
			     p->h, o->log->entries[o->entries[k]].sector,
			     &state, NULL),
		     0);
	return state;
}

struct vhdxlog_overlay *some_state(struct opened *p, struct rng *r)
{
	struct vhdxlog_overlay *o = NULL;

	if (p->h->order.n && rng_chance(r, 50))
		return open_state(p, rng_below(r, p->h->order.n));
	if (rng_chance(r, 25)) {
		cr_assert_eq(vhdxlog_overlay_disk(p->s.scan, &o, NULL), 0);
		return o;
	}
	(void)vhdxlog_overlay_policy(
		p->s.scan, rng_below(r, vhdxlog_selection_count(p->s.scan)),
		&o, NULL);
	return o;
}

/* SPDX-License-Identifier: MIT */
/* Two states side by side. */
#include "replay.h"

#include "base/alloc.h"
#include "base/error.h"
#include "view/compare_virtual.h"
#include "view/diff.h"

#include <stdlib.h>
#include <string.h>

/* A difference, and its bytes where it is one page of a table. */
struct found {
	struct vhdxlog_difference d;
	bool has_bytes;
	uint8_t bytes[2][VL_SECTOR];
};

struct vhdxlog_comparison {
	struct vhdxlog_overlay *overlay[2]; /* borrowed until close */
	struct vl_guest_side side[2];
	struct vl_place place[2];
	struct vl_compare pages;
	bool has_ahead, ended;
	struct found ahead; /* found, but not told yet */
	struct found told; /* what was told last */
	bool explaining;   /* diff is of it */
	struct vl_diff diff;
	struct vl_range *changed; /* owned: all that differs, or may */
	size_t n_changed, changed_cap;
	bool has_guest;
	struct vl_guest guest;
	size_t guest_at;
};

/* -------------------------------------------------------------------- open */

static int open_side(struct vhdxlog_comparison *c, unsigned i,
		     struct vhdxlog_overlay *o, struct vhdxlog_error *err)
{
	const struct vl_image *image;
	int rc = vl_replay_find_image(o, &image, err);

	if (rc)
		return rc;
	c->overlay[i] = o;
	c->side[i] = (struct vl_guest_side){ { &o->pile, o->about.size },
					     image };
	return vl_place_init(&c->place[i], image, &o->pile.view, err);
}

int vhdxlog_compare_open(struct vhdxlog_overlay *a, struct vhdxlog_overlay *b,
			 struct vhdxlog_comparison **comparison,
			 struct vhdxlog_error *err)
{
	struct vhdxlog_comparison *c = vl_calloc(1, sizeof(*c));
	int rc;

	*comparison = NULL;
	if (!c)
		return vl_nomem(err);
	rc = open_side(c, 0, a, err);
	if (!rc)
		rc = open_side(c, 1, b, err);
	if (!rc)
		rc = vl_compare_init(&c->pages, &c->side[0].side,
				     &c->side[1].side, err);
	if (rc) {
		vhdxlog_compare_close(c);
		return rc;
	}
	*comparison = c;
	return 0;
}

void vhdxlog_compare_progress(struct vhdxlog_comparison *c,
			      void (*progress)(void *ctx, uint64_t done,
					       uint64_t total),
			      void *ctx)
{
	c->pages.progress = progress;
	c->pages.progress_ctx = ctx;
}

void vhdxlog_compare_close(struct vhdxlog_comparison *c)
{
	if (!c)
		return;
	vl_compare_release(&c->pages);
	for (unsigned i = 0; i < 2; i++)
		vl_place_release(&c->place[i]);
	vl_guest_release(&c->guest);
	free(c->changed);
	free(c);
}

/* ------------------------------------------------------------------- pages */

/* Tables are told page by page; what has no meaning of its own in one piece. */
static bool is_told_by_page(enum vhdxlog_area area)
{
	switch (area) {
	case VHDXLOG_AREA_IDENTIFIER:
	case VHDXLOG_AREA_HEADERS:
	case VHDXLOG_AREA_REGION_TABLES:
	case VHDXLOG_AREA_BAT:
	case VHDXLOG_AREA_METADATA:
	case VHDXLOG_AREA_SECTOR_BITMAP: return true;
	default: return false;
	}
}

static bool has_meaning(enum vhdxlog_area area)
{
	return area != VHDXLOG_AREA_UNKNOWN && area != VHDXLOG_AREA_UNOWNED;
}

static enum vhdxlog_area find_area(const struct vhdxlog_comparison *c,
				   uint64_t off)
{
	enum vhdxlog_area b = vl_place_area(&c->place[1], off);

	if (off < c->side[1].side.length && has_meaning(b))
		return b;
	return off < c->side[0].side.length ?
		       vl_place_area(&c->place[0], off) :
		       b;
}

/* Remember that a stretch differs, for what the guest sees of it. */
static int note_changed(struct vhdxlog_comparison *c,
			const struct vl_page_pair *p, struct vhdxlog_error *err)
{
	struct vl_range *last = c->n_changed ? &c->changed[c->n_changed - 1] :
					       NULL;
	void *array = c->changed;

	if (last && last->off + last->len == p->off) {
		last->len += p->len;
		return 0;
	}
	if (!vl_reserve(&array, &c->changed_cap, c->n_changed + 1,
			sizeof(*c->changed)))
		return vl_nomem(err);
	c->changed = array;
	c->changed[c->n_changed++] = (struct vl_range){ p->off, p->len, 0 };
	return 0;
}

static int describe(struct vhdxlog_comparison *c, const struct vl_page_pair *p,
		    struct found *f, struct vhdxlog_error *err)
{
	struct vhdxlog_difference *d = &f->d;
	int rc;

	*d = (struct vhdxlog_difference){
		.offset = p->off,
		.length = p->len,
		.area = find_area(c, p->off),
		.differing = p->differing,
		.first = p->first,
		.unread = p->unread,
	};
	f->has_bytes = !p->unread && is_told_by_page(d->area);
	for (unsigned i = 0; f->has_bytes && i < 2; i++)
		memcpy(f->bytes[i], p->bytes[i], (size_t)p->len);
	rc = vl_replay_seen(c->overlay[0], p->first, &d->a_from,
			    &d->a_certainty, err);
	return rc ? rc :
		    vl_replay_seen(c->overlay[1], p->first, &d->b_from,
				   &d->b_certainty, err);
}

/* Have the next page in `ahead`; *more false: there is none. */
static int look_ahead(struct vhdxlog_comparison *c, bool *more,
		      struct vhdxlog_error *err)
{
	struct vl_page_pair pair;
	int rc = 0;

	if (!c->has_ahead && !c->ended) {
		rc = vl_compare_next(&c->pages, &pair, err);
		c->ended = rc == 1;
		if (!rc)
			rc = note_changed(c, &pair, err);
		if (!rc)
			rc = describe(c, &pair, &c->ahead, err);
		c->has_ahead = rc == 0;
	}
	*more = c->has_ahead;
	return rc < 0 ? rc : 0;
}

/* Whether one goes on where another ends, and they are told as one. */
static bool goes_on(const struct vhdxlog_difference *a,
		    const struct vhdxlog_difference *b)
{
	return a->offset + a->length == b->offset && a->area == b->area &&
	       a->a_from == b->a_from && a->b_from == b->b_from &&
	       a->a_certainty == b->a_certainty &&
	       a->b_certainty == b->b_certainty && a->unread == b->unread &&
	       !is_told_by_page(a->area);
}

int vhdxlog_compare_next(struct vhdxlog_comparison *c,
			 struct vhdxlog_difference *difference,
			 struct vhdxlog_error *err)
{
	struct vhdxlog_difference *d = &c->told.d;
	bool more;
	int rc = look_ahead(c, &more, err);

	c->explaining = false;
	c->told.has_bytes = false;
	if (rc || !more)
		return rc ? rc : 1;
	c->told = c->ahead;
	c->has_ahead = false;
	/* Ends: there are only so many pages. */
	while ((rc = look_ahead(c, &more, err)) == 0 && more &&
	       goes_on(d, &c->ahead.d)) {
		d->length += c->ahead.d.length;
		d->differing += c->ahead.d.differing;
		c->has_ahead = false;
	}
	*difference = *d;
	return rc;
}

/* ----------------------------------------------------------------- details */

/* A table that is elsewhere in the other file: its bytes have no meaning there. */
static bool is_comparable(const struct vhdxlog_comparison *c,
			  const struct vl_difference *d)
{
	const struct vl_image *a = c->side[0].image, *b = c->side[1].image;

	return d->thing != VL_THING_BAT ||
	       (vl_place_has_bat(&c->place[0]) &&
		a->bat->offset == b->bat->offset);
}

int vhdxlog_compare_detail(struct vhdxlog_comparison *c,
			   struct vhdxlog_detail *detail,
			   struct vhdxlog_error *err)
{
	const struct found *told = &c->told;
	struct vl_difference d;

	(void)err;
	if (!told->has_bytes)
		return 1;
	if (!c->explaining)
		vl_diff_begin(&c->diff, &c->place[0], &c->place[1],
			      told->d.offset, told->bytes[0], told->bytes[1],
			      (size_t)told->d.length);
	c->explaining = true;
	do {
		if (!vl_diff_next(&c->diff, &d))
			return 1;
	} while (!is_comparable(c, &d));
	*detail = (struct vhdxlog_detail){
		.area = d.area,
		.offset = d.offset,
		.length = d.length,
		.is_bat = d.thing == VL_THING_BAT,
		.a = d.a_entry,
		.b = d.b_entry,
		.item = d.item,
	};
	memcpy(detail->a_text, d.a, sizeof(detail->a_text));
	memcpy(detail->b_text, d.b, sizeof(detail->b_text));
	return 0;
}

/* ------------------------------------------------------------------- guest */

int vhdxlog_compare_virtual(struct vhdxlog_comparison *c,
			    struct vhdxlog_virtual_range *range,
			    struct vhdxlog_error *err)
{
	if (!c->ended)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"asking what a guest sees before all pages were compared");
	if (!c->has_guest) {
		int rc = vl_guest_compare(&c->guest, &c->side[0], &c->side[1],
					  c->pages.stretches.one_disk,
					  c->changed, c->n_changed, err);

		if (rc) {
			vl_guest_release(&c->guest);
			return rc;
		}
		c->has_guest = true;
	}
	if (c->guest_at == c->guest.n)
		return 1;
	*range = (struct vhdxlog_virtual_range){
		c->guest.ranges[c->guest_at].off,
		c->guest.ranges[c->guest_at].len,
	};
	c->guest_at++;
	return 0;
}

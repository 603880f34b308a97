/* SPDX-License-Identifier: MIT */
#include "view/compare_stretch.h"

#include "base/bytes.h"

#include <string.h>

/*
 * Bytes of the disk that are read to compare them with zeroes. Who asks for a
 * comparison waits for it, but not for ever: a small log can zero a whole disk.
 */
#define MOST_UNDER_ZEROES (UINT64_C(4) << 30)

int vl_stretches_init(struct vl_stretches *s, const struct vl_side *a,
		      const struct vl_side *b, uint64_t begin, uint64_t end,
		      struct vhdxlog_error *err)
{
	int rc = 0;

	*s = (struct vl_stretches){
		.side = { *a, *b },
		.one_disk = a->pile->disk == b->pile->disk &&
			    a->pile->log == b->pile->log,
		.at = begin,
		.end = vl_min64(end, vl_max64(a->length, b->length)),
		.budget = MOST_UNDER_ZEROES,
	};
	for (unsigned i = 0; !rc && s->one_disk && i < 2; i++) {
		struct vl_trail *t = &s->trail[i];

		rc = vl_overlay_sweep(s->side[i].pile, &t->sweep, err);
		if (rc)
			break;
		if (begin)
			vl_sweep_seek(&t->sweep, begin);
		t->more = vl_sweep_next(&t->sweep, &t->segment);
	}
	return rc;
}

void vl_stretches_release(struct vl_stretches *s)
{
	for (unsigned i = 0; i < 2; i++)
		vl_sweep_release(&s->trail[i].sweep);
	memset(s, 0, sizeof(*s));
}

/* ----------------------------------------------------------------- one disk */

enum shows { SHOWS_DISK, SHOWS_ZERO, SHOWS_DATA };

/* What a side shows at `at`; *stop goes down to where that ends. */
static enum shows look(struct vl_stretches *s, unsigned i, uint64_t *stop)
{
	struct vl_trail *t = &s->trail[i];
	const struct vl_segment *g = &t->segment;

	while (t->more && g->off + g->len <= s->at)
		t->more = vl_sweep_next(&t->sweep, &t->segment);
	if (s->at >= s->side[i].length)
		return SHOWS_ZERO;
	*stop = vl_min64(*stop, s->side[i].length);
	if (!t->more)
		return SHOWS_DISK;
	if (g->off > s->at) {
		*stop = vl_min64(*stop, g->off);
		return SHOWS_DISK;
	}
	*stop = vl_min64(*stop, g->off + g->len);
	return vl_segment_is_zero(s->side[i].pile, g) ? SHOWS_ZERO :
							SHOWS_DATA;
}

/* Zeroes against the disk, up to stop: where that has data. */
static bool look_at_disk(struct vl_stretches *s, uint64_t stop, uint64_t *from,
			 uint64_t *to, bool *unread)
{
	if (!vl_view_next_data(s->side[0].pile->disk, s->at, stop, from, to)) {
		s->at = stop;
		return false;
	}
	*unread = *to - *from > s->budget;
	if (*unread)
		*to = stop;
	else
		s->budget -= *to - *from;
	s->at = *to;
	return true;
}

static bool next_of_states(struct vl_stretches *s, uint64_t *from,
			   uint64_t *to, bool *unread)
{
	/* Ends: `at` goes on to where a segment begins or ends. */
	while (s->at < s->end) {
		uint64_t stop = s->end;
		enum shows a = look(s, 0, &stop), b = look(s, 1, &stop);

		if (a == SHOWS_DATA || b == SHOWS_DATA) {
			*from = s->at;
			*to = s->at = stop;
			if (a != b || s->trail[0].segment.target !=
					      s->trail[1].segment.target)
				return true;
		} else if (a == b) {
			s->at = stop;
		} else if (look_at_disk(s, stop, from, to, unread)) {
			return true;
		}
	}
	return false;
}

/* ---------------------------------------------------------------- two disks */

static const struct vl_data *find_data(struct vl_stretches *s, unsigned i)
{
	struct vl_data *d = &s->data[i];
	const struct vl_side *side = &s->side[i];

	if (d->known && d->to > s->at) {
		d->from = vl_max64(d->from, s->at);
		return d;
	}
	d->known = true;
	if (!vl_view_next_data(&side->pile->view, s->at,
			       vl_min64(s->end, side->length), &d->from,
			       &d->to))
		d->from = d->to = UINT64_MAX;
	return d;
}

static bool next_of_files(struct vl_stretches *s, uint64_t *from, uint64_t *to)
{
	const struct vl_data *a = find_data(s, 0), *b = find_data(s, 1);
	const struct vl_data *first = a->from <= b->from ? a : b;

	if (first->from >= s->end)
		return false;
	*from = first->from;
	*to = s->at = first->to;
	return true;
}

bool vl_stretches_next(struct vl_stretches *s, uint64_t *from, uint64_t *to,
		       bool *unread)
{
	*unread = false;
	if (s->one_disk)
		return next_of_states(s, from, to, unread);
	return s->at < s->end && next_of_files(s, from, to);
}

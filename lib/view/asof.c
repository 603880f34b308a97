/* SPDX-License-Identifier: MIT */
#include "view/asof.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/diff.h"

#include <stdlib.h>
#include <string.h>

/* A page that only later entries wrote, and its first version. */
struct guess {
	uint32_t entry, target; /* indices */
};

struct asof_case {
	struct vl_asof *a;
	const struct vl_asof_of *of;
	const struct vl_order *order;
	struct vl_log *log;
	const struct vl_image *today;
	uint32_t place;	    /* of the entry that is asked for */
	uint64_t had;	    /* its LastFileOffset; 0: that does not tell */
	struct guess *list; /* owned */
	size_t n, cap;
	uint32_t made; /* index of the first layer that was made */
};

/* -------------------------------------------------------------------- order */

static void add_entry(const struct asof_case *c, struct vl_pile *pile,
		      uint32_t index)
{
	const struct vl_entry *e = &c->log->entries[index];

	for (uint32_t k = 0; k < e->layer_count; k++)
		pile->layer[pile->n++] = e->layers + k;
}

/* Of all entries: the later ones backwards, then those up to ours. */
static int pile_all(struct asof_case *c, struct vhdxlog_error *err)
{
	const struct vl_order *o = c->order;
	struct vl_asof *a = c->a;

	a->marks.when = vl_calloc(c->log->n_entries, sizeof(*a->marks.when));
	a->who.layer = vl_calloc(c->log->sound_layers, sizeof(*a->who.layer));
	if (!a->marks.when || !a->who.layer)
		return vl_nomem(err);
	for (size_t i = o->n; i-- > c->place + (size_t)1;)
		add_entry(c, &a->who, o->entries[i]);
	for (uint32_t i = 0; i <= c->place; i++) {
		add_entry(c, &a->who, o->entries[i]);
		a->marks.when[o->entries[i]] =
			vl_gaps_between(c->of->gaps, i, c->place) ?
				VL_ASOF_INFERRED :
				VL_ASOF_KNOWN;
	}
	a->marks.disk_known = !vl_gaps_between(c->of->gaps, c->place,
					       (uint32_t)o->n - 1);
	return 0;
}

/* ------------------------------------------------------------- older ones */

static int list_older(struct asof_case *c, uint64_t page,
		      enum vl_predates_answer answer, struct vhdxlog_error *err)
{
	struct vl_asof_marks *m = &c->a->marks;

	/* The parts of a page that is cut by zeroes come one after the other. */
	if (m->n_older && m->older[m->n_older - 1].page == page)
		return 0;
	if (!vl_reserve((void **)&m->older, &m->older_cap, m->n_older + 1,
			sizeof(*m->older)))
		return vl_nomem(err);
	/* What the disk has there is of when the log began to wait. */
	m->older[m->n_older++] = (struct vl_asof_older){
		page, answer == VL_PREDATES_YES &&
			      !vl_gaps_between(c->of->gaps, c->place,
					       c->of->predates->tail)
	};
	return 0;
}

/* Whether the disk has a page from before all entries that wrote it. */
static int find_older(struct asof_case *c, uint64_t page, bool *is_older,
		      struct vhdxlog_error *err)
{
	enum vl_predates_answer answer;
	uint8_t bytes[VL_SECTOR];
	uint64_t read = 0;
	int rc = vl_predates_find(c->of->predates, page, bytes, &answer, &read,
				  err);

	*is_older = !rc && answer != VL_PREDATES_NO;
	return *is_older ? list_older(c, page, answer, err) : rc;
}

const struct vl_asof_older *vl_asof_older(const struct vl_asof_marks *m,
					  uint64_t page)
{
	size_t low = 0, high = m->n_older;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->older[mid].page < page)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n_older && m->older[low].page == page ? &m->older[low] :
								NULL;
}

/* ------------------------------------------------------------------ guesses */

static int list_guess(struct asof_case *c, const struct vl_segment *s,
		      size_t room, struct vhdxlog_error *err)
{
	const struct vl_target *t = &c->log->targets[s->target];
	struct vl_asof_marks *m = &c->a->marks;
	void *array = c->list;
	bool is_older;
	int rc;

	if (m->when[s->entry] != VL_ASOF_LATER || vl_target_is_zero(t))
		return 0;
	rc = find_older(c, vl_target_offset(t), &is_older, err);
	if (rc || is_older)
		return rc;
	if (c->n == room) {
		m->guessed = vl_min64(m->guessed, s->off);
		return 0;
	}
	if (!vl_reserve(&array, &c->cap, c->n + 1, sizeof(*c->list)))
		return vl_nomem(err);
	c->list = array;
	c->list[c->n++] = (struct guess){ s->entry, s->target };
	return 0;
}

/* Where a later entry is seen, no earlier one wrote. */
static int list_guesses(struct asof_case *c, struct vhdxlog_error *err)
{
	size_t room = vl_log_room(c->log);
	struct vl_segment segment;
	struct vl_sweep sweep;
	int rc = vl_sweep_init(&sweep, c->log, c->a->who.layer, c->a->who.n,
			       err);

	while (!rc && vl_sweep_next(&sweep, &segment))
		rc = list_guess(c, &segment, room, err);
	vl_sweep_release(&sweep);
	return rc;
}

static int by_entry(const void *pa, const void *pb)
{
	const struct guess *a = pa, *b = pb;

	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	return (a->target > b->target) - (a->target < b->target);
}

/* Whether the BAT is told apart, and lies at a page. */
static bool is_bat_page(const struct asof_case *c, uint64_t page)
{
	const struct vhdxlog_region *bat = c->today->bat;

	return bat && c->today->geometry_known && page >= bat->offset &&
	       page - bat->offset < bat->length &&
	       (page - bat->offset) % 8 == 0;
}

/* Take out the blocks that the file had no room for; whether there are any. */
static bool clear_newer(const struct asof_case *c, uint64_t at,
			uint8_t page[VL_SECTOR])
{
	const struct vl_bat_geometry *g = &c->today->geometry;
	uint64_t index = (at - c->today->bat->offset) / 8;
	bool any = false;

	for (uint8_t *p = page; p < page + VL_SECTOR; p += 8, index++) {
		struct vhdxlog_bat_entry e;

		vl_bat_decode(g, index, vl_le64(p), &e);
		if (!vl_bat_is_located(&e) ||
		    vl_end(e.file_offset, vl_bat_room(g, &e)) <= c->had)
			continue;
		vl_put_le64(p, 0);
		any = true;
	}
	return any;
}

/* The target that stands for a guess; as it is where it cannot be bettered. */
static int make_target(const struct asof_case *c, const struct guess *g,
		       struct vl_target *t, struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc;

	*t = c->log->targets[g->target];
	if (!c->had || !is_bat_page(c, vl_target_offset(t)) ||
	    vl_target_page(c->log, g->entry, g->target, page, NULL) ||
	    !clear_newer(c, vl_target_offset(t), page))
		return 0;
	rc = vl_log_keep_page(c->log, page, &t->value, err);
	return rc == VHDXLOG_E_RANGE ? 0 : rc;
}

/* One layer for each entry that has the first version of a page. */
static int make_layers(struct asof_case *c, struct vhdxlog_error *err)
{
	size_t first = c->log->n_targets;
	int rc = 0;

	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_entry);
	c->made = (uint32_t)c->log->n_layers;
	for (size_t i = 0; !rc && i < c->n; i++) {
		struct vl_target t;

		rc = make_target(c, &c->list[i], &t, err);
		if (!rc)
			rc = vl_log_add_target(c->log, t, err);
		if (rc || (i + 1 < c->n &&
			   c->list[i + 1].entry == c->list[i].entry))
			continue;
		rc = vl_layers_make(c->log, c->list[i].entry, first, err);
		first = c->log->n_targets;
	}
	return rc;
}

/* --------------------------------------------------------------------- pile */

/* What was made, and over it what entries up to ours wrote. */
static int pile_seen(struct asof_case *c, struct vhdxlog_error *err)
{
	struct vl_pile *pile = &c->a->pile;
	size_t made = c->log->n_layers - c->made;

	pile->layer = vl_calloc(made + c->a->who.n, sizeof(*pile->layer));
	if (!pile->layer)
		return vl_nomem(err);
	while (pile->n < made) {
		pile->layer[pile->n] = c->made + (uint32_t)pile->n;
		pile->n++;
	}
	for (size_t i = 0; i <= c->place; i++)
		add_entry(c, pile, c->order->entries[i]);
	return 0;
}

/* Where the last of what was written by then ends, or the length told then. */
static uint64_t find_size(const struct asof_case *c, uint64_t disk_size)
{
	uint64_t size = c->had ? c->had : disk_size;

	for (size_t i = 0; i <= c->place; i++) {
		const struct vl_entry *e =
			&c->log->entries[c->order->entries[i]];
		struct vl_layers layers = { e->layers, e->layer_count };

		size = vl_max64(size, vl_layers_end(c->log, layers));
	}
	return size;
}

static int read_length(struct asof_case *c, struct vhdxlog_error *err)
{
	uint64_t flushed, last;
	int rc = vl_entry_offsets(c->log, c->order->entries[c->place],
				  &flushed, &last, err);

	/* One that cannot be read again tells nothing. */
	if (rc && rc != VHDXLOG_E_IO)
		return rc;
	c->had = rc ? 0 : vl_min64(last, INT64_MAX);
	return 0;
}

int vl_asof_make(struct vl_asof *a, const struct vl_asof_of *of,
		 uint32_t place, struct vhdxlog_error *err)
{
	struct asof_case c = { .a = a,
			       .of = of,
			       .order = of->order,
			       .log = of->order->log,
			       .today = of->today,
			       .place = place };
	int rc;

	*a = (struct vl_asof){ .marks = { .guessed = UINT64_MAX } };
	rc = read_length(&c, err);
	if (!rc)
		rc = pile_all(&c, err);
	if (!rc)
		rc = list_guesses(&c, err);
	if (!rc)
		rc = make_layers(&c, err);
	if (!rc)
		rc = pile_seen(&c, err);
	a->size = find_size(&c, of->disk->size);
	free(c.list);
	return rc;
}

void vl_asof_marks_release(struct vl_asof_marks *m)
{
	free(m->when);
	free(m->older);
	*m = (struct vl_asof_marks){ 0 };
}

void vl_asof_release(struct vl_asof *a)
{
	free(a->who.layer);
	free(a->pile.layer);
	vl_asof_marks_release(&a->marks);
	*a = (struct vl_asof){ 0 };
}

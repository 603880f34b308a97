/* SPDX-License-Identifier: MIT */
#include "view/versions.h"

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

/* -------------------------------------------------------------------- rows */

/* Calls each for all targets of sound entries in the order of time. */
static int for_each(const struct vl_order *o,
		    int (*each)(void *ctx, uint32_t entry, uint32_t target,
				struct vhdxlog_error *err),
		    void *ctx, struct vhdxlog_error *err)
{
	for (size_t k = 0; k < o->n; k++) {
		const struct vl_entry *e = &o->log->entries[o->entries[k]];

		for (uint32_t l = e->layers; l < e->layers + e->layer_count; l++) {
			const struct vl_layer *layer = &o->log->layers[l];

			for (uint32_t t = 0; t < layer->count; t++) {
				int rc = each(ctx, o->entries[k],
					      layer->first + t, err);

				if (rc)
					return rc;
			}
		}
	}
	return 0;
}

static uint64_t place_of(const struct vl_order *o, uint32_t entry,
			 uint32_t target)
{
	return (uint64_t)o->place[entry] << 32 | target;
}

static int by_page_and_time(const void *pa, const void *pb, void *ctx)
{
	const struct vl_version *a = pa, *b = pb;
	uint64_t ta = place_of(ctx, a->entry, a->target);
	uint64_t tb = place_of(ctx, b->entry, b->target);

	if (a->page != b->page)
		return a->page < b->page ? -1 : 1;
	return (ta > tb) - (ta < tb);
}

static bool has_data(const struct vl_log *log)
{
	for (size_t k = 0; k < log->sound_layers; k++) {
		if (!vl_target_is_zero(&log->targets[log->layers[k].first]))
			return true;
	}
	return false;
}

static int list_rows(struct vl_versions *v, const struct vl_writers *writers,
		     struct vhdxlog_error *err)
{
	v->too_many = !writers->n && has_data(v->order->log);
	v->rows = vl_calloc(writers->n, sizeof(*v->rows));
	if (!v->rows)
		return vl_nomem(err);
	for (size_t i = 0; i < writers->n; i++) {
		const struct vl_writer *w = &writers->rows[i];

		v->rows[v->n++] = (struct vl_version){
			.page = w->page,
			.entry = w->entry,
			.target = w->target,
			.before = VL_NONE,
			.zero = VL_NONE,
		};
	}
	if (v->n)
		qsort_r(v->rows, v->n, sizeof(*v->rows), by_page_and_time,
			(void *)v->order);
	return 0;
}

/* The first row that is not before a page and a time; v->n: there is none. */
static size_t first_row(const struct vl_versions *v, uint64_t page,
			uint64_t time)
{
	size_t low = 0, high = v->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct vl_version *r = &v->rows[mid];

		if (r->page < page ||
		    (r->page == page &&
		     place_of(v->order, r->entry, r->target) < time))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vl_version *vl_versions_find(const struct vl_versions *v,
					  uint32_t entry, uint32_t target)
{
	size_t i = first_row(v,
			     vl_target_offset(&v->order->log->targets[target]),
			     place_of(v->order, entry, target));

	return i < v->n && v->rows[i].target == target ? &v->rows[i] : NULL;
}

/* ---------------------------------------------------------- ranges of zeroes */

/* A range that covers pages which have rows: those from `first` to `end`. */
struct cover {
	uint32_t entry, target;
	uint32_t end;
	uint32_t next_begun, next_ended; /* in the lists below, or VL_NONE */
};

/* Ranges in the order of time, and for each row those that begin, or end. */
struct covers {
	struct vl_versions *v;
	struct cover *at; /* owned */
	size_t n, cap;
	uint32_t *begun, *ended; /* owned [rows + 1]: heads of lists */
	struct vl_bitset over;	 /* what covers the row that is looked at */
};

static int add_cover(struct covers *c, uint32_t entry, uint32_t target,
		     const struct vl_target *t, struct vhdxlog_error *err)
{
	/* Of sound entries these are whole pages. */
	size_t first = first_row(c->v, vl_target_offset(t), 0);
	size_t last = first_row(c->v, vl_target_end(t), 0);

	if (first == last)
		return 0;
	if (!vl_reserve((void **)&c->at, &c->cap, c->n + 1, sizeof(*c->at)))
		return vl_nomem(err);
	c->at[c->n] = (struct cover){ entry, target, (uint32_t)last,
				      c->begun[first], VL_NONE };
	c->begun[first] = (uint32_t)c->n++;
	return 0;
}

static int list_cover(void *ctx, uint32_t entry, uint32_t target,
		      struct vhdxlog_error *err)
{
	struct covers *c = ctx;
	const struct vl_target *t = &c->v->order->log->targets[target];
	size_t row;

	if (vl_target_is_zero(t))
		return add_cover(c, entry, target, t, err);
	row = first_row(c->v, vl_target_offset(t),
			place_of(c->v->order, entry, target));
	c->v->rows[row].zeros = (uint32_t)c->n;
	return 0;
}

/* Those that no longer cover row i, and those that begin to. */
static void step(struct covers *c, size_t i)
{
	uint32_t k, next;

	for (k = c->ended[i]; k != VL_NONE; k = c->at[k].next_ended)
		vl_bitset_remove(&c->over, k);
	for (k = c->begun[i]; k != VL_NONE; k = next) {
		next = c->at[k].next_begun;
		vl_bitset_add(&c->over, k);
		c->at[k].next_ended = c->ended[c->at[k].end];
		c->ended[c->at[k].end] = k;
	}
}

/* The row before i that is of another entry, of the same page; or VL_NONE. */
static uint32_t row_before(const struct vl_versions *v, size_t i)
{
	const struct vl_version *rows = v->rows;
	size_t k = i;

	while (k && rows[k - 1].page == rows[i].page &&
	       rows[k - 1].entry == rows[i].entry)
		k--;
	return k && rows[k - 1].page == rows[i].page ? (uint32_t)(k - 1) :
						       VL_NONE;
}

static void settle(struct covers *c, size_t i)
{
	struct vl_version *r = &c->v->rows[i], *next = r + 1;
	size_t k;

	r->zeroed = !vl_bitset_is_empty(&c->over);
	r->lost = i + 1 < c->v->n && next->page == r->page &&
		  next->entry == r->entry;
	if (r->lost)
		return;
	/* Of the rows of one entry only the last gets here: linear. */
	r->before = row_before(c->v, i);
	if (vl_bitset_below(&c->over, r->zeros, &k) &&
	    (r->before == VL_NONE || k >= c->v->rows[r->before].zeros)) {
		r->zero = c->at[k].target;
		r->zero_entry = c->at[k].entry;
	}
}

static int sweep(struct covers *c, struct vhdxlog_error *err)
{
	if (!vl_bitset_init(&c->over, c->n))
		return vl_nomem(err);
	for (size_t i = 0; i < c->v->n; i++) {
		step(c, i);
		settle(c, i);
	}
	return 0;
}

static int find_before(struct vl_versions *v, struct vhdxlog_error *err)
{
	struct covers c = {
		.v = v,
		.begun = vl_calloc(v->n + 1, sizeof(*c.begun)),
		.ended = vl_calloc(v->n + 1, sizeof(*c.ended)),
	};
	int rc = c.begun && c.ended ? 0 : vl_nomem(err);

	for (size_t i = 0; !rc && i <= v->n; i++)
		c.begun[i] = c.ended[i] = VL_NONE;
	if (!rc)
		rc = for_each(v->order, list_cover, &c, err);
	if (!rc)
		rc = sweep(&c, err);
	free(c.at);
	free(c.begun);
	free(c.ended);
	vl_bitset_release(&c.over);
	return rc;
}

int vl_versions_init(struct vl_versions *v, const struct vl_order *order,
		     const struct vl_writers *writers,
		     struct vhdxlog_error *err)
{
	int rc;

	*v = (struct vl_versions){ .order = order };
	rc = list_rows(v, writers, err);
	return rc || v->too_many ? rc : find_before(v, err);
}

void vl_versions_release(struct vl_versions *v)
{
	free(v->rows);
	*v = (struct vl_versions){ 0 };
}

/* SPDX-License-Identifier: MIT */
#include "view/salvage.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/decode.h"
#include "view/salvage_parts.h"

#include <stdlib.h>
#include <string.h>

struct run {
	struct vl_salvage *out;
	const struct vl_salvage_base *base;
	struct vl_salvage_state state;
	struct vl_overlay before; /* the pile, as far as `built` of its layers */
	size_t built;
	unsigned failed; /* entries that fail, so far */
	uint64_t bytes;	 /* their length together */
	bool stop;	 /* the row is not followed any further */
};

/* -------------------------------------------------------------------- lists */

static const char too_many[] = "more is damaged than is looked at";

static int stop(struct run *r, uint32_t entry, const char *reason,
		struct vhdxlog_error *err)
{
	r->stop = true;
	return vl_salvage_leave(r->out, entry, VL_NONE, reason, err);
}

/* The layers of an entry are laid there; the file is as long as they need. */
static int apply(struct run *r, uint32_t entry, struct vl_layers layers,
		 struct vhdxlog_error *err)
{
	struct vl_salvage *s = r->out;
	int rc = vl_salvage_keep_entry(s, entry, err);

	if (!rc)
		rc = vl_salvage_pile_up(s, layers, err);
	s->size = vl_max64(s->size, vl_layers_end(r->base->log, layers));
	return rc;
}

static void grow(struct vl_salvage *s, uint64_t last)
{
	s->declared = vl_max64(s->declared, last);
	s->size = vl_max64(s->size, vl_min64(last, INT64_MAX));
}

/* ------------------------------------------------------------- sound entries */

static int add_sound(struct run *r, uint32_t entry, struct vhdxlog_error *err)
{
	const struct vl_entry *e = &r->base->log->entries[entry];
	struct vl_layers layers = { e->layers, e->layer_count };
	uint64_t flushed, last = 0;
	int rc;

	if (r->out->n_pages + e->descriptor_count > VL_MAX_SALVAGE_ALL)
		return stop(r, entry, too_many, err);
	rc = vl_entry_offsets(r->base->log, entry, &flushed, &last, err);
	if (!rc)
		rc = vl_salvage_sound(r->out, r->base, &r->state, entry, err);
	if (!rc)
		rc = apply(r, entry, layers, err);
	if (!rc)
		grow(r->out, last);
	return rc;
}

/* -------------------------------------------------------- entries that fail */

/* Have the file as it is up to here. */
static int look_before(struct run *r, struct vhdxlog_error *err)
{
	const struct vl_salvage *s = r->out;
	struct vl_pile copy = { NULL, s->pile.n };

	if (r->before.reader && r->built == s->pile.n) {
		r->before.view.size = s->size;
		return 0;
	}
	copy.layer = vl_calloc(copy.n, sizeof(*copy.layer));
	if (!copy.layer)
		return vl_nomem(err);
	if (copy.n)
		memcpy(copy.layer, s->pile.layer,
		       copy.n * sizeof(*copy.layer));
	r->built = s->pile.n;
	vl_overlay_release(&r->before);
	return vl_overlay_of(&r->before, r->base->disk, r->base->log, copy,
			     s->size, err);
}

static bool is_proven(const struct vl_salvage_item *item)
{
	return !item->reason;
}

static int keep_item(struct run *r, const struct vl_salvage_case *c, uint32_t i,
		     struct vhdxlog_error *err)
{
	const struct vl_salvage_item *item = &c->items[i];
	const struct vl_salvaged page = {
		.entry = c->entry,
		.descriptor = i,
		.offset = item->d.file_offset,
		.length = item->d.length,
		.zero = item->d.kind == VHDXLOG_DESCRIPTOR_ZERO,
		.proof = (uint8_t)c->proof,
		.area = item->area,
		.same = item->same,
	};

	return vl_salvage_keep(r->out, &page, err);
}

/* What is proven of it and what is not, in the order of descriptors. */
static int list_items(struct run *r, const struct vl_salvage_case *c,
		      uint32_t *proven, struct vhdxlog_error *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < c->h.descriptor_count; i++) {
		const struct vl_salvage_item *item = &c->items[i];

		if (item->reason) {
			rc = vl_salvage_leave(r->out, c->entry, i,
					      item->reason, err);
			continue;
		}
		++*proven;
		rc = keep_item(r, c, i, err);
	}
	return rc;
}

/* LastFileOffset, where it is known to be right. */
static void settle_growth(struct run *r, const struct vl_salvage_case *c)
{
	struct vl_salvage *s = r->out;
	uint64_t last = c->h.last_file_offset, reach = 0;

	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		if (!c->items[i].reason)
			reach = vl_max64(reach, c->items[i].end);
	}
	if (c->proof == VL_SALVAGE_CHECKSUM || reach == last)
		grow(s, last);
	else if (last > s->size && s->growth_unproven == VL_NONE)
		s->growth_unproven = c->entry;
}

static int judge(struct run *r, struct vl_salvage_case *c,
		 struct vhdxlog_error *err)
{
	int rc;

	vl_case_explain(c);
	rc = vl_case_place(c, err);
	if (!rc)
		rc = vl_case_tables(c, &r->state, err);
	return rc ? rc : vl_case_bat(c, &r->state, err);
}

static int take(struct run *r, struct vl_salvage_case *c,
		struct vhdxlog_error *err)
{
	struct vl_layers layers;
	uint32_t proven = 0;
	int rc = judge(r, c, err);

	if (rc == VHDXLOG_E_RANGE)
		return stop(r, c->entry, too_many, err);
	if (!rc)
		rc = list_items(r, c, &proven, err);
	if (rc || !proven)
		return rc;
	rc = vl_case_layers(c, is_proven, &layers, err);
	if (!rc)
		rc = apply(r, c->entry, layers, err);
	if (!rc)
		settle_growth(r, c);
	return rc;
}

/* Whether one more is over any of the limits; it is counted. */
static bool is_too_much(struct run *r, const struct vl_entry *e)
{
	const struct vl_salvage *s = r->out;
	size_t n = e->descriptor_count;

	/* A longer one is refused before it costs anything. */
	r->bytes += vl_min64((uint64_t)e->sectors * VL_SECTOR,
			     VL_MAX_SALVAGE_LENGTH);
	r->failed++;
	/* Layers are made once for a trial of tables, and once for good. */
	return r->failed > VL_MAX_SALVAGE_FAILED ||
	       r->bytes > VL_MAX_SALVAGE_BYTES ||
	       vl_log_room(r->base->log) < 2 * n ||
	       s->n_pages + s->n_left + n > VL_MAX_SALVAGE_ALL;
}

static int add_failed(struct run *r, uint32_t entry, struct vhdxlog_error *err)
{
	struct vl_salvage_case c = { .base = r->base,
				     .entry = entry,
				     .before = &r->before,
				     .size = r->out->size };
	int rc;

	if (is_too_much(r, &r->base->log->entries[entry]))
		return stop(r, entry, too_many, err);
	rc = look_before(r, err);
	if (!rc)
		rc = vl_case_read(&c, err);
	if (!rc && c.reason)
		rc = stop(r, entry, c.reason, err);
	else if (!rc)
		rc = take(r, &c, err);
	vl_case_release(&c);
	return rc;
}

/* ---------------------------------------------------------------- the whole */

static int begin(struct run *r, struct vhdxlog_error *err)
{
	struct vl_salvage *s = r->out;
	const struct vl_salvage_base *base = r->base;
	void *array = NULL;

	*s = (struct vl_salvage){ .size = base->size,
				  .growth_unproven = VL_NONE };
	if (!vl_reserve(&array, &s->pile_cap, base->pile.n + 1,
			sizeof(*s->pile.layer)) ||
	    !vl_claims_init(&r->state.placed)) {
		s->pile.layer = array;
		return vl_nomem(err);
	}
	s->pile.layer = array;
	s->pile.n = base->pile.n;
	if (s->pile.n)
		memcpy(s->pile.layer, base->pile.layer,
		       s->pile.n * sizeof(*s->pile.layer));
	return 0;
}

static int follow(struct run *r, const struct vl_salvage_row *row,
		  struct vhdxlog_error *err)
{
	const struct vl_log *log = r->base->log;
	int rc = 0;

	for (size_t i = 0; !rc && !r->stop && i < row->n; i++) {
		uint32_t e = row->entries[i];

		rc = vl_is_sound(&log->entries[e]) ? add_sound(r, e, err) :
						     add_failed(r, e, err);
		if (rc == VHDXLOG_E_IO)
			rc = stop(r, e, "it cannot be read again", err);
	}
	if (!rc && !r->stop && row->broken != VL_NONE)
		rc = stop(r, row->broken,
			  "its header breaks a rule: where it ends, or whose it "
			  "is, is not known",
			  err);
	return rc;
}

int vl_salvage_find(struct vl_salvage *s, const struct vl_salvage_base *base,
		    struct vhdxlog_error *err)
{
	struct run r = { .out = s, .base = base };
	struct vl_salvage_row row;
	int rc = begin(&r, err);

	if (rc)
		return rc;
	rc = vl_salvage_row(base, &row, err);
	if (!rc)
		rc = follow(&r, &row, err);
	free(row.entries);
	vl_overlay_release(&r.before);
	vl_claims_release(&r.state.placed);
	return rc;
}

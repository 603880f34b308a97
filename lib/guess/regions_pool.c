/* SPDX-License-Identifier: MIT */
/* Where metadata and BAT may be. */
#include "guess/regions_parts.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Of tables and pages that look right, so many from the front, where writers put
 * structures, and so many from the end, where a BAT goes that outgrew its place. */
#define FRONT_TABLES 6u
#define FRONT_BATS 10u
#define BACK_BATS 4u
#define TARGET_BATS 4u

static bool is_free(const struct vl_pool *p, uint64_t offset)
{
	return offset >= VL_HEADER_SECTION && offset % VL_MIB == 0 &&
	       !vl_overlap(offset, VL_MIB, p->log.off, p->log.len);
}

/* ---------------------------------------------------------------- metadata */

static int add_table(struct vl_pool *p, const struct vl_view *view,
		     const struct vl_start *start, struct vhdxlog_error *err)
{
	int rc;

	if (p->n_tables == VL_MOST_TABLES)
		return 0;
	rc = vl_table_look(&p->table[p->n_tables], view, start->offset, err);
	if (!rc)
		p->table_sound[p->n_tables++] = start->sound;
	return rc;
}

/* How many of a kind there are. */
static size_t count_tables(const struct vl_pool *p, bool sound)
{
	size_t n = 0;

	for (size_t k = 0; k < p->starts.n; k++)
		n += p->starts.list[k].kind == VL_START_METADATA &&
		     p->starts.list[k].sound == sound &&
		     is_free(p, p->starts.list[k].offset);
	return n;
}

static bool is_named(const struct vl_pool *p, const struct vl_start *start)
{
	return vl_nameds_at(&p->named, false, start->offset);
}

/* Those that are sound; where none is, those that begin like one. */
static int find_tables(struct vl_pool *p, const struct vl_view *view,
		       struct vhdxlog_error *err)
{
	bool sound = count_tables(p, true);
	size_t of = count_tables(p, sound), nth = 0;
	int rc = 0;

	for (size_t k = 0; !rc && k < p->starts.n; k++) {
		const struct vl_start *s = &p->starts.list[k];
		bool wanted;

		if (s->kind != VL_START_METADATA || !is_free(p, s->offset))
			continue;
		wanted = s->sound == sound &&
			 (nth < FRONT_TABLES || nth + 1 == of);
		nth += s->sound == sound;
		if (wanted || is_named(p, s))
			rc = add_table(p, view, s, err);
	}
	return rc;
}

/* --------------------------------------------------------------------- BAT */

static void add_bat(struct vl_pool *p, const struct vl_view *view,
		    uint64_t offset)
{
	const struct vl_start *s = vl_starts_at(&p->starts, offset);

	if (!is_free(p, offset) || offset >= view->size ||
	    p->n_bats == VL_MOST_BATS || (s && s->kind == VL_START_METADATA))
		return;
	for (size_t k = 0; k < p->n_bats; k++) {
		if (p->bat[k].offset == offset)
			return;
	}
	p->bat[p->n_bats++] = (struct vl_bat_candidate){ .offset = offset };
}

/*
 * Where usual writers have it. QEMU: behind the log, before the metadata; Windows:
 * behind the metadata, which is behind the log.
 */
static void add_usual_places(struct vl_pool *p, const struct vl_view *view)
{
	if (p->log.len)
		add_bat(p, view, p->log.off + p->log.len);
	for (size_t k = 0; k < p->n_tables && k < 2; k++) {
		const struct vl_table *t = &p->table[k];
		uint32_t len = t->usable ?
				       vl_bat_length(t->geometry.entries) :
				       (uint32_t)VL_MIB;

		add_bat(p, view, t->offset + t->length);
		if (t->offset >= len)
			add_bat(p, view, t->offset - len);
	}
}

static void add_like_pages(struct vl_pool *p, const struct vl_view *view)
{
	const struct vl_starts *s = &p->starts;
	size_t n = 0;

	for (size_t k = 0; k < s->n && n < FRONT_BATS; k++) {
		if (s->list[k].kind != VL_START_BAT)
			continue;
		add_bat(p, view, s->list[k].offset);
		n++;
	}
	n = 0;
	for (size_t k = s->n; k-- && n < BACK_BATS;) {
		if (s->list[k].kind != VL_START_BAT)
			continue;
		add_bat(p, view, s->list[k].offset);
		n++;
	}
}

/* The first few MiB that the log writes to. */
static void add_targets(struct vl_pool *p, const struct vl_view *view,
			const struct vl_log *log)
{
	uint64_t seen[TARGET_BATS];
	size_t n = 0;

	for (size_t k = 0; k < log->n_targets && n < TARGET_BATS; k++) {
		uint64_t at = vl_target_offset(&log->targets[k]);
		size_t known = 0;

		if (vl_target_is_zero(&log->targets[k]))
			continue;
		at -= at % VL_MIB;
		while (known < n && seen[known] != at)
			known++;
		if (known < n)
			continue;
		seen[n++] = at;
		add_bat(p, view, at);
	}
}

static int compare_bats(const void *a, const void *b)
{
	uint64_t x = ((const struct vl_bat_candidate *)a)->offset;
	uint64_t y = ((const struct vl_bat_candidate *)b)->offset;

	return (x > y) - (x < y);
}

static void count_target(struct vl_pool *p, uint64_t at)
{
	struct vl_bat_candidate key = { .offset = at - at % VL_MIB };
	struct vl_bat_candidate *c = bsearch(&key, p->bat, p->n_bats,
					     sizeof(key), compare_bats);

	if (c)
		c->targets++;
}

static void find_bats(struct vl_pool *p, const struct vl_view *view,
		      const struct vl_log *log)
{
	for (size_t k = 0; k < p->named.n; k++) {
		if (p->named.list[k].is_bat)
			add_bat(p, view, p->named.list[k].offset);
	}
	add_usual_places(p, view);
	add_targets(p, view, log);
	add_like_pages(p, view);
	qsort(p->bat, p->n_bats, sizeof(*p->bat), compare_bats);
	for (size_t k = 0; k < log->n_targets; k++) {
		if (!vl_target_is_zero(&log->targets[k]))
			count_target(p, vl_target_offset(&log->targets[k]));
	}
}

bool vl_pool_is_nested(const struct vl_pool *p, uint64_t offset)
{
	uint64_t of;

	return vl_nesting_at(&p->nesteds, offset, &of) == VL_NESTED_NAMED;
}

bool vl_pool_is_behind(const struct vl_pool *p, uint64_t offset)
{
	uint64_t of;

	return vl_nesting_at(&p->nesteds, offset, &of) != VL_NOT_NESTED;
}

int vl_pool_make(struct vl_pool *p, const struct vl_image *i,
		 const struct vl_view *view, const struct vl_log *log,
		 struct vhdxlog_error *err)
{
	int rc;

	memset(p, 0, sizeof(*p));
	if (i->log.known)
		p->log = (struct vl_range){ i->log.offset, i->log.length, 0 };
	rc = vl_nameds_find(&p->named, i, view, err);
	if (!rc)
		rc = vl_starts_find(&p->starts, view, err);
	if (!rc)
		rc = vl_nesteds_find(&p->nesteds, &p->starts, view, err);
	if (!rc)
		rc = find_tables(p, view, err);
	if (!rc)
		find_bats(p, view, log);
	return rc;
}

void vl_pool_release(struct vl_pool *p)
{
	vl_starts_release(&p->starts);
}

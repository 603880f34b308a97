/* SPDX-License-Identifier: MIT */
/*
 * Readers that judge every entry first, and then ask of each as head whether its
 * Tail leads to it.
 */
#include "policy/forest.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

/* Sectors from t to the root that its links lead to. */
static uint64_t sectors_to_root(const struct vl_forest *f,
				const struct vl_case *c, uint32_t t)
{
	uint64_t sectors = 0;

	/* Each entry has one root, and each root one Tail. */
	for (; t != VL_NONE; t = f->next[t]) {
		vl_step(c);
		sectors += c->log->entries[t].sectors;
	}
	return sectors;
}

/* Whether the links lead from t to h, in no more than once round the ring. */
static bool leads_to(const struct vl_forest *f, const struct vl_case *c,
		     uint32_t t, uint32_t h)
{
	if (f->root[t] != f->root[h])
		return false;
	if (f->root[h] == h)
		return sectors_to_root(f, c, t) <= c->log->ring.sectors;
	/* Else the links are those of the specification, of entries that it
	 * takes for sound. */
	return vl_link_reaches(c->log, t, h) &&
	       vl_link_sectors(c->log, t, h) <= c->log->ring.sectors;
}

/* Whether an entry is a head that the reader takes, and from which entry on. */
static bool is_head(const struct vl_forest *f, const struct vl_case *c,
		    uint32_t i, uint32_t *first)
{
	vl_step(c);
	*first = vl_named_by_tail(c->log, &c->log->entries[i]);
	return f->root[i] != VL_NONE && *first != VL_NONE &&
	       f->root[*first] != VL_NONE && leads_to(f, c, *first, i);
}

static uint64_t number_of(const struct vl_case *c, uint32_t entry)
{
	return c->log->entries[entry].sequence_number;
}

static int pick(const struct vl_forest *f, struct vl_case *c, uint32_t head,
		struct vhdxlog_error *err)
{
	if (head != VL_NONE)
		return vl_forest_pick(f, c,
				      vl_named_by_tail(c->log,
						       &c->log->entries[head]),
				      head, err);
	vl_decide(c,
		  c->policy->opens_without ? VHDXLOG_OUTCOME_IGNORE :
					     VHDXLOG_OUTCOME_REFUSE,
		  "no entry's Tail leads to it%s",
		  c->policy->opens_without ? "; it goes on without" : "");
	return 0;
}

/* -------------------------------------------------------------------- xx-c */

#define HIGHEST (UINT64_C(1) << 48) /* 256 TiB */
#define LONGEST_LOG (32 * VL_MIB)
#define MOST_DESCRIPTORS 65536

/* It checks sums of no more than four times the ring. */
static bool is_exhausting(const struct vl_case *c)
{
	const uint64_t before_sum = VL_BIT(VLC_entry_sequence_zero) |
				    VL_BIT(VLC_entry_tail_unaligned) |
				    VL_BIT(VLC_entry_tail_out_of_log) |
				    VL_BIT(VLC_entry_descriptors_overflow);
	const struct vl_log *log = c->log;
	uint64_t sectors = 0;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		vl_step(c);
		if (vl_is_of_log(c, i) &&
		    !((e->failed | e->blocked) & before_sum))
			sectors += e->sectors;
	}
	return sectors > 4 * (uint64_t)log->ring.sectors;
}

/* What it asks of the entries that it chose. */
static int look_at_choice(struct vl_case *c, struct vhdxlog_error *err)
{
	uint32_t head = vl_log_entry_at(c->log,
					c->chosen.value[c->chosen.n - 1]);
	uint64_t flushed, last, descriptors = 0;
	int rc = vl_entry_offsets(c->log, head, &flushed, &last, err);

	for (size_t i = 0; i < c->chosen.n; i++)
		descriptors += c->log->entries[vl_log_entry_at(
						       c->log,
						       c->chosen.value[i])]
				       .descriptor_count;
	if (!rc && last > HIGHEST)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "LastFileOffset is higher than it allows for");
	else if (!rc && descriptors > MOST_DESCRIPTORS)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "there are more descriptors than it allows for");
	return rc;
}

/* Of the heads that nothing follows, the first with the highest number. */
static uint32_t find_end(const struct vl_forest *f, const struct vl_case *c)
{
	uint32_t head = VL_NONE, first;

	for (uint32_t i = 0; i < c->log->n_entries; i++) {
		if (f->root[i] == i && is_head(f, c, i, &first) &&
		    (head == VL_NONE || number_of(c, i) > number_of(c, head)))
			head = i;
	}
	return head;
}

int vl_xx_c(struct vl_case *c, struct vhdxlog_error *err)
{
	struct vl_forest f;
	int rc;

	if (vl_gate(c))
		return 0;
	if (c->log->pub.length > LONGEST_LOG || is_exhausting(c)) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "there is more to check than it allows for");
		return 0;
	}
	rc = vl_forest_plant(&f, c, err);
	if (!rc)
		rc = pick(&f, c, find_end(&f, c), err);
	if (!rc && c->chosen.n)
		rc = look_at_choice(c, err);
	vl_forest_release(&f);
	return rc;
}

/* ---------------------------------------------------------------- virtdisk */

/* The lowest entry from which the way leads through each. NULL: no memory. */
static uint32_t *find_starts(const struct vl_forest *f,
			     const struct vl_case *c)
{
	size_t n = c->log->n_entries;
	uint32_t *start = vl_calloc(n, sizeof(*start));

	for (uint32_t i = 0; start && i < n; i++)
		start[i] = VL_NONE;
	/* Ends where a lower one came by: each entry is told once. */
	for (uint32_t i = 0; start && i < n; i++) {
		for (uint32_t k = i; f->root[k] != VL_NONE &&
				     start[k] == VL_NONE;
		     k = f->next[k]) {
			vl_step(c);
			start[k] = i;
			if (f->next[k] == VL_NONE)
				break;
		}
	}
	return start;
}

/*
 * It walks from every sector, and takes the highest number that it meets with a
 * Tail on the way; of two as high the one that it meets first.
 */
static int choose_prefix(const struct vl_forest *f, struct vl_case *c,
			 struct vhdxlog_error *err)
{
	uint32_t *start = find_starts(f, c), head = VL_NONE, best = 0, first;

	if (!start)
		return vl_nomem(err);
	for (uint32_t i = 0; i < c->log->n_entries; i++) {
		if (!is_head(f, c, i, &first))
			continue;
		if (head != VL_NONE &&
		    (number_of(c, i) < number_of(c, head) ||
		     (number_of(c, i) == number_of(c, head) &&
		      start[first] >= best)))
			continue;
		head = i;
		best = start[first];
	}
	free(start);
	return pick(f, c, head, err);
}

#define WORK (UINT64_C(16) << 20)

/*
 * virtdisk does no more than a fixed amount of work: a byte of a checksum, a
 * descriptor, a step of a walk each count. It walks from every sector.
 */
static bool is_too_much(const struct vl_forest *f, const struct vl_case *c)
{
	const uint64_t before_sum = VL_BIT(VLC_entry_length_zero) |
				    VL_BIT(VLC_entry_length_unaligned) |
				    VL_BIT(VLC_entry_length_exceeds_log) |
				    VL_BIT(VLC_entry_tail_unaligned) |
				    VL_BIT(VLC_entry_tail_out_of_log) |
				    VL_BIT(VLC_entry_sequence_zero) |
				    VL_BIT(VLC_entry_descriptors_overflow);
	const struct vl_entry *entries = c->log->entries;
	uint64_t work = 0;

	for (uint32_t i = 0; i < c->log->n_entries; i++) {
		const struct vl_entry *e = &entries[i];

		if (!vl_is_of_log(c, i) || e->failed & before_sum)
			continue;
		work += (uint64_t)e->sectors * VL_SECTOR + e->descriptor_count;
		if (f->root[i] != VL_NONE)
			work += e->depth - entries[f->root[i]].depth + 1;
	}
	return work > WORK;
}

int vl_virtdisk(struct vl_case *c, struct vhdxlog_error *err)
{
	struct vl_forest f;
	int rc;

	if (vl_gate(c))
		return 0;
	rc = vl_forest_plant(&f, c, err);
	if (!rc && is_too_much(&f, c))
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "the log takes more work than it allows for");
	else if (!rc)
		rc = choose_prefix(&f, c, err);
	vl_forest_release(&f);
	return rc;
}

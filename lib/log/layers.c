/* SPDX-License-Identifier: MIT */
/*
 * The targets of a sound entry, made ready to be looked up.
 *
 * Within a layer the order of descriptors means nothing but for data of the same
 * page, so targets are sorted where they are, and no memory is needed beside
 * them. Writers put them in order, so sorting is for hostile logs, which can have
 * millions: a radix sort, linear, whatever the offsets.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "log/log.h"

/* -------------------------------------------------------------------- sort */

#define FEW 24u /* targets that are quicker to insert one by one */

/* By place, then by value: of data for one page in order of descriptors. */
static bool is_before(const struct vl_target *a, const struct vl_target *b)
{
	return a->place != b->place ? a->place < b->place :
				      a->value < b->value;
}

/* Both fields as one number of 16 bytes, the first digit the highest. */
static unsigned digit_of(const struct vl_target *t, unsigned digit)
{
	uint64_t half = digit < 8 ? t->place : t->value;

	return half >> (56 - digit % 8 * 8) & 0xff;
}

static void insert(struct vl_target *t, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct vl_target moved = t[i];
		size_t k = i;

		for (; k && is_before(&moved, &t[k - 1]); k--)
			t[k] = t[k - 1];
		t[k] = moved;
	}
}

/* Bring each target into the bucket of its digit, by swapping. */
static void distribute(struct vl_target *t, unsigned digit,
		       const size_t end[256], size_t at[256])
{
	for (unsigned b = 0; b < 256; b++) {
		while (at[b] < end[b]) {
			struct vl_target moved = t[at[b]];
			unsigned to = digit_of(&moved, digit);

			/* Ends: every swap fills a place for good. */
			while (to != b) {
				struct vl_target swap = t[at[to]];

				t[at[to]++] = moved;
				moved = swap;
				to = digit_of(&moved, digit);
			}
			t[at[b]++] = moved;
		}
	}
}

/* The first digit in which any two differ; false: they are all the same. */
static bool first_difference(const struct vl_target *t, size_t n,
			     unsigned *digit)
{
	uint64_t place = 0, value = 0;

	for (size_t i = 1; i < n; i++) {
		place |= t[i].place ^ t[0].place;
		value |= t[i].value ^ t[0].value;
	}
	if (place)
		*digit = (unsigned)__builtin_clzll(place) / 8;
	else if (value)
		*digit = 8 + (unsigned)__builtin_clzll(value) / 8;
	return place || value;
}

/* Recurses no deeper than there are digits: in a bucket one less can differ. */
void vl_targets_sort(struct vl_target *t, size_t n)
{
	size_t count[256] = { 0 }, at[256], end[256], sum = 0;
	unsigned digit;

	if (n <= FEW) {
		insert(t, n);
		return;
	}
	if (!first_difference(t, n, &digit))
		return;
	for (size_t i = 0; i < n; i++)
		count[digit_of(&t[i], digit)]++;
	for (unsigned b = 0; b < 256; b++) {
		at[b] = sum;
		sum += count[b];
		end[b] = sum;
	}
	distribute(t, digit, end, at);
	for (unsigned b = 0; b < 256; b++) {
		if (count[b] > 1)
			vl_targets_sort(t + end[b] - count[b], count[b]);
	}
}

static bool is_sorted(const struct vl_target *t, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (is_before(&t[i], &t[i - 1]))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ layers */

int vl_targets_grow(struct vl_log *log, struct vhdxlog_error *err)
{
	void *array = log->targets;

	if (log->n_targets >= UINT32_MAX - 1 ||
	    !vl_reserve(&array, &log->targets_cap, log->n_targets + 1,
			sizeof(*log->targets)))
		return vl_nomem(err);
	log->targets = array;
	return 0;
}

/*
 * Each sorted range that another begins in gives way to it, and hands on what it
 * has beyond it: together they cover the same bytes, and each still begins where
 * its descriptor says.
 */
static void part_ranges(struct vl_target *t, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t begin = vl_target_offset(&t[i]);
		uint64_t end = vl_target_end(&t[i - 1]);

		if (end <= begin)
			continue;
		t[i - 1].value = begin - vl_target_offset(&t[i - 1]);
		t[i].value = vl_max64(end, vl_target_end(&t[i])) - begin;
	}
}

static int add_layer(struct vl_log *log, uint32_t entry, size_t first,
		     size_t count, struct vhdxlog_error *err)
{
	struct vl_target *t = &log->targets[first];
	void *array = log->layers;

	if (!vl_reserve(&array, &log->layers_cap, log->n_layers + 1,
			sizeof(*log->layers)))
		return vl_nomem(err);
	log->layers = array;
	log->layers[log->n_layers++] = (struct vl_layer){
		entry, (uint32_t)first, (uint32_t)count
	};
	if (!is_sorted(t, count))
		vl_targets_sort(t, count);
	if (vl_target_is_zero(t))
		part_ranges(t, count);
	return 0;
}

int vl_layers_make(struct vl_log *log, uint32_t entry, size_t first,
		   struct vhdxlog_error *err)
{
	size_t end;

	for (; first < log->n_targets; first = end) {
		bool zero = vl_target_is_zero(&log->targets[first]);
		int rc;

		for (end = first + 1; end < log->n_targets; end++) {
			if (vl_target_is_zero(&log->targets[end]) != zero)
				break;
		}
		rc = add_layer(log, entry, first, end - first, err);
		if (rc)
			return rc;
	}
	return 0;
}

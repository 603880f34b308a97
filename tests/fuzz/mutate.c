/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

#include "ondisk/layout.h"
#include "tests/fuzz/fuzz.h"

#define MOST_CHANGES 6u

static struct sparse one, other;

static void change_size(struct mutation *m)
{
	uint64_t size = m->s->size;

	switch (below(m, 4)) {
	case 0: size = mutate_some_place(m) * SPARSE_PAGE; break;
	case 1: size += VL_MIB * (1 - 2 * below(m, 2)); break;
	case 2: size = size / SPARSE_PAGE * SPARSE_PAGE + below(m, 3); break;
	default: size -= below(m, SPARSE_PAGE);
	}
	m->s->size = size <= SPARSE_SIZE ? size : SPARSE_SIZE;
}

/* libFuzzer's own, which knows what was compared with what. */
static void change_blindly(struct mutation *m)
{
	uint64_t number;
	uint8_t *p = mutate_some_page(m, &number);

	if (p && LLVMFuzzerMutate)
		LLVMFuzzerMutate(p, chance(m, 60) ? 128 : SPARSE_PAGE,
				 SPARSE_PAGE);
	else
		mutate_field(m);
}

static void change(struct mutation *m)
{
	switch (below(m, 20)) {
	case 0: change_size(m); break;
	case 1: m->s->flags ^= 1u << below(m, 8); break;
	case 2:
	case 3: change_blindly(m); break;
	case 4:
	case 5:
	case 6:
	case 7: mutate_page(m); break;
	case 8:
	case 9:
	case 10:
	case 11:
	case 12: mutate_entry(m); break;
	default: mutate_field(m);
	}
}

/* Checksums right again, mostly, so that what is behind them is reached. */
static void seal(struct mutation *m)
{
	if (chance(m, 95))
		fuzz_seal_head(m->s);
	if (m->ring.sectors && chance(m, 90))
		fuzz_ring_seal(m->s, &m->ring);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned seed)
{
	struct mutation m = { .s = &one, .rng = rng_seed(seed) };
	size_t len;

	if (LLVMFuzzerMutate && chance(&m, 3))
		return LLVMFuzzerMutate(data, size, max_size);
	sparse_decode(&one, data, size);
	m.ring = fuzz_ring_find(&one);
	for (uint64_t n = 1 + below(&m, MOST_CHANGES); n > 0; n--)
		change(&m);
	m.ring = fuzz_ring_find(&one);
	seal(&m);
	len = sparse_encode(&one, data, max_size);
	return len ? len : size;
}

/* Some pages of the one, and of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size,
				 const uint8_t *b, size_t b_size, uint8_t *out,
				 size_t max_size, unsigned seed)
{
	struct mutation m = { .s = &one, .rng = rng_seed(seed) };
	uint32_t from, n;

	sparse_decode(&one, a, a_size);
	sparse_decode(&other, b, b_size);
	if (!other.count)
		return sparse_encode(&one, out, max_size);
	from = (uint32_t)below(&m, other.count);
	n = 1 + (uint32_t)below(&m, other.count - from);
	for (uint32_t i = from; i < from + n; i++)
		sparse_put(&one, (uint64_t)other.page[i] * SPARSE_PAGE,
			   other.bytes[i], SPARSE_PAGE);
	m.ring = fuzz_ring_find(&one);
	seal(&m);
	return sparse_encode(&one, out, max_size);
}

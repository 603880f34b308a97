/* SPDX-License-Identifier: MIT */
#include "base/bitset.h"

#include "base/alloc.h"

#include <stdlib.h>

static size_t words_for(size_t n)
{
	return n / 64 + (n % 64 != 0);
}

bool vl_bitset_init(struct vl_bitset *s, size_t n)
{
	size_t all = n + 2; /* n can be asked about; there is a level */
	size_t total = 0, at = 0;

	*s = (struct vl_bitset){ 0 };
	for (size_t k = all; k > 1; k = words_for(k))
		total += words_for(k);
	s->words = vl_calloc(total, sizeof(*s->words));
	if (!s->words)
		return false;
	for (size_t k = all; k > 1; k = words_for(k)) {
		s->level[s->levels++] = s->words + at;
		at += words_for(k);
	}
	return true;
}

void vl_bitset_release(struct vl_bitset *s)
{
	free(s->words);
	*s = (struct vl_bitset){ 0 };
}

void vl_bitset_add(struct vl_bitset *s, size_t i)
{
	for (unsigned l = 0; l < s->levels; l++, i /= 64)
		s->level[l][i / 64] |= UINT64_C(1) << i % 64;
}

void vl_bitset_remove(struct vl_bitset *s, size_t i)
{
	for (unsigned l = 0; l < s->levels; l++, i /= 64) {
		s->level[l][i / 64] &= ~(UINT64_C(1) << i % 64);
		if (s->level[l][i / 64])
			return;
	}
}

bool vl_bitset_is_empty(const struct vl_bitset *s)
{
	return !s->level[s->levels - 1][0];
}

static size_t highest(uint64_t word)
{
	return 63 - (size_t)__builtin_clzll(word);
}

bool vl_bitset_below(const struct vl_bitset *s, size_t i, size_t *found)
{
	for (unsigned l = 0; l < s->levels; l++, i /= 64) {
		uint64_t below = (UINT64_C(1) << i % 64) - 1;

		/* Of a word that would be behind the last, no bit is below. */
		if (!below || !(s->level[l][i / 64] & below))
			continue;
		i = i - i % 64 + highest(s->level[l][i / 64] & below);
		while (l--)
			i = i * 64 + highest(s->level[l][i]);
		*found = i;
		return true;
	}
	return false;
}

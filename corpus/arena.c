/* SPDX-License-Identifier: MIT */
#include "corpus/arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	struct arena_block *b = NULL;
	size_t total;

	if (!__builtin_mul_overflow(n, size, &total) &&
	    total < SIZE_MAX - sizeof(*b))
		b = calloc(1, sizeof(*b) + total);
	if (!b) {
		fputs("vhdxlog-corpus: out of memory\n", stderr);
		exit(3);
	}
	b->next = a->blocks;
	a->blocks = b;
	return b->bytes;
}

void arena_release(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
}

/* SPDX-License-Identifier: MIT */
/* Memory that lives as long as a recipe. Being out of it ends the program. */
#ifndef CORPUS_ARENA_H
#define CORPUS_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* owned */
};

/* n objects, zeroed. */
void *arena_calloc(struct arena *a, size_t n, size_t size);
void arena_release(struct arena *a);

#endif

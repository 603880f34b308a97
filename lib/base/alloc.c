/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>

void *vl_calloc(size_t n, size_t size)
{
	return calloc(n ? n : 1, size ? size : 1);
}

void *vl_reserve(void **array, size_t *capacity, size_t n, size_t size)
{
	size_t want = *capacity + *capacity / 2;
	void *grown;

	if (n <= *capacity && *array)
		return *array;
	if (want < n)
		want = n;
	if (want < 16)
		want = 16;
	grown = reallocarray(*array, want, size);
	if (!grown)
		return NULL;
	*array = grown;
	*capacity = want;
	return grown;
}

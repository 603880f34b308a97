/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>

void *vl_calloc(size_t n, size_t size)
{
	return calloc(n ? n : 1, size ? size : 1);
}

static size_t grown_capacity(size_t capacity, size_t n)
{
	size_t want = capacity + capacity / 2;

	if (want < n)
		want = n;
	return want < 16 ? 16 : want;
}

bool vl_reserve(void **array, size_t *capacity, size_t n, size_t size)
{
	size_t want = grown_capacity(*capacity, n);
	void *grown;

	if (*array && n <= *capacity)
		return true;
	grown = reallocarray(*array, want, size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = want;
	return true;
}

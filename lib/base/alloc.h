/* SPDX-License-Identifier: MIT */
/*
 * All allocation of the library. NULL means out of memory, which every caller
 * turns into VHDXLOG_E_NOMEM; n * size is checked. Release with free().
 */
#ifndef VL_BASE_ALLOC_H
#define VL_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory for n objects; never NULL for n == 0 unless out of memory. */
void *vl_calloc(size_t n, size_t size);

/*
 * Make *array hold at least n objects, growing by half. false when memory is
 * short: the old array stays.
 */
bool vl_reserve(void **array, size_t *capacity, size_t n, size_t size);

#endif

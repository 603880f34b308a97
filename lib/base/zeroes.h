/* SPDX-License-Identifier: MIT */
#ifndef VL_BASE_ZEROES_H
#define VL_BASE_ZEROES_H

#include <stddef.h>
#include <stdint.h>

/* The first byte of buf that is not zero, or len. */
size_t vl_first_nonzero(const uint8_t *buf, size_t len);

#endif

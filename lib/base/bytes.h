/* SPDX-License-Identifier: MIT */
/*
 * Bytes of the evidence: the only loads, and sums that cannot wrap.
 *
 * A field is loaded byte by byte, so alignment and the host's byte order never
 * matter; compilers make one instruction of it. Arithmetic on values from the
 * evidence uses vl_add/vl_mul, which say when the result would not fit.
 */
#ifndef VL_BASE_BYTES_H
#define VL_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t vl_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t vl_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t vl_le64(const uint8_t *p)
{
	return (uint64_t)vl_le32(p) | (uint64_t)vl_le32(p + 4) << 32;
}

static inline void vl_put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void vl_put_le32(uint8_t *p, uint32_t v)
{
	vl_put_le16(p, (uint16_t)v);
	vl_put_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void vl_put_le64(uint8_t *p, uint64_t v)
{
	vl_put_le32(p, (uint32_t)v);
	vl_put_le32(p + 4, (uint32_t)(v >> 32));
}

/* *sum = a + b; false where that does not fit in 64 bits. */
static inline bool vl_add(uint64_t a, uint64_t b, uint64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

/* Where a range ends; UINT64_MAX where the true end does not fit. */
static inline uint64_t vl_end(uint64_t off, uint64_t len)
{
	uint64_t end;

	return vl_add(off, len, &end) ? end : UINT64_MAX;
}

/* Whether [a, a + alen) and [b, b + blen) share a byte. Empty ranges do not. */
static inline bool vl_overlap(uint64_t a, uint64_t alen, uint64_t b,
			      uint64_t blen)
{
	return alen && blen && a < vl_end(b, blen) && b < vl_end(a, alen);
}

static inline uint64_t vl_div_up(uint64_t n, uint64_t d)
{
	return n / d + (n % d != 0);
}

static inline uint64_t vl_min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t vl_max64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif

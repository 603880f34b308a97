/* SPDX-License-Identifier: MIT */
#include "crc32c.h"

#include <isa-l/crc.h>
#include <limits.h>
#include <pthread.h>

#define POLY 0x82f63b78u /* reflected, without the x^32 term */
#define ONE 0x80000000u	 /* x^0 */

/*
 * x^(8 * 4096 * d * 256^k) for the digits d of a sector count (at most 2^20 of
 * them in a log of 4,095 MiB), and x^(8 * d * 64^k) for bytes within a sector.
 */
static uint32_t sector_power[3][256];
static uint32_t byte_power[2][64];
/* What undoing one zero byte adds, by the register's highest byte, and the byte
 * that was shifted out then. */
static uint32_t undone[256];
/* Each byte of a register, shifted by a sector. */
static uint32_t sector_shift[4][256];
static pthread_once_t powers_once = PTHREAD_ONCE_INIT;

_Thread_local uint64_t vl_crc32c_bytes;

static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	/* a's bits from x^0 up, while b is multiplied by x; 32 steps. */
	for (; a; a <<= 1) {
		product ^= b & -(a >> 31);
		b = b >> 1 ^ (POLY & -(b & 1));
	}
	return product;
}

static uint32_t fill_row(uint32_t *row, unsigned n, uint32_t base)
{
	uint32_t value = ONE;

	for (unsigned d = 0; d < n; d++) {
		row[d] = value;
		value = multiply(value, base);
	}
	return value; /* base^n: the base of the next row */
}

/* No two bytes give the same highest byte, or shifting would lose something. */
static void fill_undone(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t shifted = multiply(ONE >> 8, byte);

		undone[shifted >> 24] = shifted << 8 | byte;
	}
}

static void fill_sector_shift(void)
{
	for (unsigned k = 0; k < 4; k++) {
		for (uint32_t byte = 0; byte < 256; byte++)
			sector_shift[k][byte] =
				multiply(sector_power[0][1], byte << 8 * k);
	}
}

static void fill_powers(void)
{
	uint32_t base = ONE >> 8; /* x^8 */

	fill_undone();
	for (unsigned k = 0; k < 2; k++)
		base = fill_row(byte_power[k], 64, base);
	for (unsigned k = 0; k < 3; k++)
		base = fill_row(sector_power[k], 256, base);
	fill_sector_shift();
}

uint32_t vl_crc32c_uncounted(uint32_t start, const void *buf, size_t len)
{
	const unsigned char *p = buf;

	/* ISA-L takes an int, and a pointer that it does not write through. */
	while (len) {
		int part = len > 1 << 30 ? 1 << 30 : (int)len;

		start = crc32_iscsi((unsigned char *)p, part, start);
		p += part;
		len -= (size_t)part;
	}
	return start;
}

uint32_t vl_crc32c_raw(uint32_t start, const void *buf, size_t len)
{
	vl_crc32c_bytes += len;
	return vl_crc32c_uncounted(start, buf, len);
}

uint32_t vl_crc32c(const void *buf, size_t len)
{
	return ~vl_crc32c_raw(~0u, buf, len);
}

uint32_t vl_crc32c_sealed(const uint8_t *buf, size_t len)
{
	static const uint8_t zero[4];
	uint32_t crc = vl_crc32c_raw(~0u, buf, 4);

	crc = vl_crc32c_raw(crc, zero, 4);
	return ~vl_crc32c_raw(crc, buf + 8, len - 8);
}

uint32_t vl_crc32c_shift_sector(uint32_t raw)
{
	pthread_once(&powers_once, fill_powers);
	return sector_shift[0][raw & 255] ^ sector_shift[1][raw >> 8 & 255] ^
	       sector_shift[2][raw >> 16 & 255] ^ sector_shift[3][raw >> 24];
}

uint32_t vl_crc32c_shift_sectors(uint32_t raw, uint32_t sectors)
{
	if (sectors == 1)
		return vl_crc32c_shift_sector(raw);
	pthread_once(&powers_once, fill_powers);
	for (unsigned k = 0; sectors && k < 3; k++, sectors >>= 8) {
		if (sectors & 255)
			raw = multiply(sector_power[k][sectors & 255], raw);
	}
	return raw;
}

uint32_t vl_crc32c_shift_bytes(uint32_t raw, uint32_t bytes)
{
	pthread_once(&powers_once, fill_powers);
	if (bytes & 63)
		raw = multiply(byte_power[0][bytes & 63], raw);
	if (bytes >> 6)
		raw = multiply(byte_power[1][bytes >> 6], raw);
	return raw;
}

uint32_t vl_crc32c_unshift_byte(uint32_t raw)
{
	pthread_once(&powers_once, fill_powers);
	/* The highest byte is of what was shifted out alone. */
	return raw << 8 ^ undone[raw >> 24];
}

uint32_t vl_crc32c_at_4(uint32_t stored)
{
	uint32_t raw = vl_crc32c_shift_sector(stored);

	for (unsigned i = 0; i < 4; i++)
		raw = vl_crc32c_unshift_byte(raw);
	return raw;
}

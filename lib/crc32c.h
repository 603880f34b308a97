/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C of any run of log sectors from one raw value for each sector.
 *
 * A CRC register is linear: over bytes A then B, starting at zero,
 *	raw(A B) = raw(A) * x^(8 |B|) + raw(B)		in GF(2)[x] / P
 * so with the raw value of every sector, and a prefix of those over the ring,
 * the CRC of any run follows from two prefixes and one multiplication. That is
 * what keeps the walk linear where every sector claims the whole ring.
 *
 * Values are reflected, as on disk: bit 31 is x^0. P is Castagnoli's, 0x1EDC6F41.
 */
#ifndef VL_CRC32C_H
#define VL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that went through vl_crc32c_raw in this thread, for the test of the cost
 * class. */
extern _Thread_local uint64_t vl_crc32c_bytes;

/* The register after len bytes, starting from `start`, without inversions. */
uint32_t vl_crc32c_raw(uint32_t start, const void *buf, size_t len);

/* The same for a thread that counts for another, which has to. */
uint32_t vl_crc32c_uncounted(uint32_t start, const void *buf, size_t len);

/* The CRC-32C of len bytes. */
uint32_t vl_crc32c(const void *buf, size_t len);

/*
 * The CRC-32C of a structure of len bytes whose 4 bytes at offset 4 are its own
 * checksum and count as zero. len >= 8. [MS-VHDX] 2.2.2
 */
uint32_t vl_crc32c_sealed(const uint8_t *buf, size_t len);

/* raw * x^(8 * 4096 * sectors): what `raw` becomes after that many zeroes. */
uint32_t vl_crc32c_shift_sectors(uint32_t raw, uint32_t sectors);

/* The same for one sector, without a multiplication. */
uint32_t vl_crc32c_shift_sector(uint32_t raw);

/* What the four bytes `value` at offset 4 of a sector add to the register behind
 * it. */
uint32_t vl_crc32c_at_4(uint32_t value);

/* raw * x^(8 * bytes), bytes < 4096. */
uint32_t vl_crc32c_shift_bytes(uint32_t raw, uint32_t bytes);

/* raw / x^8: what becomes `raw` after one zero more. */
uint32_t vl_crc32c_unshift_byte(uint32_t raw);

#endif

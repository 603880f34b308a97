/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/ring.h"

#include <string.h>

#include "base/bytes.h"
#include "write/encode.h"

#define MOST_SEALED 1024u /* sectors, of all entries together */

struct fuzz_ring fuzz_ring_find(const struct sparse *s)
{
	for (unsigned slot = 1; slot <= 2; slot++) {
		const uint8_t *h = sparse_find(
			s, VL_HEADER_OFFSET(slot) / SPARSE_PAGE);
		struct fuzz_ring r;

		if (!h || memcmp(h, "head", 4) != 0)
			continue;
		r.offset = vl_le64(h + VL_OFF_header_log_offset);
		r.sectors = (uint32_t)vl_min64(
			vl_le32(h + VL_OFF_header_log_length) / VL_SECTOR,
			RING_SECTORS);
		if (r.offset % VL_SECTOR == 0 && r.offset < SPARSE_SIZE)
			return r;
	}
	return (struct fuzz_ring){
		0, (uint32_t)vl_min64(s->size / VL_SECTOR, RING_SECTORS)
	};
}

uint8_t *fuzz_ring_sector(const struct sparse *s, const struct fuzz_ring *r,
			  uint64_t sector)
{
	return sparse_find(s, r->offset / VL_SECTOR + sector % r->sectors);
}

uint32_t fuzz_ring_next(const struct sparse *s, const struct fuzz_ring *r,
			uint32_t from, const char *signature)
{
	for (uint32_t i = 0; i < r->sectors; i++) {
		uint32_t at = (from + i) % r->sectors;
		const uint8_t *p = fuzz_ring_sector(s, r, at);

		if (p && memcmp(p, signature, 4) == 0)
			return at;
	}
	return RING_SECTORS;
}

static void seal_entry(struct sparse *s, const struct fuzz_ring *r,
		       uint32_t sector, uint8_t *entry, uint32_t *budget)
{
	static uint8_t flat[RING_SECTORS * VL_SECTOR];
	uint32_t len = vl_le32(entry + VL_OFF_entry_header_entry_length);
	uint32_t n = len / VL_SECTOR;

	if (!n || len % VL_SECTOR || n > r->sectors || n > *budget)
		return;
	*budget -= n;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *p = fuzz_ring_sector(s, r, sector + i);

		if (p)
			memcpy(flat + i * VL_SECTOR, p, VL_SECTOR);
		else
			memset(flat + i * VL_SECTOR, 0, VL_SECTOR);
	}
	vl_seal(flat, len);
	memcpy(entry + VL_OFF_entry_header_checksum,
	       flat + VL_OFF_entry_header_checksum, 4);
}

void fuzz_ring_seal(struct sparse *s, const struct fuzz_ring *r)
{
	uint32_t budget = MOST_SEALED;

	for (uint32_t i = r->sectors; i-- > 0;) {
		uint8_t *p = fuzz_ring_sector(s, r, i);

		if (p && memcmp(p, "loge", 4) == 0)
			seal_entry(s, r, i, p, &budget);
	}
}

static void seal_table(struct sparse *s, unsigned number)
{
	static uint8_t table[VL_SLOT_SIZE];
	uint64_t at = VL_TABLE_OFFSET(number);
	uint8_t *p = sparse_find(s, at / SPARSE_PAGE);

	if (!p || memcmp(p, "regi", 4) != 0)
		return;
	sparse_get(s, at, table, sizeof(table));
	vl_seal(table, sizeof(table));
	memcpy(p + 4, table + 4, 4);
}

void fuzz_seal_head(struct sparse *s)
{
	for (unsigned k = 1; k <= 2; k++) {
		uint8_t *h = sparse_find(s, VL_HEADER_OFFSET(k) / SPARSE_PAGE);

		if (h && memcmp(h, "head", 4) == 0)
			vl_seal(h, VL_SIZE_header);
		seal_table(s, k);
	}
}

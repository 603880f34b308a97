/* SPDX-License-Identifier: MIT */
#include "random_ring.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "write/encode.h"
#include "write/entry.h"

#define MAX_RECORDS 300u

static uint64_t below(struct random_ring *ring, uint64_t n)
{
	return rng_below(&ring->rng, n);
}

static bool chance(struct random_ring *ring, unsigned percent)
{
	return rng_chance(&ring->rng, percent);
}

static uint8_t *sector_at(struct random_ring *ring, uint64_t sector)
{
	return ring->bytes + sector % ring->sectors * VL_SECTOR;
}

/* ---------------------------------------------------------------- copying */

/* len bytes from the start of a sector on, through the end of the ring. */
static void get(struct random_ring *ring, uint32_t sector, uint8_t *out,
		size_t len)
{
	for (size_t i = 0; i < len; i += VL_SECTOR)
		memcpy(out + i, sector_at(ring, sector + i / VL_SECTOR),
		       VL_SECTOR);
}

static void put(struct random_ring *ring, uint32_t sector, const uint8_t *from,
		size_t len)
{
	for (size_t i = 0; i < len; i += VL_SECTOR)
		memcpy(sector_at(ring, sector + i / VL_SECTOR), from + i,
		       VL_SECTOR);
}

/* Make the checksum right of what the entry claims, if that is a length. */
static void seal(struct random_ring *ring, uint32_t sector)
{
	static uint8_t flat[RING_MAX * VL_SECTOR];
	uint8_t *p = sector_at(ring, sector);
	uint32_t len = vl_le32(p + VL_OFF_entry_header_entry_length);

	if (len < VL_SECTOR || len % VL_SECTOR ||
	    len > ring->sectors * VL_SECTOR)
		return;
	get(ring, sector, flat, len);
	vl_seal(flat, len);
	memcpy(p + 4, flat + 4, 4);
}

/* ---------------------------------------------------------------- records */

static uint64_t some_target(struct random_ring *ring)
{
	switch (below(ring, 60)) {
	case 0: return below(ring, 0x30) * VL_SECTOR; /* headers */
	case 1: return 0x30000 + below(ring, 0x10000);
	case 2: return INT64_MAX - below(ring, 3 * VL_SECTOR);
	case 3: return INT64_MAX / VL_SECTOR * VL_SECTOR;
	case 4: return UINT64_MAX / VL_SECTOR * VL_SECTOR;
	case 5: return ring->offset + below(ring, ring->sectors) * VL_SECTOR;
	case 6: return ring->offset - VL_SECTOR;
	case 7: return ring->offset + ring->sectors * (uint64_t)VL_SECTOR;
	case 8: return 0x50000;
	default: return 0x30000 + below(ring, 32) * VL_SECTOR;
	}
}

static uint64_t some_zero_length(struct random_ring *ring)
{
	switch (below(ring, 30)) {
	case 0: return 0;
	case 1: return below(ring, 3 * VL_SECTOR);
	case 2: return INT64_MAX / VL_SECTOR * VL_SECTOR;
	case 3: return UINT64_MAX / VL_SECTOR * VL_SECTOR;
	case 4: return (uint64_t)VL_SECTOR << below(ring, 40);
	default: return (1 + below(ring, 8)) * VL_SECTOR;
	}
}

/* 126, 254 and their neighbours are where descriptor sectors end. */
static uint32_t some_count(struct random_ring *ring)
{
	if (chance(ring, 4))
		return (uint32_t)(126 + below(ring, 3) +
				  128 * below(ring, 2));
	return (uint32_t)below(ring, chance(ring, 80) ? 4 : 12);
}

static uint32_t some_records(struct random_ring *ring, struct vl_record *v)
{
	static uint8_t page[VL_SECTOR];
	uint32_t n = some_count(ring);
	bool mostly_zero = n > 12 || chance(ring, 20);

	rng_fill(&ring->rng, page, 64);
	for (uint32_t i = 0; i < n; i++) {
		v[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA,
					   some_target(ring), VL_SECTOR,
					   page };
		if (!mostly_zero && chance(ring, 70))
			continue;
		v[i].kind = VHDXLOG_DESCRIPTOR_ZERO;
		v[i].length = some_zero_length(ring);
		v[i].page = NULL;
		if (n > 12) /* so many, and one wrong makes all of it so */
			v[i].file_offset = 0x30000 + i * VL_SECTOR;
		if (n > 12 && chance(ring, 99))
			v[i].length = VL_SECTOR;
	}
	return n;
}

/* ---------------------------------------------------------------- entries */

static uint32_t some_tail(struct random_ring *ring, uint32_t first)
{
	switch (below(ring, 20)) {
	case 0: return (uint32_t)below(ring, ring->sectors) * VL_SECTOR;
	case 1: return (uint32_t)below(ring, ring->sectors * VL_SECTOR);
	case 2: return ring->sectors * VL_SECTOR;
	case 3: return UINT32_MAX - (uint32_t)below(ring, 2) * 4095;
	case 4:
	case 5:
	case 6: return ring->at * VL_SECTOR;
	case 7:
	case 8:
	case 9:
		if (ring->n_built)
			return ring->built[below(ring, ring->n_built)] *
			       VL_SECTOR;
		return first * VL_SECTOR;
	default: return first * VL_SECTOR;
	}
}

static void remember(struct random_ring *ring, uint32_t sector)
{
	if (ring->n_built < sizeof(ring->built) / sizeof(*ring->built))
		ring->built[ring->n_built++] = sector;
}

/* Put one entry at ring->at, which moves behind it; empty where too long. */
static void add_entry(struct random_ring *ring, struct vl_entry_plan *plan)
{
	static uint8_t flat[RING_MAX * VL_SECTOR];
	static struct vl_record records[MAX_RECORDS];
	uint64_t len;

	plan->records = records;
	plan->record_count = some_records(ring, records);
	len = vl_entry_length(plan);
	if (len > ring->sectors * (uint64_t)VL_SECTOR) {
		plan->record_count = plan->padding = 0;
		len = VL_SECTOR;
	}
	vl_entry_encode(plan, flat);
	put(ring, ring->at, flat, len);
	remember(ring, ring->at);
	ring->at = (uint32_t)((ring->at + len / VL_SECTOR) % ring->sectors);
}

/* Numbers at both ends of their range, and where the low half is full. */
static uint64_t some_number(struct random_ring *ring)
{
	switch (below(ring, 8)) {
	case 0: return UINT64_MAX - below(ring, 5);
	case 1: return UINT32_MAX - below(ring, 4);
	case 2: return below(ring, 3);
	default: return 1 + below(ring, 20);
	}
}

static const struct vhdxlog_guid *some_guid(struct random_ring *ring)
{
	return &ring->guids[chance(ring, 75) ? 0 : below(ring, 4)];
}

/* Entries one behind the other, with a fault in the chain now and then. */
static void add_run(struct random_ring *ring)
{
	struct vl_entry_plan plan = { .log_guid = *some_guid(ring),
				      .sequence_number = some_number(ring) };
	uint32_t first = ring->at;

	for (uint64_t n = 1 + below(ring, 7); n > 0; n--) {
		plan.tail = some_tail(ring, first);
		plan.padding = chance(ring, 10) ? (uint32_t)below(ring, 5) : 0;
		plan.flushed_file_offset = below(ring, 4) * VL_MIB;
		plan.last_file_offset = below(ring, 4) * VL_MIB;
		add_entry(ring, &plan);
		plan.sequence_number += chance(ring, 92) ? 1 : below(ring, 4);
		if (chance(ring, 5))
			ring->at = (ring->at + 1) % ring->sectors;
		if (chance(ring, 3))
			plan.log_guid = *some_guid(ring);
	}
}

/* A run in the padding of an entry, which then is sealed anew. */
static void add_nested(struct random_ring *ring)
{
	struct vl_entry_plan plan = { .log_guid = *some_guid(ring),
				      .sequence_number = some_number(ring) };
	uint32_t outer = ring->at, behind;

	plan.tail = some_tail(ring, outer);
	plan.padding = (uint32_t)below(ring, ring->sectors);
	add_entry(ring, &plan);
	behind = ring->at;
	ring->at = (outer + 1 + (uint32_t)below(ring, 6)) % ring->sectors;
	add_run(ring);
	seal(ring, outer);
	if (chance(ring, 70))
		ring->at = behind;
	if (chance(ring, 50))
		add_run(ring);
}

/* ----------------------------------------------------------------- claims */

/* A header that claims `sectors`, whatever lies there; not sealed yet. */
static void claim(struct random_ring *ring, struct vl_entry_plan *plan,
		  uint32_t at, uint32_t sectors)
{
	uint8_t *p = sector_at(ring, at);

	plan->padding = plan->record_count = 0;
	vl_entry_encode(plan, p);
	vl_put_le32(p + VL_OFF_entry_header_entry_length, sectors * VL_SECTOR);
	remember(ring, at);
}

/*
 * A chain whose claims go around the ring and lie over each other, so that it
 * may be longer than the ring.
 */
static void add_claims(struct random_ring *ring)
{
	struct vl_entry_plan plan = { .log_guid = *some_guid(ring),
				      .sequence_number = some_number(ring) };
	uint32_t first = ring->at, most = 1 + ring->sectors / 2;

	for (uint64_t n = 2 + below(ring, 5); n > 0; n--) {
		uint32_t sectors = 1 + (uint32_t)below(ring, most);

		plan.tail = some_tail(ring, first);
		claim(ring, &plan, ring->at, sectors);
		ring->at = (ring->at + sectors) % ring->sectors;
		plan.sequence_number++;
	}
}

/* Several entries that all end where one of the next number begins. */
static void add_predecessors(struct random_ring *ring)
{
	uint32_t to, at, n = 1 + (uint32_t)below(ring, 3);
	struct vl_entry_plan plan = { .padding = 0 };
	const uint8_t *p;

	if (!ring->n_built)
		return;
	to = ring->built[below(ring, ring->n_built)];
	p = sector_at(ring, to);
	memcpy(plan.log_guid.bytes, p + VL_OFF_entry_header_log_guid, 16);
	plan.sequence_number =
		vl_le64(p + VL_OFF_entry_header_sequence_number) - 1;
	while (n--) {
		at = (uint32_t)below(ring, ring->sectors);
		plan.tail = some_tail(ring, at);
		if (at != to)
			claim(ring, &plan, at,
			      (to + ring->sectors - at) % ring->sectors);
	}
}

/*
 * Each header's checksum, from the last to the first: claims that lie over each
 * other are all right then, and mostly so after a few turns where they go around.
 */
static void seal_all(struct random_ring *ring)
{
	for (unsigned turn = 0; turn < 3; turn++) {
		for (uint32_t s = ring->sectors; s-- > 0;) {
			if (memcmp(sector_at(ring, s), "loge", 4) == 0)
				seal(ring, s);
		}
	}
}

/* ----------------------------------------------------------------- damage */

static uint32_t some_entry(struct random_ring *ring)
{
	if (!ring->n_built)
		return (uint32_t)below(ring, ring->sectors);
	return ring->built[below(ring, ring->n_built)];
}

static void change_length(struct random_ring *ring)
{
	uint32_t s = some_entry(ring);
	uint32_t len = (1 + (uint32_t)below(ring, ring->sectors + 1)) *
		       VL_SECTOR;

	if (chance(ring, 10))
		len = ring->sectors * VL_SECTOR;
	if (chance(ring, 5))
		len = (uint32_t)rng_next(&ring->rng);
	vl_put_le32(sector_at(ring, s) + VL_OFF_entry_header_entry_length, len);
	seal(ring, s);
}

/* A field of the header, of the first descriptors, or of a data sector. */
static void change_field(struct random_ring *ring)
{
	static const struct {
		uint32_t sector, offset, size;
	} fields[] = {
		{ 0, 0, 4 },  { 0, 12, 4 }, { 0, 16, 8 }, { 0, 24, 4 },
		{ 0, 28, 4 }, { 0, 32, 4 }, { 0, 48, 8 }, { 0, 64, 4 },
		{ 0, 68, 4 }, { 0, 72, 8 }, { 0, 80, 8 }, { 0, 88, 8 },
		{ 0, 96, 4 }, { 1, 0, 4 },  { 1, 4, 4 },  { 1, 4092, 4 },
		{ 2, 0, 4 },  { 2, 4092, 4 },
	};
	uint32_t s = some_entry(ring);
	size_t k = below(ring, sizeof(fields) / sizeof(*fields));
	uint8_t *p = sector_at(ring, s + fields[k].sector) + fields[k].offset;
	uint64_t value = vl_le32(p);

	value = chance(ring, 50) ? value + 1 - 2 * below(ring, 2) :
				   rng_next(&ring->rng) >> below(ring, 64);
	for (uint32_t i = 0; i < fields[k].size; i++)
		p[i] = (uint8_t)(value >> 8 * i);
	if (chance(ring, 80))
		seal(ring, s);
}

static void flip_byte(struct random_ring *ring)
{
	uint64_t at = below(ring, ring->sectors * (uint64_t)VL_SECTOR);

	if (chance(ring, 50)) /* where structures are */
		at = at / VL_SECTOR * VL_SECTOR + below(ring, 128);
	ring->bytes[at] ^= (uint8_t)(1 << below(ring, 8));
}

/* A sector of something else: zeroes, another sector, a signature alone. */
static void tear_sector(struct random_ring *ring)
{
	static const char *const signatures[] = { "loge", "desc", "zero",
						  "data", "head" };
	uint8_t *p = sector_at(ring, below(ring, ring->sectors));
	uint8_t *other = sector_at(ring, below(ring, ring->sectors));

	switch (below(ring, 4)) {
	case 0: memset(p, 0, VL_SECTOR); break;
	case 1:
		rng_fill(&ring->rng, p, 256);
		memcpy(p, signatures[below(ring, 5)], 4);
		break;
	default: memmove(p, other, VL_SECTOR); break;
	}
}

/* ------------------------------------------------------------------- rings */

static void act(struct random_ring *ring)
{
	if (chance(ring, 25))
		ring->at = (uint32_t)below(ring, ring->sectors);
	switch (below(ring, 14)) {
	case 0: add_nested(ring); break;
	case 1: change_length(ring); break;
	case 2:
	case 3: change_field(ring); break;
	case 4: flip_byte(ring); break;
	case 5: tear_sector(ring); break;
	case 6: add_claims(ring); break;
	case 7: add_predecessors(ring); break;
	default: add_run(ring); return;
	}
	if (chance(ring, 30))
		seal_all(ring);
}

void random_ring_make(struct random_ring *ring, uint64_t seed)
{
	*ring = (struct random_ring){ .rng = rng_seed(seed) };
	ring->sectors = chance(ring, 90) ? 16 + (uint32_t)below(ring, 49) :
					   1 + (uint32_t)below(ring, 15);
	ring->offset = 0x30000 + below(ring, 8) * VL_SECTOR;
	ring->bytes = calloc(ring->sectors, VL_SECTOR);
	cr_assert(ring->bytes);
	for (unsigned i = 0; i < 3; i++)
		rng_fill(&ring->rng, ring->guids[i].bytes, 16);
	if (chance(ring, 3))
		memset(&ring->guids[0], 0, 16);
	for (uint64_t n = 1 + below(ring, 10); n > 0; n--)
		act(ring);
}

void random_ring_free(struct random_ring *ring)
{
	free(ring->bytes);
	ring->bytes = NULL;
}

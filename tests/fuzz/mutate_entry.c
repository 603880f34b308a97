/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

#include "base/bytes.h"
#include "write/encode.h"
#include "write/entry.h"

#define MOST_RECORDS 140u
#define MOST_DATA 6u

/* An entry that is there; NULL: none. */
static uint8_t *some_entry(struct mutation *m, uint32_t *sector)
{
	*sector = 0;
	if (!m->ring.sectors)
		return NULL;
	*sector = fuzz_ring_next(m->s, &m->ring,
				 (uint32_t)below(m, m->ring.sectors), "loge");
	return *sector == RING_SECTORS ?
		       NULL :
		       fuzz_ring_sector(m->s, &m->ring, *sector);
}

static uint32_t sectors_of(const struct mutation *m, const uint8_t *entry)
{
	uint32_t n =
		vl_le32(entry + VL_OFF_entry_header_entry_length) / VL_SECTOR;

	return n && n <= m->ring.sectors ? n : 1;
}

/* ------------------------------------------------------------- another one */

static uint64_t some_target(struct mutation *m)
{
	if (chance(m, 5))
		return mutate_value(m, 0);
	if (chance(m, 60)) /* BAT, metadata, blocks */
		return VL_MIB + below(m, 1024) * VL_SECTOR;
	return mutate_some_place(m) * VL_SECTOR;
}

static uint32_t some_records(struct mutation *m, struct vl_record *v)
{
	static uint8_t pages[2][VL_SECTOR];
	uint32_t n = (uint32_t)below(m, chance(m, 95) ? 5 : MOST_RECORDS);

	for (uint32_t i = 0; i < 32; i++)
		vl_put_le64(pages[1] + 8 * i,
			    below(m, 32) * VL_MIB | below(m, 8));
	for (uint32_t i = 0; i < n; i++) {
		bool zero = i >= MOST_DATA || chance(m, 30);

		v[i] = (struct vl_record){
			.kind = zero ? VHDXLOG_DESCRIPTOR_ZERO :
				       VHDXLOG_DESCRIPTOR_DATA,
			.file_offset = some_target(m),
			.length = VL_SECTOR,
			.page = zero ? NULL : pages[below(m, 2)],
		};
		if (zero && chance(m, 70))
			v[i].length = chance(m, 90) ?
					      below(m, 8) * VL_SECTOR :
					      mutate_value(m, VL_SECTOR);
	}
	return n;
}

/* As of a writer that goes on behind an entry, more or less. */
static void follow(struct mutation *m, struct vl_entry_plan *plan, uint32_t *at)
{
	uint32_t sector;
	const uint8_t *e = some_entry(m, &sector);

	*at = (uint32_t)below(m, m->ring.sectors);
	plan->tail = *at * VL_SECTOR;
	plan->sequence_number = mutate_value(m, 1);
	plan->last_file_offset = plan->flushed_file_offset = m->s->size;
	if (!e || chance(m, 10))
		return;
	memcpy(plan->log_guid.bytes, e + VL_OFF_entry_header_log_guid, 16);
	*at = (sector + sectors_of(m, e)) % m->ring.sectors;
	plan->sequence_number =
		vl_le64(e + VL_OFF_entry_header_sequence_number) + 1;
	plan->tail = chance(m, 70) ? vl_le32(e + VL_OFF_entry_header_tail) :
				     *at * VL_SECTOR;
}

static void add_entry(struct mutation *m)
{
	static struct vl_record records[MOST_RECORDS];
	static uint8_t flat[(4 + MOST_DATA + 8) * VL_SECTOR];
	struct vl_entry_plan plan = { .records = records };
	uint32_t at;
	uint64_t len;

	follow(m, &plan, &at);
	plan.record_count = some_records(m, records);
	plan.padding = chance(m, 90) ? 0 : (uint32_t)below(m, 4);
	len = vl_entry_length(&plan);
	if (len > sizeof(flat))
		return;
	vl_entry_encode(&plan, flat);
	for (uint32_t i = 0; i < len / VL_SECTOR; i++)
		sparse_put(m->s,
			   m->ring.offset +
				   (at + i) % m->ring.sectors *
					   (uint64_t)VL_SECTOR,
			   flat + i * VL_SECTOR, VL_SECTOR);
}

/* ------------------------------------------------------- as it is, but ... */

/* Another number, wherever the entry has it. */
static void renumber(struct mutation *m, uint8_t *e, uint32_t sector)
{
	uint64_t number = mutate_value(
		m, vl_le64(e + VL_OFF_entry_header_sequence_number));
	uint32_t n = sectors_of(m, e);

	vl_put_le64(e + VL_OFF_entry_header_sequence_number, number);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *p = fuzz_ring_sector(m->s, &m->ring, sector + i);

		if (p && memcmp(p, "data", 4) == 0) {
			vl_put_le32(p + VL_OFF_data_sector_sequence_high,
				    (uint32_t)(number >> 32));
			vl_put_le32(p + VL_OFF_data_sector_sequence_low,
				    (uint32_t)number);
			continue;
		}
		for (uint32_t d = i ? 0 : 64; p && d < VL_SECTOR; d += 32) {
			if (memcmp(p + d, "desc", 4) == 0 ||
			    memcmp(p + d, "zero", 4) == 0)
				vl_put_le64(p + d + 24, number);
		}
	}
}

static void change_header(struct mutation *m, uint8_t *e, uint32_t sector)
{
	uint32_t other;
	const uint8_t *from = some_entry(m, &other);

	switch (below(m, 5)) {
	case 0:
		memcpy(e + VL_OFF_entry_header_log_guid,
		       from + VL_OFF_entry_header_log_guid, 16);
		break;
	case 1:
		vl_put_le32(e + VL_OFF_entry_header_tail, other * VL_SECTOR);
		break;
	case 2: /* it claims all up to another */
		vl_put_le32(e + VL_OFF_entry_header_entry_length,
			    (other + m->ring.sectors - sector) %
				    m->ring.sectors * VL_SECTOR);
		break;
	case 3:
		vl_put_le32(e + VL_OFF_entry_header_descriptor_count,
			    (uint32_t)below(m, MOST_RECORDS));
		break;
	default: renumber(m, e, sector);
	}
}

/* The session that the headers name is another. */
static void change_guid(struct mutation *m, const uint8_t *e)
{
	for (unsigned slot = 1; slot <= 2; slot++) {
		uint8_t *h = sparse_find(m->s,
					 VL_HEADER_OFFSET(slot) / SPARSE_PAGE);

		if (h && memcmp(h, "head", 4) == 0)
			memcpy(h + VL_OFF_header_log_guid,
			       e + VL_OFF_entry_header_log_guid, 16);
	}
}

void mutate_entry(struct mutation *m)
{
	uint32_t sector;
	uint8_t *e = some_entry(m, &sector);

	if (!m->ring.sectors)
		return;
	if (!e || chance(m, 40))
		add_entry(m);
	else if (chance(m, 90))
		change_header(m, e, sector);
	else
		change_guid(m, e);
}

/* SPDX-License-Identifier: MIT */
#include "write/entry.h"

#include "base/bytes.h"
#include "write/encode.h"

#include <string.h>

static uint32_t data_records(const struct vl_entry_plan *plan)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < plan->record_count; i++)
		n += plan->records[i].kind == VHDXLOG_DESCRIPTOR_DATA;
	return n;
}

uint64_t vl_entry_length(const struct vl_entry_plan *plan)
{
	uint64_t sectors = vl_descriptor_sectors(plan->record_count);

	return (sectors + data_records(plan) + plan->padding) * VL_SECTOR;
}

uint32_t vl_entry_pages_in(uint32_t sectors)
{
	uint32_t pages = sectors;

	/* Ends: it goes down to 0 at the latest. */
	while (pages && pages + vl_descriptor_sectors(pages) > sectors)
		pages--;
	return pages;
}

static void encode_header(const struct vl_entry_plan *plan, uint8_t *b)
{
	memcpy(b, vl_entry_signature, sizeof(vl_entry_signature));
	vl_put_le32(b + VL_OFF_entry_header_entry_length,
		    (uint32_t)vl_entry_length(plan));
	vl_put_le32(b + VL_OFF_entry_header_tail, plan->tail);
	vl_put_le64(b + VL_OFF_entry_header_sequence_number,
		    plan->sequence_number);
	vl_put_le32(b + VL_OFF_entry_header_descriptor_count,
		    plan->record_count);
	memcpy(b + VL_OFF_entry_header_log_guid, plan->log_guid.bytes, 16);
	vl_put_le64(b + VL_OFF_entry_header_flushed_file_offset,
		    plan->flushed_file_offset);
	vl_put_le64(b + VL_OFF_entry_header_last_file_offset,
		    plan->last_file_offset);
}

static void encode_zero(const struct vl_record *r, uint64_t seq, uint8_t *b)
{
	memcpy(b, vl_zero_descriptor_signature, 4);
	vl_put_le64(b + VL_OFF_zero_descriptor_zero_length, r->length);
	vl_put_le64(b + VL_OFF_zero_descriptor_file_offset, r->file_offset);
	vl_put_le64(b + VL_OFF_zero_descriptor_sequence_number, seq);
}

/* The page is split over descriptor and data sector. 2.3.1.4 */
static void encode_data(const struct vl_record *r, uint64_t seq, uint8_t *b,
			uint8_t sector[static VL_SECTOR])
{
	memcpy(b, vl_data_descriptor_signature, 4);
	memcpy(b + VL_OFF_data_descriptor_leading_bytes, r->page, 8);
	memcpy(b + VL_OFF_data_descriptor_trailing_bytes,
	       r->page + VL_SECTOR - 4, 4);
	vl_put_le64(b + VL_OFF_data_descriptor_file_offset, r->file_offset);
	vl_put_le64(b + VL_OFF_data_descriptor_sequence_number, seq);

	memcpy(sector, r->page, VL_SECTOR);
	memcpy(sector, vl_data_signature, sizeof(vl_data_signature));
	vl_put_le32(sector + VL_OFF_data_sector_sequence_high,
		    (uint32_t)(seq >> 32));
	vl_put_le32(sector + VL_OFF_data_sector_sequence_low, (uint32_t)seq);
}

void vl_entry_encode(const struct vl_entry_plan *plan, uint8_t *b)
{
	uint64_t len = vl_entry_length(plan);
	uint64_t seq = plan->sequence_number;
	uint8_t *descriptor = b + VL_FIRST_DESCRIPTOR;
	uint8_t *sector = b +
			  vl_descriptor_sectors(plan->record_count) * VL_SECTOR;

	memset(b, 0, len);
	encode_header(plan, b);
	for (uint32_t i = 0; i < plan->record_count; i++) {
		const struct vl_record *r = &plan->records[i];

		if (r->kind == VHDXLOG_DESCRIPTOR_DATA) {
			encode_data(r, seq, descriptor, sector);
			sector += VL_SECTOR;
		} else {
			encode_zero(r, seq, descriptor);
		}
		descriptor += VL_DESCRIPTOR_SIZE;
	}
	vl_seal(b, len);
}

/* SPDX-License-Identifier: MIT */
#include "ondisk/logrecord.h"

#include "base/bytes.h"
#include "base/guid.h"

const uint8_t vl_entry_signature[4] = { 'l', 'o', 'g', 'e' };
const uint8_t vl_data_descriptor_signature[4] = { 'd', 'e', 's', 'c' };
const uint8_t vl_zero_descriptor_signature[4] = { 'z', 'e', 'r', 'o' };
const uint8_t vl_data_signature[4] = { 'd', 'a', 't', 'a' };

void vl_entry_header_decode(const uint8_t b[static VL_SIZE_entry_header],
			    struct vl_entry_header *h)
{
	h->checksum = vl_le32(b + VL_OFF_entry_header_checksum);
	h->entry_length = vl_le32(b + VL_OFF_entry_header_entry_length);
	h->tail = vl_le32(b + VL_OFF_entry_header_tail);
	h->sequence_number = vl_le64(b + VL_OFF_entry_header_sequence_number);
	h->descriptor_count = vl_le32(b + VL_OFF_entry_header_descriptor_count);
	h->reserved = vl_le32(b + VL_OFF_entry_header_reserved);
	h->log_guid = vl_guid_load(b + VL_OFF_entry_header_log_guid);
	h->flushed_file_offset =
		vl_le64(b + VL_OFF_entry_header_flushed_file_offset);
	h->last_file_offset = vl_le64(b + VL_OFF_entry_header_last_file_offset);
}

void vl_descriptor_decode(const uint8_t b[static VL_DESCRIPTOR_SIZE],
			  struct vl_descriptor *d)
{
	*d = (struct vl_descriptor){
		.kind = VHDXLOG_DESCRIPTOR_UNKNOWN,
		.file_offset = vl_le64(b + VL_OFF_data_descriptor_file_offset),
		.length = VL_SECTOR,
		.sequence_number =
			vl_le64(b + VL_OFF_data_descriptor_sequence_number),
	};
	if (memcmp(b, vl_data_descriptor_signature, 4) == 0) {
		d->kind = VHDXLOG_DESCRIPTOR_DATA;
	} else if (memcmp(b, vl_zero_descriptor_signature, 4) == 0) {
		d->kind = VHDXLOG_DESCRIPTOR_ZERO;
		d->zero_reserved = vl_le32(b + VL_OFF_zero_descriptor_reserved);
		d->length = vl_le64(b + VL_OFF_zero_descriptor_zero_length);
	}
}

uint64_t vl_descriptor_sectors(uint32_t descriptor_count)
{
	uint64_t bytes = VL_FIRST_DESCRIPTOR +
			 (uint64_t)descriptor_count * VL_DESCRIPTOR_SIZE;

	return vl_div_up(bytes, VL_SECTOR);
}

uint64_t vl_data_number(const uint8_t sector[static VL_SECTOR])
{
	return vl_number_join(
		vl_le32(sector + VL_OFF_data_sector_sequence_high),
		vl_le32(sector + VL_OFF_data_sector_sequence_low));
}

void vl_page_join(const uint8_t descriptor[static VL_DESCRIPTOR_SIZE],
		  const uint8_t sector[static VL_SECTOR],
		  uint8_t page[static VL_SECTOR])
{
	if (page != sector)
		memcpy(page, sector, VL_SECTOR);
	memcpy(page, descriptor + VL_OFF_data_descriptor_leading_bytes, 8);
	memcpy(page + VL_SECTOR - 4,
	       descriptor + VL_OFF_data_descriptor_trailing_bytes, 4);
}

/* SPDX-License-Identifier: MIT */
#include "ondisk/header.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "crc32c.h"

const uint8_t vl_identifier_signature[8] = { 'v', 'h', 'd', 'x',
					     'f', 'i', 'l', 'e' };
const uint8_t vl_header_signature[4] = { 'h', 'e', 'a', 'd' };
const uint8_t vl_region_signature[4] = { 'r', 'e', 'g', 'i' };

const struct vhdxlog_guid vl_region_bat = {
	{ 0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42, 0x9d, 0x64, 0x11,
	  0x5e, 0x9b, 0xfd, 0x4a, 0x08 }
};
const struct vhdxlog_guid vl_region_metadata = {
	{ 0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b, 0xb8, 0xfe, 0x57,
	  0x5f, 0x05, 0x0f, 0x88, 0x6e }
};

void vl_header_fields(const uint8_t b[static VL_SIZE_header],
		      struct vhdxlog_header *h)
{
	h->checksum_stored = vl_le32(b + VL_OFF_header_checksum);
	h->sequence_number = vl_le64(b + VL_OFF_header_sequence_number);
	h->file_write_guid = vl_guid_load(b + VL_OFF_header_file_write_guid);
	h->data_write_guid = vl_guid_load(b + VL_OFF_header_data_write_guid);
	h->log_guid = vl_guid_load(b + VL_OFF_header_log_guid);
	h->log_version = vl_le16(b + VL_OFF_header_log_version);
	h->version = vl_le16(b + VL_OFF_header_version);
	h->log_length = vl_le32(b + VL_OFF_header_log_length);
	h->log_offset = vl_le64(b + VL_OFF_header_log_offset);
}

void vl_header_decode(const uint8_t b[static VL_SIZE_header],
		      struct vhdxlog_header *h)
{
	vl_header_fields(b, h);
	h->checksum_computed = vl_crc32c_sealed(b, VL_SIZE_header);
}

void vl_region_header_decode(const uint8_t b[static VL_SIZE_region_header],
			     struct vl_region_header *h)
{
	h->checksum = vl_le32(b + VL_OFF_region_header_checksum);
	h->entry_count = vl_le32(b + VL_OFF_region_header_entry_count);
	h->reserved = vl_le32(b + VL_OFF_region_header_reserved);
}

static const char *region_name(const struct vhdxlog_guid *guid)
{
	if (vl_guid_equal(guid, &vl_region_bat))
		return "bat";
	if (vl_guid_equal(guid, &vl_region_metadata))
		return "metadata";
	return NULL;
}

void vl_region_decode(const uint8_t b[static VL_SIZE_region_entry],
		      struct vhdxlog_region *r)
{
	r->guid = vl_guid_load(b + VL_OFF_region_entry_guid);
	r->name = region_name(&r->guid);
	r->offset = vl_le64(b + VL_OFF_region_entry_file_offset);
	r->length = vl_le32(b + VL_OFF_region_entry_length);
	r->required = vl_le32(b + VL_OFF_region_entry_required);
}

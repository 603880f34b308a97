/* SPDX-License-Identifier: MIT */
#include "write/encode.h"

#include "base/bytes.h"
#include "crc32c.h"

#include <string.h>

void vl_seal(uint8_t *b, size_t len)
{
	vl_put_le32(b + VL_OFF_header_checksum, vl_crc32c_sealed(b, len));
}

void vl_identifier_encode(struct vhdxlog_utf16 creator,
			  uint8_t b[static VL_SIZE_identifier])
{
	size_t len = vl_min64(creator.units, 256) * 2;

	memset(b, 0, VL_SIZE_identifier);
	memcpy(b, vl_identifier_signature, sizeof(vl_identifier_signature));
	if (len)
		memcpy(b + VL_OFF_identifier_creator, creator.bytes, len);
}

void vl_header_encode(const struct vhdxlog_header *h,
		      uint8_t b[static VL_SIZE_header])
{
	memset(b, 0, VL_SIZE_header);
	memcpy(b, vl_header_signature, sizeof(vl_header_signature));
	vl_put_le64(b + VL_OFF_header_sequence_number, h->sequence_number);
	memcpy(b + VL_OFF_header_file_write_guid, h->file_write_guid.bytes, 16);
	memcpy(b + VL_OFF_header_data_write_guid, h->data_write_guid.bytes, 16);
	memcpy(b + VL_OFF_header_log_guid, h->log_guid.bytes, 16);
	vl_put_le16(b + VL_OFF_header_log_version, h->log_version);
	vl_put_le16(b + VL_OFF_header_version, h->version);
	vl_put_le32(b + VL_OFF_header_log_length, h->log_length);
	vl_put_le64(b + VL_OFF_header_log_offset, h->log_offset);
	vl_seal(b, VL_SIZE_header);
}

static void encode_region(const struct vhdxlog_region *r,
			  uint8_t b[static VL_SIZE_region_entry])
{
	memcpy(b + VL_OFF_region_entry_guid, r->guid.bytes, 16);
	vl_put_le64(b + VL_OFF_region_entry_file_offset, r->offset);
	vl_put_le32(b + VL_OFF_region_entry_length, r->length);
	vl_put_le32(b + VL_OFF_region_entry_required, r->required);
}

void vl_region_table_encode(const struct vhdxlog_region *regions, size_t n,
			    uint8_t b[static VL_SLOT_SIZE])
{
	memset(b, 0, VL_SLOT_SIZE);
	memcpy(b, vl_region_signature, sizeof(vl_region_signature));
	vl_put_le32(b + VL_OFF_region_header_entry_count, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		encode_region(&regions[i], b + VL_SIZE_region_header +
						   i * VL_SIZE_region_entry);
	vl_seal(b, VL_SLOT_SIZE);
}

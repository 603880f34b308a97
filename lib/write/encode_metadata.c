/* SPDX-License-Identifier: MIT */
#include "write/encode.h"

#include "base/bytes.h"

#include <string.h>

uint64_t vl_metadata_place(struct vl_item_plan *items, size_t n)
{
	uint64_t next = VL_METADATA_TABLE_SIZE;

	for (size_t i = 0; i < n; i++) {
		items[i].offset = items[i].length ? (uint32_t)next : 0;
		next += items[i].length;
	}
	return next;
}

static void encode_entry(const struct vl_item_plan *item,
			 uint8_t b[static VL_SIZE_metadata_entry])
{
	memcpy(b + VL_OFF_metadata_entry_item_id, item->id.bytes, 16);
	vl_put_le32(b + VL_OFF_metadata_entry_offset, item->offset);
	vl_put_le32(b + VL_OFF_metadata_entry_length, item->length);
	vl_put_le32(b + VL_OFF_metadata_entry_flags, item->flags);
}

void vl_metadata_table_encode(const struct vl_item_plan *items, size_t n,
			      uint8_t b[static VL_METADATA_TABLE_SIZE])
{
	memset(b, 0, VL_METADATA_TABLE_SIZE);
	memcpy(b, vl_metadata_signature, sizeof(vl_metadata_signature));
	vl_put_le16(b + VL_OFF_metadata_header_entry_count, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		encode_entry(&items[i], b + VL_SIZE_metadata_header +
						i * VL_SIZE_metadata_entry);
}

void vl_file_parameters_encode(uint32_t block_size, uint32_t flags,
			       uint8_t b[static VL_SIZE_file_parameters])
{
	vl_put_le32(b + VL_OFF_file_parameters_block_size, block_size);
	vl_put_le32(b + VL_OFF_file_parameters_flags, flags);
}

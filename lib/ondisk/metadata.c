/* SPDX-License-Identifier: MIT */
#include "ondisk/metadata.h"

#include "base/bytes.h"
#include "base/guid.h"

const uint8_t vl_metadata_signature[8] = { 'm', 'e', 't', 'a',
					   'd', 'a', 't', 'a' };

#define GUID(...) { { __VA_ARGS__ } }

const struct vl_item_rule vl_item_rules[VL_ITEM_KNOWN_COUNT] = {
	[VL_ITEM_FILE_PARAMETERS] = {
		"file parameters",
		GUID(0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d, 0xb3, 0xb6,
		     0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b),
		8, VL_ITEM_REQUIRED, true },
	[VL_ITEM_DISK_SIZE] = {
		"virtual disk size",
		GUID(0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, 0xb2, 0x11,
		     0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8),
		8, VL_ITEM_REQUIRED | VL_ITEM_VIRTUAL_DISK, true },
	[VL_ITEM_DISK_ID] = {
		"virtual disk id",
		GUID(0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45, 0x93, 0xef,
		     0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46),
		16, VL_ITEM_REQUIRED | VL_ITEM_VIRTUAL_DISK, true },
	[VL_ITEM_LOGICAL_SECTOR] = {
		"logical sector size",
		GUID(0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47, 0xba, 0x47,
		     0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f),
		4, VL_ITEM_REQUIRED | VL_ITEM_VIRTUAL_DISK, true },
	[VL_ITEM_PHYSICAL_SECTOR] = {
		"physical sector size",
		GUID(0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, 0x44, 0x9c, 0xc9,
		     0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56),
		4, VL_ITEM_REQUIRED | VL_ITEM_VIRTUAL_DISK, true },
	[VL_ITEM_PARENT_LOCATOR] = {
		"parent locator",
		GUID(0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7,
		     0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c),
		0, VL_ITEM_REQUIRED, false },
	[VL_ITEM_INCOMPLETE_MARKER] = {
		"incomplete-file marker",
		GUID(0xf0, 0x85, 0xcc, 0x71, 0x69, 0x1b, 0x28, 0x4e, 0x95, 0x58,
		     0xc3, 0xbf, 0x83, 0xae, 0x75, 0xd3),
		0, 0, false },
};

const struct vhdxlog_guid vl_locator_type_vhdx =
	GUID(0xb7, 0xef, 0x4a, 0xb0, 0x9e, 0xd1, 0x81, 0x4a, 0xb7, 0x89, 0x25,
	     0xb8, 0xe9, 0x44, 0x59, 0x13);

void vl_metadata_header_decode(const uint8_t b[static VL_SIZE_metadata_header],
			       struct vl_metadata_header *h)
{
	h->reserved = vl_le16(b + VL_OFF_metadata_header_reserved);
	h->entry_count = vl_le16(b + VL_OFF_metadata_header_entry_count);
}

void vl_metadata_entry_decode(const uint8_t b[static VL_SIZE_metadata_entry],
			      struct vl_metadata_entry *e)
{
	e->id = vl_guid_load(b + VL_OFF_metadata_entry_item_id);
	e->offset = vl_le32(b + VL_OFF_metadata_entry_offset);
	e->length = vl_le32(b + VL_OFF_metadata_entry_length);
	e->flags = vl_le32(b + VL_OFF_metadata_entry_flags);
	e->reserved = vl_le32(b + VL_OFF_metadata_entry_reserved2);
}

/* A user's item may carry any GUID without being the system's item. */
enum vl_item vl_item_of(const struct vl_metadata_entry *e)
{
	if (e->flags & VL_ITEM_USER)
		return VL_ITEM_UNKNOWN;
	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++) {
		if (vl_guid_equal(&e->id, &vl_item_rules[i].id))
			return (enum vl_item)i;
	}
	return VL_ITEM_UNKNOWN;
}

void vl_locator_header_decode(const uint8_t b[static VL_SIZE_locator_header],
			      struct vl_locator_header *h)
{
	h->type = vl_guid_load(b + VL_OFF_locator_header_locator_type);
	h->reserved = vl_le16(b + VL_OFF_locator_header_reserved);
	h->count = vl_le16(b + VL_OFF_locator_header_key_value_count);
}

void vl_locator_entry_decode(const uint8_t b[static VL_SIZE_locator_entry],
			     struct vl_locator_entry *e)
{
	e->key_offset = vl_le32(b + VL_OFF_locator_entry_key_offset);
	e->value_offset = vl_le32(b + VL_OFF_locator_entry_value_offset);
	e->key_length = vl_le16(b + VL_OFF_locator_entry_key_length);
	e->value_length = vl_le16(b + VL_OFF_locator_entry_value_length);
}

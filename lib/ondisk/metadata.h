/* SPDX-License-Identifier: MIT */
/*
 * The metadata region: a table of 64 KiB, then items anywhere behind it, and
 * the parent locator, which is one of the items. [MS-VHDX] 2.6
 *
 *	table	header of 32 bytes, up to 2047 entries of 32 bytes
 *	item	at Offset from the start of the region, Length bytes
 *	locator	header of 20 bytes, entries of 12 bytes, UTF-16LE strings
 *		at offsets from the start of the item
 *
 * Nothing here has a checksum.
 */
#ifndef VL_ONDISK_METADATA_H
#define VL_ONDISK_METADATA_H

#include "ondisk/layout.h"

extern const uint8_t vl_metadata_signature[8]; /* "metadata" */

/* Flags of a table entry. 2.6.1.2 */
enum {
	VL_ITEM_USER = 1,
	VL_ITEM_VIRTUAL_DISK = 2,
	VL_ITEM_REQUIRED = 4,
	VL_ITEM_FLAGS = 7,
};

/* Flags of the file parameters. 2.6.2.1 */
enum {
	VL_PARAM_FIXED = 1,
	VL_PARAM_HAS_PARENT = 2,
	VL_PARAM_FLAGS = 3,
};

enum vl_item {
	VL_ITEM_FILE_PARAMETERS,
	VL_ITEM_DISK_SIZE,
	VL_ITEM_DISK_ID,
	VL_ITEM_LOGICAL_SECTOR,
	VL_ITEM_PHYSICAL_SECTOR,
	VL_ITEM_PARENT_LOCATOR,
	VL_ITEM_INCOMPLETE_MARKER, /* openvmm: creation did not finish */
	VL_ITEM_KNOWN_COUNT,
	VL_ITEM_UNKNOWN = VL_ITEM_KNOWN_COUNT,
};

/* What 2.6.2 says of a known item. */
struct vl_item_rule {
	const char *name;
	struct vhdxlog_guid id;
	uint32_t length; /* 0: varies */
	uint32_t flags;
	bool required; /* every image has it */
};

extern const struct vl_item_rule vl_item_rules[VL_ITEM_KNOWN_COUNT];

struct vl_metadata_header {
	uint16_t reserved, entry_count;
};

void vl_metadata_header_decode(const uint8_t b[static VL_SIZE_metadata_header],
			       struct vl_metadata_header *h);

struct vl_metadata_entry {
	struct vhdxlog_guid id;
	uint32_t offset, length, flags, reserved;
};

void vl_metadata_entry_decode(const uint8_t b[static VL_SIZE_metadata_entry],
			      struct vl_metadata_entry *e);

enum vl_item vl_item_of(const struct vl_metadata_entry *e);

extern const struct vhdxlog_guid vl_locator_type_vhdx;

struct vl_locator_header {
	struct vhdxlog_guid type;
	uint16_t reserved, count;
};

struct vl_locator_entry {
	uint32_t key_offset, value_offset; /* from the start of the item */
	uint16_t key_length, value_length; /* bytes */
};

void vl_locator_header_decode(const uint8_t b[static VL_SIZE_locator_header],
			      struct vl_locator_header *h);
void vl_locator_entry_decode(const uint8_t b[static VL_SIZE_locator_entry],
			     struct vl_locator_entry *e);

#endif

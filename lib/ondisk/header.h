/* SPDX-License-Identifier: MIT */
/*
 * The header section: identifier, header, region table. [MS-VHDX] 2.2
 *
 *	0x00000 identifier	64 KiB, no checksum, never rewritten
 *	0x10000 header 1	64 KiB slot, CRC over the first 4096 bytes
 *	0x20000 header 2	likewise; the valid copy with the larger
 *				SequenceNumber is current
 *	0x30000 region table 1	64 KiB, CRC over all of it
 *	0x40000 region table 2	likewise
 *	0x50000 reserved	up to 1 MiB
 *
 * Decoding keeps every field as it is and judges nothing.
 */
#ifndef VL_ONDISK_HEADER_H
#define VL_ONDISK_HEADER_H

#include "ondisk/layout.h"

extern const uint8_t vl_identifier_signature[8]; /* "vhdxfile" */
extern const uint8_t vl_header_signature[4];	 /* "head" */
extern const uint8_t vl_region_signature[4];	 /* "regi" */

extern const struct vhdxlog_guid vl_region_bat;
extern const struct vhdxlog_guid vl_region_metadata;

/* Fills the fields that are on disk, and one checksum, or both. */
void vl_header_fields(const uint8_t b[static VL_SIZE_header],
		      struct vhdxlog_header *h);
void vl_header_decode(const uint8_t b[static VL_SIZE_header],
		      struct vhdxlog_header *h);

struct vl_region_header {
	uint32_t checksum, entry_count, reserved;
};

void vl_region_header_decode(const uint8_t b[static VL_SIZE_region_header],
			     struct vl_region_header *h);

/* Also looks the GUID's name up. */
void vl_region_decode(const uint8_t b[static VL_SIZE_region_entry],
		      struct vhdxlog_region *r);

#endif

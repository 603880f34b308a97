/* SPDX-License-Identifier: MIT */
/*
 * Encoders: the mirror of ondisk/. Each writes its whole structure, reserved
 * bytes and slack as zero, and seals what carries a checksum. They judge
 * nothing: the corpus makes wrong structures with them as well as right ones.
 */
#ifndef VL_WRITE_ENCODE_H
#define VL_WRITE_ENCODE_H

#include "ondisk/bat.h"
#include "ondisk/header.h"
#include "ondisk/logrecord.h"
#include "ondisk/metadata.h"

/* Put the CRC-32C of a structure of len bytes where it belongs: offset 4. */
void vl_seal(uint8_t *b, size_t len);

/* ---------------------------------------------------------- encode_header.c */

/* creator: at most 256 units, the rest is dropped. */
void vl_identifier_encode(struct vhdxlog_utf16 creator,
			  uint8_t b[static VL_SIZE_identifier]);

/* From the fields that are on disk. */
void vl_header_encode(const struct vhdxlog_header *h,
		      uint8_t b[static VL_SIZE_header]);

/* A table of 64 KiB; n <= VL_MAX_TABLE_ENTRIES. */
void vl_region_table_encode(const struct vhdxlog_region *regions, size_t n,
			    uint8_t b[static VL_SLOT_SIZE]);

/* -------------------------------------------------------- encode_metadata.c */

/* A metadata item that is to be written. */
struct vl_item_plan {
	struct vhdxlog_guid id;
	uint32_t flags;
	uint32_t offset; /* from the start of the region */
	uint32_t length;
	const uint8_t *bytes; /* borrowed */
};

/*
 * Give the items their places: back to back behind the table, empty ones at
 * offset 0. Returns how many bytes of the region are used. 2.6.1.2
 */
uint64_t vl_metadata_place(struct vl_item_plan *items, size_t n);

/* The table alone; n <= VL_MAX_TABLE_ENTRIES. */
void vl_metadata_table_encode(const struct vl_item_plan *items, size_t n,
			      uint8_t b[static VL_METADATA_TABLE_SIZE]);

void vl_file_parameters_encode(uint32_t block_size, uint32_t flags,
			       uint8_t b[static VL_SIZE_file_parameters]);

/* --------------------------------------------------------- encode_locator.c */

/* How many bytes the item needs. */
size_t vl_locator_length(const struct vhdxlog_locator *l);

/* Header, entries, then the strings in order, key before value. */
void vl_locator_encode(const struct vhdxlog_locator *l, uint8_t *b);

/* ------------------------------------------------------------- encode_bat.c */

/* The value of a BAT entry; file_offset a multiple of 1 MiB. */
uint64_t vl_bat_encode(enum vl_block_state state, uint64_t file_offset);

#endif

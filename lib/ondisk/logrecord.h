/* SPDX-License-Identifier: MIT */
/*
 * The records of the log: a ring of 4096-byte sectors. [MS-VHDX] 2.3
 *
 *	entry		descriptor sectors, then one data sector for each data
 *			descriptor, in order; may cross the end of the ring
 *	first sector	"loge": header of 64 bytes, up to 126 descriptors
 *	further ones	"desc" or "zero" first: up to 128 descriptors
 *	data sector	"data": the page without its first 8 and last 4 bytes
 *
 * With n descriptors, d of them of data:
 *	descriptor area	ceil((64 + 32 n) / 4096) sectors
 *	EntryLength	descriptor area + d sectors; a writer may pad
 *	descriptor i	at 64 + 32 i from the start of the entry
 *	data sector j	behind the descriptor area, j counts data descriptors
 *
 * An entry is sound when (2.3.1.1; the check of each rule is in log/checks.def)
 *  1. EntryLength is a multiple of 4096, from 4096 to the length of the ring
 *  2. CRC-32C over EntryLength bytes, wrapping, is Checksum
 *  3. Tail is a multiple of 4096 inside the ring, SequenceNumber is not 0
 *  4. the descriptor area and all data sectors lie inside EntryLength
 *  5. every descriptor has a signature, the entry's SequenceNumber, and a
 *     target that is aligned, does not overflow and hits neither the headers
 *     nor the log
 *  6. every data sector has its signature and the entry's SequenceNumber,
 *     high half in front and low half at the end
 * and valid when its LogGuid is also the current header's.
 *
 * A page is put together from three places (2.3.1.4):
 *	page[0..7]	 LeadingBytes of the descriptor
 *	page[8..4091]	 the same bytes of the data sector
 *	page[4092..4095] TrailingBytes of the descriptor
 */
#ifndef VL_ONDISK_LOGRECORD_H
#define VL_ONDISK_LOGRECORD_H

#include "ondisk/layout.h"

#define VL_DESCRIPTOR_SIZE 32u
#define VL_FIRST_DESCRIPTOR 64u /* offset in the entry */

extern const uint8_t vl_entry_signature[4];	       /* "loge" */
extern const uint8_t vl_data_descriptor_signature[4];  /* "desc" */
extern const uint8_t vl_zero_descriptor_signature[4];  /* "zero" */
extern const uint8_t vl_data_signature[4];	       /* "data" */

struct vl_entry_header {
	uint32_t checksum, entry_length, tail;
	uint64_t sequence_number;
	uint32_t descriptor_count, reserved;
	struct vhdxlog_guid log_guid;
	uint64_t flushed_file_offset, last_file_offset;
};

void vl_entry_header_decode(const uint8_t b[static VL_SIZE_entry_header],
			    struct vl_entry_header *h);

/* Both kinds of descriptor. */
struct vl_descriptor {
	enum vhdxlog_descriptor_kind kind;
	uint32_t zero_reserved; /* zero descriptor only */
	uint64_t file_offset;
	uint64_t length; /* ZeroLength, or 4096 */
	uint64_t sequence_number;
};

void vl_descriptor_decode(const uint8_t b[static VL_DESCRIPTOR_SIZE],
			  struct vl_descriptor *d);

/* Number of descriptor sectors for a count; 64-bit, as a count is hostile. */
uint64_t vl_descriptor_sectors(uint32_t descriptor_count);

/* SequenceNumber of a data sector, of its halves. */
static inline uint64_t vl_number_join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

uint64_t vl_data_number(const uint8_t sector[static VL_SECTOR]);

/* page = descriptor + data sector; page may be the sector itself. */
void vl_page_join(const uint8_t descriptor[static VL_DESCRIPTOR_SIZE],
		  const uint8_t sector[static VL_SECTOR],
		  uint8_t page[static VL_SECTOR]);

#endif

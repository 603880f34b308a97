/* SPDX-License-Identifier: MIT */
/*
 * Building one log entry. ondisk/logrecord.h has its layout.
 *
 * The plan is taken as it is: any tail, GUID, number and padding. What makes an
 * entry a good one is the business of the ring (log_ring.h).
 */
#ifndef VL_WRITE_ENTRY_H
#define VL_WRITE_ENTRY_H

#include "ondisk/logrecord.h"

/* One descriptor that is to be. */
struct vl_record {
	enum vhdxlog_descriptor_kind kind; /* data or zero */
	uint64_t file_offset;
	uint64_t length;     /* bytes; 4096 for data */
	const uint8_t *page; /* data: 4096 bytes, borrowed; zero: NULL */
};

struct vl_entry_plan {
	struct vhdxlog_guid log_guid;
	uint64_t sequence_number;
	uint32_t tail; /* log offset */
	uint64_t flushed_file_offset, last_file_offset;
	const struct vl_record *records; /* borrowed */
	uint32_t record_count;
	uint32_t padding; /* sectors beyond what the records need */
};

/* EntryLength: descriptor sectors, data sectors, padding, in bytes. */
uint64_t vl_entry_length(const struct vl_entry_plan *plan);

/* The most data pages that an entry of so many sectors can carry. */
uint32_t vl_entry_pages_in(uint32_t sectors);

/* Write the vl_entry_length(plan) bytes of the entry, sealed. */
void vl_entry_encode(const struct vl_entry_plan *plan, uint8_t *b);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Images with two sound entries in the log, E0 and E2, and behind them, at sector
 * 4, one that a test puts together, damages and looks at.
 */
#ifndef TESTS_SALVAGE_CASE_H
#define TESTS_SALVAGE_CASE_H

#include "helpers.h"
#include "write/entry.h"

#define CASE_SECTOR 4u
#define CASE_MAX 24u /* records */
#define CASE_FREE_MIB 9u /* from here to CASE_SIZE_MIB nothing has a place */
#define CASE_SIZE_MIB 32u

enum page_kind {
	PAGE_BAT,
	PAGE_METADATA,
	PAGE_REGION_TABLE,
	PAGE_BITMAP,
	PAGE_PAYLOAD,
	PAGE_ZEROES, /* no page but a range */
};

struct salvage_case {
	struct buffer image; /* owned */
	uint64_t log, bat, metadata, bitmap, payload; /* offsets; bitmap 0: none */
	struct vhdxlog_guid guid;
	/* The entry: what it writes, and where. */
	struct vl_record records[CASE_MAX];
	enum page_kind kinds[CASE_MAX];
	uint8_t pages[CASE_MAX][4096];
	uint32_t n;
	uint64_t number; /* its SequenceNumber */
	uint32_t tail;	 /* bytes */
	uint64_t last;	 /* LastFileOffset */
	uint32_t mib;	 /* the next free one */
};

void salvage_case_make(struct salvage_case *c, bool differencing);
void salvage_case_free(struct salvage_case *c);

/* Records: a page as it is with the sound entries, and changed. */
void salvage_case_bat(struct salvage_case *c, uint32_t page, uint32_t slot,
		      uint64_t raw);
void salvage_case_metadata(struct salvage_case *c, uint8_t byte);
void salvage_case_region_table(struct salvage_case *c, unsigned number);
void salvage_case_bitmap(struct salvage_case *c, uint32_t byte);
void salvage_case_payload(struct salvage_case *c);
void salvage_case_zeroes(struct salvage_case *c);

/* A new block, at the next free place, in the page of the last record. */
uint64_t salvage_case_block(struct salvage_case *c);

/* Write the entry at sector 4; its bytes. */
uint8_t *salvage_case_put(struct salvage_case *c);

/* Parts of it as it was put: descriptor i, data sector of record i. */
uint8_t *salvage_case_descriptor(struct salvage_case *c, uint32_t i);
uint8_t *salvage_case_data(struct salvage_case *c, uint32_t i);

/* What is salvaged over the active sequence, or the file. */
struct salvage_result {
	struct scanned s;
	struct vhdxlog_overlay *overlay;
	bool salvaged[CASE_MAX]; /* of the entry at sector 4 */
	const char *evidence[CASE_MAX][8];
	const char *reason[CASE_MAX]; /* or NULL */
	const char *whole; /* reason for an entry as a whole, or NULL */
	uint32_t of_others; /* salvaged, of entries elsewhere */
};

/*
 * Every page that is salvaged must be what the record says, where it says, and
 * everything is either salvaged or has a reason.
 */
void salvage_case_run(struct salvage_case *c, struct salvage_result *r);
void salvage_result_release(struct salvage_result *r);

#endif

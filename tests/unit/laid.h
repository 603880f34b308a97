/* SPDX-License-Identifier: MIT */
/* Rings laid entry by entry, for tests of the order in which they were written. */
#ifndef TESTS_LAID_H
#define TESTS_LAID_H

#include "helpers.h"

#define LAID_SECTORS 256u

enum guid_kind {
	GUID_PLAIN,   /* of no version */
	GUID_WINDOWS, /* random, version 4, the first parts little-endian */
	GUID_RFC,     /* the same in the byte order of RFC 4122 */
};

struct vhdxlog_guid laid_guid(enum guid_kind kind, uint32_t n);

#define SELF UINT32_MAX

/* An entry that is to be. */
struct laid {
	uint32_t at; /* sector; it may go through the end of the ring */
	struct vhdxlog_guid guid;
	uint64_t number;
	uint32_t tail;	/* sector, or SELF */
	uint32_t flushed, last; /* MiB */
	uint32_t pages; /* of the BAT at 2 MiB, the first ones */
	uint32_t blocks; /* that the first of them locates */
};

struct laid_ring {
	uint8_t *bytes; /* LAID_SECTORS of them; owned where `image` is empty */
	struct buffer image; /* owned: with the ring at 1 MiB and a BAT at 2 MiB */
};

struct laid_ring laid_alone(void);
struct laid_ring laid_in_image(void);
void laid_free(struct laid_ring *ring);

/* Write the entry, over what is there; the sector behind it. */
uint32_t lay(struct laid_ring *ring, struct laid entry);

/*
 * `count` entries as one opening of the file by QEMU writes them, from number 1 at
 * sector 0 on. *blocks goes up by one with each, the file's size too, or not.
 */
void lay_opening(struct laid_ring *ring, uint32_t count, uint32_t *blocks,
		 bool grows);

/* What is told of a ring. */
struct told {
	struct scanned s;
	struct vhdxlog_history *history;
};

/* guid: of the header, of a ring alone; NULL: unknown. */
struct told tell(const struct laid_ring *ring, const struct vhdxlog_guid *guid);
void told_release(struct told *t);

const struct vhdxlog_session *told_session(const struct told *t, size_t i);

/* Expect a session to be as sure of its place, and say so. */
void expect_why(const struct told *t, size_t i, enum vhdxlog_certainty order,
		const char *why);

/* Expect entries in this order: "E3 E5 E0". */
void expect_order(const struct told *t, const char *want);

#endif

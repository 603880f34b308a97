/* SPDX-License-Identifier: MIT */
/*
 * What is seen of a session, and which writers' sessions all look like that.
 *
 *	QEMU	  a LogGuid for each entry; an entry is one page, is its own Tail,
 *		  and has the file's length as both sizes. Its LogGuids are random
 *		  ones of RFC 4122 in that document's byte order
 *	Hyper-V	  numbers go on from a large random one; LogGuids as Windows
 *		  makes them, the first three parts little-endian
 *	openvmm	  an empty entry of number 1 at sector 0; both sizes are those of
 *		  when the log was begun, throughout; LogGuids as Windows does
 *	UrBackup  from number 1 at sector 0, one page an entry, and every Tail is
 *		  0; both sizes are the file's
 *
 * DiscUtils replays logs and writes none.
 */
#include "view/habits.h"

#include <stddef.h>

#define BIG (UINT64_C(1) << 32) /* numbers that nobody counts up to from 1 */

enum {
	ONE_ENTRY = 1,
	SELF_TAILED = 2,     /* each entry is its own Tail */
	TAILS_ZERO = 4,	     /* each names sector 0 */
	ONE_PAGE = 8,	     /* each has one data descriptor and no padding */
	SIZES_EQUAL = 16,    /* FlushedFileOffset is LastFileOffset in each */
	SIZES_CONSTANT = 32, /* they are those of the first in each */
	FROM_ONE = 64,
	FROM_BIG = 128,
	FIRST_EMPTY = 256,
	FIRST_AT_ZERO = 512,
	GUID_RFC = 1024,
	GUID_WINDOWS = 2048,
};

static const struct vl_habit habits[] = {
	{ "QEMU",
	  "a LogGuid for each entry, in the byte order of RFC 4122; it writes one page, is its own Tail, and has one size of the file twice",
	  ONE_ENTRY | SELF_TAILED | ONE_PAGE | SIZES_EQUAL | GUID_RFC, 0, true },
	{ "Hyper-V",
	  "numbers from a large random one on, and a LogGuid in the byte order of Windows",
	  FROM_BIG | GUID_WINDOWS, 0, false },
	{ "openvmm",
	  "an empty entry of number 1 at the start of the ring, and the sizes of the file stay those of that entry",
	  FROM_ONE | FIRST_EMPTY | FIRST_AT_ZERO | SIZES_EQUAL |
		  SIZES_CONSTANT | GUID_WINDOWS,
	  0, false },
	{ "UrBackup",
	  "numbers from 1 at the start of the ring, which every Tail names; an entry writes one page, and has one size of the file twice",
	  FROM_ONE | FIRST_AT_ZERO | TAILS_ZERO | ONE_PAGE | SIZES_EQUAL,
	  ONE_ENTRY, false },
};

/* A random GUID of RFC 4122: version 4 in one byte, the variant in another. */
static uint32_t guid_facts(const struct vhdxlog_guid *g)
{
	uint32_t facts = 0;

	if (g->bytes[8] >> 6 != 2)
		return 0;
	if (g->bytes[6] >> 4 == 4)
		facts |= GUID_RFC;
	if (g->bytes[7] >> 4 == 4)
		facts |= GUID_WINDOWS;
	return facts;
}

static uint32_t first_facts(const struct vl_entry *e)
{
	uint32_t facts = guid_facts(&e->guid);

	if (e->sequence_number == 1)
		facts |= FROM_ONE;
	if (e->sequence_number >= BIG)
		facts |= FROM_BIG;
	if (!e->descriptor_count)
		facts |= FIRST_EMPTY;
	if (!e->sector)
		facts |= FIRST_AT_ZERO;
	return facts;
}

/* What holds for an entry, of that which is to hold for each. */
static uint32_t entry_facts(const struct vl_log *log, const struct vl_entry *e,
			    const struct vl_entry *first)
{
	const struct vl_target *t = vl_entry_targets(log, e);
	uint32_t facts = 0;

	if (e->tail / VL_SECTOR == e->sector)
		facts |= SELF_TAILED;
	if (!e->tail)
		facts |= TAILS_ZERO;
	if (e->sectors == 2 && e->descriptor_count == 1 && t &&
	    !vl_target_is_zero(t))
		facts |= ONE_PAGE;
	if (e->flushed == e->last)
		facts |= SIZES_EQUAL;
	if (e->flushed == first->flushed && e->last == first->last)
		facts |= SIZES_CONSTANT;
	return facts;
}

static uint32_t session_facts(const struct vl_log *log, const uint32_t *entries,
			      uint32_t count)
{
	const struct vl_entry *first = &log->entries[entries[0]];
	uint32_t all = SELF_TAILED | TAILS_ZERO | ONE_PAGE | SIZES_EQUAL |
		       SIZES_CONSTANT;

	for (uint32_t i = 0; i < count; i++)
		all &= entry_facts(log, &log->entries[entries[i]], first);
	return all | first_facts(first) | (count == 1 ? ONE_ENTRY : 0);
}

const struct vl_habit *vl_habit_of(const struct vl_log *log,
				   const uint32_t *entries, uint32_t count)
{
	uint32_t facts = session_facts(log, entries, count);
	const struct vl_habit *found = NULL;

	for (size_t i = 0; i < sizeof(habits) / sizeof(*habits); i++) {
		const struct vl_habit *h = &habits[i];

		if ((facts & h->shows) != h->shows || facts & h->lacks)
			continue;
		if (found)
			return NULL;
		found = h;
	}
	return found;
}

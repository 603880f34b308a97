/* SPDX-License-Identifier: MIT */
/*
 * Changing the header. [MS-VHDX] 2.2.2.1
 *
 *  1. the copy that is not current gets the new content, with the current
 *     copy's SequenceNumber plus one, and its own checksum
 *  2. flush; now it is the current one
 *  3. once more, so that both slots are up to date
 *
 * One slot at a time, a flush after each: at every moment one copy is whole.
 */
#ifndef VL_WRITE_HEADER_UPDATE_H
#define VL_WRITE_HEADER_UPDATE_H

#include "ondisk/header.h"
#include "write/medium.h"

struct vl_header_pair {
	struct vhdxlog_header copy[2]; /* copy[0] is slot 1 */
	unsigned current;	       /* 1 or 2 */
};

/*
 * Read both copies and choose. VHDXLOG_E_NOT_FOUND where neither is usable, or
 * where both have the same number and different content: none is current.
 */
int vl_header_pair_read(const struct vl_medium *m, struct vl_header_pair *h,
			struct vhdxlog_error *err);

static inline const struct vhdxlog_header *
vl_header_pair_current(const struct vl_header_pair *h)
{
	return &h->copy[h->current - 1];
}

/* What is to change; NULL: carried over. */
struct vl_header_change {
	const struct vhdxlog_guid *file_write_guid;
	const struct vhdxlog_guid *data_write_guid;
	const struct vhdxlog_guid *log_guid;
	const uint64_t *log_offset;
	const uint32_t *log_length;
};

/*
 * What the next update writes, to the slot that is current in *h afterwards.
 * VHDXLOG_E_RANGE where the sequence number would wrap: *h is as it was.
 */
int vl_header_next(struct vl_header_pair *h,
		   const struct vl_header_change *change,
		   uint8_t b[static VL_SIZE_header], struct vhdxlog_error *err);

/*
 * One slot. VHDXLOG_E_RANGE where the sequence number would wrap: nothing is
 * written. *h follows what is on the medium.
 */
int vl_header_update(const struct vl_medium *m, struct vl_header_pair *h,
		     const struct vl_header_change *change,
		     struct vhdxlog_error *err);

/* Both slots, one after the other. */
int vl_header_update_both(const struct vl_medium *m, struct vl_header_pair *h,
			  const struct vl_header_change *change,
			  struct vhdxlog_error *err);

#endif

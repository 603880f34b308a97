/* SPDX-License-Identifier: MIT */
/*
 * The log as a writer sees it: a ring into which entries are appended.
 *
 *	      T                     H
 *	......[ e ][ e ][ e ][ e ]..+....
 *
 * H is where the next entry goes. T is the oldest entry whose pages are not yet
 * known to be in their places; each new entry carries T as its Tail, its own
 * offset where there is none. What a crash could still need reaches from the
 * Tail of the newest entry on disk to H, which can be more than from T to H: T
 * moves when pages are applied, but the disk learns it with the next entry.
 * Nothing in there is overwritten. One sector always stays open, so that H
 * never meets the other end, and an entry never fills the ring.
 * [MS-VHDX] 2.3.1, 2.3.2
 */
#ifndef VL_WRITE_LOG_RING_H
#define VL_WRITE_LOG_RING_H

#include "write/entry.h"
#include "write/medium.h"

struct vl_log_ring {
	const struct vl_medium *medium; /* borrowed */
	uint64_t log_offset;		/* in the file */
	uint32_t log_length;		/* bytes */
	struct vhdxlog_guid guid;
	uint64_t last_sequence;
	uint32_t head;	    /* H, log offset */
	bool used;	    /* the ring holds an entry of this GUID */
	uint32_t disk_tail; /* Tail of the newest entry */
	uint32_t *pending;  /* owned; log offsets of entries, oldest first */
	size_t pending_count, pending_capacity;
};

/* An empty ring. log_length a multiple of 4096 and at least two sectors. */
void vl_log_ring_init(struct vl_log_ring *r, const struct vl_medium *m,
		      uint64_t log_offset, uint32_t log_length);

/* Forget everything and begin again at log offset 0 under a fresh GUID. */
void vl_log_ring_start(struct vl_log_ring *r, const struct vhdxlog_guid *guid,
		       uint64_t first_sequence);

/* Accepts a zeroed one. */
void vl_log_ring_release(struct vl_log_ring *r);

/* How long the next entry may be, in sectors. */
uint32_t vl_log_ring_room(const struct vl_log_ring *r);

/* What an entry says besides its records. */
struct vl_entry_sizes {
	uint64_t flushed_file_offset, last_file_offset;
};

/*
 * Write one entry at H, through the end of the ring where need be, and flush.
 * From then on its records may be applied.
 *
 * 0: done. 1: no room now; apply, release, and try again. VHDXLOG_E_MISUSE: it
 * would not fit in an empty ring either. VHDXLOG_E_RANGE: the sequence numbers
 * are used up. Nothing is written but for 0 and VHDXLOG_E_IO.
 */
int vl_log_ring_append(struct vl_log_ring *r, const struct vl_record *records,
		       uint32_t count, const struct vl_entry_sizes *sizes,
		       struct vhdxlog_error *err);

/* The n oldest pending entries are durable in their places: T moves on. */
void vl_log_ring_applied(struct vl_log_ring *r, size_t n);

#endif

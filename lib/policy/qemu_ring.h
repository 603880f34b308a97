/* SPDX-License-Identifier: MIT */
/*
 * The ring while QEMU replays it: it reads each sector when it needs it, so what
 * it has written over the log by then is what it finds.
 */
#ifndef VL_POLICY_QEMU_RING_H
#define VL_POLICY_QEMU_RING_H

#include "log/log.h"

struct vl_qemu_ring {
	struct vl_log *log;
	const uint8_t **now; /* owned: of each sector that was written over,
				what it holds now; NULL: none was */
	uint8_t **pages;     /* owned: what `now` points to, or zeroes */
	size_t n_pages, pages_cap;
	bool erased; /* the file was cut to nothing */
	uint64_t written; /* sectors, each as often as it was */
};

void vl_qemu_ring_release(struct vl_qemu_ring *r);

/* Whether it still is what was walked. */
static inline bool vl_qemu_ring_is_intact(const struct vl_qemu_ring *r)
{
	return !r->now && !r->erased;
}

/* The bytes of a sector, zeroes behind the end of the file; NULL: unreadable. */
const uint8_t *vl_qemu_ring_sector(struct vl_qemu_ring *r, uint32_t sector);

/*
 * Something is written to the file: page, or zeroes where that is NULL. Only what
 * of it lies in the log matters. VHDXLOG_E_RANGE where that is more than is kept.
 */
int vl_qemu_ring_write(struct vl_qemu_ring *r, uint64_t off, uint64_t len,
		       const uint8_t *page, struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
#include "policy/qemu_ring.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define VL_MAX_REWRITTEN 4096u /* pages over the log that are kept: 16 MiB */
#define VL_MAX_ROUNDS 4u       /* and how often all of the log is written over */

static const uint8_t zeroes[VL_SECTOR];

void vl_qemu_ring_release(struct vl_qemu_ring *r)
{
	for (size_t i = 0; i < r->n_pages; i++)
		free(r->pages[i]);
	free(r->pages);
	free(r->now);
	*r = (struct vl_qemu_ring){ 0 };
}

const uint8_t *vl_qemu_ring_sector(struct vl_qemu_ring *r, uint32_t sector)
{
	if (r->erased)
		return zeroes;
	if (r->now && r->now[sector])
		return r->now[sector];
	if (sector >= r->log->ring.present)
		return zeroes;
	return vl_ring_sector(&r->log->ring, sector);
}

static int too_much(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
			"following a log that writes over itself");
}

/* A copy that lives as long as the ring. NULL: err says why. */
static const uint8_t *keep(struct vl_qemu_ring *r, const uint8_t *page,
			   int *rc, struct vhdxlog_error *err)
{
	void *array = r->pages;
	uint8_t *copy;

	if (r->n_pages == VL_MAX_REWRITTEN) {
		*rc = too_much(err);
		return NULL;
	}
	copy = vl_calloc(1, VL_SECTOR);
	if (!copy || !vl_reserve(&array, &r->pages_cap, r->n_pages + 1,
				 sizeof(*r->pages))) {
		free(copy);
		*rc = vl_nomem(err);
		return NULL;
	}
	r->pages = array;
	r->pages[r->n_pages++] = memcpy(copy, page, VL_SECTOR);
	return copy;
}

int vl_qemu_ring_write(struct vl_qemu_ring *r, uint64_t off, uint64_t len,
		       const uint8_t *page, struct vhdxlog_error *err)
{
	const struct vl_range *own = &r->log->own;
	uint64_t begin = vl_max64(off, own->off);
	uint64_t end = vl_min64(vl_end(off, len), own->off + own->len);
	const uint8_t *kept = zeroes;
	int rc = 0;

	if (begin >= end)
		return 0;
	r->written += (end - begin) / VL_SECTOR;
	r->log->cost.policy_steps += (end - begin) / VL_SECTOR;
	if (r->written > VL_MAX_ROUNDS * (uint64_t)r->log->ring.sectors)
		return too_much(err);
	if (page)
		kept = keep(r, page, &rc, err);
	if (kept && !r->now) {
		r->now = vl_calloc(r->log->ring.sectors, sizeof(*r->now));
		rc = r->now ? 0 : vl_nomem(err);
	}
	if (rc)
		return rc;
	/* Targets and the log are aligned, so whole sectors are written. */
	for (uint64_t s = (begin - own->off) / VL_SECTOR;
	     s < (end - own->off) / VL_SECTOR; s++)
		r->now[s] = kept;
	return 0;
}

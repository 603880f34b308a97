/* SPDX-License-Identifier: MIT */
#include "view/logged.h"

#include "base/bytes.h"
#include "base/error.h"

#include <string.h>

struct walk {
	struct vl_log *log;
	vl_logged_fn *fn;
	void *ctx;
	struct vl_logged at;
	uint64_t left;	/* descriptors still to come */
	uint32_t first; /* sector: of the first data */
	/* How many data sectors from there on are such. */
	uint32_t there;
};

static bool is_kind(const struct vl_ring *ring, uint64_t sector,
		    enum vhdxlog_sector_kind kind)
{
	return vl_ring_kind(ring, vl_ring_wrap(ring, sector)) == kind;
}

/* A data sector, or one that has the number of the entry and has lost its
 * signature, for which not every reader asks. */
static bool is_data(struct vl_log *log, const struct vl_entry *e,
		    uint64_t sector)
{
	const uint8_t *p;

	if (is_kind(&log->ring, sector, VHDXLOG_SECTOR_DATA))
		return true;
	if (!is_kind(&log->ring, sector, VHDXLOG_SECTOR_FOREIGN))
		return false;
	p = vl_ring_sector(&log->ring, vl_ring_wrap(&log->ring, sector));
	return p && vl_data_number(p) == e->sequence_number;
}

/*
 * Data sectors that follow the descriptors, where those are all there: so none is
 * counted for two entries, whatever they claim.
 */
static uint32_t count_data(struct vl_log *log, const struct vl_entry *e,
			   uint64_t sectors)
{
	const struct vl_ring *ring = &log->ring;
	uint64_t k = 1, most = vl_min64(e->descriptor_count, ring->sectors);
	uint32_t n = 0;

	while (k < sectors &&
	       is_kind(ring, e->sector + k, VHDXLOG_SECTOR_DESCRIPTORS))
		k++;
	if (k < sectors)
		return 0;
	while (n < most && is_data(log, e, e->sector + sectors + n))
		n++;
	return n;
}

/* The descriptors of one sector, a copy, as what is told may read the ring. */
static int walk_sector(struct walk *w, const uint8_t bytes[VL_SECTOR],
		       unsigned off, struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &w->log->ring;
	int rc = 0;

	for (; !rc && off < VL_SECTOR && w->left; off += VL_DESCRIPTOR_SIZE) {
		struct vl_logged *l = &w->at;
		bool data;

		w->left--;
		memcpy(l->bytes, bytes + off, VL_DESCRIPTOR_SIZE);
		vl_descriptor_decode(l->bytes, &l->d);
		data = l->d.kind == VHDXLOG_DESCRIPTOR_DATA;
		l->data = data && l->data_before < w->there ?
				  vl_ring_wrap(ring, (uint64_t)w->first +
							     l->data_before) :
				  VL_NONE;
		if (l->d.kind != VHDXLOG_DESCRIPTOR_UNKNOWN)
			rc = w->fn(w->ctx, l, err);
		l->data_before += data;
		l->index++;
	}
	return rc;
}

static int walk_entry(struct walk *w, uint32_t index, struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &w->log->ring;
	const struct vl_entry *e = &w->log->entries[index];
	uint64_t sectors = vl_descriptor_sectors(e->descriptor_count);
	uint8_t bytes[VL_SECTOR];
	int rc = 0;

	w->at = (struct vl_logged){ .entry = index };
	w->left = e->descriptor_count;
	w->first = vl_ring_wrap(ring, e->sector + sectors);
	w->there = count_data(w->log, e, sectors);
	/* Ends: behind the first sector that is no further one of descriptors. */
	for (uint64_t k = 0; !rc && k < sectors; k++) {
		uint32_t s = vl_ring_wrap(ring, e->sector + k);
		const uint8_t *p;

		if (k && !is_kind(ring, s, VHDXLOG_SECTOR_DESCRIPTORS))
			break;
		p = vl_ring_sector(&w->log->ring, s);
		if (!p)
			break;
		memcpy(bytes, p, sizeof(bytes));
		w->at.sector = s;
		rc = walk_sector(w, bytes, k ? 0 : VL_FIRST_DESCRIPTOR, err);
	}
	return rc;
}

int vl_logged_each(struct vl_log *log, vl_logged_fn *fn, void *ctx,
		   struct vhdxlog_error *err)
{
	struct walk w = { .log = log, .fn = fn, .ctx = ctx };
	int rc = 0;

	for (size_t i = 0; !rc && i < log->n_entries; i++)
		rc = walk_entry(&w, (uint32_t)i, err);
	return rc;
}

int vl_logged_page(struct vl_log *log, const struct vl_logged *l,
		   uint8_t page[VL_SECTOR], struct vhdxlog_error *err)
{
	const uint8_t *p = vl_ring_sector(&log->ring, l->data);

	if (!p)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&log->ring, l->data),
				"reading a data sector again");
	vl_page_join(l->bytes, p, page);
	return 0;
}

bool vl_entry_is_likely(struct vl_log *log, uint32_t index)
{
	uint64_t ring = (uint64_t)log->ring.sectors * VL_SECTOR;
	struct vl_entry_header h;
	uint32_t crc;
	bool known;

	if (vl_entry_header_read(log, index, &h, &known, &crc, NULL))
		return false;
	return (h.entry_length && h.entry_length % VL_SECTOR == 0) +
		       (h.tail % VL_SECTOR == 0 && h.tail < ring) +
		       (h.flushed_file_offset &&
			h.flushed_file_offset % VL_MIB == 0) +
		       (h.last_file_offset &&
			h.last_file_offset % VL_MIB == 0) >=
	       2;
}

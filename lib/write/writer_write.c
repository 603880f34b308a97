/* SPDX-License-Identifier: MIT */
#include "write/writer_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* The most pages in one entry: what one descriptor sector can name. */
#define BATCH 126u

static uint64_t page_of(uint64_t off)
{
	return off / VL_SECTOR * VL_SECTOR;
}

static int check_target(const struct vl_log_writer *w, uint64_t off,
			uint64_t len, struct vhdxlog_error *err)
{
	const char *why = NULL;
	uint64_t end;

	if (!w->started)
		why = "the log is not in use";
	else if (!vl_add(off, len, &end) || end > INT64_MAX - VL_MIB)
		why = "writing past the largest offset";
	else if (off < VL_TABLE_OFFSET(1))
		why = "headers are not written through the log";
	else if (vl_overlap(off, len, w->ring.log_offset, w->ring.log_length))
		why = "the log is not written through the log";
	return why ? vl_error(err, VHDXLOG_E_MISUSE, 0, off, why) : 0;
}

/*
 * How long the next entry may be: at least two sectors, and so that one more
 * stays free for the empty entry that moves the tail, which must always fit.
 */
static int make_room(struct vl_log_writer *w, uint32_t *sectors,
		     struct vhdxlog_error *err)
{
	int rc = 0;

	if (vl_log_ring_room(&w->ring) < 3) {
		rc = vl_writer_apply(w, err);
		if (rc == 0)
			rc = vl_writer_append_empty(w, err);
	}
	*sectors = vl_log_ring_room(&w->ring) - 1;
	return rc;
}

/* One entry. The records count as pending only when it is durable. */
static int log_records(struct vl_log_writer *w, const struct vl_record *r,
		       uint32_t n, struct vhdxlog_error *err)
{
	size_t before = w->pending.count;
	uint64_t last_size = w->last_size;
	struct vl_entry_sizes s;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		rc = vl_pending_add(&w->pending, &r[i], err);
		w->last_size = vl_max64(w->last_size,
					r[i].file_offset + r[i].length);
	}
	s = vl_writer_sizes(w);
	if (rc == 0)
		rc = vl_log_ring_append(&w->ring, r, n, &s, err);
	if (rc) {
		vl_pending_cut(&w->pending, before);
		w->last_size = last_size;
	}
	return rc;
}

struct write {
	const uint8_t *bytes; /* NULL: zeroes */
	uint64_t off, end;
};

/*
 * A page of the file with the part of it that is written replaced. The rest of
 * the first and of the last page comes from their own places.
 */
static int merge(const struct vl_log_writer *w, const struct write *wr,
		 uint64_t page_off, uint8_t page[static VL_SECTOR],
		 struct vhdxlog_error *err)
{
	uint64_t from = vl_max64(wr->off, page_off);
	uint64_t to = vl_min64(wr->end, page_off + VL_SECTOR);
	int rc = 0;

	if (to - from < VL_SECTOR)
		rc = vl_writer_read(w, page_off, page, VL_SECTOR, err);
	if (wr->bytes)
		memcpy(page + (from - page_off), wr->bytes + (from - wr->off),
		       to - from);
	else
		memset(page + (from - page_off), 0, to - from);
	return rc;
}

/* One entry of n pages from *page_off on, which moves behind them. */
static int log_pages(struct vl_log_writer *w, const struct write *wr,
		     uint64_t *page_off, uint32_t n, struct vhdxlog_error *err)
{
	uint8_t *pages = vl_calloc(n, VL_SECTOR);
	struct vl_record r[BATCH];
	int rc = 0;

	if (!pages)
		return vl_nomem(err);
	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		uint8_t *page = pages + (size_t)i * VL_SECTOR;

		rc = merge(w, wr, *page_off, page, err);
		r[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA, *page_off,
					   VL_SECTOR, page };
		*page_off += VL_SECTOR;
	}
	if (rc == 0)
		rc = log_records(w, r, n, err);
	free(pages);
	return rc;
}

static int write_pages(struct vl_log_writer *w, const struct write *wr,
		       struct vhdxlog_error *err)
{
	uint64_t page_off = page_of(wr->off);
	int rc = 0;

	/* Ends: each entry takes at least one page. */
	while (rc == 0 && page_off < wr->end) {
		uint64_t left = vl_div_up(wr->end - page_off, VL_SECTOR);
		uint32_t sectors;

		rc = make_room(w, &sectors, err);
		left = vl_min64(left, vl_entry_pages_in(sectors));
		if (rc == 0)
			rc = log_pages(w, wr, &page_off,
				       (uint32_t)vl_min64(left, BATCH), err);
	}
	return rc;
}

int vl_writer_write(struct vl_log_writer *w, const void *bytes, uint64_t off,
		    uint64_t len, struct vhdxlog_error *err)
{
	struct write wr = { bytes, off, off + len };
	int rc = check_target(w, off, len, err);

	return rc < 0 ? rc : write_pages(w, &wr, err);
}

static int zero_pages(struct vl_log_writer *w, uint64_t from, uint64_t to,
		      struct vhdxlog_error *err)
{
	struct vl_record r = { VHDXLOG_DESCRIPTOR_ZERO, from, to - from, NULL };
	uint32_t sectors;
	int rc = from < to ? make_room(w, &sectors, err) : 0;

	return rc == 0 && from < to ? log_records(w, &r, 1, err) : rc;
}

int vl_writer_zero(struct vl_log_writer *w, uint64_t off, uint64_t len,
		   struct vhdxlog_error *err)
{
	uint64_t end = off + len;
	uint64_t from = vl_min64(vl_div_up(off, VL_SECTOR) * VL_SECTOR, end);
	uint64_t to = vl_max64(page_of(end), from);
	int rc = check_target(w, off, len, err);

	if (rc == 0)
		rc = write_pages(w, &(struct write){ NULL, off, from }, err);
	if (rc == 0)
		rc = zero_pages(w, from, to, err);
	if (rc == 0)
		rc = write_pages(w, &(struct write){ NULL, to, end }, err);
	return rc;
}

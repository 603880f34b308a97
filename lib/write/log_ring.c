/* SPDX-License-Identifier: MIT */
#include "write/log_ring.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

void vl_log_ring_init(struct vl_log_ring *r, const struct vl_medium *m,
		      uint64_t log_offset, uint32_t log_length)
{
	*r = (struct vl_log_ring){ .medium = m,
				   .log_offset = log_offset,
				   .log_length = log_length };
}

void vl_log_ring_start(struct vl_log_ring *r, const struct vhdxlog_guid *guid,
		       uint64_t first_sequence)
{
	r->guid = *guid;
	r->last_sequence = first_sequence - 1;
	r->head = 0;
	r->used = false;
	r->pending_count = 0;
}

void vl_log_ring_release(struct vl_log_ring *r)
{
	free(r->pending);
	*r = (struct vl_log_ring){ 0 };
}

static uint32_t length_used(const struct vl_log_ring *r)
{
	if (!r->used)
		return 0;
	return r->head > r->disk_tail ?
		       r->head - r->disk_tail :
		       r->head + (r->log_length - r->disk_tail);
}

uint32_t vl_log_ring_room(const struct vl_log_ring *r)
{
	return (r->log_length - length_used(r)) / VL_SECTOR - 1;
}

static uint32_t tail_of_next(const struct vl_log_ring *r)
{
	return r->pending_count ? r->pending[0] : r->head;
}

/* In two parts where the entry crosses the end of the ring. */
static int write_entry(const struct vl_log_ring *r, const uint8_t *b,
		       uint64_t len, struct vhdxlog_error *err)
{
	uint64_t first = vl_min64(len, r->log_length - r->head);
	int rc = vl_medium_write(r->medium, r->log_offset + r->head, b, first,
				 err);

	if (rc == 0 && first < len)
		rc = vl_medium_write(r->medium, r->log_offset, b + first,
				     len - first, err);
	return rc < 0 ? rc : vl_medium_flush(r->medium, err);
}

static int refuse(const struct vl_log_ring *r, uint64_t sectors,
		  struct vhdxlog_error *err)
{
	if (sectors + 1 > r->log_length / VL_SECTOR)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"the log is too short for such an entry");
	if (r->last_sequence == UINT64_MAX)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"the log's sequence numbers are used up");
	return sectors > vl_log_ring_room(r);
}

static int encode_and_write(const struct vl_log_ring *r,
			    const struct vl_entry_plan *plan,
			    struct vhdxlog_error *err)
{
	uint64_t len = vl_entry_length(plan);
	uint8_t *b = vl_calloc(1, len);
	int rc;

	if (!b)
		return vl_nomem(err);
	vl_entry_encode(plan, b);
	rc = write_entry(r, b, len, err);
	free(b);
	return rc;
}

int vl_log_ring_append(struct vl_log_ring *r, const struct vl_record *records,
		       uint32_t count, const struct vl_entry_sizes *sizes,
		       struct vhdxlog_error *err)
{
	struct vl_entry_plan plan = {
		.log_guid = r->guid,
		.sequence_number = r->last_sequence + 1,
		.tail = tail_of_next(r),
		.flushed_file_offset = sizes->flushed_file_offset,
		.last_file_offset = sizes->last_file_offset,
		.records = records,
		.record_count = count,
	};
	uint64_t len = vl_entry_length(&plan);
	int rc = refuse(r, len / VL_SECTOR, err);

	if (rc)
		return rc;
	if (!vl_reserve((void **)&r->pending, &r->pending_capacity,
			r->pending_count + 1, sizeof(*r->pending)))
		return vl_nomem(err);
	rc = encode_and_write(r, &plan, err);
	if (rc < 0)
		return rc;
	r->pending[r->pending_count++] = r->head;
	r->disk_tail = plan.tail;
	r->used = true;
	r->head = (uint32_t)((r->head + len) % r->log_length);
	r->last_sequence++;
	return 0;
}

void vl_log_ring_applied(struct vl_log_ring *r, size_t n)
{
	n = vl_min64(n, r->pending_count);
	r->pending_count -= n;
	memmove(r->pending, r->pending + n,
		r->pending_count * sizeof(*r->pending));
}

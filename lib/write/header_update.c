/* SPDX-License-Identifier: MIT */
#include "write/header_update.h"

#include "base/error.h"
#include "write/encode.h"

#include <string.h>

static int read_copy(const struct vl_medium *m, unsigned slot, uint8_t *b,
		     struct vhdxlog_header *h, struct vhdxlog_error *err)
{
	int rc = vl_medium_read_padded(m, VL_HEADER_OFFSET(slot), b,
				       VL_SIZE_header, err);

	if (rc < 0)
		return rc;
	*h = (struct vhdxlog_header){ .slot = slot,
				      .offset = VL_HEADER_OFFSET(slot),
				      .readable = true };
	vl_header_decode(b, h);
	h->valid = memcmp(b, vl_header_signature, 4) == 0 &&
		   h->checksum_stored == h->checksum_computed;
	return 0;
}

/* 0 where none is current. A tie is one only where the copies are the same. */
static unsigned choose(const struct vl_header_pair *h, bool same)
{
	const struct vhdxlog_header *a = &h->copy[0], *b = &h->copy[1];

	if (!a->valid || !b->valid)
		return a->valid ? 1 : b->valid ? 2 : 0;
	if (a->sequence_number == b->sequence_number)
		return same ? 1 : 0;
	return a->sequence_number > b->sequence_number ? 1 : 2;
}

int vl_header_pair_read(const struct vl_medium *m, struct vl_header_pair *h,
			struct vhdxlog_error *err)
{
	uint8_t b[2][VL_SIZE_header];

	for (unsigned i = 0; i < 2; i++) {
		int rc = read_copy(m, i + 1, b[i], &h->copy[i], err);

		if (rc < 0)
			return rc;
	}
	h->current = choose(h, memcmp(b[0], b[1], VL_SIZE_header) == 0);
	if (!h->current)
		return vl_error(err, VHDXLOG_E_NOT_FOUND, 0,
				VL_HEADER_OFFSET(1), "no header is current");
	h->copy[h->current - 1].current = true;
	return 0;
}

static void change_header(struct vhdxlog_header *h,
			  const struct vl_header_change *change)
{
	if (change->file_write_guid)
		h->file_write_guid = *change->file_write_guid;
	if (change->data_write_guid)
		h->data_write_guid = *change->data_write_guid;
	if (change->log_guid)
		h->log_guid = *change->log_guid;
	if (change->log_offset)
		h->log_offset = *change->log_offset;
	if (change->log_length)
		h->log_length = *change->log_length;
}

int vl_header_next(struct vl_header_pair *h,
		   const struct vl_header_change *change,
		   uint8_t b[static VL_SIZE_header], struct vhdxlog_error *err)
{
	struct vhdxlog_header next = *vl_header_pair_current(h);
	unsigned slot = 3 - h->current;

	if (next.sequence_number == UINT64_MAX)
		return vl_error(err, VHDXLOG_E_RANGE, 0, next.offset,
				"the header's sequence number would wrap");
	next.sequence_number++;
	next.slot = slot;
	next.offset = VL_HEADER_OFFSET(slot);
	change_header(&next, change);
	vl_header_encode(&next, b);
	vl_header_decode(b, &next); /* for the checksums */
	next.readable = next.valid = next.current = true;
	h->copy[h->current - 1].current = false;
	h->copy[slot - 1] = next;
	h->current = slot;
	return 0;
}

int vl_header_update(const struct vl_medium *m, struct vl_header_pair *h,
		     const struct vl_header_change *change,
		     struct vhdxlog_error *err)
{
	struct vl_header_pair then = *h;
	uint8_t b[VL_SIZE_header];
	int rc = vl_header_next(&then, change, b, err);

	if (rc == 0)
		rc = vl_medium_write(m, VL_HEADER_OFFSET(then.current), b,
				     sizeof(b), err);
	if (rc == 0)
		rc = vl_medium_flush(m, err);
	if (rc == 0)
		*h = then;
	return rc;
}

int vl_header_update_both(const struct vl_medium *m, struct vl_header_pair *h,
			  const struct vl_header_change *change,
			  struct vhdxlog_error *err)
{
	int rc = vl_header_update(m, h, change, err);

	return rc < 0 ? rc : vl_header_update(m, h, change, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of an entry that fails, and the data sectors that are theirs.
 *
 * A data sector does not say which page it is of: that is told by counting. So
 * the count must be right: all sectors of descriptors are there, and EntryLength
 * is just what the descriptors need. A descriptor without a signature may have
 * been of either kind; EntryLength tells which, where they were all of one.
 */
#include "view/salvage_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Whether the sectors of its descriptors are all there; reads none. */
static bool has_descriptors(const struct vl_salvage_case *c)
{
	const struct vl_ring *ring = &c->base->log->ring;
	uint32_t sector = vl_case_entry(c)->sector;

	for (uint32_t k = 1; k < c->descriptor_sectors; k++) {
		uint32_t s = vl_ring_wrap(ring, (uint64_t)sector + k);

		if (vl_ring_kind(ring, s) != VHDXLOG_SECTOR_DESCRIPTORS)
			return false;
	}
	return true;
}

static const char *judge_descriptor(const struct vl_salvage_case *c,
				    const struct vl_descriptor *d)
{
	if (d->kind == VHDXLOG_DESCRIPTOR_UNKNOWN)
		return "its descriptor has no signature";
	if (d->sequence_number != c->h.sequence_number)
		return "its descriptor does not have the number of the entry";
	if (d->kind == VHDXLOG_DESCRIPTOR_ZERO && d->zero_reserved)
		return "its descriptor has bytes that are to be zero and are not";
	return NULL;
}

/* All descriptors; the number of each kind. */
static int read_descriptors(struct vl_salvage_case *c,
			    uint64_t n[VHDXLOG_DESCRIPTOR_UNKNOWN + 1],
			    struct vhdxlog_error *err)
{
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		struct vl_salvage_item *item = &c->items[i];
		uint8_t bytes[VL_DESCRIPTOR_SIZE];
		int rc = vl_descriptor_read(c->base->log, vl_case_entry(c), i,
					    bytes, err);

		if (rc)
			return rc;
		vl_descriptor_decode(bytes, &item->d);
		item->sector = VL_NONE;
		item->reason = judge_descriptor(c, &item->d);
		c->seen = c->seen || item->reason;
		n[item->d.kind]++;
	}
	return 0;
}

static const char *judge_data(const struct vl_salvage_case *c, uint32_t s)
{
	const struct vl_ring *ring = &c->base->log->ring;

	switch (vl_ring_kind(ring, s)) {
	case VHDXLOG_SECTOR_DATA: break;
	case VHDXLOG_SECTOR_UNREADABLE:
		return "its data sector cannot be read";
	default: return "its data sector is not there: the write was torn";
	}
	if (ring->value[s] != c->h.sequence_number)
		return "its data sector does not have the number of the entry at "
		       "both ends: the write was torn";
	return NULL;
}

/* Count off the data sectors; unknown: those of no signature had one. */
static void find_data(struct vl_salvage_case *c, bool unknown)
{
	const struct vl_ring *ring = &c->base->log->ring;
	uint64_t s = (uint64_t)vl_case_entry(c)->sector + c->descriptor_sectors;

	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		struct vl_salvage_item *item = &c->items[i];
		const char *reason;

		if (item->d.kind == VHDXLOG_DESCRIPTOR_ZERO ||
		    (item->d.kind == VHDXLOG_DESCRIPTOR_UNKNOWN && !unknown))
			continue;
		item->sector = vl_ring_wrap(ring, s++);
		reason = judge_data(c, item->sector);
		c->seen = c->seen || reason;
		if (!item->reason)
			item->reason = reason;
	}
}

static int read_items(struct vl_salvage_case *c, struct vhdxlog_error *err)
{
	uint64_t n[VHDXLOG_DESCRIPTOR_UNKNOWN + 1] = { 0 };
	uint64_t room = c->h.entry_length / VL_SECTOR - c->descriptor_sectors;
	int rc = read_descriptors(c, n, err);

	if (rc)
		return rc;
	if (room != n[VHDXLOG_DESCRIPTOR_DATA] &&
	    room != n[VHDXLOG_DESCRIPTOR_DATA] + n[VHDXLOG_DESCRIPTOR_UNKNOWN]) {
		c->reason = "its length is not what its descriptors need, so that "
			    "which data sector is whose cannot be told";
		return 0;
	}
	find_data(c, room != n[VHDXLOG_DESCRIPTOR_DATA]);
	return 0;
}

int vl_case_read(struct vl_salvage_case *c, struct vhdxlog_error *err)
{
	bool known;
	uint32_t crc;
	int rc = vl_entry_header_read(c->base->log, c->entry, &c->h, &known,
				      &crc, err);

	if (!rc && known && crc == c->h.checksum) {
		c->reason = "its checksum is right: it is as it was written, and "
			    "nothing of it was damaged since";
		return 0;
	}
	if (!rc && c->h.entry_length > VL_MAX_SALVAGE_LENGTH) {
		c->reason = "it is longer than its checksum can vouch for";
		return 0;
	}
	if (!rc) {
		c->descriptor_sectors =
			(uint32_t)vl_descriptor_sectors(c->h.descriptor_count);
		if (!has_descriptors(c)) {
			c->reason = "a sector of its descriptors is not whole, so "
				    "that which data sector is whose cannot be "
				    "told";
			return 0;
		}
		c->items = vl_calloc(c->h.descriptor_count, sizeof(*c->items));
		if (!c->items)
			return vl_nomem(err);
		rc = read_items(c, err);
	}
	if (rc == VHDXLOG_E_IO) {
		c->reason = "its descriptors cannot be read again";
		rc = 0;
	}
	return rc;
}

void vl_case_release(struct vl_salvage_case *c)
{
	free(c->items);
	c->items = NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Why the checksum of an entry is wrong.
 *
 * A CRC is linear: the difference between the stored checksum and the computed one
 * depends on what was changed, not on what is there. So what it would be with
 * some bytes put right is known without reading the rest, and of every byte
 * whether changing it alone would make the checksum right: the difference, taken
 * back over the bytes behind it, fits in eight bits. That is so by chance for one
 * byte in 2^24, which is why a single find is evidence where an entry is short
 * (VL_MAX_BYTE_PROOF); in a longer one it only speaks against what it is of.
 *
 * Of a sector that is torn nothing like that can be asked; but it can be seen.
 */
#include "view/salvage_parts.h"

#include "base/bytes.h"
#include "crc32c.h"

/* What n bytes, being there and not zero, add to the checksum. */
static uint32_t weight(const struct vl_salvage_case *c, const uint8_t *p,
		       uint32_t n, uint32_t sector, uint32_t off)
{
	uint32_t behind = c->h.entry_length / VL_SECTOR - sector - 1;
	uint32_t raw = vl_crc32c_raw(0, p + off, n);

	raw = vl_crc32c_shift_bytes(raw, VL_SECTOR - off - n);
	return vl_crc32c_shift_sectors(raw, behind);
}

/* The same of the bytes that are to be zero in a sector of descriptors. */
static uint32_t weight_of_zeroes(const struct vl_salvage_case *c,
				 uint32_t sector)
{
	struct vl_log *log = c->base->log;
	uint64_t end = VL_FIRST_DESCRIPTOR +
		       (uint64_t)c->h.descriptor_count * VL_DESCRIPTOR_SIZE;
	uint32_t used = (uint32_t)(end - (uint64_t)sector * VL_SECTOR);
	uint32_t s = vl_ring_wrap(&log->ring,
				  (uint64_t)vl_case_entry(c)->sector + sector);
	const uint8_t *p = vl_ring_sector(&log->ring, s);
	uint32_t sum = 0;

	if (!p)
		return 0;
	if (used < VL_SECTOR)
		sum = weight(c, p, VL_SECTOR - used, sector, used);
	if (!sector)
		sum ^= weight(c, p, 4, 0, VL_OFF_entry_header_reserved);
	return sum;
}

/* The difference that is left when what must be zero is. */
static uint32_t difference(const struct vl_salvage_case *c, uint32_t crc)
{
	uint32_t last = c->descriptor_sectors - 1;
	uint32_t left = crc ^ c->h.checksum ^ weight_of_zeroes(c, last);

	return last ? left ^ weight_of_zeroes(c, 0) : left;
}

static bool is_in_one_byte(uint32_t v)
{
	return !(v & ~UINT32_C(0xff)) || !(v & ~UINT32_C(0xff00)) ||
	       !(v & ~UINT32_C(0xff0000)) || !(v & ~UINT32_C(0xff000000));
}

/* ---------------------------------------------------------------- one byte */

/* Fields of the header that nothing else in the entry repeats. */
static bool is_open_in_header(uint32_t off)
{
	return (off >= VL_OFF_entry_header_tail &&
		off < VL_OFF_entry_header_sequence_number) ||
	       off >= VL_OFF_entry_header_flushed_file_offset;
}

static bool is_open_in_descriptor(const struct vl_descriptor *d, uint32_t off)
{
	return off >= (d->kind == VHDXLOG_DESCRIPTOR_ZERO ? 8u : 4u) &&
	       off < VL_OFF_data_descriptor_sequence_number;
}

static bool is_open_in_data(uint32_t off)
{
	return off >= 8 && off < VL_OFF_data_sector_sequence_low;
}

/*
 * Whether a byte of the entry may be the one that differs: not what is known to be
 * right. *item gets whose it is, or NULL.
 */
static bool may_differ(const struct vl_salvage_case *c, uint64_t at,
		       struct vl_salvage_item **of_data,
		       struct vl_salvage_item **item)
{
	uint64_t front = (uint64_t)c->descriptor_sectors * VL_SECTOR;
	uint64_t i;

	*item = NULL;
	if (at < VL_FIRST_DESCRIPTOR)
		return is_open_in_header((uint32_t)at);
	if (at < front) {
		i = (at - VL_FIRST_DESCRIPTOR) / VL_DESCRIPTOR_SIZE;
		if (i >= c->h.descriptor_count)
			return false;
		*item = &c->items[i];
		return is_open_in_descriptor(
			&(*item)->d, (uint32_t)(at % VL_DESCRIPTOR_SIZE));
	}
	*item = of_data[0];
	return is_open_in_data((uint32_t)(at % VL_SECTOR));
}

/* The last item of data before `end`, or NULL. */
static struct vl_salvage_item *data_before(const struct vl_salvage_case *c,
					   struct vl_salvage_item *end)
{
	while (end-- > c->items) {
		if (end->sector != VL_NONE)
			return end;
	}
	return NULL;
}

/*
 * Every byte of the entry that, changed alone, would make the checksum right:
 * what it is of is not proven. Returns how many there are.
 */
static unsigned find_bytes(struct vl_salvage_case *c, uint32_t left)
{
	struct vl_salvage_item *data =
		data_before(c, c->items + c->h.descriptor_count);
	uint64_t front = (uint64_t)c->descriptor_sectors * VL_SECTOR;
	unsigned found = 0;

	for (uint64_t at = c->h.entry_length; at-- > 0;) {
		struct vl_salvage_item *item;

		left = vl_crc32c_unshift_byte(left);
		if (left < 256 && may_differ(c, at, &data, &item)) {
			found++;
			if (item && !item->reason)
				item->reason =
					"one byte of it, changed, would make "
					"the entry's checksum right: the damage "
					"is there";
		}
		/* Data sectors are one behind the other, in order. */
		if (at >= front && at % VL_SECTOR == 0)
			data = data_before(c, data);
	}
	return found;
}

void vl_case_explain(struct vl_salvage_case *c)
{
	struct vl_log *log = c->base->log;
	const struct vl_entry *e = vl_case_entry(c);
	uint32_t n = c->h.entry_length / VL_SECTOR, left;

	c->proof = VL_SALVAGE_TORN;
	if (c->seen || !vl_ring_is_whole(&log->ring, e->sector, n))
		return;
	left = difference(c, vl_ring_crc(&log->ring, e->sector, n,
					 c->h.checksum));
	if (is_in_one_byte(left))
		c->proof = VL_SALVAGE_CHECKSUM;
	else
		c->proof = find_bytes(c, left) == 1 &&
					   c->h.entry_length <=
						   VL_MAX_BYTE_PROOF ?
				   VL_SALVAGE_BYTE :
				   VL_SALVAGE_UNEXPLAINED;
}

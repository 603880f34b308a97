/* SPDX-License-Identifier: MIT */
/* Rules of the BAT. [MS-VHDX] 2.5 */
#include "image/bat_parts.h"

static enum vhdxlog_status report(const struct vl_bat_case *c,
				  enum vl_check_id id, struct vl_detail *d,
				  const char *want)
{
	const struct vl_breach *b = vl_breach_of(&c->image->breaches, id);

	if (b->count)
		return vl_fail(d, vl_bat_offset(c->image, b->runs[0].first),
			       want, "bat:%ju = 0x%016jx",
			       (uintmax_t)b->runs[0].first, (uintmax_t)b->raw);
	return c->readable ? vl_pass() : vl_blocked(d, "not all readable");
}

static enum vhdxlog_status bat_region_too_small(const void *subject,
						struct vl_detail *d)
{
	const struct vl_bat_case *c = subject;
	const struct vl_image *i = c->image;
	char want[VHDXLOG_VALUE_TEXT];

	if (!i->geometry_known)
		return vl_blocked(d, "the disk's geometry is not known");
	if (i->geometry.entries <= i->bat->length / 8)
		return vl_pass();
	snprintf(want, sizeof(want), "at least %ju bytes",
		 (uintmax_t)i->geometry.entries * 8);
	return vl_fail(d, i->bat->offset, want, "%u bytes", i->bat->length);
}

#define BREACH(name, want)                                               \
	static enum vhdxlog_status name(const void *subject,             \
					struct vl_detail *d)             \
	{                                                                \
		return report(subject, VLC_##name, d, want);             \
	}

BREACH(bat_entry_reserved_bits, "bits 3 to 19 zero")
BREACH(bat_payload_state_reserved, "a state other than 4 and 5")
BREACH(bat_partial_in_non_differencing, "state 7 on differencing disks only")
BREACH(bat_bitmap_state_reserved, "state 0 or 6")
BREACH(bat_bitmap_present_in_non_differencing,
       "state 6 on differencing disks only")
BREACH(bat_partial_without_bitmap, "the chunk's bitmap in state 6")
BREACH(bat_present_offset_zero, "a file offset")
BREACH(bat_block_beyond_eof, "a block inside the file")
BREACH(bat_block_overlaps_region, "a block of its own place")
BREACH(bat_reserved_offset_nonzero, "no file offset")

static enum vhdxlog_status bat_block_overlap(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_bat_case *c = subject;
	struct vl_image *i = c->image;

	if (!vl_breach_of(&i->breaches, VLC_bat_block_overlap)->count &&
	    i->claims.full)
		return vl_blocked(d, "the blocks are too far apart to compare them all");
	return report(c, VLC_bat_block_overlap, d, "a place no other block has");
}

static enum vhdxlog_status bat_fixed_not_present(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_bat_case *c = subject;

	if (!vl_bat_must_be_present(c->image))
		return VHDXLOG_NOT_APPLICABLE;
	return report(c, VLC_bat_fixed_not_present, d, "state 6");
}

static enum vhdxlog_status bat_block_cut_off(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_bat_case *c = subject;

	if (c->image->durable_size <= c->image->disk_size)
		return VHDXLOG_NOT_APPLICABLE;
	return report(c, VLC_bat_block_cut_off, d, "a block inside the file");
}

static enum vhdxlog_status bat_trailing_entry_nonzero(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_bat_case *c = subject;

	return c->trailing_known ? vl_slack_status(&c->trailing, d) :
				   vl_blocked(d, "not all readable");
}

const vl_check_fn vl_bat_checks[VLC_COUNT] = {
	[VLC_bat_region_too_small] = bat_region_too_small,
	[VLC_bat_entry_reserved_bits] = bat_entry_reserved_bits,
	[VLC_bat_payload_state_reserved] = bat_payload_state_reserved,
	[VLC_bat_partial_in_non_differencing] = bat_partial_in_non_differencing,
	[VLC_bat_bitmap_state_reserved] = bat_bitmap_state_reserved,
	[VLC_bat_bitmap_present_in_non_differencing] =
		bat_bitmap_present_in_non_differencing,
	[VLC_bat_partial_without_bitmap] = bat_partial_without_bitmap,
	[VLC_bat_present_offset_zero] = bat_present_offset_zero,
	[VLC_bat_block_beyond_eof] = bat_block_beyond_eof,
	[VLC_bat_block_overlap] = bat_block_overlap,
	[VLC_bat_block_overlaps_region] = bat_block_overlaps_region,
	[VLC_bat_reserved_offset_nonzero] = bat_reserved_offset_nonzero,
	[VLC_bat_fixed_not_present] = bat_fixed_not_present,
	[VLC_bat_block_cut_off] = bat_block_cut_off,
	[VLC_bat_trailing_entry_nonzero] = bat_trailing_entry_nonzero,
};

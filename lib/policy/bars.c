/* SPDX-License-Identifier: MIT */
/* What readers ask of targets that no check says as they do. */
#include "policy/case.h"

#include "overlay/decode.h"

#define HIGHEST (UINT64_C(1) << 48) /* 256 TiB */

typedef bool (*is_bad_fn)(const struct vl_case *c,
			  const struct vl_descriptor *d);

/* Whether any descriptor is bad, or cannot be read again. */
static bool any(const struct vl_case *c, const struct vl_entry *e,
		is_bad_fn is_bad)
{
	uint8_t bytes[VL_DESCRIPTOR_SIZE];
	struct vl_descriptor d;

	for (uint32_t i = 0; i < e->descriptor_count; i++) {
		vl_step(c);
		if (vl_descriptor_read(c->log, e, i, bytes, NULL))
			return true;
		vl_descriptor_decode(bytes, &d);
		if (is_bad(c, &d))
			return true;
	}
	return false;
}

/* Ends are numbers of 64 bits, and no bytes at a place of the log overlap it. */
static bool overlaps_log(const struct vl_case *c, const struct vl_descriptor *d)
{
	const struct vl_range *own = &c->log->own;
	uint64_t end = d->file_offset + d->length;

	return end < d->file_offset ||
	       (d->file_offset < own->off + own->len && end > own->off);
}

bool vl_bars_openvmm(const struct vl_case *c, const struct vl_entry *e)
{
	return e->failed & (VL_BIT(VLC_desc_offset_overflow) |
			    VL_BIT(VLC_zero_length_zero)) &&
	       any(c, e, overlaps_log);
}

static bool is_too_high(const struct vl_case *c, const struct vl_descriptor *d)
{
	(void)c;
	return d->file_offset > HIGHEST;
}

bool vl_bars_xx_c(const struct vl_case *c, const struct vl_entry *e)
{
	return e->failed & (VL_BIT(VLC_desc_offset_overflow) |
			    VL_BIT(VLC_desc_beyond_eof)) &&
	       any(c, e, is_too_high);
}

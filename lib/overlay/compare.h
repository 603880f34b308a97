/* SPDX-License-Identifier: MIT */
/* An overlay against the disk: what applying it would change. */
#ifndef VL_OVERLAY_COMPARE_H
#define VL_OVERLAY_COMPARE_H

#include "overlay/overlay.h"

/* How much of the disk may be read for ranges of zeroes, whatever they claim. */
uint64_t vl_compare_budget(const struct vl_log *log);

/*
 * pages, zeroed, growth, whether any byte changes; areas as image has them.
 * *budget goes down by what is read for ranges of zeroes.
 */
int vl_overlay_effect(const struct vl_overlay *o, const struct vl_image *image,
		      uint64_t *budget, struct vhdxlog_effect *effect,
		      struct vhdxlog_error *err);

/*
 * SHA-256 over what the file would hold where it differs from the disk, outside
 * headers and log: for each maximal range offset and length as u64, and the
 * bytes, or for all zeroes the top bit of the length. "" in text where the
 * reading budget does not suffice.
 */
int vl_overlay_digest(const struct vl_overlay *o,
		      char text[VHDXLOG_SHA256_TEXT],
		      struct vhdxlog_error *err);

#endif

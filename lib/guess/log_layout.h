/* SPDX-License-Identifier: MIT */
/*
 * What else is known of how the file is laid out, so that a log can be told from
 * it: regions of a usable table, and what lies at the starts of MiB.
 */
#ifndef VL_GUESS_LOG_LAYOUT_H
#define VL_GUESS_LOG_LAYOUT_H

#include "guess/places.h"
#include "image/image.h"

struct vl_laid_out {
	const struct vl_view *disk; /* borrowed */
	struct vl_starts starts;
	struct vl_image tables; /* region tables of the disk as it is */
	bool is_vhdx; /* something of the file shows that it is one */
};

/* image: what was read of identifier and headers. Release also after a failure. */
int vl_layout_find(struct vl_laid_out *l, const struct vl_image *image,
		   const struct vl_view *disk, struct vhdxlog_error *err);
void vl_layout_release(struct vl_laid_out *l);

/* The usable table, unless it is seen to be of another file; or NULL. */
const struct vhdxlog_region_table *vl_layout_table(const struct vl_laid_out *l);

/* Where a log that begins at an offset ends at the latest, and why. */
struct vl_log_bound {
	uint64_t at;
	bool by_table; /* a region of a usable table is there */
	bool is_bat;   /* or what looks like a BAT */
	const char *what; /* static: "the metadata" */
};

struct vl_log_bound vl_layout_bound(const struct vl_laid_out *l, uint64_t offset);

/* Whether a MiB begins as one of a log may. */
bool vl_layout_has_record(const struct vl_laid_out *l, uint64_t offset);

/* Whether a region of a usable table has a byte of it. */
bool vl_layout_has_region(const struct vl_laid_out *l, uint64_t offset,
			  uint64_t length);

/* The end of what may be one log from offset on, as far as records go. */
uint64_t vl_layout_stretch(const struct vl_laid_out *l, uint64_t offset);

#endif

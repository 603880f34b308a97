/* SPDX-License-Identifier: MIT */
/*
 * Places where the log may be, each a guess with its evidence.
 *
 * Looked at are: where a damaged header says; runs of log records at starts of MiB,
 * the first few of them; 1 MiB, where every known writer puts its log. At most 8
 * stretches are read, and of them 4 GiB; of the file else a page at 65,536 MiB.
 */
#ifndef VL_GUESS_LOG_FIND_H
#define VL_GUESS_LOG_FIND_H

#include "guess/guess.h"
#include "guess/log_hints.h"

struct vl_log_wanted {
	bool has_offset; /* said by an option: no other is looked at */
	uint64_t offset;
	struct vl_log_hint hints[2];
	size_t n_hints;
};

/* Adds guesses of the kind VHDXLOG_GUESS_LOG, and finds image->assumed.is_vhdx. */
int vl_log_find(struct vl_guesses *g, struct vl_image *image,
		const struct vl_view *disk, const struct vl_log_wanted *wanted,
		struct vhdxlog_error *err);

#endif

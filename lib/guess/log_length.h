/* SPDX-License-Identifier: MIT */
/* How long the ring is that begins at a place, and what speaks for it. */
#ifndef VL_GUESS_LOG_LENGTH_H
#define VL_GUESS_LOG_LENGTH_H

#include "guess/guess.h"
#include "guess/log_hints.h"
#include "guess/log_layout.h"
#include "guess/log_survey.h"

struct vl_log_length {
	uint64_t bytes;
	uint64_t other; /* what it may be as well, or 0 */
	bool only; /* no other is possible */
	int worth;
	char why[VL_GUESS_SENTENCE];
};

/* hint: what a damaged header says of a log there, or NULL. */
void vl_log_length_find(struct vl_log_length *length,
			const struct vl_laid_out *layout,
			const struct vl_log_hint *hint,
			const struct vl_survey *survey);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Where two states of a file, or two files, may hold different bytes: a list of
 * stretches that is found without reading any.
 *
 * States of one file differ only where either has a segment, or where one of
 * them is longer; and not where both show the same target of the log, or zeroes.
 * Of two files it is what is not a hole in both.
 */
#ifndef VL_VIEW_COMPARE_STRETCH_H
#define VL_VIEW_COMPARE_STRETCH_H

#include "overlay/overlay.h"

/* One of the two. */
struct vl_side {
	const struct vl_overlay *pile; /* borrowed */
	uint64_t length; /* bytes; what is beyond counts as zeroes */
};

struct vl_stretches {
	struct vl_side side[2];
	bool one_disk; /* states of one file, of one log */
	uint64_t at, end;
	/* How much of the disk may be read where zeroes, or nothing, are against
	 * it: a few descriptors can claim all of it. */
	uint64_t budget;
	/* Of one disk: how far each side's segments have been passed. */
	struct vl_trail {
		struct vl_sweep sweep;
		struct vl_segment segment;
		bool more; /* segment ends behind `at` */
	} trail[2];
	/* Of two: the next data of each side, from == to where there is none. */
	struct vl_data {
		uint64_t from, to;
		bool known; /* it was asked for, and ends behind `at` */
	} data[2];
};

/* From begin to end. VHDXLOG_E_NOMEM; release also then. */
int vl_stretches_init(struct vl_stretches *s, const struct vl_side *a,
		      const struct vl_side *b, uint64_t begin, uint64_t end,
		      struct vhdxlog_error *err);
void vl_stretches_release(struct vl_stretches *s);

/*
 * The next stretch [*from, *to), ascending and apart. *unread: it is not to be
 * read, as the budget is spent. false: no more.
 */
bool vl_stretches_next(struct vl_stretches *s, uint64_t *from, uint64_t *to,
		       bool *unread);

#endif

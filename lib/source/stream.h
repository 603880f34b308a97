/* SPDX-License-Identifier: MIT */
/*
 * A long stretch of a view, read once from front to back, a piece at a time. Where
 * the view can be read by two threads at once, and the caller wants it, a second
 * one reads ahead while the first looks at what there is; and whoever waits for a
 * piece reads one instead. What comes out is the same.
 */
#ifndef VL_SOURCE_STREAM_H
#define VL_SOURCE_STREAM_H

#include "source/view.h"

struct vl_stream;

/* What is to be read, and how. */
struct vl_stream_plan {
	const struct vl_view *view; /* outlives the stream */
	uint64_t off, len;
	size_t piece; /* bytes of each but the last */
	bool ahead;   /* a second thread is welcome */
	/*
	 * Called for each piece that was read as a whole, by the thread that did,
	 * while it has it in its cache: in any order, and for two at once.
	 */
	void (*look)(void *ctx, uint64_t off, const uint8_t *bytes, size_t len);
	void *ctx;
};

/* Returns 0 or VHDXLOG_E_NOMEM. */
int vl_stream_open(const struct vl_stream_plan *plan, struct vl_stream **stream,
		   struct vhdxlog_error *err);

/* Accepts NULL. */
void vl_stream_close(struct vl_stream *stream);

/*
 * The next piece; there must be one. *bytes stays until the next call, and may be
 * written to: of a piece that cannot be read as a whole, which the negative code
 * says, it is room for what can be.
 */
int vl_stream_next(struct vl_stream *stream, uint8_t **bytes, size_t *len,
		   struct vhdxlog_error *err);

#endif

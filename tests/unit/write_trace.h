/* SPDX-License-Identifier: MIT */
/*
 * A medium in memory that remembers every write and flush in order, so that a
 * test can look at what was written when, and at what a crash would leave.
 */
#ifndef TESTS_WRITE_TRACE_H
#define TESTS_WRITE_TRACE_H

#include "write/medium.h"

struct trace_step {
	bool flush;
	uint64_t off, len;
	uint8_t *bytes; /* owned; NULL for a resize to off, and for a flush */
};

struct trace {
	struct vl_medium memory; /* owned: the content now */
	struct trace_step *steps; /* owned */
	size_t count, capacity;
	size_t fail_at; /* the step of this number fails with EIO; 0: none */
};

/* *m writes through to t->memory, which begins as `size` zero bytes. */
void trace_open(struct trace *t, uint64_t size, struct vl_medium *m);
void trace_forget(struct trace *t); /* the steps so far */
void trace_close(struct trace *t);

/* Do step i of the trace on another medium. */
void trace_redo(const struct trace *t, size_t i, const struct vl_medium *m);

/* Put two good headers (numbers 7 and 8, slot 2 current) on a medium. */
void trace_put_headers(const struct vl_medium *m, uint64_t log_offset,
		       uint32_t log_length);

#endif

/* SPDX-License-Identifier: MIT */
#include "write_trace.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "write/encode.h"

static int add(struct trace *t, struct trace_step step,
	       struct vhdxlog_error *err)
{
	if (t->count == t->capacity) {
		t->capacity = t->capacity ? 2 * t->capacity : 64;
		t->steps = realloc(t->steps, t->capacity * sizeof(*t->steps));
		cr_assert(t->steps);
	}
	t->steps[t->count++] = step;
	if (t->count == t->fail_at)
		return vl_error(err, VHDXLOG_E_IO, EIO, step.off, "by test");
	return 0;
}

static int trace_read(void *ctx, uint64_t off, void *buf, size_t len,
		      struct vhdxlog_error *err)
{
	const struct trace *t = ctx;

	return vl_medium_read(&t->memory, off, buf, len, err);
}

static int trace_write(void *ctx, uint64_t off, const void *buf, size_t len,
		       struct vhdxlog_error *err)
{
	struct trace *t = ctx;
	struct trace_step step = { .off = off, .len = len };
	int rc;

	step.bytes = malloc(len ? len : 1);
	cr_assert(step.bytes);
	memcpy(step.bytes, buf, len);
	rc = add(t, step, err);
	return rc < 0 ? rc : vl_medium_write(&t->memory, off, buf, len, err);
}

static int trace_size(void *ctx, uint64_t *size, struct vhdxlog_error *err)
{
	const struct trace *t = ctx;

	return vl_medium_size(&t->memory, size, err);
}

static int trace_resize(void *ctx, uint64_t size, struct vhdxlog_error *err)
{
	struct trace *t = ctx;
	int rc = add(t, (struct trace_step){ .off = size }, err);

	return rc < 0 ? rc : vl_medium_resize(&t->memory, size, err);
}

static int trace_flush(void *ctx, struct vhdxlog_error *err)
{
	return add(ctx, (struct trace_step){ .flush = true }, err);
}

static void trace_nothing(void *ctx)
{
	(void)ctx;
}

void trace_open(struct trace *t, uint64_t size, struct vl_medium *m)
{
	static const struct vl_medium_ops ops = {
		.read = trace_read,
		.write = trace_write,
		.size = trace_size,
		.resize = trace_resize,
		.flush = trace_flush,
		.close = trace_nothing,
	};

	*t = (struct trace){ 0 };
	cr_assert_eq(vl_medium_memory(size, &t->memory, NULL), 0);
	*m = (struct vl_medium){ &ops, t };
}

void trace_forget(struct trace *t)
{
	while (t->count)
		free(t->steps[--t->count].bytes);
}

void trace_close(struct trace *t)
{
	trace_forget(t);
	free(t->steps);
	vl_medium_close(&t->memory);
}

void trace_redo(const struct trace *t, size_t i, const struct vl_medium *m)
{
	const struct trace_step *s = &t->steps[i];

	if (s->flush)
		return;
	if (s->bytes)
		cr_assert_eq(vl_medium_write(m, s->off, s->bytes, s->len, NULL),
			     0);
	else
		cr_assert_eq(vl_medium_resize(m, s->off, NULL), 0);
}

void trace_put_headers(const struct vl_medium *m, uint64_t log_offset,
		       uint32_t log_length)
{
	struct vhdxlog_header h = {
		.sequence_number = 7,
		.file_write_guid.bytes = { 1 },
		.data_write_guid.bytes = { 2 },
		.version = 1,
		.log_length = log_length,
		.log_offset = log_offset,
	};
	uint8_t b[VL_SIZE_header];

	for (unsigned slot = 1; slot <= 2; slot++) {
		vl_header_encode(&h, b);
		cr_assert_eq(vl_medium_write(m, VL_HEADER_OFFSET(slot), b,
					     sizeof(b), NULL),
			     0);
		h.sequence_number++;
	}
}

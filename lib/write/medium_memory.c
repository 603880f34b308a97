/* SPDX-License-Identifier: MIT */
#include "write/medium.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

struct memory {
	uint8_t *bytes; /* owned */
	uint64_t size;
};

static int memory_read(void *ctx, uint64_t off, void *buf, size_t len,
		       struct vhdxlog_error *err)
{
	const struct memory *mem = ctx;

	if (off > mem->size || len > mem->size - off)
		return vl_error(err, VHDXLOG_E_RANGE, 0, off,
				"reading past the end of the memory");
	memcpy(buf, mem->bytes + off, len);
	return 0;
}

static int memory_size(void *ctx, uint64_t *size, struct vhdxlog_error *err)
{
	const struct memory *mem = ctx;

	(void)err;
	*size = mem->size;
	return 0;
}

static int memory_resize(void *ctx, uint64_t size, struct vhdxlog_error *err)
{
	struct memory *mem = ctx;
	uint8_t *bytes = realloc(mem->bytes, size ? size : 1);

	if (!bytes)
		return vl_nomem(err);
	if (size > mem->size)
		memset(bytes + mem->size, 0, size - mem->size);
	mem->bytes = bytes;
	mem->size = size;
	return 0;
}

/* Make room for what is to be written. */
static int reach(struct memory *mem, uint64_t off, uint64_t len,
		 struct vhdxlog_error *err)
{
	uint64_t end;

	if (!vl_add(off, len, &end))
		return vl_error(err, VHDXLOG_E_RANGE, 0, off,
				"writing past the largest offset");
	return end > mem->size ? memory_resize(mem, end, err) : 0;
}

static int memory_write(void *ctx, uint64_t off, const void *buf, size_t len,
			struct vhdxlog_error *err)
{
	struct memory *mem = ctx;
	int rc = reach(mem, off, len, err);

	if (rc < 0)
		return rc;
	memcpy(mem->bytes + off, buf, len);
	return 0;
}

static int memory_zero(void *ctx, uint64_t off, uint64_t len,
		       struct vhdxlog_error *err)
{
	struct memory *mem = ctx;
	int rc = reach(mem, off, len, err);

	if (rc < 0)
		return rc;
	memset(mem->bytes + off, 0, len);
	return 0;
}

static int memory_flush(void *ctx, struct vhdxlog_error *err)
{
	(void)ctx;
	(void)err;
	return 0;
}

static void memory_close(void *ctx)
{
	struct memory *mem = ctx;

	free(mem->bytes);
	free(mem);
}

int vl_medium_memory(uint64_t size, struct vl_medium *m,
		     struct vhdxlog_error *err)
{
	static const struct vl_medium_ops ops = {
		.read = memory_read,
		.write = memory_write,
		.zero = memory_zero,
		.size = memory_size,
		.resize = memory_resize,
		.flush = memory_flush,
		.close = memory_close,
	};
	struct memory *mem = vl_calloc(1, sizeof(*mem));

	*m = (struct vl_medium){ 0 };
	if (!mem || memory_resize(mem, size, err) < 0) {
		free(mem);
		return vl_nomem(err);
	}
	*m = (struct vl_medium){ &ops, mem };
	return 0;
}

uint8_t *vl_medium_bytes(const struct vl_medium *m, uint64_t *size)
{
	const struct memory *mem = m->ctx;

	if (size)
		*size = mem->size;
	return mem->bytes;
}

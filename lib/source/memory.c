/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "base/error.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

struct memory {
	const uint8_t *bytes; /* borrowed from the caller until close */
	size_t len;
};

/* The view has checked the bounds. */
static int64_t memory_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	const struct memory *m = ctx;

	memcpy(buf, m->bytes + off, len);
	return (int64_t)len;
}

static const struct vhdxlog_source_ops memory_ops = { memory_read, NULL, free };

int vhdxlog_source_memory(const void *buf, size_t len,
			  struct vhdxlog_source **source,
			  struct vhdxlog_error *err)
{
	struct memory *m = vl_calloc(1, sizeof(*m));

	*source = NULL;
	if (!m)
		return vl_nomem(err);
	*m = (struct memory){ buf, len };
	return vl_source_new(&memory_ops, m, VHDXLOG_SOURCE_MEMORY, len, 0,
			     source, err);
}

/* SPDX-License-Identifier: MIT */
#include "corpus/image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int rc, const struct vhdxlog_error *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "vhdxlog-corpus: %s at 0x%" PRIx64 ": %s\n", err->what,
		err->offset,
		err->sys_errno ? strerror(err->sys_errno) :
				 vhdxlog_strerror(err->code));
	exit(3);
}

void image_put(const struct image *image, uint64_t off, const void *buf,
	       size_t len)
{
	struct vhdxlog_error err;

	must(vl_medium_write(image->medium, off, buf, len, &err), &err);
}

void image_get(const struct image *image, uint64_t off, void *buf, size_t len)
{
	struct vhdxlog_error err;

	must(vl_medium_read_padded(image->medium, off, buf, len, &err), &err);
}

void image_resize(const struct image *image, uint64_t size)
{
	struct vhdxlog_error err;

	must(vl_medium_resize(image->medium, size, &err), &err);
}

/* SPDX-License-Identifier: MIT */
/*
 * A copy of a file that costs as little as its file system allows: shared
 * blocks, else what the kernel copies of the parts that are no holes, else what
 * is read and is not zero.
 */
#ifndef VL_WRITE_COPY_H
#define VL_WRITE_COPY_H

#include "write/change.h"

enum vl_copy_way {
	VL_COPY_REFLINK,
	VL_COPY_RANGES, /* copy_file_range */
	VL_COPY_PLAIN,	/* read and write */
	VL_COPY_WAYS,
};

struct vl_copy {
	/* Borrowed; `to` is empty and open for writing. Their positions move. */
	int from, to;
	uint64_t offset; /* in `from`, where the file to copy begins */
	uint64_t size;	 /* of what is to be copied */
	/*
	 * Make SHA-256 of the file as it is and as it will be along the way:
	 * everything is read then. change may be NULL: of the source alone.
	 */
	bool hash;
	const struct vl_change *change; /* borrowed */
	bool without[VL_COPY_WAYS]; /* ways not to try; there is always plain */
	/* May be NULL. Bytes of size; with hash, of the longer of both files. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;

	/* What came of it. way: the last that was needed for any of it. */
	enum vl_copy_way way;
	char source_sha256[VHDXLOG_SHA256_TEXT]; /* "" unless asked for */
	char output_sha256[VHDXLOG_SHA256_TEXT];
};

/*
 * Make `to` hold the size bytes, holes where there were holes. Does not flush,
 * and does not make the change. VHDXLOG_E_IO with the offset, in the file to
 * copy; `what` begins with "reading" or "writing", or says that the image became
 * shorter. Costs by what is no hole; by size where everything is hashed.
 */
int vl_copy_file(struct vl_copy *copy, struct vhdxlog_error *err);

const char *vl_copy_way_name(enum vl_copy_way way);

#endif

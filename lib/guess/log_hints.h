/* SPDX-License-Identifier: MIT */
/* What headers that are not followed, or not to be believed, still say of the log. */
#ifndef VL_GUESS_LOG_HINTS_H
#define VL_GUESS_LOG_HINTS_H

#include "image/image.h"

struct vl_log_hint {
	unsigned slot;
	uint64_t offset, length;
	struct vhdxlog_guid guid;
	const char *why; /* static: why it is listened to */
};

/* No more than one a slot; their number. Reads nothing. */
size_t vl_log_hints(const struct vl_image *image, struct vl_log_hint hints[2]);

#endif

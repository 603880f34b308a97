/* SPDX-License-Identifier: MIT */
/* Images without what they hold for the guest, as they are given out. */
#ifndef TESTS_EXPORTED_H
#define TESTS_EXPORTED_H

#include "bases.h"
#include "ondisk/layout.h"

#define EXPORT_IMAGES 48u
#define EXPORT_BEHIND (4 * VL_MIB) /* images made here have no structures there */

struct exported {
	struct buffer image; /* owned */
	uint64_t data;	     /* bytes that were given out */
	unsigned limitations;
};

void export_from(struct exported *x, struct vhdxlog_scan *scan, bool redact);
struct exported export_image(const struct buffer *image, bool redact);

/* Fails the test where the two are not told of in the same way. */
void expect_same_export(const struct buffer *image, const char *what,
			uint64_t seed);

/* A log that writes all over the file. */
struct buffer export_random_image(uint64_t seed);

void buffer_resize(struct buffer *image, size_t size);
bool is_all_zero(const uint8_t *p, size_t n);

#endif

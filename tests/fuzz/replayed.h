/* SPDX-License-Identifier: MIT */
/* What may be replayed of an image whose log the input is. */
#ifndef FUZZ_REPLAYED_H
#define FUZZ_REPLAYED_H

#include "tests/fuzz/medium.h"
#include "tests/fuzz/placed.h"
#include "write/replay.h"

struct replayed {
	struct sparse image;
	struct vhdxlog_scan *scan;
};

/* Each sequence, and what each reader applies, against which nothing stands. */
void replayed_each(const uint8_t *data, size_t size,
		   void (*each)(struct replayed *r, struct vhdxlog_overlay *o));

/* The copy is what the overlay shows, but for the headers. */
void replayed_compare(const struct replayed *r, struct vhdxlog_overlay *o,
		      const struct sparse *copy);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which file a state is of. The same file that was not written to since, or a
 * copy of it: as long, and with the same bytes in places all over it. What could
 * not be read then or now is nothing to compare.
 */
#ifndef TOOLS_VHDXLOG_CARVE_IDENTITY_H
#define TOOLS_VHDXLOG_CARVE_IDENTITY_H

#include "vhdxlog.h"

#define CARVE_SAMPLES 16

struct carve_identity {
	struct vhdxlog_identity file;
	uint64_t offset; /* where the pass begins */
	uint64_t samples[CARVE_SAMPLES]; /* sums; 0: could not be read */
};

struct carve_identity carve_identity_of(struct vhdxlog_source *source);

/* Two lines, each ended. free() it. */
char *carve_identity_lines(const struct carve_identity *identity);

/* From those two, without their ends; false: they are none. */
bool carve_identity_parse(char *file, char *samples,
			  struct carve_identity *identity);

/* Why a state of `then` is none of `now`; free() it. NULL: it is. */
char *carve_identity_objection(const struct carve_identity *then,
			       const struct carve_identity *now);

/* FNV-1a, 64 bits, of bytes behind others whose sum it was; begins with. */
#define CARVE_SUM UINT64_C(0xcbf29ce484222325)
uint64_t carve_sum(uint64_t sum, const void *bytes, size_t len);

#endif

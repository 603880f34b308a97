/* SPDX-License-Identifier: MIT */
/* A ring as the library sees it, and as reference.c does: both must be the same. */
#ifndef TESTS_COMPARED_H
#define TESTS_COMPARED_H

#include "reference.h"

struct compare {
	uint64_t seed;
	struct random_ring ring;
	struct reference ref;
	struct vhdxlog_scan *scan;
};

/* The ring as a log region alone: no file, so no place of its own to protect. */
void compared_raw(struct compare *c);

/* In a file without headers, where options say that it lies. */
void compared_placed(struct compare *c);

/* Whether the reference takes a sector for data that no entry owns. */
bool reference_is_orphan(const struct reference *r, uint32_t sector);

#endif

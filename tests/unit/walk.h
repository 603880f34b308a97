/* SPDX-License-Identifier: MIT */
/*
 * Go to the end of everything that the public interface offers, as a report
 * does, and hold each answer against what the interface promises and against
 * the other answers. Whatever the image holds, these hold.
 */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

#include "vhdxlog.h"

enum walk_kind {
	WALK_ALL,
	WALK_FAULTY, /* the source fails: reads may end with VHDXLOG_E_IO */
	WALK_STRICT, /* the scan was made with options.strict */
};

void walk_everything(struct vhdxlog_scan *scan, enum walk_kind kind);

/* walk_states.c, a part of it: the disk, as of an entry, side by side. */
void walk_states(struct vhdxlog_scan *scan, enum walk_kind kind);

#endif

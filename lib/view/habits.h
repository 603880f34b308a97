/* SPDX-License-Identifier: MIT */
/* Habits of writers, by which a session is consistent with one of them. */
#ifndef VL_VIEW_HABITS_H
#define VL_VIEW_HABITS_H

#include "log/log.h"

struct vl_habit {
	const char *writer; /* static, as why */
	const char *why;    /* what fits: a sentence */
	uint32_t shows, lacks; /* facts that all its sessions show; none does */
	bool guid_for_each_entry;
};

/*
 * The writer whose habits a session shows: `count` sound entries of one LogGuid,
 * by number, at least one. NULL where none fits, or more than one.
 */
const struct vl_habit *vl_habit_of(const struct vl_log *log,
				   const uint32_t *entries, uint32_t count);

#endif

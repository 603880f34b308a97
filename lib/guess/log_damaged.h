/* SPDX-License-Identifier: MIT */
/*
 * What was written last to a log, where that entry is damaged: it may be what the
 * header, were it there, would say is to be applied.
 */
#ifndef VL_GUESS_LOG_DAMAGED_H
#define VL_GUESS_LOG_DAMAGED_H

#include "log/log.h"

struct vl_damaged {
	uint32_t entry; /* index, or VL_NONE: there is none */
	bool follows; /* the newest sound one, in place and number */
};

/*
 * The last damaged entry behind `newest`, an index or VL_NONE, that has a legible
 * header and that no later entry was written over; where none follows, the one of
 * the largest number, if its LogGuid is no sound entry's.
 */
struct vl_damaged vl_log_damaged(const struct vl_log *log, uint32_t newest);

#endif

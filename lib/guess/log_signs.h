/* SPDX-License-Identifier: MIT */
/* What in a log that was walked speaks against the header that names it. */
#ifndef VL_GUESS_LOG_SIGNS_H
#define VL_GUESS_LOG_SIGNS_H

#include "log/log.h"

struct vl_log_signs {
	bool any;	  /* also of those below */
	bool goes_on;	  /* behind where it is said to end */
	bool hits_itself; /* entries write into what is said to be the log */
	uint32_t foreign; /* the first sector that begins a MiB and is of no log,
			     but for the very first; or VL_NONE */
};

/* Reads one page at most, and that only of a log that is full to its end. */
struct vl_log_signs vl_log_signs(const struct vl_log *log,
				 const struct vhdxlog_header *h,
				 const struct vl_view *disk);

/* How many sound entries have a LogGuid; none has zero. */
uint64_t vl_log_count_guid(const struct vl_log *log,
			   const struct vhdxlog_guid *guid);
uint64_t vl_log_count_sound(const struct vl_log *log);

#endif

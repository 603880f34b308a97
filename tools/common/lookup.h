/* SPDX-License-Identifier: MIT */
/* Whether what an identifier names is there, and if not, what is. */
#ifndef TOOLS_COMMON_LOOKUP_H
#define TOOLS_COMMON_LOOKUP_H

#include "vhdxlog.h"

/* NULL: there is such an entry; else why not, and what is near. free() it. */
char *tool_why_no_entry(struct vhdxlog_scan *scan, uint32_t sector);

/* NULL: the one follows from the other; else why not. free() it. */
char *tool_why_no_sequence(struct vhdxlog_scan *scan,
			   struct vhdxlog_range range);

#endif

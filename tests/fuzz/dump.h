/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_DUMP_H
#define FUZZ_DUMP_H

#include "vhdxlog.h"

/* The one small image that saved passes of carving are of; close it. */
struct vhdxlog_source *fuzz_dump(void);

#endif

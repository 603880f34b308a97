/* SPDX-License-Identifier: MIT */
#ifndef VL_BASE_GUID_H
#define VL_BASE_GUID_H

#include "vhdxlog.h"

#include <string.h>

static inline bool vl_guid_equal(const struct vhdxlog_guid *a,
				 const struct vhdxlog_guid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool vl_guid_is_zero(const struct vhdxlog_guid *g);

static inline struct vhdxlog_guid vl_guid_load(const uint8_t *p)
{
	struct vhdxlog_guid g;

	memcpy(g.bytes, p, sizeof(g.bytes));
	return g;
}

#endif

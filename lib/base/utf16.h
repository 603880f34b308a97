/* SPDX-License-Identifier: MIT */
#ifndef VL_BASE_UTF16_H
#define VL_BASE_UTF16_H

#include "vhdxlog.h"

/* Units before the first NUL, at most max. */
size_t vl_utf16_length(const uint8_t *bytes, size_t max);

/* Whether there is neither a lone surrogate nor a NUL among the units. */
bool vl_utf16_is_valid(struct vhdxlog_utf16 text);

/* Whether text is exactly this ASCII string. */
bool vl_utf16_equals(struct vhdxlog_utf16 text, const char *ascii);

#endif

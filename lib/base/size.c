/* SPDX-License-Identifier: MIT */
#include "vhdxlog.h"

#include <inttypes.h>
#include <stdio.h>

char *vhdxlog_size_format(uint64_t bytes, char text[VHDXLOG_SIZE_TEXT])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
					     "TiB",   "PiB", "EiB" };
	unsigned unit = 0;

	while (bytes != 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, VHDXLOG_SIZE_TEXT, "%" PRIu64 " %s", bytes,
		 bytes == 1 && unit == 0 ? "byte" : units[unit]);
	return text;
}

/* SPDX-License-Identifier: MIT */
/* What to look at next of what a pass over a file has found. */
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/next_command.h"

/*
 * Nothing is said of its log, not even where no header tells of it: the scan finds
 * that by more than its entries, and which session waits is not told by numbers, as
 * those of QEMU begin at 1 whenever it opens a file.
 */
static char *carved_image(const struct vhdxlog_carved *item, const char *path)
{
	char *options, *command;

	options = item->base ? next_join("--offset %" PRIu64 " ", item->base)
			     : strdup("");
	command = options ? next_scan_command(options, path) : NULL;
	free(options);
	return command;
}

static char *place_of_ring(uint64_t at, uint64_t length)
{
	char before[48] = "";

	if (at)
		snprintf(before, sizeof(before), "--offset %" PRIu64 " ", at);
	return next_join("%s--raw-log --log-length %" PRIu64 " ", before,
			 length);
}

static char *carved_log(const struct vhdxlog_carved *item, const char *path)
{
	bool ring = item->has_base && item->log_length;
	uint64_t at = ring ? item->base : item->offset;
	uint64_t length = ring ? item->log_length : item->length;
	char *options, *command;

	options = place_of_ring(at, length);
	command = options ? next_scan_command(options, path) : NULL;
	free(options);
	return command;
}

char *report_carve_command(const struct vhdxlog_carved *item, const char *path)
{
	if (item->kind == VHDXLOG_CARVE_IMAGE && item->has_base)
		return carved_image(item, path);
	if (item->kind == VHDXLOG_CARVE_LOG)
		return carved_log(item, path);
	return strdup("");
}

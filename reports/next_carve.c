/* SPDX-License-Identifier: MIT */
/* What to look at next of what a pass over a file has found. */
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/next_command.h"

/* Of an image without a usable header: where its log is. */
static char *carved_log_options(const struct vhdxlog_carved *item)
{
	static const struct vhdxlog_guid none;
	bool known = memcmp(&item->guid, &none, sizeof(none)) != 0;
	char guid[VHDXLOG_GUID_TEXT];

	if (item->has_header || !item->has_log)
		return strdup("");
	vhdxlog_guid_format(&item->guid, guid);
	return next_join(
		"--log-offset %" PRIu64 " --log-length %" PRIu32 " %s%s%s",
		item->log_offset, item->log_length, known ? "--log-guid " : "",
		known ? guid : "", known ? " " : "");
}

static char *carved_image(const struct vhdxlog_carved *item, const char *path)
{
	char *log = carved_log_options(item), *options, *command;

	if (!log || item->base == 0) {
		command = log ? next_scan_command(log, path) : NULL;
		free(log);
		return command;
	}
	options = next_join("--offset %" PRIu64 " %s", item->base, log);
	command = options ? next_scan_command(options, path) : NULL;
	free(options);
	free(log);
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

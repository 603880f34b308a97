/* SPDX-License-Identifier: MIT */
/*
 * Commands as a person types them. All are allocated, the caller frees them;
 * NULL: out of memory. options are those of next_place_options(), or others
 * that end with a space.
 */
#ifndef REPORTS_NEXT_COMMAND_H
#define REPORTS_NEXT_COMMAND_H

#include "reports/report.h"

char *next_join(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A path as an argument. */
char *next_quote_path(const char *path);

/* What the user said of where the image and its log lie, with a space behind;
 * what was inferred is inferred again. */
char *next_place_options(const struct report_subject *s);

/* fix: names of repairs, or ""; range NULL: nothing is applied. */
char *next_replay_command(const char *options, const char *path,
			  const char *fix, const struct vhdxlog_range *range);
char *next_show_command(const char *options, const char *path, const char *ids);
char *next_scan_command(const char *options, const char *path);

#endif

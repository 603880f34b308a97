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

/* What the user said of where the image and its log lie, of its parent and of how
 * strictly to judge, with a space behind: all that every command takes and that
 * what it finds depends on. What was inferred is inferred again. */
char *next_place_options(const struct report_subject *s,
			 const struct report_options *o);

/* fix: names of repairs, or ""; range NULL: nothing is applied but what can be
 * salvaged, if that is to be. */
char *next_replay_command(const char *options, const char *path,
			  const char *fix, const struct vhdxlog_range *range,
			  bool salvage);
char *next_show_command(const char *options, const char *path, const char *ids);
/* a, b: states of the image. */
char *next_compare_command(const char *options, const char *path, const char *a,
			   const char *b);
char *next_scan_command(const char *options, const char *path);

#endif

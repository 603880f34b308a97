/* SPDX-License-Identifier: MIT */
/*
 * Messages to the user, on standard error, each begun with the program's name;
 * and allocation that ends the program where there is no memory.
 */
#ifndef TOOLS_COMMON_SAY_H
#define TOOLS_COMMON_SAY_H

#include <stdarg.h>
#include <stddef.h>

#include "vhdxlog.h"

/* Exit statuses; interface.md says which program uses which. */
enum {
	TOOL_DONE = 0,
	TOOL_DECIDE = 1, /* scan: something needs a decision */
	TOOL_USAGE = 2,
	TOOL_FAILED = 3,
};

/* "vhdxlog: <text>". */
void tool_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "vhdxlog: <path>: <text>", the path escaped. */
void tool_say_path(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * "vhdxlog: <path>: <what>: <why>" by errno, where 0 is a stream that did not
 * take all. Nothing of a broken pipe: who closed it knows. TOOL_FAILED.
 */
int tool_failed(const char *path, const char *what);

/*
 * What happened and why, in one line: "opening the image: Permission denied".
 * free() it.
 */
char *tool_error_text(const struct vhdxlog_error *err);

/*
 * Have this called when the program ends, also where that is for want of memory
 * while threads run, so that exit() cannot be called. Of one function.
 */
void tool_at_end(void (*function)(void));

/* These never return NULL. */
void *tool_alloc(size_t count, size_t size); /* zeroed */
void *tool_grow(void *old, size_t count, size_t size); /* the rest is not */
char *tool_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
char *tool_format_list(const char *format, va_list ap)
	__attribute__((format(printf, 1, 0)));
char *tool_escape(const char *bytes);	/* report_escape_text() */
char *tool_quote(const char *argument); /* report_quote_shell() */

#endif

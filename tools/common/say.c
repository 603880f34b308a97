/* SPDX-License-Identifier: MIT */
#include "tools/common/say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include "reports/report.h"

static void no_memory(void) __attribute__((noreturn));

static void (*at_end)(void);

void tool_at_end(void (*function)(void))
{
	at_end = function;
	atexit(function);
}

/*
 * Where other threads run, what exit() would clean up is still in use by them, and
 * two of them may come here; standard output is flushed all the same.
 */
static void no_memory(void)
{
	fprintf(stderr, "%s: out of memory\n", program_invocation_short_name);
	if (__libc_single_threaded)
		exit(TOOL_FAILED);
	fflush(stdout);
	if (at_end)
		at_end();
	_exit(TOOL_FAILED);
}

void *tool_alloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		no_memory();
	return p;
}

void *tool_grow(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count, size);

	if (!p)
		no_memory();
	return p;
}

char *tool_format_list(const char *format, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, format, ap) < 0)
		no_memory();
	return text;
}

char *tool_format(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	return text;
}

char *tool_escape(const char *bytes)
{
	char *text = report_escape_text(bytes);

	if (!text)
		no_memory();
	return text;
}

char *tool_quote(const char *argument)
{
	char *text = report_quote_shell(argument);

	if (!text)
		no_memory();
	return text;
}

/* One write for a line: lines of programs that run side by side stay whole. */
void tool_say(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
	free(text);
}

void tool_say_path(const char *path, const char *format, ...)
{
	char *escaped = tool_escape(path);
	va_list ap;
	char *text;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	tool_say("%s: %s", escaped, text);
	free(escaped);
	free(text);
}

int tool_failed(const char *path, const char *what)
{
	if (errno != EPIPE)
		tool_say_path(path, "%s: %s", what,
			      errno ? strerror(errno) :
				      "it did not take all bytes");
	return TOOL_FAILED;
}

char *tool_error_text(const struct vhdxlog_error *err)
{
	const char *why = err->sys_errno ? strerror(err->sys_errno) :
					   vhdxlog_strerror(err->code);
	const char *what = err->what ? err->what : "";

	if (err->code == VHDXLOG_E_NOMEM || strcmp(what, why) == 0)
		return tool_format("%s", why);
	if (err->offset)
		return tool_format("%s at 0x%" PRIx64 ": %s", what, err->offset,
				   why);
	return tool_format("%s: %s", what, why);
}

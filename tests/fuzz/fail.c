/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fuzz_fail(const char *file, int line, const char *what,
	       const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: does not hold: %s", file, line, what);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* What costs much and shows little; a leak of an input is still seen. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "malloc_context_size=6:quarantine_size_mb=16:"
	       "allocator_release_to_os_interval_ms=-1";
}

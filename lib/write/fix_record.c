/* SPDX-License-Identifier: MIT */
#include "write/fix.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *vl_fix_name(enum vl_fix_kind kind)
{
	static const char *const names[VL_FIX_KINDS] = {
		[VL_FIX_HEADERS] = "headers",
		[VL_FIX_LOG_GUID] = "log-guid",
		[VL_FIX_REGION_TABLES] = "region-tables",
		[VL_FIX_BAT_SHIFT] = "bat-shift",
		[VL_FIX_LENGTH] = "length",
	};

	return names[kind];
}

void vl_fix_record_release(struct vl_fix_record *r)
{
	for (size_t i = 0; i < r->evidence_count; i++)
		free(r->evidence[i]);
	free(r->evidence);
	free(r->message);
	free(r->lost);
	*r = (struct vl_fix_record){ .message = NULL };
}

/* In new memory; NULL: there is none. */
__attribute__((format(printf, 1, 0))) static char *
format_text(const char *format, va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	text = vl_calloc((size_t)n + 1, 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

bool vl_fix_message(struct vl_fix_record *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	free(r->message);
	r->message = format_text(format, args);
	va_end(args);
	return r->message;
}

bool vl_fix_evidence(struct vl_fix_record *r, const char *format, ...)
{
	void *array = r->evidence;
	va_list args;
	char *text;

	if (r->evidence_count == VL_FIX_MOST_EVIDENCE) {
		r->evidence_left++;
		return true;
	}
	if (!vl_reserve(&array, &r->evidence_cap, r->evidence_count + 1,
			sizeof(*r->evidence)))
		return false;
	r->evidence = array;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	if (text)
		r->evidence[r->evidence_count++] = text;
	return text;
}

bool vl_fix_lose(struct vl_fix_record *r, const struct vl_fix_lost *lost)
{
	void *array = r->lost;

	if (r->lost_count == VL_FIX_MOST_LOST) {
		r->lost_left++;
		return true;
	}
	if (!vl_reserve(&array, &r->lost_cap, r->lost_count + 1,
			sizeof(*r->lost)))
		return false;
	r->lost = array;
	r->lost[r->lost_count++] = *lost;
	return true;
}

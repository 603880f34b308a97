/* SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <stdarg.h>
#include <stdio.h>

void vl_words_add(struct vl_words *w, const char *format, ...)
{
	va_list ap;
	int n;

	if (w->used >= w->room)
		return;
	va_start(ap, format);
	n = vsnprintf(w->at + w->used, w->room - w->used, format, ap);
	va_end(ap);
	w->used += n > 0 ? (size_t)n : 0;
}

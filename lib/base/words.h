/* SPDX-License-Identifier: MIT */
/* A sentence put together in a buffer of fixed size; what does not fit is cut. */
#ifndef VL_BASE_WORDS_H
#define VL_BASE_WORDS_H

#include <stddef.h>

struct vl_words {
	char *at;    /* borrowed; always ends in NUL after the first */
	size_t room; /* bytes */
	size_t used; /* what it would take; room or more: it was cut */
};

void vl_words_add(struct vl_words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/carve_lines.h"

#include <stdlib.h>
#include <string.h>

#include "tools/common/say.h"
#include "tools/vhdxlog/carve_identity.h"

void carve_lines_begin(struct carve_lines *l, struct vhdxlog_source *source,
		       uint64_t at, uint64_t end)
{
	l->source = source;
	l->at = at;
	l->end = end;
	l->sum = CARVE_SUM;
	l->used = l->size = 0;
}

uint64_t carve_lines_position(const struct carve_lines *l)
{
	return l->at - (l->size - l->used);
}

/* Make the buffer hold something; false: there is no more. */
static bool fill(struct carve_lines *l)
{
	uint64_t left = l->end - l->at;
	size_t n = left < sizeof(l->buffer) ? (size_t)left : sizeof(l->buffer);

	if (l->used < l->size)
		return true;
	if (n == 0 ||
	    vhdxlog_source_read(l->source, l->at, l->buffer, n, NULL) != 0)
		return false;
	l->at += n;
	l->used = 0;
	l->size = n;
	return true;
}

static bool take_byte(struct carve_lines *l, char *c)
{
	if (!fill(l))
		return false;
	*c = l->buffer[l->used++];
	return true;
}

char *carve_lines_next(struct carve_lines *l)
{
	size_t n = 0;

	/* Ends: each round takes a byte of a file that has an end. */
	while (n < CARVE_LINE && take_byte(l, &l->line[n])) {
		if (l->line[n++] != '\n')
			continue;
		l->sum = carve_sum(l->sum, l->line, n);
		l->line[n - 1] = '\0';
		return strlen(l->line) == n - 1 ? l->line : NULL;
	}
	return NULL;
}

char *carve_lines_take(struct carve_lines *l, size_t n)
{
	char *bytes;

	if (n > l->end - carve_lines_position(l))
		return NULL;
	bytes = tool_alloc(n + 1, 1);
	for (size_t i = 0; i < n; i++) {
		if (!take_byte(l, &bytes[i])) {
			free(bytes);
			return NULL;
		}
	}
	l->sum = carve_sum(l->sum, bytes, n);
	return bytes;
}

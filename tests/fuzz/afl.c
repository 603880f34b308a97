/* SPDX-License-Identifier: MIT */
/* The mutator as AFL++ wants it: a library of its own, AFL_CUSTOM_MUTATOR_LIBRARY. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vhdxlog.h"

struct afl_mutator {
	unsigned seed;
	uint8_t *out; /* owned */
	size_t room;
};

VHDXLOG_API void *afl_custom_init(void *afl, unsigned seed);
VHDXLOG_API void afl_custom_deinit(void *data);
VHDXLOG_API size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size,
				   uint8_t **out, const uint8_t *other,
				   size_t other_size, size_t max_size);

void *afl_custom_init(void *afl, unsigned seed)
{
	struct afl_mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m)
		m->seed = seed;
	return m;
}

void afl_custom_deinit(void *data)
{
	struct afl_mutator *m = data;

	free(m->out);
	free(m);
}

/* One in eight is put together of two; the rest is changed. */
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out,
		       const uint8_t *other, size_t other_size, size_t max_size)
{
	struct afl_mutator *m = data;
	size_t len;

	if (m->room < max_size) {
		uint8_t *room = realloc(m->out, max_size);

		if (!room)
			return 0;
		m->out = room;
		m->room = max_size;
	}
	*out = m->out;
	m->seed = m->seed * 1664525u + 1013904223u;
	if (other && (m->seed >> 24) % 8 == 0) {
		len = LLVMFuzzerCustomCrossOver(buf, size, other, other_size,
						m->out, max_size, m->seed);
		if (len)
			return len;
	}
	if (size > max_size)
		size = max_size;
	memcpy(m->out, buf, size);
	return LLVMFuzzerCustomMutator(m->out, size, max_size, m->seed);
}

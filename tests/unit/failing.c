/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>
#include <unwind.h>

#include "base/alloc.h"

#define DEPTH 4u /* callers that tell places apart */
#define SLOTS (1u << 14)
#define MOST  (SLOTS / 2)

static uint64_t known[SLOTS]; /* by open addressing; 0: free */
static size_t known_count;
static unsigned fresh[MOST];
static size_t fresh_count;
static unsigned count, fail_at;
static bool watched, failed;

struct chain {
	unsigned depth;
	uint64_t hash;
};

static _Unwind_Reason_Code add_caller(struct _Unwind_Context *at, void *ctx)
{
	struct chain *c = ctx;

	/* The first are of this file. */
	if (c->depth++ < 2)
		return _URC_NO_REASON;
	c->hash = (c->hash ^ _Unwind_GetIP(at)) * UINT64_C(0x9e3779b97f4a7c15);
	c->hash ^= c->hash >> 29;
	return c->depth < DEPTH + 2 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static bool is_new(uint64_t hash)
{
	size_t i = hash % SLOTS;

	hash |= 1;
	while (known[i] && known[i] != hash)
		i = (i + 1) % SLOTS;
	if (known[i])
		return false;
	known[i] = hash;
	cr_assert_lt(++known_count, MOST);
	return true;
}

static __attribute__((noinline)) bool fails(void)
{
	struct chain c = { .hash = 1 };

	count++;
	if (watched) {
		_Unwind_Backtrace(add_caller, &c);
		if (is_new(c.hash))
			fresh[fresh_count++] = count;
	}
	failed |= count == fail_at;
	return count == fail_at;
}

/* The linker puts these two where the library calls those of base/alloc.h. */
void *__real_vl_calloc(size_t n, size_t size);
bool __real_vl_reserve(void **array, size_t *capacity, size_t n, size_t size);
void *__wrap_vl_calloc(size_t n, size_t size);
bool __wrap_vl_reserve(void **array, size_t *capacity, size_t n, size_t size);

void *__wrap_vl_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_vl_calloc(n, size);
}

bool __wrap_vl_reserve(void **array, size_t *capacity, size_t n, size_t size)
{
	if (*array && n <= *capacity)
		return true;
	return !fails() && __real_vl_reserve(array, capacity, n, size);
}

void memory_watch(void)
{
	count = fail_at = 0;
	fresh_count = 0;
	watched = true;
}

const unsigned *memory_places(size_t *n)
{
	watched = false;
	*n = fresh_count;
	return fresh;
}

void memory_fail(unsigned number)
{
	count = 0;
	fail_at = number;
	failed = false;
}

int memory_failed(void)
{
	fail_at = 0;
	return failed;
}

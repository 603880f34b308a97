/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: the N-th allocation that a program makes after it has
 * entered main() fails, and with it, if asked, all that follow.
 *
 *	FAIL_ALLOC=N	   the N-th fails; without it none does
 *	FAIL_ALLOC_ON=1	   and so do all after it
 *	FAIL_ALLOC_COUNT=F at the end, the number of allocations goes to file F
 *	FAIL_ALLOC_SEEN=F  file F knows places from which memory was asked for,
 *			   each with the callers above it; at the end it knows
 *	FAIL_ALLOC_FRESH=F those of this run, too, and the numbers of the
 *			   allocations that were the first of theirs go to F
 *	FAIL_ALLOC_SPARES=L,M what libraries L and M themselves ask for, by a part
 *			   of their names, always succeeds and is not counted
 *
 * Constructors of libraries are left alone: what they do without memory is not
 * ours to test. Under a sanitizer it stands before that one's allocator.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <unwind.h>

#include "around.h"

static unsigned long count, fail_at;
static bool armed, goes_on, tells_places;
static const char *spares;
static _Thread_local bool within; /* what is neither counted nor fails */

/* ------------------------------------------------------------------ places */

/* Of callers, so many tell places apart. */
#define DEPTH 6
#define SLOTS (1u << 16)

static uint64_t seen[SLOTS]; /* by open addressing; 0: free */
static unsigned long seen_count;
static volatile int locked; /* threads ask for memory as well */

struct chain {
	unsigned depth;
	uint64_t hash;
};

/* By where in its file a caller is, which is the same in every run. */
static _Unwind_Reason_Code add_caller(struct _Unwind_Context *at, void *ctx)
{
	struct chain *c = ctx;
	uintptr_t ip = _Unwind_GetIP(at);
	struct dl_find_object object;

	if (!ip || _dl_find_object((void *)ip, &object) != 0)
		return _URC_END_OF_STACK;
	ip -= (uintptr_t)object.dlfo_map_start;
	c->hash = (c->hash ^ ip) * 0x9e3779b97f4a7c15u;
	c->hash ^= c->hash >> 29;
	return ++c->depth < DEPTH ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* Whether it was not there before. */
static bool add_place(uint64_t hash)
{
	size_t i = hash % SLOTS;

	hash |= 1;
	while (seen[i] && seen[i] != hash)
		i = (i + 1) % SLOTS;
	if (seen[i])
		return false;
	if (++seen_count > SLOTS / 2)
		abort();
	seen[i] = hash;
	return true;
}

static void note_place(unsigned long n)
{
	struct chain c = { .hash = 1 };
	char line[64];

	_Unwind_Backtrace(add_caller, &c);
	while (__sync_lock_test_and_set(&locked, 1))
		;
	if (add_place(c.hash)) {
		snprintf(line, sizeof(line), "%lu\n", n);
		put_line("FAIL_ALLOC_FRESH", line);
		snprintf(line, sizeof(line), "%016jx\n", (uintmax_t)c.hash);
		put_line("FAIL_ALLOC_SEEN", line);
	}
	__sync_lock_release(&locked);
}

static void read_seen(void)
{
	int fd = told_fd("FAIL_ALLOC_SEEN");
	char line[18] = "";

	while (read(fd, line, 17) == 17)
		add_place(strtoull(line, NULL, 16));
}

/* ------------------------------------------------------------- allocations */

static bool is_spared(void *caller)
{
	Dl_info info;
	char name[64];

	if (!spares || !dladdr(caller, &info) || !info.dli_fname)
		return false;
	for (const char *p = spares; *p; p += *p == ',') {
		size_t len = strcspn(p, ",");

		snprintf(name, sizeof(name), "%.*s", (int)len, p);
		if (strstr(info.dli_fname, name))
			return true;
		p += len;
	}
	return false;
}

/* Whether this allocation is one that fails. */
static bool fails(void *caller)
{
	unsigned long n;

	if (!armed || within || is_spared(caller))
		return false;
	n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	within = true;
	if (tells_places)
		note_place(n);
	within = false;
	if (!fail_at || n < fail_at || (n > fail_at && !goes_on))
		return false;
	errno = ENOMEM;
	return true;
}

#define CALLER __builtin_return_address(0)

/* What would be called without us: libc's, or a sanitizer's. */
static void *next(const char *name)
{
	void *call = dlsym(RTLD_NEXT, name);

	if (!call)
		abort();
	return call;
}

static void *next_malloc(size_t size)
{
	static void *(*call)(size_t);

	if (!call)
		*(void **)&call = next("malloc");
	return call(size);
}

void *malloc(size_t size)
{
	return fails(CALLER) ? NULL : next_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	static void *(*call)(size_t, size_t);

	if (fails(CALLER))
		return NULL;
	if (!call)
		*(void **)&call = next("calloc");
	return call(n, size);
}

static void *next_realloc(void *p, size_t size)
{
	static void *(*call)(void *, size_t);

	if (!call)
		*(void **)&call = next("realloc");
	return call(p, size);
}

void *realloc(void *p, size_t size)
{
	return fails(CALLER) ? NULL : next_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return fails(CALLER) ? NULL : next_realloc(p, total);
}

/* In libc it would be libc that asks. */
char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = fails(CALLER) ? NULL : next_malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

/* With it a sanitizer asks for a new thread's stack, and ends the process if it
 * is not told; the programs themselves never ask. */
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
	static int (*call)(pthread_t, pthread_attr_t *);
	int status;

	if (!call)
		*(void **)&call = next("pthread_getattr_np");
	within = true;
	status = call(thread, attr);
	within = false;
	return status;
}

void shim_begin(void)
{
	const char *at = getenv("FAIL_ALLOC");

	fail_at = at ? strtoul(at, NULL, 10) : 0;
	goes_on = getenv("FAIL_ALLOC_ON");
	spares = getenv("FAIL_ALLOC_SPARES");
	tells_places = told_fd("FAIL_ALLOC_FRESH") >= 0;
	if (tells_places)
		read_seen();
	armed = true;
}

void shim_end(void)
{
	armed = false;
	tell_number("FAIL_ALLOC_COUNT", count);
}

/* SPDX-License-Identifier: MIT */
/*
 * Memory and time, far beyond what honest work takes: they end what a mistake of
 * ours would let an image do, before the machine suffers.
 *
 * A log takes up to 135 bytes a sector and 16 bytes a descriptor of a sound entry,
 * of which a sector holds 126: all in all little more than half of it. It lies in
 * its file and is no longer than 4 GiB.
 */
#include "tools/common/sandbox_parts.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

#define MIB	     ((uint64_t)1 << 20)
#define GIB	     ((uint64_t)1 << 30)
#define LONGEST_LOG  (4 * GIB)
#define LEAST_MEMORY GIB
#define LEAST_TIME   3600 /* seconds */
#define SLOWEST	     MIB  /* bytes in a second of the processor */

/* The size of a device is not known without opening it. */
static uint64_t most_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return 0;
	return S_ISREG(st.st_mode) ? (uint64_t)st.st_size : UINT64_MAX;
}

static unsigned threads_of(const struct tool_options *o)
{
	return o->many.jobs ? o->many.jobs : (unsigned)CPU_SETSIZE;
}

static uint64_t sum_of(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

struct sandbox_limits sandbox_limits_of(const struct tool_needs *needs)
{
	const struct tool_evidence *e = needs->evidence;
	uint64_t longest = 0, all = 0;

	for (int i = 0; i < e->count; i++) {
		uint64_t size = most_of(e->paths[i]);

		all = sum_of(all, size);
		if (size > longest)
			longest = size < LONGEST_LOG ? size : LONGEST_LOG;
	}
	return (struct sandbox_limits){
		.memory = LEAST_MEMORY + longest * threads_of(needs->options),
		/* Rules take what they take: --yara-timeout is theirs. */
		.seconds = needs->options->yara.file_count ?
				   0 :
				   LEAST_TIME + all / SLOWEST,
	};
}

/* more: until the limit cannot be outlived by a handler of its signal. */
static int set(int resource, uint64_t most, rlim_t more)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)resource, &l) != 0)
		return errno;
	if (l.rlim_cur == RLIM_INFINITY || l.rlim_cur > most)
		l.rlim_cur = most;
	if (l.rlim_max == RLIM_INFINITY || l.rlim_max > l.rlim_cur + more)
		l.rlim_max = l.rlim_cur + more;
	return setrlimit((__rlimit_resource_t)resource, &l) == 0 ? 0 : errno;
}

/* Nor is what was read of the evidence left lying about in a core. */
int sandbox_limit(const struct sandbox_limits *limits)
{
	int failed = set(RLIMIT_CORE, 0, 0);

	if (!failed)
		failed = set(RLIMIT_DATA, limits->memory, 0);
	if (!failed && limits->seconds)
		failed = set(RLIMIT_CPU, limits->seconds, 5);
	return failed;
}

/* SPDX-License-Identifier: MIT */
#include "match/matches.h"

#include "scan.h"
#include "source/source.h"

#define SECOND INT64_C(1000000000)

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static struct timespec after(struct timespec from, uint64_t ms)
{
	from.tv_sec += (time_t)(ms / 1000);
	from.tv_nsec += (long)(ms % 1000) * 1000000;
	if (from.tv_nsec >= SECOND) {
		from.tv_sec++;
		from.tv_nsec -= SECOND;
	}
	return from;
}

void vl_match_begin_time(struct vl_match_pass *pass)
{
	const uint64_t own = (uint64_t)pass->options->timeout * 1000;
	const uint64_t limit = pass->options->limit_ms;
	struct timespec now;

	pass->has_deadline = own || limit;
	pass->deadline_is_limit = limit && (!own || limit <= own);
	clock_gettime(CLOCK_MONOTONIC, &now);
	pass->deadline = after(now, pass->deadline_is_limit ? limit : own);
}

void vl_match_be_late(struct vl_match_pass *pass)
{
	if (!pass->deadline_is_limit)
		pass->over = true;
	else if (!pass->failed)
		pass->failed = VHDXLOG_E_LIMIT;
}

/* Rules work long without a read, and the limits are asked for each read only. */
bool vl_match_is_late(struct vl_match_pass *pass)
{
	struct timespec now;

	if (pass->over || pass->failed)
		return true;
	if (vl_source_stops(pass->scan->source)) {
		pass->failed = VHDXLOG_E_LIMIT;
		return true;
	}
	if (!pass->has_deadline)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (is_before(&now, &pass->deadline))
		return false;
	vl_match_be_late(pass);
	return true;
}

uint64_t vl_match_time_left(const struct vl_match_pass *pass)
{
	struct timespec now;

	if (!pass->has_deadline)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!is_before(&now, &pass->deadline))
		return 1;
	return (uint64_t)((pass->deadline.tv_sec - now.tv_sec) * SECOND +
			  pass->deadline.tv_nsec - now.tv_nsec);
}

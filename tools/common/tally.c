/* SPDX-License-Identifier: MIT */
#include "tools/common/tally.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/common/say.h"

#define PATIENCE 1.0  /* seconds before anything is shown */
#define PERIOD	 0.25 /* seconds between two lines */

/* "1,000,000" */
static char *grouped(size_t n)
{
	char *text = n >= 1000 ? NULL : tool_format("%zu", n), *front;

	if (text)
		return text;
	front = grouped(n / 1000);
	text = tool_format("%s,%03zu", front, n % 1000);
	free(front);
	return text;
}

static char *left_of(double seconds)
{
	uint64_t n = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : UINT64_C(1000000000);

	if (n < 3600)
		return tool_format("%" PRIu64 ":%02" PRIu64, n / 60, n % 60);
	return tool_format("%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, n / 3600,
			   n / 60 % 60, n % 60);
}

char *tool_tally_line(size_t done, size_t total, size_t failed, double elapsed)
{
	double rate = elapsed > 0 ? (double)done / elapsed : 0;
	char *some = grouped(done), *all = grouped(total);
	char *bad = grouped(failed);
	char *left = rate > 0 ? left_of((double)(total - done) / rate) :
				tool_format("?");
	char *line = tool_format("%s of %s images, %s failed, %.*f/s, %s left",
				 some, all, bad, rate < 10 ? 1 : 0, rate, left);

	free(some);
	free(all);
	free(bad);
	free(left);
	return line;
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) +
	       (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

void tool_tally_begin(struct tool_tally *t, size_t total, bool quiet)
{
	*t = (struct tool_tally){ .total = total };
	pthread_mutex_init(&t->lock, NULL);
	t->enabled = total > 1 && !quiet && isatty(STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &t->start);
	t->last = t->start;
}

static void show(struct tool_tally *t)
{
	char *line;

	if (!t->enabled || t->done == t->total ||
	    seconds_since(&t->start) < PATIENCE ||
	    seconds_since(&t->last) < PERIOD)
		return;
	line = tool_tally_line(t->done, t->total, t->failed,
			       seconds_since(&t->start));
	fprintf(stderr, "\r\033[K%s", line);
	fflush(stderr);
	free(line);
	t->shown = true;
	clock_gettime(CLOCK_MONOTONIC, &t->last);
}

static void wipe(struct tool_tally *t)
{
	if (t->shown)
		fputs("\r\033[K", stderr);
	t->shown = false;
}

void tool_tally_count(struct tool_tally *t, bool failed)
{
	pthread_mutex_lock(&t->lock);
	t->done++;
	t->failed += failed;
	show(t);
	pthread_mutex_unlock(&t->lock);
}

void tool_tally_hold(struct tool_tally *t)
{
	pthread_mutex_lock(&t->lock);
	wipe(t);
}

void tool_tally_let(struct tool_tally *t)
{
	pthread_mutex_unlock(&t->lock);
}

void tool_tally_end(struct tool_tally *t)
{
	wipe(t);
	pthread_mutex_destroy(&t->lock);
}

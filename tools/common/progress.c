/* SPDX-License-Identifier: MIT */
#include "tools/common/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/common/say.h"
#include "tools/common/terminal.h"

#define PATIENCE 1.0  /* seconds before anything is shown */
#define PERIOD	 0.25 /* seconds between two lines */
#define WIDTH	 80   /* columns of a terminal that does not say */

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) +
	       (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

struct tool_progress tool_progress_begin(const char *path, bool quiet)
{
	struct tool_progress p = { .path = path };

	p.enabled = !quiet && isatty(STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &p.start);
	p.pass = p.last = p.start;
	p.width = tool_terminal_width(STDERR_FILENO);
	if (!p.width)
		p.width = WIDTH;
	return p;
}

/* "1.4 GiB": rounded, since it is gone in a moment. */
static char *rounded(double bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
					     "TiB" };
	unsigned unit = 0;

	while (bytes >= 1024 && unit < 4) {
		bytes /= 1024;
		unit++;
	}
	return tool_format("%.*f %s", bytes < 10 && unit ? 1 : 0, bytes,
			   units[unit]);
}

/* "0:05", "1:02:30" */
static char *duration(double seconds)
{
	uint64_t s = seconds < 359999 ? (uint64_t)(seconds + 0.5) : 359999;

	if (s < 3600)
		return tool_format("%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
	return tool_format("%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600,
			   s / 60 % 60, s % 60);
}

/* "42 %, 1.2 GiB of 2.9 GiB, 310 MiB/s, 0:05 left" */
static char *describe(const struct tool_progress *p, uint64_t done,
		      uint64_t total)
{
	double rate = (double)done / seconds_since(&p->pass);
	char *so_far = rounded((double)done), *of = rounded((double)total);
	char *speed = rounded(rate);
	char *left = duration(rate > 0 ? (double)(total - done) / rate : 0);
	char *line = tool_format("%.0f %%, %s of %s, %s/s, %s left",
				 100.0 * (double)done / (double)total, so_far,
				 of, speed, left);

	free(so_far);
	free(of);
	free(speed);
	free(left);
	return line;
}

/* The last column stays empty: a terminal may begin a new line behind it. */
static void show(struct tool_progress *p, uint64_t done, uint64_t total)
{
	char *name = tool_escape(p->path);
	char *told = describe(p, done, total);
	char *line = tool_format("%s: %s", told, name);

	fprintf(stderr, "\r\033[K%.*s", (int)p->width - 1, line);
	fflush(stderr);
	p->shown = true;
	free(name);
	free(told);
	free(line);
}

void tool_progress_step(void *ctx, uint64_t done, uint64_t total)
{
	struct tool_progress *p = ctx;

	if (!p->enabled || total == 0 || done > total)
		return;
	if (done < p->done)
		clock_gettime(CLOCK_MONOTONIC, &p->pass);
	p->done = done;
	if (seconds_since(&p->start) < PATIENCE ||
	    (p->shown && seconds_since(&p->last) < PERIOD))
		return;
	show(p, done, total);
	clock_gettime(CLOCK_MONOTONIC, &p->last);
}

void tool_progress_end(struct tool_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

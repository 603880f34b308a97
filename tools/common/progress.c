/* SPDX-License-Identifier: MIT */
#include "tools/common/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/common/say.h"

#define PATIENCE 1.0  /* seconds before anything is shown */
#define PERIOD	 0.25 /* seconds between two lines */
#define LINE	 79

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
	p.last = p.start;
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

static void show(struct tool_progress *p, uint64_t done, uint64_t total)
{
	double elapsed = seconds_since(&p->start);
	double rate = (double)done / elapsed;
	char *name = tool_escape(p->path);
	char *of = rounded((double)total), *speed = rounded(rate);
	char *line =
		tool_format("%3.0f %% of %s, %s/s, %.0f s left: %s",
			    100.0 * (double)done / (double)total, of, speed,
			    rate > 0 ? (double)(total - done) / rate : 0, name);

	fprintf(stderr, "\r\033[K%.*s", LINE, line);
	fflush(stderr);
	p->shown = true;
	free(name);
	free(of);
	free(speed);
	free(line);
}

void tool_progress_step(void *ctx, uint64_t done, uint64_t total)
{
	struct tool_progress *p = ctx;

	if (!p->enabled || total == 0 || done > total ||
	    seconds_since(&p->start) < PATIENCE ||
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

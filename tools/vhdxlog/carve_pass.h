/* SPDX-License-Identifier: MIT */
/*
 * One pass over a file, by as many runs as it takes: what earlier ones found comes
 * out of the state, then it goes on. Keeps the state, heeds signals, shows progress.
 */
#ifndef TOOLS_VHDXLOG_CARVE_PASS_H
#define TOOLS_VHDXLOG_CARVE_PASS_H

#include "tools/common/progress.h"
#include "tools/vhdxlog/carve_state.h"

/* Starts zeroed, but for the first two. */
struct carve_pass {
	const struct tool_options *options; /* borrowed */
	const struct tool_output *out; /* borrowed; where the report goes */
	struct vhdxlog_source *source; /* borrowed until the release */
	struct vhdxlog_carve *carve; /* owned */
	struct carve_state state;
	struct tool_progress progress;
	uint64_t started_at;  /* of this run: position */
	uint64_t read_before; /* bytes, by earlier runs */
	uint64_t kept_at;     /* bytes read in all when it was kept last */
	bool stopped; /* by a signal, or nobody takes the report */
	bool lost;    /* the state could not be kept */
};

/*
 * Returns 0, or an exit status: after a message, or with err filled where there was
 * none.
 */
int carve_pass_open(struct carve_pass *pass, struct vhdxlog_source *source,
		    const struct tool_evidence *evidence,
		    struct vhdxlog_error *err);

/* The next item, its places those of the file: 0, 1: no more, or negative. */
int carve_pass_next(struct carve_pass *pass, struct vhdxlog_carved *item,
		    struct vhdxlog_error *err);

/* Bytes read by all runs. */
uint64_t carve_pass_read(const struct carve_pass *pass);

/* Whether it was a signal that stopped it. */
bool carve_pass_interrupted(void);

void carve_pass_release(struct carve_pass *pass);

#endif

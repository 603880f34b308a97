/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/carve_pass.h"

#include <signal.h>

#include "tools/common/say.h"

#define PERIOD	   (UINT64_C(1) << 30)
#define PROPORTION 16 /* a state is written for so many times its size read */

/* ------------------------------------------------------------------ signals */

static volatile sig_atomic_t ended_by;

static void note_signal(int signal)
{
	ended_by = signal;
}

/* The second one ends the program as it always does. With nothing to be kept
 * the first does. */
static void heed_signals(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction ours = { .sa_handler = note_signal,
				  .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) {
		if (sigaction(ending[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(ending[i], &ours, NULL);
	}
}

bool carve_pass_interrupted(void)
{
	return ended_by;
}

/* -------------------------------------------------------------------- state */

uint64_t carve_pass_read(const struct carve_pass *p)
{
	return p->read_before + vhdxlog_carve_bytes_read(p->carve);
}

static uint64_t period(const struct carve_pass *p)
{
	const struct tool_carve_options *o = &p->options->carve;
	uint64_t least = p->state.written * PROPORTION;

	if (o->has_period)
		return o->period;
	return least > PERIOD ? least : PERIOD;
}

static bool is_due(const struct carve_pass *p)
{
	return p->state.writing &&
	       carve_pass_read(p) - p->kept_at >= period(p);
}

/* A pass of hours is not given up for the want of a state: it is said, and the
 * exit status tells of it. */
static void keep(struct carve_pass *p, bool done)
{
	p->kept_at = carve_pass_read(p);
	if (p->state.writing &&
	    carve_state_save(&p->state, p->carve, p->kept_at, done) != 0)
		p->lost = true;
}

/* ------------------------------------------------------------------ opening */

static bool wants_pause(void *ctx)
{
	return ended_by || is_due(ctx);
}

static void show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct carve_pass *p = ctx;

	if (done >= p->started_at)
		tool_progress_step(&p->progress, done - p->started_at,
				   total - p->started_at);
}

static int open_carve(struct carve_pass *p, struct vhdxlog_error *err)
{
	struct vhdxlog_carve_options o = VHDXLOG_CARVE_OPTIONS_INIT;

	o.progress = show_progress;
	o.progress_ctx = p;
	if (p->options->carve.state) {
		o.pause = wants_pause;
		o.pause_ctx = p;
	}
	return vhdxlog_carve_open(p->source, &o, &p->carve, err) ? TOOL_FAILED :
								   TOOL_DONE;
}

/* Everything but memory that is wrong with it is the state's fault. */
static int restore(struct carve_pass *p, struct vhdxlog_error *err)
{
	int rc = p->state.pass ? vhdxlog_carve_restore(p->carve,
						       p->state.pass, err) :
				 0;

	if (rc == VHDXLOG_E_NOMEM)
		return TOOL_FAILED;
	if (rc && err)
		err->code = VHDXLOG_OK;
	return rc ? carve_state_refuse(&p->state) : TOOL_DONE;
}

int carve_pass_open(struct carve_pass *p, struct vhdxlog_source *source,
		    const struct tool_evidence *evidence,
		    struct vhdxlog_error *err)
{
	const char *state = p->options->carve.state;
	int status = TOOL_DONE;

	p->source = source;
	p->progress = tool_progress_begin(p->options->operands[0],
					  p->options->quiet);
	if (state) {
		heed_signals();
		status = carve_state_open(&p->state, state, evidence, source);
	}
	if (status == TOOL_DONE)
		status = open_carve(p, err);
	if (status == TOOL_DONE)
		status = restore(p, err);
	if (status)
		return status;
	p->started_at = vhdxlog_carve_position(p->carve);
	p->kept_at = p->state.bytes_read;
	p->read_before =
		p->state.bytes_read - vhdxlog_carve_bytes_read(p->carve);
	return TOOL_DONE;
}

void carve_pass_release(struct carve_pass *p)
{
	carve_state_release(&p->state);
	vhdxlog_carve_close(p->carve);
	p->carve = NULL;
}

/* -------------------------------------------------------------------- going */

static bool is_at_end(const struct carve_pass *p)
{
	return vhdxlog_carve_position(p->carve) >=
	       vhdxlog_source_size(p->source);
}

/* A reader of the report that went away needs no more of it. */
static bool is_unheard(const struct carve_pass *p)
{
	return ferror(p->out->stream) ||
	       (p->out->to_terminal && fflush(p->out->stream) != 0);
}

/* 0: *item is one; 1: no more, or it is stopped; negative. */
static int go_on(struct carve_pass *p, struct vhdxlog_carved *item,
		 struct vhdxlog_error *err)
{
	int rc;

	/* Ends: each round reads more of a file that has an end. */
	while (!ended_by && !is_unheard(p)) {
		rc = vhdxlog_carve_next(p->carve, item, err);
		if (rc == 0)
			carve_state_add(&p->state, item);
		if (rc != 1 || is_at_end(p))
			return rc;
		keep(p, false);
	}
	p->stopped = true;
	return 1;
}

/* In the file, not in what --offset leaves of it. */
static void place(const struct carve_pass *p, struct vhdxlog_carved *item)
{
	item->offset += vhdxlog_source_offset(p->source);
	item->base += vhdxlog_source_offset(p->source);
}

int carve_pass_next(struct carve_pass *p, struct vhdxlog_carved *item,
		    struct vhdxlog_error *err)
{
	int rc = carve_state_earlier(&p->state, item);

	if (rc == 1 && !p->state.done)
		rc = go_on(p, item, err);
	if (rc == 0)
		place(p, item);
	if (rc == 1 && !p->state.done)
		keep(p, !p->stopped);
	if (rc)
		tool_progress_end(&p->progress);
	return rc;
}

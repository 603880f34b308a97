/* SPDX-License-Identifier: MIT */
/*
 * The images of a scan, each by one thread: with all that it needs for itself, so
 * that nothing is shared but the output, which has its order.
 */
#include "tools/vhdxlog/scan.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "tools/common/say.h"
#include "tools/common/subject.h"

/* Of reports that wait for their turn. */
#define BOUND (64 * 1024 * 1024)

struct thread {
	struct scan scan;
	struct tool_worker *worker; /* owned */
	const struct tool_images *images;
	pthread_t id;
	bool started;
};

static void *work(void *ctx)
{
	struct thread *t = ctx;
	struct scan *s = &t->scan;
	int gravest = TOOL_DONE;

	/* Ends: there are so many images. */
	while ((s->turn = tool_turn_begin(t->worker))) {
		s->status = TOOL_DONE;
		scan_image(s, &t->images->list[s->turn->number]);
		tool_turn_end(s->turn, s->status == TOOL_FAILED);
		if (s->status > gravest)
			gravest = s->status;
	}
	s->status = gravest;
	return NULL;
}

/* The main thread is one of them; where another cannot be had, fewer do. */
static void work_all(struct thread *threads, unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		threads[i].started = pthread_create(&threads[i].id, NULL, work,
						    &threads[i]) == 0;
	work(&threads[0]);
	for (unsigned i = 1; i < count; i++) {
		if (threads[i].started)
			pthread_join(threads[i].id, NULL);
	}
}

static unsigned processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ?
		       (unsigned)CPU_COUNT(&set) :
		       1;
}

static unsigned jobs_for(const struct tool_options *o, size_t images)
{
	unsigned jobs = o->many.jobs ? o->many.jobs : processors();

	return images < 1 ? 1 : images < jobs ? (unsigned)images : jobs;
}

/* Each its own parent: a source is for one thread at a time. Exit status. */
static int prepare(struct thread *threads, unsigned count,
		   const struct scan *common, const struct tool_images *images)
{
	int status = TOOL_DONE;

	for (unsigned i = 0; i < count && status == TOOL_DONE; i++) {
		threads[i].scan = *common;
		threads[i].images = images;
		threads[i].worker = tool_worker_new(common->turns);
		status = tool_subject_open_parent(common->options,
						  &threads[i].scan.parent);
	}
	return status;
}

/* Returns the gravest status of all images; *whole: so are all reports. */
static int release(struct thread *threads, unsigned count, bool *whole)
{
	int status = TOOL_DONE;

	for (unsigned i = 0; i < count; i++) {
		if (threads[i].scan.status > status)
			status = threads[i].scan.status;
		*whole &= !threads[i].scan.not_whole;
		if (threads[i].worker)
			tool_worker_release(threads[i].worker);
		vhdxlog_source_close(threads[i].scan.parent);
	}
	free(threads);
	return status;
}

/* *keep: there is a report that may be kept. */
static int scan_all(const struct scan *common, const struct tool_images *images,
		    struct tool_output *out, unsigned jobs, bool *keep)
{
	struct thread *threads = tool_alloc(jobs, sizeof(*threads));
	int misuse = prepare(threads, jobs, common, images), status;

	bool whole = true;

	*keep = misuse == TOOL_DONE;
	if (*keep) {
		if (common->options->format == TOOL_CSV)
			report_scan_csv_head(out->stream);
		work_all(threads, jobs);
	}
	status = release(threads, jobs, &whole);
	/* Of several records the others are. */
	if (scan_is_one_document(common->options->format))
		*keep &= whole;
	return misuse == TOOL_DONE ? status : misuse;
}

int scan_images(const struct tool_options *o, const struct tool_images *images,
		const struct vhdxlog_rules *rules, struct tool_output *out)
{
	unsigned jobs = jobs_for(o, images->count);
	struct tool_tally tally;
	struct scan common = {
		.options = o,
		.report = tool_report_options(o, out->to_terminal),
		.to_terminal = out->to_terminal,
		.one_of_many = jobs > 1,
		.rules = rules,
	};
	bool keep, works;
	int status, closed;

	tool_tally_begin(&tally, images->count, o->quiet && out->to_terminal);
	common.turns = tool_turns_new(out, &tally, images->count, BOUND);
	status = scan_all(&common, images, out, jobs, &keep);
	works = tool_turns_end(common.turns);
	tool_tally_end(&tally);
	closed = tool_output_close(out, keep && works);
	if (!works)
		return TOOL_FAILED;
	return closed > status ? closed : status;
}

/* SPDX-License-Identifier: MIT */
/*
 * One run of vhdxlog-replay: what was asked for, what came of it, its record.
 *
 *	job.c		 opens, tells what went wrong, writes the record, ends
 *	fix.c		 repairs, and a replay among them
 *	choose.c	 the sequence or policy, and what stands against it
 *	write_copy.c	 OUTPUT from IMAGE and a change
 *	examine_copy.c	 whether OUTPUT is what was meant
 *	write_patch.c	 the change as a patch
 *	pages.c		 the change as the record has it
 *	replay.c, apply.c  the ways through these
 *
 * Steps return 0, or the exit status with which the run ends; what went wrong is
 * in the record by then.
 */
#ifndef REPLAY_JOB_H
#define REPLAY_JOB_H

#include "write/fix.h"
#include "write/replay.h"
#include "reports/report.h"
#include "tools/common/custody.h"
#include "tools/common/newfile.h"
#include "tools/common/output.h"
#include "tools/common/subject.h"

/* Exit statuses besides those of say.h. */
enum { REPLAY_REFUSED = 1 };

#define JOB_MOST_FIXES 8

struct job {
	const struct tool_options *options;
	const char *image; /* path, as the user gave it */
	struct tool_evidence evidence;
	struct tool_output out;   /* of the record */
	struct tool_newfile file; /* OUTPUT or the patch, while it is made */
	struct tool_subject subject;   /* IMAGE */
	struct vhdxlog_source *parent;
	/* What is replayed: the subject's, or of the file as repairs leave it.
	 * Borrowed. */
	struct vhdxlog_scan *scan;
	struct vhdxlog_overlay *overlay;
	struct vl_replay_plan plan;
	struct vl_fix_plan fixes;
	struct report_fix fix_records[JOB_MOST_FIXES];
	const char *fix_names[JOB_MOST_FIXES];
	struct vl_change merged; /* of headers that are mended, and a rearming */
	/* What is written: of the plan, or of a patch. NULL: nothing yet. */
	const struct vl_change *change;
	struct tool_custody custody;
	const struct vhdxlog_check *overridden[VHDXLOG_MAX_VERDICTS];
	char source_sha256[VHDXLOG_SHA256_TEXT];
	char output_sha256[VHDXLOG_SHA256_TEXT];
	char *reason; /* owned; of a refusal or failure */
	bool said;    /* on standard error, by whoever found it */
	char *next;   /* owned; the command that comes next */
	struct report_replay report;
};

/* The record's place and, where one is to be made, the new file. */
int job_begin(struct job *job, const struct tool_options *options);

/* Refuse, or fail: remember why. reason is handed over. Return the status. */
int job_refuse(struct job *job, char *reason);
int job_fail(struct job *job, char *reason);
int job_fail_with(struct job *job, const struct vhdxlog_error *err);

/* Write the record, give the file its name or drop it; returns the status. */
int job_end(struct job *job, int status);

/* choose.c: the overlay, judged, and what it takes to carry it out. */
int job_choose(struct job *job);
int job_plan(struct job *job);

/* fix.c: all of --fix, and of the replay that goes with it. */
int job_fix(struct job *job);

/* write_copy.c, write_patch.c: job->change into job->file. */
int job_write_copy(struct job *job);
int job_write_patch(struct job *job);

/* examine_copy.c: look at a copy as at any image. */
int job_examine(struct job *job, const struct vl_medium *copy);

/* apply.c: a patch carried out on a copy, or taken back. */
int job_apply(struct job *job);

/* pages.c: the pieces of a change, for the record. */
struct pages {
	const struct vl_change *change; /* borrowed */
	struct vhdxlog_source *source;	/* borrowed */
	bool hashes;	 /* or only whether they change anything */
	uint64_t budget; /* for comparing zeroes */
};

int pages_begin(struct pages *pages, const struct job *job, bool hashes,
		struct vhdxlog_error *err);
int pages_next(void *ctx, struct report_page *page, struct vhdxlog_error *err);

#endif

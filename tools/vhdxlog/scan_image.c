/* SPDX-License-Identifier: MIT */
/*
 * One image of a scan: looked at within its limits, and reported. That it cannot be
 * is a report, too.
 */
#include "tools/vhdxlog/scan.h"

#include <errno.h>
#include <stdlib.h>

#include "tools/common/custody.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"

#define SENTENCE_SIZE 1024

static void note(struct scan *scan, int status)
{
	if (status > scan->status)
		scan->status = status;
}

/* ---------------------------------------------------------------- emitting */

static int emit(struct scan *scan, const struct report_subject *subject,
		struct vhdxlog_error *err)
{
	FILE *out = scan->turn->stream;

	switch (scan->options->format) {
	case TOOL_JSON:
		return report_scan_json(out, subject, &scan->report, err);
	case TOOL_JSONL:
		return report_scan_jsonl(out, subject, &scan->report, err);
	case TOOL_CSV:
		return report_scan_csv(out, subject, &scan->report, err);
	case TOOL_HTML:
		return report_scan_html(out, subject, &scan->report, err);
	default: return report_scan_text(out, subject, &scan->report, err);
	}
}

static int emit_failure(struct scan *scan, const char *message)
{
	FILE *out = scan->turn->stream;

	switch (scan->options->format) {
	case TOOL_JSON:
		return report_failure_json(out, &scan->report, message);
	case TOOL_JSONL:
		return report_failure_jsonl(out, &scan->report, message);
	case TOOL_CSV:
		return report_failure_csv(out, &scan->report, message);
	case TOOL_HTML:
		return report_failure_html(out, &scan->report, message);
	default: return report_failure_text(out, &scan->report, message);
	}
}

/* ------------------------------------------------------------------ limits */

static bool is_late(const struct scan *scan)
{
	struct timespec now;

	if (!scan->options->many.timeout || scan->examined)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > scan->end.tv_sec ||
	       (now.tv_sec == scan->end.tv_sec &&
		now.tv_nsec >= scan->end.tv_nsec);
}

/* Also where nobody is there any more to read the report. */
static bool is_enough(void *ctx)
{
	const struct scan *scan = ctx;

	return tool_turns_stopped(scan->turns) || is_late(scan);
}

static void set_limits(struct scan *scan)
{
	uint64_t ms = scan->options->many.timeout;

	scan->examined = false;
	scan->limits = (struct vhdxlog_limits){
		.max_read = scan->options->many.max_read,
		.stop = is_enough,
		.stop_ctx = scan,
	};
	if (!ms)
		return;
	clock_gettime(CLOCK_MONOTONIC, &scan->end);
	scan->end.tv_sec += (time_t)(ms / 1000);
	scan->end.tv_nsec += (long)(ms % 1000) * 1000000;
	if (scan->end.tv_nsec >= 1000000000) {
		scan->end.tv_sec++;
		scan->end.tv_nsec -= 1000000000;
	}
}

/* Milliseconds until then, rounded up, so that it is late once they are over. */
static uint64_t time_left(const struct scan *scan)
{
	struct timespec now;
	int64_t ms;

	if (!scan->options->many.timeout)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (scan->end.tv_sec - now.tv_sec) * INT64_C(1000) +
	     (scan->end.tv_nsec - now.tv_nsec) / 1000000 + 1;
	return ms > 0 ? (uint64_t)ms : 1;
}

/* What was examined is told whole, though that reads as well: half a report would
 * be worse than none. */
static void end_limits(struct scan *scan)
{
	scan->examined = true;
	scan->limits.max_read = 0;
}

/* Which limit it was, as it was set. free() it. */
static char *limit_text(const struct scan *scan)
{
	const struct tool_many_options *many = &scan->options->many;
	char size[VHDXLOG_SIZE_TEXT];

	if (is_late(scan))
		return tool_format("given up after %.15g s, the limit of "
				   "--timeout",
				   (double)many->timeout / 1000);
	return tool_format("given up, as it takes reading more than %s, the "
			   "limit of --max-read",
			   vhdxlog_size_format(many->max_read, size));
}

/* ---------------------------------------------------------------- failures */

static char *error_text(const struct scan *scan, const struct vhdxlog_error *err)
{
	if (err->code == VHDXLOG_E_LIMIT)
		return limit_text(scan);
	if (err->code == VHDXLOG_E_NOT_FILE && err->sys_errno == EISDIR)
		return tool_format("this is a folder; --recursive looks for "
				   "images in it");
	return tool_error_text(err);
}

/* Nothing could be looked at: say so here and in what record there is. A name that
 * is none is not said: why says which one it is. */
static void fail_image(struct scan *scan, const char *why)
{
	tool_turn_say(scan->turn,
		      *scan->report.path ? scan->report.path : "--files0-from",
		      "%s", why);
	if (emit_failure(scan, why) != 0)
		tool_turn_say(scan->turn, scan->report.path,
			      "no record of it could be made");
	note(scan, TOOL_FAILED);
}

static void fail_scan(struct scan *scan, const struct vhdxlog_error *err)
{
	char *why;

	if (tool_turns_stopped(scan->turns))
		return;
	why = error_text(scan, err);
	fail_image(scan, why);
	free(why);
}

/* ------------------------------------------------------------------ images */

/* On standard error too where the report is read by a program, or later. */
static void say_not_examined(struct scan *scan,
			     const struct report_subject *subject)
{
	char sentence[SENTENCE_SIZE];

	if (scan->options->format == TOOL_TEXT && scan->to_terminal)
		return;
	report_summary(sentence, sizeof(sentence), subject);
	tool_turn_say(scan->turn, scan->report.path, "%s", sentence);
}

static void judge(struct scan *scan, const struct report_subject *subject)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(subject->scan);

	if (o->state == VHDXLOG_NOT_VHDX || o->state == VHDXLOG_UNREADABLE) {
		say_not_examined(scan, subject);
		note(scan, TOOL_FAILED);
	} else if (o->needs_decision) {
		note(scan, TOOL_DECIDE);
	}
}

static void say_not_whole(struct scan *scan, const struct vhdxlog_error *err)
{
	char *why;

	if (tool_turns_stopped(scan->turns))
		return;
	why = error_text(scan, err);
	tool_turn_say(scan->turn, scan->report.path,
		      "the report is not whole: %s", why);
	free(why);
	scan->not_whole = true;
	note(scan, TOOL_FAILED);
}

static void report_image(struct scan *scan,
			 const struct report_subject *subject)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = emit(scan, subject, &err);

	if (rc && err.code == VHDXLOG_OK)
		err.code = (enum vhdxlog_code)rc;
	if (rc)
		say_not_whole(scan, &err);
	judge(scan, subject);
}

/* Of a failure too: who tried what, and when, is wanted most for those. */
static void end_custody(struct scan *scan, struct tool_custody *custody,
			const struct vhdxlog_source *source)
{
	if (!scan->options->custody)
		return;
	tool_custody_end(custody,
			 source ? vhdxlog_source_identity(source) : NULL,
			 scan->report.path);
	scan->report.custody = &custody->record;
}

/* The report says what changed before it; a message, what did meanwhile. */
static void report_unchanging(struct scan *scan,
			      const struct report_subject *subject)
{
	report_image(scan, subject);
	if (vhdxlog_verdict(subject->scan)->unchanged)
		tool_source_changed(subject->source, scan->report.path);
}

static void scan_file(struct scan *scan)
{
	struct tool_subject subject = { .report = { NULL, NULL } };
	const struct tool_watch watch = { &scan->limits, scan->one_of_many };
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct tool_custody custody = { .build = NULL };
	struct vhdxlog_matches *matches = NULL;
	int rc;

	set_limits(scan);
	if (scan->options->custody)
		tool_custody_begin(&custody, scan->options);
	rc = tool_subject_open_watched(&subject, scan->options, scan->parent,
				       scan->report.path, &watch, &err);
	if (rc == 0)
		rc = rules_match(scan->options, scan->rules,
				 subject.report.scan, time_left(scan), &matches,
				 &err);
	scan->report.matches = matches;
	if (rc == 0)
		end_limits(scan);
	end_custody(scan, &custody, subject.report.source);
	if (rc)
		fail_scan(scan, &err);
	else
		report_unchanging(scan, &subject.report);
	scan->report.custody = NULL;
	scan->report.matches = NULL;
	vhdxlog_match_close(matches);
	tool_subject_release(&subject);
	tool_custody_release(&custody);
}

void scan_image(struct scan *scan, const struct tool_image *image)
{
	scan->report.path = image->path;
	if (scan->turn->number > 0 && scan->options->format == TOOL_TEXT &&
	    !scan->options->quiet)
		putc('\n', scan->turn->stream);
	if (image->why)
		fail_image(scan, image->why);
	else
		scan_file(scan);
}

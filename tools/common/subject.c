/* SPDX-License-Identifier: MIT */
#include "tools/common/subject.h"

#include <stdlib.h>

#include "tools/common/progress.h"
#include "tools/common/say.h"

#define SENTENCE_SIZE 1024

int tool_subject_open_parent(const struct tool_options *o,
			     struct vhdxlog_source **parent)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why;

	*parent = NULL;
	if (!o->parent || vhdxlog_source_open(o->parent, 0, parent, &err) == 0)
		return TOOL_DONE;
	err.what = "opening the parent";
	why = tool_error_text(&err);
	tool_say_path(o->parent, "%s", why);
	free(why);
	return err.code == VHDXLOG_E_NOMEM ? TOOL_FAILED : TOOL_USAGE;
}

int tool_subject_open(struct tool_subject *s, const struct tool_options *o,
		      struct vhdxlog_source *parent, const char *path,
		      struct vhdxlog_error *err)
{
	const struct tool_watch none = { .limits = NULL };

	return tool_subject_open_watched(s, o, parent, path, &none, err);
}

int tool_subject_open_watched(struct tool_subject *s,
			      const struct tool_options *o,
			      struct vhdxlog_source *parent, const char *path,
			      const struct tool_watch *watch,
			      struct vhdxlog_error *err)
{
	struct tool_progress progress;
	struct vhdxlog_options scan = o->scan;
	int rc = vhdxlog_source_open(path, o->offset, &s->report.source, err);

	if (rc)
		return rc;
	vhdxlog_source_limit(s->report.source, watch->limits);
	progress = tool_progress_begin(path, o->quiet || watch->one_of_many);
	scan.parent = parent;
	scan.read_ahead = !watch->one_of_many;
	scan.progress = tool_progress_step;
	scan.progress_ctx = &progress;
	rc = vhdxlog_scan(s->report.source, &scan, &s->report.scan, err);
	tool_progress_end(&progress);
	return rc;
}

int tool_subject_open_image(struct tool_subject *s,
			    const struct tool_options *o,
			    struct vhdxlog_source *parent, const char *path)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char sentence[SENTENCE_SIZE], *why;

	if (tool_subject_open(s, o, parent, path, &err) != 0) {
		why = tool_error_text(&err);
		tool_say_path(path, "%s", why);
		free(why);
		return TOOL_FAILED;
	}
	if (vhdxlog_verdict(s->report.scan)->state != VHDXLOG_NOT_VHDX)
		return TOOL_DONE;
	report_summary(sentence, sizeof(sentence), &s->report);
	tool_say_path(path, "%s", sentence);
	return TOOL_FAILED;
}

bool tool_source_changed(struct vhdxlog_source *source, const char *path)
{
	if (!source || vhdxlog_source_unchanged(source))
		return false;
	tool_say_path(path, "it changed while it was read; do this again when "
			    "nothing has it open");
	return true;
}

void tool_subject_release(struct tool_subject *s)
{
	vhdxlog_scan_close(s->report.scan);
	vhdxlog_source_close(s->report.source);
	*s = (struct tool_subject){ .report = { NULL, NULL } };
}

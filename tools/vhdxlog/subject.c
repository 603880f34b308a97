/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/subject.h"

#include "tools/common/progress.h"
#include "tools/common/say.h"

static int open_sources(struct subject *s, const struct tool_options *o,
			const char *path, struct vhdxlog_error *err)
{
	int rc = vhdxlog_source_open(path, o->offset, &s->report.source, err);

	if (rc == 0 && o->parent) {
		rc = vhdxlog_source_open(o->parent, 0, &s->parent, err);
		if (rc)
			err->what = "opening the parent";
	}
	return rc;
}

int subject_open(struct subject *s, const struct tool_options *o,
		 const char *path, struct vhdxlog_error *err)
{
	struct tool_progress progress;
	struct vhdxlog_options scan = o->scan;
	int rc = open_sources(s, o, path, err);

	if (rc)
		return rc;
	progress = tool_progress_begin(path, o->quiet);
	scan.parent = s->parent;
	scan.progress = tool_progress_step;
	scan.progress_ctx = &progress;
	rc = vhdxlog_scan(s->report.source, &scan, &s->report.scan, err);
	tool_progress_end(&progress);
	return rc;
}

void subject_release(struct subject *s)
{
	vhdxlog_scan_close(s->report.scan);
	vhdxlog_source_close(s->report.source);
	vhdxlog_source_close(s->parent);
	*s = (struct subject){ .parent = NULL };
}

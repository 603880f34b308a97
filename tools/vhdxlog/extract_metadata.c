/* SPDX-License-Identifier: MIT */
/*
 * The image without what it holds for the guest, to be shared: a file of the same
 * length that is holes but for its structures.
 */
#include "tools/vhdxlog/extract.h"

#include <stdlib.h>

#include "tools/common/progress.h"
#include "tools/common/say.h"

static int fail(const char *path, const struct vhdxlog_error *err)
{
	char *why = tool_error_text(err);

	tool_say_path(path, "%s", why);
	free(why);
	return TOOL_FAILED;
}

static int copy(const char *path, bool quiet, struct vhdxlog_export *export_,
		struct tool_output *out)
{
	struct tool_progress progress = tool_progress_begin(path, quiet);
	const uint64_t size = vhdxlog_export_size(export_);
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_export_piece piece;
	int rc, status = tool_output_extend(out, size);

	while (!status &&
	       (rc = vhdxlog_export_next(export_, &piece, &err)) <= 0) {
		if (!rc)
			tool_progress_step(&progress, piece.offset, size);
		status = rc ? fail(path, &err) :
			      tool_output_put(out, piece.offset, piece.bytes,
					      piece.length);
	}
	tool_progress_end(&progress);
	return status;
}

/* What who gets the file should know, and who gives it away. */
static void tell(const char *path, const struct vhdxlog_export *export_)
{
	const char *text;

	for (size_t i = 0; (text = vhdxlog_export_limitation(export_, i)); i++)
		tool_say_path(path, "%s", text);
}

int extract_metadata(const struct tool_options *o,
		     struct report_subject subject, struct tool_output *out)
{
	const struct vhdxlog_export_options options = { .redact = o->redact };
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_export *export_;
	const char *path = o->operands[0];
	int status;

	if (vhdxlog_export_open(subject.scan, &options, &export_, &err) != 0)
		return fail(path, &err);
	status = copy(path, o->quiet, export_, out);
	if (status == TOOL_DONE)
		tell(path, export_);
	vhdxlog_export_close(export_);
	return status;
}

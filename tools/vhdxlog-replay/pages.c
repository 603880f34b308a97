/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog-replay/job.h"

#include <string.h>

#include "write/views.h"

int pages_begin(struct pages *pages, const struct job *job, bool hashes,
		struct vhdxlog_error *err)
{
	*pages = (struct pages){ .change = job->change,
				 .source = job->subject.report.source,
				 .hashes = hashes,
				 .budget = VL_MAX_COMPARED };
	return vl_change_rewind(pages->change, err);
}

int pages_next(void *ctx, struct report_page *page, struct vhdxlog_error *err)
{
	struct pages *pages = ctx;
	struct vl_piece_effect effect;
	struct vl_piece piece;
	int rc = vl_change_next(pages->change, &piece, err);

	if (!rc)
		rc = vl_piece_compare(&piece, vl_view_of(pages->source),
				      pages->hashes, &pages->budget, &effect,
				      err);
	if (rc)
		return rc;
	*page = (struct report_page){
		.offset = piece.offset,
		.length = piece.length,
		.zero = !piece.bytes,
		.changes = effect.changes,
		.entry = piece.entry,
		.area = piece.area,
	};
	memcpy(page->before, effect.before, sizeof(page->before));
	memcpy(page->after, effect.after, sizeof(page->after));
	return 0;
}

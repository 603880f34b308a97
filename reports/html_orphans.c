/* SPDX-License-Identifier: MIT */
/* Data sectors that no sound entry owns. */
#include "reports/html.h"

#include <inttypes.h>

void html_orphans(struct html *h)
{
	static const struct html_column columns[] = {
		{ "sector", "id" },
		{ "of an entry with the sequence number", "n number" },
		{ "SHA-256", "digest" },
		{ NULL, NULL },
	};
	struct vhdxlog_orphan orphan;
	struct html_list l;
	uint32_t cursor = 0;
	int rc;

	if (vhdxlog_orphan_count(h->t.scan) == 0)
		return;
	html_section(h, "orphans", "Orphan data sectors");
	html_list_open(&l, h, "orphans", "Data that no sound entry owns",
		       columns, vhdxlog_orphan_count(h->t.scan));
	l.most = HTML_LIST_FEW;
	while ((rc = vhdxlog_orphan_next(h->t.scan, &cursor, &orphan,
					 h->t.err)) == 0) {
		if (!html_row(&l, NULL))
			continue;
		html_cell(&l, "D%" PRIu32, orphan.sector);
		html_cell(&l, "%" PRIu64, orphan.sequence_number);
		html_cell(&l, "%s", orphan.has_sha256 ? orphan.sha256 : "-");
	}
	if (rc < 0)
		text_fail(&h->t, rc);
	html_list_close(&l);
	html_section_end(h);
}

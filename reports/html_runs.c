/* SPDX-License-Identifier: MIT */
/* The ring in words, for those who cannot see the picture and for programs. */
#include "reports/html.h"

#include <inttypes.h>

static uint64_t count_runs(const struct vhdxlog_scan *scan)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;
	uint64_t n = 0;

	while (vhdxlog_map_next(scan, &cursor, &run))
		n++;
	return n;
}

void html_ring_runs(struct html *h)
{
	static const struct html_column columns[] = {
		{ "first sector", "n first" }, { "sectors", "n count" },
		{ "letter", "letter" }, { "kind", "kind" },
		{ "entry", "owner" },	{ NULL, NULL },
	};
	struct vhdxlog_map_run run;
	struct html_list l;
	uint32_t cursor = 0;

	html_raw(h, "<details>\n<summary>the same as a table</summary>\n");
	html_list_open(&l, h, "runs", "Sectors of one kind and entry, as they "
				      "follow one another",
		       columns, count_runs(h->t.scan));
	l.most = HTML_LIST_FEW;
	while (vhdxlog_map_next(h->t.scan, &cursor, &run)) {
		if (!html_row(&l, NULL))
			continue;
		html_cell(&l, "%" PRIu32, run.first);
		html_cell(&l, "%" PRIu32, run.count);
		html_cell(&l, "%c", text_map_letter(&run).letter);
		html_cell(&l, "%s", vhdxlog_sector_kind_name(run.kind));
		if (run.owner == VHDXLOG_NO_SECTOR)
			html_cell(&l, "-");
		else
			html_cell(&l, "E%" PRIu32, run.owner);
	}
	html_list_close(&l);
	html_raw(h, "</details>\n");
}

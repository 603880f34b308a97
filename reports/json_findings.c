/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static void finding(struct rj_out *out, const struct vhdxlog_scan *scan,
		    size_t index)
{
	const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, index);
	struct rj_record r = rj_object();
	char id[VHDXLOG_ID_TEXT];
	size_t cursor = 0;

	rj_open(out, NULL);
	rj_words(&r, "id", f->id);
	rj_words(&r, "class", vhdxlog_severity_name(f->severity));
	rj_text(&r, "message", f->message);
	rj_members(out, r);
	if (rj_open_list(out, "where", NULL)) {
		while (vhdxlog_finding_where(scan, index, &cursor, id))
			rj_element(out, rj_string(id));
		rj_close(out);
	}
	rj_close(out);
}

void rj_findings(struct rj_out *out, const struct rj_view *view)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	const size_t n = scan ? vhdxlog_finding_count(scan) : 0;

	if (rj_open_list(out, "findings", "finding")) {
		for (size_t i = 0; i < n; i++)
			finding(out, scan, i);
		rj_close(out);
	}
}

void rj_limitations(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_scan *scan = rj_scan(view);
	const char *text;
	size_t i = 0;

	if (!rj_open_list(out, "limitations", "limitation"))
		return;
	while (scan && (text = vhdxlog_limitation(scan, i++)))
		rj_element(out, rj_string(text));
	rj_yara_limitations(out, view);
	rj_close(out);
}

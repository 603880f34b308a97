/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static bool is_listed(const struct vhdxlog_verdict *v, bool all)
{
	return all || v->status == VHDXLOG_FAIL ||
	       v->status == VHDXLOG_BLOCKED;
}

static struct rj_record check(const struct vhdxlog_verdict *v)
{
	struct rj_record r = rj_object();

	rj_words(&r, "id", v->check->name);
	rj_words(&r, "status", vhdxlog_status_name(v->status));
	rj_maybe_decimal(&r, "offset", v->has_offset, v->offset);
	rj_maybe_text(&r, "got", v->got);
	rj_maybe_text(&r, "want", v->want);
	return r;
}

struct rj_record rj_check_list(const struct vhdxlog_verdict *v, int n, bool all)
{
	struct rj_record list = rj_list();

	for (int i = 0; i < n; i++) {
		if (is_listed(&v[i], all))
			rj_put(&list, NULL, check(&v[i]));
	}
	return list;
}

int rj_checks(struct rj_view *view, enum vhdxlog_object object, size_t which,
	      struct rj_record *list)
{
	int n = vhdxlog_verdicts(view->subject->scan, object, which,
				 view->verdicts, view->err);

	if (n < 0)
		return n;
	*list = rj_check_list(view->verdicts, n, view->all_checks);
	return 0;
}

int rj_check_lines(struct rj_out *out, struct rj_view *view,
		   enum vhdxlog_object object, const char *type)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	int n = 0;

	if (!rj_open_list(out, "checks", type))
		return 0;
	if (scan)
		n = vhdxlog_verdicts(scan, object, 0, view->verdicts,
				     view->err);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		if (is_listed(&view->verdicts[i], view->all_checks))
			rj_element(out, check(&view->verdicts[i]));
	}
	rj_close(out);
	return 0;
}

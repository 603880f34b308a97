/* SPDX-License-Identifier: MIT */
/* No repair leaves an image that has to be refused for more than it had to. */
#include "write/fix.h"

#include <stdio.h>

/* A rule that must not be broken, and was not before, or not to be judged. */
static bool is_new(const struct vhdxlog_verdict *was, int n,
		   const struct vhdxlog_verdict *now)
{
	if (now->status != VHDXLOG_FAIL ||
	    now->check->class_ != VHDXLOG_CLASS_F)
		return false;
	for (int i = 0; i < n; i++) {
		if (was[i].check == now->check)
			return was[i].status != VHDXLOG_FAIL;
	}
	return true;
}

int vl_fix_plan_compare(struct vl_fix_plan *p, struct vhdxlog_error *err)
{
	struct vhdxlog_verdict was[VHDXLOG_MAX_VERDICTS];
	struct vhdxlog_verdict now[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(p->scan, VHDXLOG_OBJECT_IMAGE, 0, was, err);
	int m = n < 0 ? n :
			vhdxlog_verdicts(vl_fix_plan_scan(p),
					 VHDXLOG_OBJECT_IMAGE, 0, now, err);

	for (int i = 0; !p->force && !*p->refusal && i < m; i++) {
		if (is_new(was, n, &now[i]))
			snprintf(p->refusal, sizeof(p->refusal),
				 "the result would break a rule that the image "
				 "does not: %s (%s)",
				 now[i].check->sentence, now[i].check->name);
	}
	return m < 0 ? m : 0;
}

/* SPDX-License-Identifier: MIT */
/* The steps of a plan, for fix_plan.c, which says what they are. */
#ifndef VL_WRITE_FIX_STEPS_H
#define VL_WRITE_FIX_STEPS_H

#include "write/fix.h"

/* The last step that was done, or NULL. */
struct vl_fix_step *vl_fix_last(const struct vl_fix_plan *p);

/* The file as all steps so far leave it. */
const struct vl_view *vl_fix_current_view(const struct vl_fix_plan *p);

/* The next one, which does nothing yet. It is none of the plan's until it is pushed;
 * else, release it. */
struct vl_fix_step *vl_fix_step_new(struct vl_fix_plan *p);
void vl_fix_step_release(struct vl_fix_step *s);

/*
 * It is done: look at the file as it is then. Its change is set, or made of its
 * pages, where none may lie behind the end: that is refused. below: what its pages
 * lie on. Released where it fails or is refused.
 */
int vl_fix_push(struct vl_fix_plan *p, struct vl_fix_step *s,
		const struct vl_view *below, uint64_t size,
		struct vhdxlog_error *err);
int vl_fix_push_pages(struct vl_fix_plan *p, struct vl_fix_step *s,
		      struct vhdxlog_error *err);

/* A step: one update of both headers with all that they are still to say. */
int vl_fix_update_headers(struct vl_fix_plan *p, struct vhdxlog_error *err);

void vl_fix_plan_refuse(struct vl_fix_plan *p, enum vl_fix_kind kind,
			const char *why);

#endif

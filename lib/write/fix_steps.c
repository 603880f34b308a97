/* SPDX-License-Identifier: MIT */
/* A step: what it writes, over what those before it did, and the file then. */
#include "write/fix_steps.h"

#include "base/bytes.h"
#include "write/header_update.h"

#include <stdio.h>
#include <string.h>

struct vl_fix_step *vl_fix_last(const struct vl_fix_plan *p)
{
	return p->count ? (struct vl_fix_step *)&p->steps[p->count - 1] : NULL;
}

const struct vl_view *vl_fix_current_view(const struct vl_fix_plan *p)
{
	return p->count ? &vl_fix_last(p)->stage.view : p->view;
}

void vl_fix_step_release(struct vl_fix_step *s)
{
	vl_stage_release(&s->stage);
	vl_change_close(&s->merged);
	vl_change_close(&s->own);
	vl_pages_release(&s->fix.pages);
	vl_fix_record_release(&s->fix.record);
}

struct vl_fix_step *vl_fix_step_new(struct vl_fix_plan *p)
{
	struct vl_fix_step *s = &p->steps[p->count];
	const struct vl_view *view = vl_fix_current_view(p);

	memset(s, 0, sizeof(*s));
	s->fix = (struct vl_fix){
		.scan = vl_fix_plan_scan(p),
		.view = view,
		.unreplayed = p->unreplayed,
		.guids = &p->guids,
		.asked = p->count ? NULL : &p->asked,
		.force = p->force,
		.size = view->size,
	};
	return s;
}

/* What it writes, over what those before it did. */
static int merge(struct vl_fix_plan *p, struct vl_fix_step *s,
		 struct vhdxlog_error *err)
{
	const struct vl_fix_step *before = vl_fix_last(p);
	const struct vl_change *under;

	if (!before)
		return 0;
	under = before->merged.ops ? &before->merged : before->change;
	return vl_change_merge(under, s->change, &s->merged, err);
}

/* Whether it leaves the file as it was, and a scan of it would be the same. */
static bool is_same(const struct vl_fix_plan *p, const struct vl_fix_step *s,
		    uint64_t size)
{
	return s->fix.has_nothing && !s->fix.pages.n &&
	       size == s->fix.view->size &&
	       (p->count || (!p->asked.header && !p->asked.has_log_guid));
}

int vl_fix_push(struct vl_fix_plan *p, struct vl_fix_step *s,
		const struct vl_view *below, uint64_t size,
		struct vhdxlog_error *err)
{
	int rc = merge(p, s, err);

	if (!rc && is_same(p, s, size))
		vl_stage_borrow(&s->stage, below, vl_fix_plan_scan(p));
	else if (!rc)
		rc = vl_stage_open(&s->stage, below, &s->fix.pages, size,
				   &p->options, err);
	if (rc) {
		vl_fix_step_release(s);
		return rc;
	}
	p->count++;
	return 0;
}

void vl_fix_plan_refuse(struct vl_fix_plan *p, enum vl_fix_kind kind,
			const char *why)
{
	snprintf(p->refusal, sizeof(p->refusal), "%s: %s", vl_fix_name(kind),
		 why);
}

/* Whether a page would lie behind the end of the file, where none is written. */
static bool is_cut_short(const struct vl_fix *f)
{
	const struct vl_pages *pages = &f->pages;

	return pages->n &&
	       vl_end(pages->list[pages->n - 1].offset, VL_SECTOR) > f->size;
}

int vl_fix_push_pages(struct vl_fix_plan *p, struct vl_fix_step *s,
		      struct vhdxlog_error *err)
{
	int rc;

	if (is_cut_short(&s->fix)) {
		vl_fix_plan_refuse(p, s->fix.record.kind,
				   "what would be written lies behind the end "
				   "of the file: too little of it is left");
		vl_fix_step_release(s);
		return 0;
	}
	rc = vl_change_pages(&s->fix.pages, s->fix.view->size, s->fix.size,
			     &s->own, err);
	s->change = &s->own;
	if (rc) {
		vl_fix_step_release(s);
		return rc;
	}
	return vl_fix_push(p, s, s->fix.view, s->fix.size, err);
}

int vl_fix_update_headers(struct vl_fix_plan *p, struct vhdxlog_error *err)
{
	static const struct vhdxlog_guid zero;
	const struct vl_header_change change = {
		.file_write_guid = p->is_fresh ? NULL : &p->guids.file_write,
		.data_write_guid = p->new_data_write ? &p->guids.data_write :
						       NULL,
		.log_guid = p->clear_log ? &zero : NULL,
	};
	struct vl_fix_step *s = vl_fix_step_new(p);
	int rc = vl_fix_renew(&s->fix.pages, s->fix.scan, &change, err);

	if (rc) {
		vl_fix_step_release(s);
		return rc;
	}
	p->is_fresh = true;
	p->new_data_write = p->clear_log = false;
	return vl_fix_push_pages(p, s, err);
}

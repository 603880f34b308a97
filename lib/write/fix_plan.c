/* SPDX-License-Identifier: MIT */
#include "write/fix_steps.h"

#include "base/error.h"
#include "write/replay.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------- begin and end */

struct vhdxlog_scan *vl_fix_plan_scan(const struct vl_fix_plan *p)
{
	return p->count ? vl_fix_last(p)->stage.scan : p->scan;
}

int vl_fix_plan_begin(struct vl_fix_plan *p, struct vhdxlog_scan *scan,
		      const struct vl_view *view,
		      const struct vhdxlog_options *options, unsigned kinds,
		      bool force, struct vhdxlog_error *err)
{
	memset(p, 0, sizeof(*p));
	p->scan = scan;
	p->view = view;
	p->options = *options;
	p->asked = *options;
	p->force = force;
	p->options.header = 0;
	p->options.has_log_guid = false;
	p->options.hash_image = 0;
	p->options.unreferenced = false;
	p->options.progress = NULL;
	return vl_identity_fix(scan, view->size, kinds, &p->guids, err);
}

void vl_fix_plan_release(struct vl_fix_plan *p)
{
	/* Each is laid over those before it. */
	while (p->count)
		vl_fix_step_release(&p->steps[--p->count]);
	memset(p, 0, sizeof(*p));
}

void vl_fix_plan_release_after(struct vl_fix_plan *p,
			       const struct vhdxlog_overlay *overlay)
{
	size_t n = 0;

	while (n < p->count && (!overlay || p->steps[n].replayed.overlay != overlay))
		n++;
	while (p->count > n)
		vl_fix_step_release(&p->steps[--p->count]);
}

/* ------------------------------------------------------------------ repairs */

/* What has to be done before it; false: it is refused. */
static bool is_ready(struct vl_fix_step *s, enum vl_fix_kind kind)
{
	unsigned slot = vhdxlog_image(s->fix.scan)->current_header;

	if (kind == VL_FIX_HEADERS)
		return true;
	if (!slot || !vhdxlog_header(s->fix.scan, slot)->valid) {
		vl_fix_refuse(&s->fix, "no header is usable; --fix headers "
				       "goes first");
		return false;
	}
	if (vhdxlog_header(s->fix.scan, slot)->sequence_number >=
	    UINT64_MAX - 4) {
		vl_fix_refuse(&s->fix, "the header's SequenceNumber is used "
				       "up; --fix headers goes first");
		return false;
	}
	return true;
}

/* Whether a log waits that may change what is to be fixed; what is not to be fixed,
 * as far as the scan tells, which looks through the log, is passed over. */
static void wait_for_log(struct vl_fix *f, enum vl_fix_kind kind)
{
	uint64_t flushed;

	if (kind == VL_FIX_HEADERS || kind == VL_FIX_LOG_GUID ||
	    !vl_fix_log_waits(f->scan))
		return;
	if (f->has_nothing &&
	    !(kind == VL_FIX_LENGTH && vl_fix_flushed(f->scan, NULL, &flushed) &&
	      flushed > f->size))
		return;
	f->has_nothing = false;
	vl_fix_refuse(f, "a log waits to be applied, which may change what is "
			 "to be fixed; have it replayed in the same run with "
			 "--policy ms-vhdx or --sequence, or where it cannot "
			 "be, use --salvage or --fix log-guid --force");
}

static int make(struct vl_fix_plan *p, struct vl_fix *f, enum vl_fix_kind kind,
		struct vhdxlog_error *err)
{
	switch (kind) {
	case VL_FIX_HEADERS: return vl_fix_headers(f, err);
	case VL_FIX_LOG_GUID: return vl_fix_log_guid(f, err);
	case VL_FIX_REGION_TABLES: return vl_fix_regions(f, err);
	case VL_FIX_BAT_SHIFT: return vl_fix_shift(f, err);
	case VL_FIX_LENGTH: return vl_fix_length(f, &p->cut, err);
	case VL_FIX_KINDS: break;
	}
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "a repair of no kind");
}

/* Of its effect on the headers that which it has not written itself. */
static void note_headers(struct vl_fix_plan *p, const struct vl_fix *f,
			 enum vl_fix_kind kind)
{
	p->is_fresh = p->is_fresh || f->has_headers;
	p->new_data_write = p->new_data_write || f->new_data_write;
	p->clear_log = p->clear_log || f->clear_log;
	if (kind == VL_FIX_HEADERS)
		p->options.has_log_offset = p->options.has_log_length = false;
}

/* A repair by which the next reader is not fooled any more. */
static void check_shift(struct vl_fix_plan *p)
{
	const struct vl_fix_step *s = vl_fix_last(p);
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;

	if (!s->fix.record.lost_count &&
	    vhdxlog_shift_next(s->stage.scan, &cursor, &shift, NULL) == 0)
		vl_fix_plan_refuse(p, VL_FIX_BAT_SHIFT,
				   "what would be left still looks shifted");
}

/* There is nothing to fix, which is no reason not to fix the rest. */
static int pass(struct vl_fix_plan *p, struct vl_fix_step *s,
		struct vhdxlog_error *err)
{
	if (!*p->nothing)
		snprintf(p->nothing, sizeof(p->nothing), "%s: %s",
			 vl_fix_name(s->fix.record.kind), s->fix.refusal);
	if (!vl_fix_message(&s->fix.record, "%s", s->fix.refusal)) {
		vl_fix_step_release(s);
		return vl_nomem(err);
	}
	return vl_fix_push_pages(p, s, err);
}

int vl_fix_plan_do(struct vl_fix_plan *p, enum vl_fix_kind kind,
		   struct vhdxlog_error *err)
{
	struct vl_fix_step *s = vl_fix_step_new(p);
	int rc = 0;

	s->is_fix = true;
	s->fix.record.kind = kind;
	if (is_ready(s, kind)) {
		rc = make(p, &s->fix, kind, err);
		wait_for_log(&s->fix, kind);
	}
	if (!rc && s->fix.has_nothing)
		return pass(p, s, err);
	if (*s->fix.refusal)
		vl_fix_plan_refuse(p, kind, s->fix.refusal);
	if (rc || *s->fix.refusal) {
		vl_fix_step_release(s);
		return rc;
	}
	p->has_fixed = true;
	note_headers(p, &s->fix, kind);
	rc = vl_fix_push_pages(p, s, err);
	if (rc || *p->refusal)
		return rc;
	if (kind == VL_FIX_BAT_SHIFT)
		check_shift(p);
	/* At once, as what comes after it asks whether a log waits. */
	return p->clear_log ? vl_fix_update_headers(p, err) : 0;
}

int vl_fix_plan_lengthen(struct vl_fix_plan *p,
			 const struct vhdxlog_range *sequence,
			 struct vhdxlog_error *err)
{
	uint64_t size = vl_fix_current_view(p)->size, flushed = 0;
	struct vhdxlog_scan *scan = vl_fix_plan_scan(p);
	struct vl_fix_step *s;

	if (!vl_fix_flushed(scan, sequence, &flushed) || flushed <= size)
		return 0;
	if (vl_fix_is_too_long(scan, flushed, p->force)) {
		vl_fix_plan_refuse(p, VL_FIX_LENGTH,
				   "the newest entry says that the file was "
				   "longer than such a disk can need, or how "
				   "long that is cannot be told");
		return 0;
	}
	p->cut = (struct vl_fix_cut){ size, flushed };
	s = vl_fix_step_new(p);
	s->fix.size = flushed;
	return vl_fix_push_pages(p, s, err);
}

/* ------------------------------------------------------- replay and headers */

static int put_headers(struct vl_fix_step *s, const struct vl_new_headers *h,
		       struct vhdxlog_error *err)
{
	for (unsigned slot = 1; h && slot <= 2; slot++) {
		uint8_t *page = vl_pages_put(&s->fix.pages,
					     VL_HEADER_OFFSET(slot),
					     VHDXLOG_AREA_HEADERS, err);

		if (!page)
			return VHDXLOG_E_NOMEM;
		memcpy(page, h->page[slot - 1], VL_SIZE_header);
	}
	return 0;
}

/* Whether the scan tells of the file as it is once that has been replayed. */
static bool is_active(struct vhdxlog_scan *scan,
		      const struct vhdxlog_overlay *overlay)
{
	const struct vhdxlog_replay *r = vhdxlog_overlay_about(overlay);
	struct vhdxlog_sequence q;

	return r->has_sequence && r->outcome == VHDXLOG_OUTCOME_REPLAY &&
	       vhdxlog_sequence_at(scan,
				   vhdxlog_sequence_find(scan, r->sequence), &q,
				   NULL) == 0 &&
	       q.active;
}

int vl_fix_plan_replay(struct vl_fix_plan *p, struct vhdxlog_overlay *overlay,
		       const struct vl_change *change,
		       const struct vl_new_headers *headers,
		       struct vhdxlog_error *err)
{
	struct vl_fix_step *s = vl_fix_step_new(p);
	int rc = put_headers(s, headers, err);

	if (rc) {
		vl_fix_step_release(s);
		return rc;
	}
	s->change = change;
	vl_overlay_view_init(&s->replayed, overlay);
	p->is_fresh = p->is_fresh || headers;
	if (is_active(s->fix.scan, overlay))
		p->unreplayed = s->fix.scan;
	return vl_fix_push(p, s, &s->replayed.view, change->new_size, err);
}

int vl_fix_plan_finish(struct vl_fix_plan *p, const struct vl_change **change,
		       struct vhdxlog_error *err)
{
	int rc = 0;

	*change = NULL;
	if (!p->has_fixed) {
		snprintf(p->refusal, sizeof(p->refusal), "%s", p->nothing);
		return 0;
	}
	if (!p->is_fresh || p->new_data_write)
		rc = vl_fix_update_headers(p, err);
	if (rc || !p->count || *p->refusal)
		return rc;
	rc = vl_fix_plan_compare(p, err);
	if (rc || *p->refusal)
		return rc;
	*change = vl_fix_last(p)->merged.ops ? &vl_fix_last(p)->merged : vl_fix_last(p)->change;
	return 0;
}

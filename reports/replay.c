/* SPDX-License-Identifier: MIT */
#include "reports/replay.h"

#define PAGE 4096u

void replay_count(struct replay_tally *t, const struct report_page *page)
{
	t->pieces++;
	t->bytes += page->length;
	if (!page->changes)
		return;
	t->changed++;
	t->changed_bytes += page->length;
	if (page->area == VHDXLOG_AREA_HEADERS)
		return;
	t->effect.area_pages[page->area] +=
		page->length / PAGE + (page->length % PAGE != 0);
	if (page->zero)
		t->effect.zeroed += page->length;
}

struct vhdxlog_scan *replay_scan(const struct report_replay *r)
{
	return r->subject ? r->subject->scan : NULL;
}

const struct vhdxlog_replay *replay_about(const struct report_replay *r)
{
	return r->overlay ? vhdxlog_overlay_about(r->overlay) : NULL;
}

int replay_sequence(const struct report_replay *r,
		    struct vhdxlog_sequence *sequence,
		    struct vhdxlog_error *err)
{
	const struct vhdxlog_replay *about = replay_about(r);
	int rc;

	if (!about || !about->has_sequence)
		return 1;
	rc = vhdxlog_sequence_from(replay_scan(r), about->sequence, sequence,
				   err);
	if (rc != VHDXLOG_E_NOT_FOUND)
		return rc;
	if (err)
		*err = (struct vhdxlog_error){ .code = VHDXLOG_OK };
	return 1;
}

int replay_verdicts(const struct report_replay *r,
		    struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
		    struct vhdxlog_error *err)
{
	return r->overlay ? vhdxlog_overlay_verdicts(r->overlay, v, err) : 0;
}

/* What --force is for is of severity error; a warning is only said. */
bool replay_stops(const struct vhdxlog_verdict *v)
{
	return (v->status == VHDXLOG_FAIL || v->status == VHDXLOG_BLOCKED) &&
	       v->check->severity == VHDXLOG_ERROR;
}

bool replay_is_final(const struct vhdxlog_verdict *v)
{
	return replay_stops(v) && v->check->class_ == VHDXLOG_CLASS_F;
}

bool replay_overrides(const struct report_replay *r,
		      const struct vhdxlog_check *check)
{
	for (size_t i = 0; i < r->overridden_count; i++) {
		if (r->overridden[i] == check)
			return true;
	}
	return false;
}

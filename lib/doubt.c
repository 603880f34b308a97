/* SPDX-License-Identifier: MIT */
/* A log that is scanned again, as it is not what the header says. */
#include "scan.h"

#include "guess/log_doubt.h"

void vl_scan_forget_log(struct vhdxlog_scan *s)
{
	vl_log_release(&s->log);
	s->log.active_first = s->log.active_head = s->log.tie = VL_NONE;
	s->has_log = false;
}

/* Where the log is not what the header says, scan the one that is. */
int vl_scan_doubt(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	bool again = s->has_log && !s->options.raw_log && !s->is_trial;
	int rc = 0;

	/* Twice at most: another header, then another place. */
	while (!rc && again) {
		rc = vl_guess_doubt(&s->guesses, &s->image, &s->log,
				    vl_scan_disk(s), &s->options, s->overlaps,
				    &again, err);
		if (rc || !again)
			break;
		vl_scan_forget_log(s);
		rc = vl_log_guid_guess(s, err);
		if (!rc)
			rc = vl_scan_log(s, err);
	}
	return rc;
}

/* SPDX-License-Identifier: MIT */
/* The file as it would be, as the public interface shows it. */
#ifndef VL_REPLAY_H
#define VL_REPLAY_H

#include "scan.h"

struct vhdxlog_overlay {
	struct vhdxlog_scan *scan; /* borrowed */
	struct vl_overlay pile;
	struct vhdxlog_replay about;
	struct vl_choice choice;  /* of a policy; else empty */
	uint32_t *entries;	  /* owned: sectors, as they are applied */
	uint32_t first, head; /* indices of a named sequence, or VL_NONE */
	struct vl_sweep sweep; /* where vhdxlog_overlay_next() has got to */
	bool sweeping;
	/* As it would be, found when first needed: own, or the scan's, which is
	 * of the active sequence. */
	const struct vl_image *then;
	struct vl_image own;
	struct vl_judgement *judgement; /* owned; likewise */
	/* What the targets lie on, found along with the judgement. */
	struct vl_hits {
		/* the first such target, or UINT64_MAX */
		uint64_t headers, log, payload, beyond;
		uint64_t declared; /* how far the file may reach */
	} hits;
};

/* The image as it would be, or NULL. */
const struct vl_image *vl_replay_image(struct vhdxlog_overlay *o,
				       struct vhdxlog_error *err);

/* replay_checks.c: what stands against it; NULL: err says why. */
const struct vl_judgement *vl_replay_judge(struct vhdxlog_overlay *o,
					   struct vhdxlog_error *err);

#endif

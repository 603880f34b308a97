/* SPDX-License-Identifier: MIT */
/* The file as it would be, as the public interface shows it. */
#ifndef VL_REPLAY_H
#define VL_REPLAY_H

#include "scan.h"
#include "view/asof.h"
#include "view/bat_walk.h"
#include "view/salvage.h"

struct vhdxlog_overlay {
	struct vhdxlog_scan *scan; /* borrowed */
	struct vl_overlay pile;
	struct vhdxlog_replay about;
	struct vl_choice choice;  /* of a policy; else empty */
	uint32_t *entries;	  /* owned: sectors, as they are applied */
	uint32_t first, head; /* indices of a named sequence, or VL_NONE */
	struct vl_salvage *salvage; /* owned; what is laid over that, or NULL */
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

	/* Which entry each byte is from: the same layers with a reader of their
	 * own, made when first asked. As of an entry those of later ones, too,
	 * lowest; the marks say which these are, and how sure what is seen is.
	 * See view/asof.h. */
	struct vl_overlay who;
	bool has_who;
	struct vl_asof_marks marks; /* empty where it is as of no entry */
	struct vl_bat_walk bat; /* of vhdxlog_overlay_bat_next() and _block() */
	struct vl_ghosts *ghosts; /* owned; where ghosts have got to */
};

/* A new one, of which nothing is known yet. */
int vl_replay_begin(struct vhdxlog_scan *scan, struct vhdxlog_overlay **overlay,
		    struct vhdxlog_error *err);

/* Pages and zeroes that are seen, counted once. */
int vl_replay_count(struct vhdxlog_overlay *o, struct vhdxlog_error *err);

/* Sizes and digest of what it comes to, where there is none yet, and the count. */
int vl_replay_measure(struct vhdxlog_overlay *o, struct vhdxlog_error *err);

/* states.c: the sector of the entry that a byte is from, and how sure that is. */
int vl_replay_seen(struct vhdxlog_overlay *o, uint64_t off, uint32_t *entry,
		   enum vhdxlog_certainty *certainty,
		   struct vhdxlog_error *err);

/* How sure a byte is, VHDXLOG_E_NOMEM; else what cannot be told is INFERRED. */
int vl_replay_certainty(struct vhdxlog_overlay *o, uint64_t off,
			enum vhdxlog_certainty *certainty,
			struct vhdxlog_error *err);

/* salvage.c. Accepts NULL. */
void vl_replay_unsalvage(struct vl_salvage *salvage);

/* What could be salvaged over the active sequence, or where there is none over the
 * file: find how much. While the scan is made. */
int vl_salvage_probe(struct vhdxlog_scan *scan, struct vhdxlog_error *err);

/* ghosts.c. Accepts NULL. */
void vl_ghosts_close(struct vl_ghosts *g);

/* The image as it would be, or NULL. */
const struct vl_image *vl_replay_image(struct vhdxlog_overlay *o,
				       struct vhdxlog_error *err);

/* The same, with the code of the error. */
int vl_replay_find_image(struct vhdxlog_overlay *o,
			 const struct vl_image **image,
			 struct vhdxlog_error *err);

/* replay_checks.c: what stands against it; NULL: err says why. */
const struct vl_judgement *vl_replay_judge(struct vhdxlog_overlay *o,
					   struct vhdxlog_error *err);

#endif

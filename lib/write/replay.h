/* SPDX-License-Identifier: MIT */
/*
 * From a choice to the change that carries it out on a copy.
 *
 *	identity.c	the GUIDs that the copy gets
 *	change_replay.c	the overlay written down
 *	change_rearm.c	the same as entries of a log that waits to be replayed
 *	replay.c	either of them, with the headers that belong to it
 */
#ifndef VL_WRITE_REPLAY_H
#define VL_WRITE_REPLAY_H

#include "write/change.h"
#include "write/header_update.h"

enum vl_replay_kind {
	VL_REPLAY_APPLY,
	VL_REPLAY_REARM,
};

/* The header pages of the copy. */
struct vl_new_headers {
	struct vhdxlog_header header[2];
	uint8_t page[2][VL_SIZE_header];
};

/* Stays where it is until it is released, as its change refers to it. */
struct vl_replay_plan {
	struct vl_change change; /* owned */
	bool has_headers;	 /* false: they stay as they are */
	struct vl_new_headers headers;
	bool packed; /* rearm: not the entries as they were */
	char refusal[160]; /* why it cannot be done; "" where it can */
};

/*
 * Plan what --replay or --rearm writes. That nothing stands against it is the
 * caller's to see first (vhdxlog_overlay_verdicts); where the choice was applied
 * in part only, LogGuid stays as it is, and where nothing is applied nothing is
 * changed. 0 with a refusal where it cannot be done: then there is no change.
 * Scan and overlay are borrowed until the plan is released.
 */
int vl_replay_plan(struct vhdxlog_scan *scan, struct vhdxlog_overlay *overlay,
		   enum vl_replay_kind kind, struct vl_replay_plan *plan,
		   struct vhdxlog_error *err);

/* Accepts a zeroed one. */
void vl_replay_release(struct vl_replay_plan *plan);

/* identity.c */

struct vl_identity {
	struct vhdxlog_guid file_write; /* FileWriteGuid */
	struct vhdxlog_guid log;	/* LogGuid of a log that is armed again */
};

/*
 * GUIDs of version 8 over what the copy is made of: the same image and choice
 * give the same ones on any machine. vhdxlog-replay(1) has the text whose SHA-256
 * they are.
 */
int vl_identity_make(struct vhdxlog_scan *scan,
		     const struct vhdxlog_replay *replay,
		     enum vl_replay_kind kind, struct vl_identity *identity,
		     struct vhdxlog_error *err);

/* change_replay.c; headers may be NULL. Both are borrowed. */
int vl_change_replay(struct vhdxlog_overlay *overlay,
		     const struct vl_new_headers *headers,
		     struct vl_change *change, struct vhdxlog_error *err);

/* change_rearm.c; fills plan->change, ->packed or ->refusal. */
int vl_change_rearm(struct vhdxlog_scan *scan, struct vhdxlog_overlay *overlay,
		    const struct vhdxlog_guid *log_guid,
		    struct vl_replay_plan *plan, struct vhdxlog_error *err);

#endif

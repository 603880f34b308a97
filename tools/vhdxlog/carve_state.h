/* SPDX-License-Identifier: MIT */
/*
 * The file of --state: what a pass has found and how far it is, so that another
 * run goes on from there and reports all of it.
 *
 *	vhdxlog carve state 1
 *	file SIZE OFFSET DEVICE INODE MTIME NANOSECONDS
 *	samples SUM...
 *	item ...	each that was told
 *	pass N		N bytes of vhdxlog_carve_save() follow
 *	position N
 *	read N
 *	done 0|1
 *	sum 0x..	of all above
 *
 * It is replaced as a whole each time, by the writer of all new files. The next
 * one is begun at once, without a name, and gets items as they are told; so none
 * is held in memory.
 */
#ifndef TOOLS_VHDXLOG_CARVE_STATE_H
#define TOOLS_VHDXLOG_CARVE_STATE_H

#include "tools/common/output.h"
#include "tools/vhdxlog/carve_identity.h"
#include "tools/vhdxlog/carve_lines.h"

/* Starts zeroed. */
struct carve_state {
	const char *path; /* borrowed; NULL: nothing is kept */
	const struct tool_evidence *evidence; /* borrowed */
	struct carve_identity identity;

	/* What was there, in which the items lie that are not told yet. */
	struct vhdxlog_source *old; /* owned, or NULL */
	uint64_t items_at, items_end; /* in the file */
	uint64_t items; /* how many */
	bool told;	/* all that were there when it was opened */
	struct carve_lines *lines; /* owned; of old */
	char *pass; /* owned; NULL: it begins */
	uint64_t position, bytes_read; /* when that was kept */
	bool done;

	/* What will take its place. */
	struct tool_output next;
	bool writing;
	uint64_t written, sum; /* bytes, and theirs */
	uint64_t next_items_at, next_items;
};

/*
 * Read what is at path, if it is of this source, and begin the next. Returns 0,
 * or an exit status after a message: TOOL_USAGE where it is no state, or none of
 * this file, or must not be written to.
 */
int carve_state_open(struct carve_state *state, const char *path,
		     const struct tool_evidence *evidence,
		     struct vhdxlog_source *source);

/* The next item that an earlier run told: 0, or 1: no more. */
int carve_state_earlier(struct carve_state *state,
			struct vhdxlog_carved *item);

/* One more, to be kept with the next. */
void carve_state_add(struct carve_state *state,
		     const struct vhdxlog_carved *item);

/*
 * Keep what was told and how far it is. bytes_read: by all runs. Returns 0, or an
 * exit status after a message; nothing more is kept then.
 */
int carve_state_save(struct carve_state *state,
		     const struct vhdxlog_carve *carve, uint64_t bytes_read,
		     bool done);

/* Say that what was read is no state that the library made; TOOL_USAGE. */
int carve_state_refuse(const struct carve_state *state);

/* What was not kept leaves no trace. */
void carve_state_release(struct carve_state *state);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A change as a file of its own, to be looked at, kept, and carried out or taken
 * back later: JSON lines, of schema vhdxlog.patch/1.
 *
 *	{"schema":"vhdxlog.patch/1","type":"patch", what it is, both lengths}
 *	{"type":"piece","offset":"1048576","length":4096,"entry":"E5",
 *	 "old_sha256":"..","new_sha256":"..","old":"..","new":".."}
 *	...
 *	{"type":"end","pieces":1,"sha256":".."}	 of all bytes before this line
 *
 * old and new are hex; zeroes at the end are left out, so "" is all zeroes; null
 * is where the file does not reach: a piece never lies across an end of file.
 * Only what differs is in it, in ascending order.
 */
#ifndef VL_WRITE_PATCH_H
#define VL_WRITE_PATCH_H

#include <stdio.h>

#include "write/change.h"

#define VL_PATCH_SCHEMA "vhdxlog.patch/1"

/* What the first line says besides. Strings borrowed; NULL: null. */
struct vl_patch_about {
	const char *made_by;  /* "vhdxlog-replay 0.1.0" */
	const char *mode;     /* "replay", "rearm", "fix" */
	const char *sequence; /* "S5-7" */
	const char *policy;
	/* SHA-256 of structures of the file as it was, "" where not known. */
	const struct vhdxlog_hashes *hashes;
};

struct vl_patch_tally {
	uint64_t pieces;
	uint64_t bytes; /* that differ; beyond an end, that are not zero */
};

/*
 * Write the change of the file at `old` to out. What the file holds is read
 * wherever the change goes, and whatever it cuts off. VHDXLOG_E_IO early where
 * the stream fails; that it took everything is for the caller to see.
 */
int vl_patch_write(FILE *out, const struct vl_change *change,
		   const struct vl_view *old,
		   const struct vl_patch_about *about,
		   struct vl_patch_tally *tally, struct vhdxlog_error *err);

/* What is wrong with a patch, or with the file that it is to change. */
struct vl_patch_fault {
	uint64_t line; /* of the patch, from 1; 0: none in particular */
	char text[256]; /* begins "line N: " where it is one; "" for none */
};

/*
 * Open the patch behind fd (a regular file, handed over also on failure) as a
 * change: forwards, or backwards to undo it. Everything is read, and checked:
 * every line, every digest, the digest at the end, that the file at `old` has
 * the length and, in every piece, the bytes that the patch expects, and that of
 * what is cut off the patch knows all that is not zero. Where anything is wrong
 * *fault says so and the code is VHDXLOG_E_MISUSE.
 *
 * The change reads the patch again. Where that has been changed meanwhile the
 * change fails with VHDXLOG_E_IO, at the latest where it would have ended: what
 * was made of one that did not come to its end is not to be used.
 */
int vl_patch_open(int fd, bool backwards, const struct vl_view *old,
		  struct vl_change *change, struct vl_patch_tally *tally,
		  struct vl_patch_fault *fault, struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files that write and read patches share. */
#ifndef VL_WRITE_PATCH_PARTS_H
#define VL_WRITE_PATCH_PARTS_H

#include "base/digest.h"
#include "write/patch.h"

/* The longest piece in a patch, bytes. */
#define VL_PATCH_PIECE (UINT32_C(64) << 10)

/* The longest line, without its newline: both sides in hex, and room. */
#define VL_PATCH_LINE (4 * VL_PATCH_PIECE + 4096)

/* How many of n bytes differ. */
static inline uint64_t vl_patch_differing(const uint8_t *a, const uint8_t *b,
					  size_t n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += a[i] != b[i];
	return count;
}

/* ---------------------------------------------------------- patch_members.c */

/* Say what is wrong, with the line unless that is 0. Returns false. */
bool vl_patch_wrong(struct vl_patch_fault *fault, uint64_t line,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ------------------------------------------------------------- patch_line.c */

/* What a piece says of the file before, or after. */
struct vl_patch_side {
	bool there;	/* the file reaches so far; null where it does not */
	uint32_t given; /* bytes that stand in the patch; zeroes behind them */
	char sha256[VHDXLOG_SHA256_TEXT];
	uint8_t bytes[VL_PATCH_PIECE]; /* zeroes where it does not reach */
};

struct vl_patch_piece {
	uint64_t offset, length; /* bytes; 1 to VL_PATCH_PIECE */
	uint32_t entry;		 /* VHDXLOG_NO_SECTOR: null */
	struct vl_patch_side old, new;
};

/* A patch being read, from its first line to its last, one line in memory. */
struct vl_patch_lines {
	FILE *file;		      /* owned */
	struct json_tokener *tokener; /* owned */
	struct vl_digest *digest;     /* owned; of the lines before this one */
	char *text;		      /* owned; the line and a NUL */
	size_t length;		      /* of the line */
	uint64_t number;	      /* of the line, from 1 */

	/* What was read. */
	uint64_t size_before, size_after; /* first line; to INT64_MAX */
	uint64_t end;			  /* of the piece before, in the file */
	struct vl_patch_tally tally;	  /* of the pieces so far */
	struct vl_patch_piece piece;
	bool finished;
	char sha256[VHDXLOG_SHA256_TEXT]; /* last line */

	struct vl_patch_fault fault; /* where VHDXLOG_E_MISUSE was returned */
};

/* *l is zeroed. fd is handed over, also on failure. Release in any case. */
int vl_patch_lines_open(struct vl_patch_lines *l, int fd,
			struct vhdxlog_error *err);

/* Accepts a zeroed one. Keeps errno. */
void vl_patch_lines_release(struct vl_patch_lines *l);

/* Go back to the beginning, and read the first line. */
int vl_patch_lines_begin(struct vl_patch_lines *l, struct vhdxlog_error *err);

/*
 * Read the next piece. 0; 1: the last line was read instead, and it is right;
 * or a negative code. A piece is sound by itself and where it lies, its digests
 * are those of its bytes.
 */
int vl_patch_lines_next(struct vl_patch_lines *l, struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A change to a file: what is written where, and how long the file is then.
 *
 * Replaying, arming a log again and taking back a patch are all changes, so what
 * makes a copy, a patch or a record of one does not know which it is.
 *
 *	change_replay.c	 an overlay and new headers
 *	change_rearm.c	 a log written anew and new headers
 *	patch_read.c	 a patch, forwards or backwards
 *	change_pages.c	 pages in memory
 *	change_merge.c	 one change over another
 */
#ifndef VL_WRITE_CHANGE_H
#define VL_WRITE_CHANGE_H

#include "source/view.h"
#include "write/medium.h"

/* Bytes that the file will hold. */
struct vl_piece {
	uint64_t offset, length;
	const uint8_t *bytes; /* valid until the next piece; NULL: zeroes */
	uint32_t entry; /* log sector of the entry they come from, or
			   VHDXLOG_NO_SECTOR */
	enum vhdxlog_area area; /* where it goes, as far as that is known */
};

/* What it does to a file. */
struct vl_piece_effect {
	bool changes; /* any byte, or the file does not reach so far */
	/* SHA-256 of old and new bytes, "" where not asked for. Of old ones as
	 * far as the file reaches, "" where it does not at all. */
	char before[VHDXLOG_SHA256_TEXT], after[VHDXLOG_SHA256_TEXT];
};

/* How many zeroes are compared, of all pieces of a change together. */
#define VL_MAX_COMPARED (UINT64_C(1) << 30)

/*
 * *budget goes down by the zeroes of the piece. Where it does not suffice they
 * are not read: they count as a change, and have no digests.
 */
int vl_piece_compare(const struct vl_piece *piece, const struct vl_view *old,
		     bool hashes, uint64_t *budget,
		     struct vl_piece_effect *effect, struct vhdxlog_error *err);

struct vl_change_ops {
	/* Begin again with the first piece. */
	int (*rewind)(void *ctx, struct vhdxlog_error *err);
	/*
	 * 0, 1: no more, or a negative code. Pieces ascend, lie apart and end
	 * before the new size does; one with bytes is no longer than
	 * VL_MAX_PIECE, one of zeroes may have any length.
	 */
	int (*next)(void *ctx, struct vl_piece *piece,
		    struct vhdxlog_error *err);
	void (*close)(void *ctx);
};

#define VL_MAX_PIECE (UINT32_C(1) << 20)

struct vl_change {
	uint64_t old_size, new_size; /* of the file, bytes */
	const struct vl_change_ops *ops;
	void *ctx; /* owned */
};

/* Accepts a zeroed one. */
void vl_change_close(struct vl_change *c);

static inline int vl_change_rewind(const struct vl_change *c,
				   struct vhdxlog_error *err)
{
	return c->ops->rewind(c->ctx, err);
}

static inline int vl_change_next(const struct vl_change *c,
				 struct vl_piece *piece,
				 struct vhdxlog_error *err)
{
	return c->ops->next(c->ctx, piece, err);
}

/*
 * Make the change to a copy of the file as it was: length, pieces, flush. Of the
 * two headers the one that is not current is written first, and each flushed
 * before the other. [MS-VHDX] 2.2.2.1
 */
int vl_change_write(const struct vl_change *c, const struct vl_medium *m,
		    struct vhdxlog_error *err);

/* VHDXLOG_E_IO where the medium does not hold every piece, or has another
 * length. */
int vl_change_verify(const struct vl_change *c, const struct vl_medium *m,
		     struct vhdxlog_error *err);

/*
 * The file as it will be, from low offsets to high ones: lay the change over
 * stretches of the file as it was. Begin with a change that was rewound.
 */
struct vl_change_reader {
	const struct vl_change *change; /* borrowed */
	bool begun, more;
	struct vl_piece piece; /* the next that was not yet passed */
};

/* Change buf, which holds the old file's bytes (zero beyond its end). */
int vl_change_lay(struct vl_change_reader *r, uint64_t off, uint8_t *buf,
		  size_t len, struct vhdxlog_error *err);

#endif

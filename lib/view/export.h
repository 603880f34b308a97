/* SPDX-License-Identifier: MIT */
/*
 * An image without what it holds for the guest.
 *
 *	places.c	places of a file, told apart
 *	export_places.c	which bytes are of a structure, and are needed of it
 *	export_bat.c	the same of the BAT
 *	export_log.c	the same of the log
 *	export_pages.c	what lies elsewhere, and the log says something about
 *	export.c	the two put together, read, given out
 *
 * A structure is where the tables say, those of the disk and those that a replay
 * leaves, and no longer than the disk's geometry needs it to be. Where a block is
 * there, too, by one of the two BATs, a part of it is taken only where it reads as
 * what the structure must hold: a table that points at guest data gives nothing
 * of it away.
 *
 * What the log writes outside of structures is compared with the disk by a
 * report. So such a page is taken where the log holds the same bytes, in one
 * version or in pieces of several; else a text stands in its place, so that it
 * still differs from everything that the log holds. Likewise a page of each
 * stretch that the log zeroes and that is not zero.
 *
 * Where structures are gone, a report infers them from what lies at the starts of
 * MiB. Of that its kind stays, by a signature or a text, whatever block it is in.
 */
#ifndef VL_VIEW_EXPORT_H
#define VL_VIEW_EXPORT_H

#include "log/log.h"

struct vl_redaction;

enum vl_place_kind {
	/* Of two that hold the same byte, the first counts. */
	VL_PLACE_HEAD, /* the header section */
	VL_PLACE_LOG,
	VL_PLACE_BAT,
	VL_PLACE_METADATA,
	VL_PLACE_BITMAP,
	VL_PLACE_LOGGED,   /* what the log holds, too */
	VL_PLACE_WORD,	   /* a signature, which says nothing of anybody */
	VL_PLACE_STAND_IN, /* a text: something else is there */
	VL_PLACE_KINDS,
};

struct vl_place {
	uint64_t off, end;
	enum vl_place_kind kind;
};

struct vl_places {
	struct vl_place *list; /* owned */
	size_t n, cap;
};

/* An empty place is not added. VHDXLOG_E_NOMEM. */
int vl_places_add(struct vl_places *p, uint64_t off, uint64_t end,
		  enum vl_place_kind kind, struct vhdxlog_error *err);

/* Sort, and cut so that none holds a byte of another; O(n log n). */
int vl_places_settle(struct vl_places *p, struct vhdxlog_error *err);
void vl_places_release(struct vl_places *p);

/* Whether all of [off, end) is in places; they are settled. */
bool vl_places_cover(const struct vl_places *p, uint64_t off, uint64_t end);

/* Make zeroes of what of the bytes from off on is in places; they are settled. */
void vl_places_blank(const struct vl_places *p, uint64_t off, uint8_t *buf,
		     size_t len);

/* What is left out, or not as it was. */
enum vl_left_out {
	VL_LEFT_REGIONS,   /* those of unknown meaning */
	VL_LEFT_ITEMS,	   /* likewise, of metadata */
	VL_LEFT_TOO_LONG,  /* items, a table: more than is sane */
	VL_LEFT_CONTESTED, /* a block claims it, and it does not look like more */
	VL_LEFT_TRAILING,  /* behind the last entry of the BAT, no entries */
	VL_LEFT_BITMAPS,   /* too many, or the BAT is damaged */
	VL_LEFT_UNREADABLE,
	VL_LEFT_STOOD_IN_FOR,
	VL_LEFT_BUDGET, /* not all was looked at that the log zeroes */
	VL_LEFT_GUESSED, /* what is assumed follows from more than is taken */
	VL_LEFT_CHECKSUMS, /* redacted: one that was right is not any more */
	VL_LEFT_RANDOM,	   /* redacted: with a key that nothing gives again */
	VL_LEFT_NO_TABLE,  /* the BAT is something else, or a part of it */
	VL_LEFT_KINDS,
};

struct vl_export_of {
	const struct vl_view *disk;
	struct vl_log *log; /* NULL: none was walked */
	/* As after the replay, and as on the disk, which may be the same; and
	 * what each was read from. */
	const struct vl_image *image[2];
	const struct vl_view *view[2];
	/* What may be read of zeroed ranges that are no holes, bytes. */
	uint64_t budget;
	bool with_bitmaps;
	/* Borrowed; WORD and STAND_IN, where nothing else is; or NULL. */
	const struct vl_places *starts;
};

/* Structures, settled. left: of VL_LEFT_KINDS, what holds is set. */
int vl_export_structures(const struct vl_export_of *of, struct vl_places *p,
			 bool *left, struct vhdxlog_error *err);

/* Add what the log speaks of elsewhere; settled again. */
int vl_export_pages(const struct vl_export_of *of, struct vl_places *p,
		    bool *left, struct vhdxlog_error *err);

/* What stands in for bytes from an offset on. */
void vl_stand_in(uint64_t off, uint8_t *buf, size_t len);

/* The places in pieces, one after the other. */
struct vl_export {
	struct vl_export_of of;
	struct vl_image on_disk; /* owned; where the log waits */
	struct vl_places places;
	struct vl_redaction *redaction; /* owned; NULL: as it is */
	bool left[VL_LEFT_KINDS];
	size_t next; /* place */
	uint64_t at; /* from where on it was not yet read */
	uint8_t *bytes; /* owned: read, from `off` on, and given out up to given */
	uint64_t off;
	size_t len, given;
};

/*
 * of->image[1] NULL: it is read from the disk. Release also after a failure.
 * VHDXLOG_E_NOMEM.
 */
int vl_export_init(struct vl_export *e, const struct vl_export_of *of,
		   bool redact, struct vhdxlog_error *err);
void vl_export_release(struct vl_export *e);

/* 0, 1: no more, or a negative code. Pages of zeroes are not given out. */
int vl_export_next(struct vl_export *e, struct vhdxlog_export_piece *piece,
		   struct vhdxlog_error *err);

#endif

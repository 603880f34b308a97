/* SPDX-License-Identifier: MIT */
/*
 * Repairs by name, made on a copy. Each rests on evidence that a scan found, is
 * refused where that does not suffice, and says what it did and what is lost.
 *
 *	fix_plan.c	one after the other, and a replay among them: each works
 *			on the file as those before it leave it
 *	fix_steps.c	one of them
 *	fix_result.c	whether what they leave is no worse
 *	fix_stage.c	that file: a source that is scanned as any other
 *	fix_record.c	what a repair says of itself
 *	fix_headers.c	headers, from the other copy or rebuilt: parts in fix_headers.h
 *	fix_identifier.c	that it is an image at all
 *	fix_damaged.c	what headers that are not whole still tell
 *	fix_renew.c	both headers brought up to date
 *	fix_regions.c	region tables, from the other copy or rebuilt; what other
 *			regions they keep: fix_regions_others.c
 *	fix_shift.c	entries of the BAT back in their own places
 *	fix_length.c	a file that was cut, as long as it has to be
 *	fix_log_guid.c	a log given up
 */
#ifndef VL_WRITE_FIX_H
#define VL_WRITE_FIX_H

#include "write/change_parts.h"

/* In the order in which they are made. */
enum vl_fix_kind {
	VL_FIX_HEADERS,
	VL_FIX_LOG_GUID,
	VL_FIX_REGION_TABLES,
	VL_FIX_BAT_SHIFT,
	VL_FIX_LENGTH,
	VL_FIX_KINDS,
};

/* "headers", "log-guid", "region-tables", "bat-shift", "length". */
const char *vl_fix_name(enum vl_fix_kind kind);

/* ------------------------------------------------------------ fix_record.c */

/* A block of the guest's disk that the repair could not save all of. */
struct vl_fix_lost {
	uint64_t block; /* payload block, or with is_bitmap the chunk */
	bool is_bitmap;
	uint64_t index;	      /* of its BAT entry */
	uint64_t file_offset; /* of the block */
	uint64_t virtual_offset, virtual_length; /* of the guest's disk */
	uint64_t bytes; /* of it that are gone, or out of reach */
};

/* So many are kept. */
#define VL_FIX_MOST_LOST (UINT64_C(1) << 20)
#define VL_FIX_MOST_EVIDENCE 256u

struct vl_fix_record {
	enum vl_fix_kind kind;
	char *message; /* owned; a sentence */
	char **evidence; /* owned, and so are they; sentences */
	size_t evidence_count, evidence_cap;
	uint64_t evidence_left; /* how many more there would be */
	struct vl_fix_lost *lost; /* owned */
	size_t lost_count, lost_cap;
	uint64_t lost_left; /* how many more there are */
};

/* Accepts a zeroed one. */
void vl_fix_record_release(struct vl_fix_record *r);

/* Its one sentence; false: out of memory. */
bool vl_fix_message(struct vl_fix_record *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What it rests on; one more sentence. */
bool vl_fix_evidence(struct vl_fix_record *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

bool vl_fix_lose(struct vl_fix_record *r, const struct vl_fix_lost *lost);

/* ----------------------------------------------------------- fix_stage.c */

/* A file that is another one with pages changed and a length of its own. */
struct vl_stage {
	struct vl_view view; /* first */
	const struct vl_view *below;   /* borrowed */
	const struct vl_pages *pages;  /* borrowed */
	struct vhdxlog_source *source; /* owned; of the view */
	struct vhdxlog_scan *scan;     /* owned, unless is_borrowed */
	bool is_borrowed;
};

/* The scan is made at once. The stage does not move until it is released;
 * release also after a failure. */
int vl_stage_open(struct vl_stage *stage, const struct vl_view *below,
		  const struct vl_pages *pages, uint64_t size,
		  const struct vhdxlog_options *options,
		  struct vhdxlog_error *err);
void vl_stage_release(struct vl_stage *stage);

/* The same file as below, of which that is the scan; cannot fail. */
void vl_stage_borrow(struct vl_stage *stage, const struct vl_view *below,
		     struct vhdxlog_scan *scan);

/* An overlay as a view; borrowed. */
struct vl_overlay_view {
	struct vl_view view; /* first */
	struct vhdxlog_overlay *overlay;
};

void vl_overlay_view_init(struct vl_overlay_view *view,
			  struct vhdxlog_overlay *overlay);

/* ------------------------------------------------------------- one repair */

/* GUIDs that the copy may get; identity.c */
struct vl_fix_guids {
	struct vhdxlog_guid file_write, data_write;
};

/* A repair under way. */
struct vl_fix {
	struct vhdxlog_scan *scan;   /* borrowed; of the file as it is by now */
	const struct vl_view *view;  /* borrowed; the same file */
	/* Of the file before what waited was replayed: a page of the BAT may have
	 * been seen there as it was before it was shifted. Borrowed, or NULL. */
	struct vhdxlog_scan *unreplayed;
	const struct vl_fix_guids *guids; /* borrowed */
	/* What the user believes of the headers; borrowed. NULL: nothing. */
	const struct vhdxlog_options *asked;
	bool force;

	/* What it comes to. */
	struct vl_pages pages; /* owned */
	uint64_t size;	       /* of the file; set to the view's before */
	/* What the headers are to say then besides a new FileWriteGuid. */
	bool new_data_write, clear_log;
	bool has_headers; /* it has written both, with a new FileWriteGuid */
	struct vl_fix_record record;
	char refusal[400]; /* why it is not made; "" */
	bool has_nothing;  /* as there is nothing to fix */
};

/* Say why it is not made. Returns 0. */
int vl_fix_refuse(struct vl_fix *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Say why there is nothing to fix. Returns 0. */
int vl_fix_pass(struct vl_fix *f, const char *why);

/* len bytes at a multiple of 4096, len being one too; pages that hold them
 * already are left alone. */
int vl_fix_put(struct vl_fix *f, uint64_t offset, const uint8_t *bytes,
	       size_t len, enum vhdxlog_area area, struct vhdxlog_error *err);

/* Whether no number, or too few for all that a run may do, is higher than that of
 * the header. */
bool vl_fix_is_used_up(const struct vhdxlog_header *h);

/*
 * Both headers from the current one, one after the other. [MS-VHDX] 2.2.2.1
 * Where its number is used up they count anew, from 1: which one counts is that
 * of the higher number still, as both are written, and the slot stays.
 */
struct vl_header_change;
int vl_fix_renew(struct vl_pages *pages, struct vhdxlog_scan *scan,
		 const struct vl_header_change *change,
		 struct vhdxlog_error *err);

/* Whether the image, or the log, breaks the rule of that name. */
bool vl_fix_fails(struct vhdxlog_scan *scan, enum vhdxlog_object object,
		  const char *check);

/* The guess of a kind that the scan went on with; SIZE_MAX: none. */
size_t vl_fix_guess(const struct vhdxlog_scan *scan,
		    enum vhdxlog_guess_kind kind);

/* Refuse, but for force, where a guess that the scan went on with is not to be
 * built upon: kinds is a sum of 1 << VHDXLOG_GUESS_... Returns whether it did. */
bool vl_fix_doubts(struct vl_fix *f, unsigned kinds);

/* The disk as it is found in the metadata, or as it is guessed; all but chunk_ratio
 * and has_parent. false: the BAT cannot be read as a whole. */
struct vl_bat_geometry;
bool vl_fix_geometry(const struct vhdxlog_scan *scan,
		     struct vl_bat_geometry *g);

/* Its evidence, each sentence as one of the record's. */
bool vl_fix_cite(struct vl_fix *f, size_t guess);

/* Whether the header says that a log waits to be replayed. */
bool vl_fix_log_waits(const struct vhdxlog_scan *scan);

/*
 * What a header still says that cannot be followed, but is this file's: as an entry
 * of the log has its LogGuid, or as it is not valid and fits the log as it was
 * found (its fields are in the first 80 bytes, its checksum is over 4096). The
 * later one of two; NULL: neither.
 */
const struct vhdxlog_header *vl_fix_damaged(struct vhdxlog_scan *scan);

/* Whether the file begins as an image does; and make it so. */
bool vl_fix_has_identifier(const struct vl_fix *f);
int vl_fix_put_identifier(struct vl_fix *f, struct vhdxlog_error *err);

/*
 * One of the repairs: 0, with f->refusal where it is not made, or a negative
 * code. Nothing of it is written.
 */
int vl_fix_headers(struct vl_fix *f, struct vhdxlog_error *err);
int vl_fix_log_guid(struct vl_fix *f, struct vhdxlog_error *err);
int vl_fix_regions(struct vl_fix *f, struct vhdxlog_error *err);
int vl_fix_shift(struct vl_fix *f, struct vhdxlog_error *err);

/*
 * Bytes [from, to) of the file, empty or not, are gone as well: it was made longer
 * by them before something was replayed.
 */
struct vl_fix_cut {
	uint64_t from, to;
};
int vl_fix_length(struct vl_fix *f, const struct vl_fix_cut *cut,
		  struct vhdxlog_error *err);

/* FlushedFileOffset of the newest entry of a sequence, with NULL of the active one:
 * the file was so long on the disk then. false: there is none. */
bool vl_fix_flushed(struct vhdxlog_scan *scan,
		    const struct vhdxlog_range *sequence, uint64_t *flushed);

/* Whether no writer would make the file so long; with force, whether none can. */
bool vl_fix_is_too_long(struct vhdxlog_scan *scan, uint64_t size, bool force);

/* -------------------------------------------------------------- fix_plan.c */

/* One thing done to the file: a repair, a replay, a header update. */
struct vl_fix_step {
	struct vl_fix fix;
	bool is_fix; /* its record is to be told */
	struct vl_change own; /* owned; of the pages */
	const struct vl_change *change; /* own, or a borrowed one */
	struct vl_change merged; /* owned; with all steps before; not of the first */
	struct vl_overlay_view replayed;
	struct vl_stage stage; /* the file as it leaves it */
};

#define VL_FIX_MOST_STEPS (VL_FIX_KINDS + 3u)

/* Stays where it is until it is released. */
struct vl_fix_plan {
	struct vhdxlog_scan *scan;  /* borrowed; of the file as it is */
	const struct vl_view *view; /* borrowed */
	struct vhdxlog_options options; /* of later scans, but for what a repair
					   makes needless */
	struct vhdxlog_options asked; /* of the first scan */
	bool force;
	struct vl_fix_guids guids;
	struct vl_fix_cut cut;
	struct vhdxlog_scan *unreplayed; /* as in struct vl_fix */
	struct vl_fix_step steps[VL_FIX_MOST_STEPS];
	size_t count;
	bool is_fresh; /* FileWriteGuid is new already */
	bool new_data_write, clear_log; /* what the headers are still to say */
	bool has_fixed; /* something was to be fixed */
	char nothing[440]; /* of what was not, the first reason */
	char refusal[440]; /* why it is not done; "" */
};

/*
 * Begin with the file as it is. kinds: a sum of 1 << VL_FIX_.. that will be asked
 * for; options: those of the scan. Release in any case.
 */
int vl_fix_plan_begin(struct vl_fix_plan *plan, struct vhdxlog_scan *scan,
		      const struct vl_view *view,
		      const struct vhdxlog_options *options, unsigned kinds,
		      bool force, struct vhdxlog_error *err);
void vl_fix_plan_release(struct vl_fix_plan *plan);

/* Release what lies over an overlay, that of a replay, so that it can be closed
 * before what it lies over itself. NULL: nothing. */
void vl_fix_plan_release_after(struct vl_fix_plan *plan,
			       const struct vhdxlog_overlay *overlay);

/* The file as all steps so far leave it. */
struct vhdxlog_scan *vl_fix_plan_scan(const struct vl_fix_plan *plan);

/* The next repair. 0, with plan->refusal where it is not made; or a negative
 * code. */
int vl_fix_plan_do(struct vl_fix_plan *plan, enum vl_fix_kind kind,
		   struct vhdxlog_error *err);

/* Where what is to be replayed, a sequence or with NULL the active one, needs a
 * longer file, make it so; the blocks are named by VL_FIX_LENGTH, afterwards. */
int vl_fix_plan_lengthen(struct vl_fix_plan *plan,
			 const struct vhdxlog_range *sequence,
			 struct vhdxlog_error *err);

/* What is replayed of vl_fix_plan_scan(): an overlay of that and its change, both
 * borrowed; headers: NULL where they stay. */
struct vl_new_headers;
int vl_fix_plan_replay(struct vl_fix_plan *plan,
		       struct vhdxlog_overlay *overlay,
		       const struct vl_change *change,
		       const struct vl_new_headers *headers,
		       struct vhdxlog_error *err);

/* Refuse, but for force, where a rule for which an image is refused is broken, and
 * was not. */
int vl_fix_plan_compare(struct vl_fix_plan *plan, struct vhdxlog_error *err);

/* Bring the headers up to date; then *change, which is the plan's, is all of it.
 * Also the headers that the copy has are those of vl_fix_plan_scan() then. */
int vl_fix_plan_finish(struct vl_fix_plan *plan,
		       const struct vl_change **change,
		       struct vhdxlog_error *err);

/* identity.c: kinds as above. vhdxlog-replay(1) has the text whose SHA-256 they
 * are. */
int vl_identity_fix(struct vhdxlog_scan *scan, uint64_t size, unsigned kinds,
		    struct vl_fix_guids *guids, struct vhdxlog_error *err);

#endif

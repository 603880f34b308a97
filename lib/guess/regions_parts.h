/* SPDX-License-Identifier: MIT */
/*
 * Parts of vl_guess_regions(), which is regions.c:
 *
 *	nested.c	 images in blocks, whose metadata and BAT are not the image's
 *	regions_named.c	 what copies of the region table say that do not count
 *	regions_pool.c	 where metadata and BAT may be: candidates
 *	regions_score.c	 each metadata with each BAT, and what speaks for both
 *	regions_foreign.c  a table with a right checksum that is of another file
 *	regions_rival.c	 two tables with right checksums that disagree
 *	regions_take.c	 candidates with their evidence; what is assumed
 *	geometry.c	 what is left of the disk's geometry in a BAT alone
 */
#ifndef VL_GUESS_REGIONS_PARTS_H
#define VL_GUESS_REGIONS_PARTS_H

#include "guess/bat.h"
#include "guess/guess.h"
#include "guess/nested.h"
#include "guess/places.h"
#include "guess/table.h"

/* Whether the table that counts is believed, and names no BAT or no metadata: what
 * it does name is where it says. */
bool vl_table_lacks_region(const struct vl_image *image);

/* A region that some copy of the table names. */
struct vl_named {
	bool is_bat;
	uint64_t offset;
	uint32_t length;
	unsigned table; /* which copy, 1 or 2 */
	bool valid;	/* the copy's checksum is right */
};

#define VL_MOST_NAMED 4u /* one of each kind of each copy */

struct vl_nameds {
	struct vl_named list[VL_MOST_NAMED];
	size_t n;
};

/*
 * What the copies say that do not count, or where that lacks a region all copies,
 * whatever of them is left: each kind's first entry with a place that a region can
 * have.
 */
int vl_nameds_find(struct vl_nameds *named, const struct vl_image *image,
		   const struct vl_view *view, struct vhdxlog_error *err);

/* The one that names a place, a valid one before others, or NULL. */
const struct vl_named *vl_nameds_at(const struct vl_nameds *named, bool is_bat,
				    uint64_t offset);

#define VL_MOST_BATS 24u
#define VL_MOST_TABLES 8u

struct vl_bat_candidate {
	uint64_t offset;
	uint64_t targets; /* descriptors that write to its first MiB */
};

struct vl_pool {
	struct vl_starts starts; /* owned */
	struct vl_nameds named;
	struct vl_nesteds nesteds;
	struct vl_range log; /* len 0: not known */
	struct vl_table table[VL_MOST_TABLES]; /* ascending */
	bool table_sound[VL_MOST_TABLES];
	size_t n_tables;
	struct vl_bat_candidate bat[VL_MOST_BATS]; /* ascending */
	size_t n_bats;
};

/* Whether it is the metadata, or the BAT, of an image inside the image. */
bool vl_pool_is_nested(const struct vl_pool *pool, uint64_t offset);
/* Whether it may be: nothing that is makes sure what it is. */
bool vl_pool_is_behind(const struct vl_pool *pool, uint64_t offset);

/* Release also after a failure. */
int vl_pool_make(struct vl_pool *pool, const struct vl_image *image,
		 const struct vl_view *view, const struct vl_log *log,
		 struct vhdxlog_error *err);
void vl_pool_release(struct vl_pool *pool);

/* Some metadata with some BAT, by their indices in the pool. */
struct vl_pair {
	size_t table, bat;
	int score;
	struct vl_bat_fit fit;
};

struct vl_pairs {
	struct vl_pair *list; /* owned: n_tables times n_bats, by table */
	size_t n;
};

/* Judge all pairs; usable tables only. Release also after a failure. */
int vl_pairs_make(struct vl_pairs *pairs, const struct vl_pool *pool,
		  const struct vl_view *view, struct vhdxlog_error *err);
void vl_pairs_release(struct vl_pairs *pairs);

/* The best one, or NULL where no BAT fits any metadata. */
const struct vl_pair *vl_pairs_best(const struct vl_pairs *pairs);

/* What speaks for a metadata region; for a BAT, as that of a pair's metadata. */
void vl_say_table(struct vl_guess *guess, const struct vl_pool *pool,
		  const struct vl_pairs *pairs, size_t table);
void vl_say_bat(struct vl_guess *guess, const struct vl_pool *pool,
		const struct vl_pairs *pairs, const struct vl_pair *pair);

/* What speaks against what lies behind the start of another image. */
void vl_say_nesting(struct vl_guess *guess, const struct vl_pool *pool,
		    uint64_t offset);

/* Whether a BAT that fits so may be one. */
bool vl_bat_fits(const struct vl_bat_fit *fit);

/* A pair in whose blocks a place lies, so that a guest wrote what is there; or
 * NULL. */
const struct vl_pair *vl_pairs_owner(const struct vl_pool *pool,
				     const struct vl_pairs *pairs,
				     uint64_t offset);

/*
 * Whether the table that counts, in whose metadata region there is none, or whose
 * BAT is too short for it, is of another file than the best pair.
 */
int vl_table_is_foreign(const struct vl_image *image,
			const struct vl_pool *pool,
			const struct vl_pairs *pairs,
			const struct vl_pair *best, const struct vl_view *view,
			bool *foreign, struct vhdxlog_error *err);

/* Whether the copy that does not count is whole as well, and names BAT or metadata
 * elsewhere. */
bool vl_tables_disagree(const struct vl_image *image);

enum vl_rival {
	VL_RIVAL_LOSES, /* the table that counts is right */
	VL_RIVAL_WINS,
	VL_RIVAL_UNCLEAR,
};

/*
 * Which of two tables that disagree is right, by what is where they say: blocks, and
 * what the log writes to. Only where metadata and geometry are known. *pair gets
 * what the other one names, with the known metadata where it names none; it is
 * there where that wins.
 */
int vl_rival_judge(const struct vl_image *image, const struct vl_pool *pool,
		   const struct vl_pairs *pairs, const struct vl_view *view,
		   const struct vl_log *log, enum vl_rival *rival,
		   const struct vl_pair **pair, struct vhdxlog_error *err);

/* regions_take.c: make candidates of what the table that counts does not name, and
 * assume the best. */
int vl_take_pair(struct vl_guesses *g, struct vl_image *image,
		 const struct vl_pool *pool, const struct vl_pairs *pairs,
		 const struct vl_pair *best, const struct vl_view *view,
		 struct vhdxlog_error *err);
/* Where no BAT fits, or there is no metadata. */
int vl_take_parts(struct vl_guesses *g, struct vl_image *image,
		  const struct vl_pool *pool, const struct vl_pairs *pairs,
		  const struct vl_view *view, struct vhdxlog_error *err);

/* A region of a kind, as a table would name it. */
struct vhdxlog_region vl_region_of(bool is_bat, uint64_t offset,
				   uint32_t length);

/* ------------------------------------------------------------ geometry.c */

/* What a BAT says of its disk. */
struct vl_geometry_found {
	bool known; /* else no block is located, or none of it fits */
	struct vl_bat_geometry geometry;
	uint32_t sector_size;
	uint64_t nonzero, located, illegal; /* entries */
	uint64_t conflicts; /* blocks that have no room at that size */
	uint64_t distance;  /* the least between two blocks; 0: there is one */
	uint64_t common;    /* greatest that divides all distances; likewise */
	uint64_t first, last; /* indices of entries that are not zero */
	bool at_end;	    /* the last block ends where the file does */
};

/*
 * The geometry of a disk whose BAT is in [offset, limit), by its entries alone:
 * the largest blocks that have room beside each other, and the least disk that
 * needs all entries.
 */
int vl_geometry_of_bat(struct vl_geometry_found *found,
		       const struct vl_view *view, uint64_t offset,
		       uint64_t limit, const struct vl_range *structures,
		       size_t n_structures, struct vhdxlog_error *err);

/* Candidates for block size and disk size, both assumed. */
int vl_geometry_say(struct vl_guesses *g,
		    const struct vl_geometry_found *found,
		    struct vhdxlog_error *err);

#endif

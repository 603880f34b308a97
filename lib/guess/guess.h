/* SPDX-License-Identifier: MIT */
/*
 * What structures that are gone would say, inferred from what is left.
 *
 *	guess.c		a list of candidates, with evidence and score
 *	places.c	what lies at each MiB of the file
 *	table.c		a metadata table that no region table vouches for
 *	nested.c	what of it is of an image in a block
 *	log.c ...	where the log is and how long; which LogGuid waits
 *	regions.c ...	where BAT and metadata are; block size and disk size
 *
 * Nothing is guessed where headers and region tables are usable and fit the file.
 */
#ifndef VL_GUESS_GUESS_H
#define VL_GUESS_GUESS_H

#include "log/log.h"

#define VL_GUESS_EVIDENCE 8
#define VL_GUESS_SENTENCE 160

struct vl_guess {
	struct vhdxlog_guess pub;
	/* Something speaks against it that no score outweighs: nothing may be
	 * built upon it as it is. */
	bool contradicted;
	/* A log that no header names, not in the usual place: only a BAT can tell
	 * that it is not a guest's. */
	bool apart;
	char evidence[VL_GUESS_EVIDENCE][VL_GUESS_SENTENCE];
};

/* By kind, and of one kind the best first. */
struct vl_guesses {
	struct vl_guess *list; /* owned */
	size_t n, cap;
};

/* Accepts a zeroed one. */
void vl_guesses_release(struct vl_guesses *g);

/* A new candidate, zeroed but for its kind; or NULL and err says why. Valid until
 * the next one. */
struct vl_guess *vl_guess_add(struct vl_guesses *g,
			      enum vhdxlog_guess_kind kind,
			      struct vhdxlog_error *err);

/* Something speaks for it, worth so much; what is beyond VL_GUESS_EVIDENCE adds
 * to the score alone. The score stays within 0 and 100. */
void vl_guess_say(struct vl_guess *guess, int worth, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Sort, and drop all but the best few of each kind. */
void vl_guesses_rank(struct vl_guesses *g);

/* The best of a kind, or NULL. */
struct vl_guess *vl_guess_best(struct vl_guesses *g,
			       enum vhdxlog_guess_kind kind);

/*
 * After vl_headers_read(): where no header is usable, or what the current one says
 * of the log does not fit the file, find the log. Fills in image->log and
 * image->assumed, but for what options say.
 */
int vl_guess_log(struct vl_guesses *g, struct vl_image *image,
		 const struct vl_view *disk,
		 const struct vhdxlog_options *options,
		 struct vhdxlog_error *err);

/*
 * Between vl_image_begin() and vl_image_finish(): where no region table of the
 * view is usable, or the one that counts does not fit the file, find BAT and
 * metadata, and where metadata is gone the geometry. Fills in image->assumed and
 * makes it count. log: for what its entries write to; may be one that was not
 * walked.
 */
int vl_guess_regions(struct vl_guesses *g, struct vl_image *image,
		     const struct vl_view *view, const struct vl_log *log,
		     struct vhdxlog_error *err);

/*
 * After vl_image_finish(): whether the log that was taken lies in a block, by BAT and
 * metadata that were guessed since, and the disk as it is.
 */
int vl_guess_confirm_log(struct vl_guesses *g, const struct vl_image *image,
			 const struct vl_view *disk, struct vhdxlog_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Whether the current header fits the log that was walked where it says.
 *
 * Doubted is no header whose log holds entries, or nothing, unless its LogGuid is
 * in none of them. A header that is doubted is followed all the same, unless
 *
 *	the other one is of another file, by all GUIDs and its number, and the log
 *	fits that one: then the other is followed; or
 *	what it calls the log holds no entry, and elsewhere there is a log: then
 *	that log is taken.
 */
#ifndef VL_GUESS_LOG_DOUBT_H
#define VL_GUESS_LOG_DOUBT_H

#include "guess/guess.h"

/*
 * After vl_log_link(). overlaps: it is known to lie on a region. *again: image->log is another now, to be walked; without
 * LogGuid where that has to be guessed too. Reads nothing more where the header
 * fits.
 */
int vl_guess_doubt(struct vl_guesses *g, struct vl_image *image,
		   struct vl_log *log, const struct vl_view *disk,
		   const struct vhdxlog_options *options, bool overlaps,
		   bool *again, struct vhdxlog_error *err);

#endif

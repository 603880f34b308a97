/* SPDX-License-Identifier: MIT */
/*
 * What a report rests on that the user said, or that was inferred, and that the
 * image does not say: where the log is, which session is current, which copy of
 * the header holds.
 */
#ifndef REPORTS_ASSUMED_H
#define REPORTS_ASSUMED_H

#include "reports/report.h"

/* What is something else than the header in use says, if there is one. */
struct assumed {
	bool any; /* options were given, or guesses made; those below may agree
		     with the header */
	bool header, offset, length, guid;
	/* Of those, what was inferred; the others are options. */
	bool header_guessed, offset_guessed, length_guessed, guid_guessed;
};

struct assumed assumed_of(struct vhdxlog_scan *scan);

/* The candidate that the scan went on with, or NULL. */
const struct vhdxlog_guess *assumed_guess(const struct vhdxlog_scan *scan,
					  enum vhdxlog_guess_kind kind);

/* Whether it was inferred that the header had a LogGuid of zero. */
bool assumed_nothing_waits(struct vhdxlog_scan *scan);

/* Whether which session is current is not what the current header says. */
bool assumed_session(struct vhdxlog_scan *scan);

#define ASSUMED_WORDS 400

/*
 * "With the log assumed at 0x100000 (--log-offset): ", "With the log guessed at
 * .."; "" where nothing is assumed, or where nothing but assumptions is to be
 * expected (--raw-log).
 */
const char *assumed_words(struct vhdxlog_scan *scan, char buf[ASSUMED_WORDS]);

/*
 * Where there is no header: which options were given and do not suffice to say
 * where the log is, "--log-offset was not used, as .."; NULL: none. Static.
 */
const char *assumed_in_vain(const struct vhdxlog_scan *scan);

#endif

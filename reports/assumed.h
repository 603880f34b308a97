/* SPDX-License-Identifier: MIT */
/*
 * What a report rests on that the user said and the image does not: where the
 * log is, which session is current, which copy of the header holds.
 */
#ifndef REPORTS_ASSUMED_H
#define REPORTS_ASSUMED_H

#include "reports/report.h"

/* Which options say something else than the header in use, if there is one. */
struct assumed {
	bool any; /* some were given; those below may agree with the header */
	bool header, offset, length, guid;
};

struct assumed assumed_of(struct vhdxlog_scan *scan);

/* Whether which session is current is what an option says. */
bool assumed_session(struct vhdxlog_scan *scan);

#define ASSUMED_WORDS 320

/*
 * "With the log assumed at 0x100000 (--log-offset): "; "" where nothing is
 * assumed, or where nothing but assumptions is to be expected (--raw-log).
 */
const char *assumed_words(struct vhdxlog_scan *scan, char buf[ASSUMED_WORDS]);

/*
 * Where there is no header: which options were given and do not suffice to say
 * where the log is, "--log-offset was not used, as .."; NULL: none. Static.
 */
const char *assumed_in_vain(const struct vhdxlog_scan *scan);

#endif

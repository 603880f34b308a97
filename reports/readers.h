/* SPDX-License-Identifier: MIT */
/*
 * Questions about what the modelled readers would do: which of them do the
 * same, and with how many different disks they end.
 */
#ifndef REPORTS_READERS_H
#define REPORTS_READERS_H

#include "reports/report.h"

/* Whether the report shows a row: every one, unless some were asked for. */
static inline bool readers_shows(const struct report_options *options,
				 size_t index)
{
	return !options->policies || options->policies >> index & 1;
}

/* The row of a policy; NULL: there is none of that name. */
const struct vhdxlog_selection *readers_find(const struct vhdxlog_scan *scan,
					     const char *policy);

/*
 * Whether two readers do the same: where they apply something, the same entries
 * out of the same choice with the same result.
 */
bool readers_agree(const struct vhdxlog_selection *a,
		   const struct vhdxlog_selection *b);

/* Whether a reader applies something and does not stop midway. */
static inline bool readers_completes(const struct vhdxlog_selection *s)
{
	return s->outcome == VHDXLOG_OUTCOME_REPLAY;
}

/* Whether the reader chose this sequence. */
bool readers_chose(const struct vhdxlog_selection *s,
		   struct vhdxlog_range range);

/* How many readers apply something, completely or not. */
unsigned readers_that_apply(const struct vhdxlog_scan *scan);

/* Whether every reader opens the image as one whose log is not in use. */
bool readers_all_clean(const struct vhdxlog_scan *scan);

/* Whether a finding (by index) is about what this reader would do. */
bool readers_is_found(const struct vhdxlog_scan *scan, size_t finding,
		      const char *policy);

/*
 * Disks: the different results with which those end that complete a replay,
 * numbered by who comes first. A result that could not be told is none.
 */
#define READERS_NO_DISK UINT32_MAX

unsigned readers_disks(const struct vhdxlog_scan *scan);
unsigned readers_disk(const struct vhdxlog_scan *scan,
		      const struct vhdxlog_selection *s);

/* The first reader that ends with another disk than this one, or NULL. */
const struct vhdxlog_selection *
readers_rival(const struct vhdxlog_scan *scan,
	      const struct vhdxlog_selection *s);

#endif

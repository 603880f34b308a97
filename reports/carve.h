/* SPDX-License-Identifier: MIT */
/*
 * What the emitters of a pass over a file share.
 */
#ifndef REPORTS_CARVE_H
#define REPORTS_CARVE_H

#include "reports/report.h"

/*
 * The next item, counted: 0, 1: no more, or a negative code. Where the pass could
 * not be begun there are none.
 */
int carve_next(struct report_carve *carve, struct vhdxlog_carved *item,
	       struct vhdxlog_error *err);

/* Sentences on what the pass cannot tell; NULL after the last. */
const char *carve_limitation(const struct report_carve *carve, size_t index);

/* Whether its checks hold or not means anything for this kind: not for what could
 * not be read. */
bool carve_is_judged(enum vhdxlog_carve_kind kind);

/* A structure, as against a log or an image that is made of some. */
bool carve_is_structure(enum vhdxlog_carve_kind kind);

/* Whether it is a log with a sound entry. */
bool carve_has_sound_entry(const struct vhdxlog_carved *item);

/* The GUID, or NULL where it has none: not of the kind, or all zero, or of an image
 * that no header says it of. */
const struct vhdxlog_guid *carve_guid(const struct vhdxlog_carved *item);

#endif

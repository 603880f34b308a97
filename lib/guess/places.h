/* SPDX-License-Identifier: MIT */
/*
 * What lies at the starts of MiB of a view, where logs, BATs and metadata begin:
 * the first page of each tells what it may be.
 */
#ifndef VL_GUESS_PLACES_H
#define VL_GUESS_PLACES_H

#include "ondisk/layout.h"
#include "source/view.h"

#include <stddef.h>

enum vl_start_kind {
	VL_START_ENTRY,	      /* "loge" */
	VL_START_DESCRIPTORS, /* "desc" or "zero": an entry goes on */
	VL_START_DATA,	      /* a data sector */
	VL_START_IDENTIFIER,  /* "vhdxfile": another image begins */
	VL_START_METADATA,    /* "metadata" */
	VL_START_BAT,	      /* every entry of the page may be one of a BAT */
	VL_START_OTHER,
	VL_START_UNREADABLE,
};

struct vl_start {
	uint64_t offset; /* a multiple of 1 MiB, behind the header section */
	enum vl_start_kind kind;
	/* Metadata: the table has all that a BAT is read by; and keeps all rules. */
	bool complete, sound;
};

/* What was looked at and is not listed begins with a page of zeroes. */
struct vl_starts {
	struct vl_start *list; /* owned, ascending */
	size_t n, cap;
	/* Not all were looked at: those of [skipped_from, skipped_to) were not,
	 * in the middle of a large file. `vhdxlog carve` looks at all. */
	bool limited;
	uint64_t skipped_from, skipped_to;
};

/* Reads at most 65,536 pages, none of them in a hole, and few whole tables. Release
 * also after a failure. */
int vl_starts_find(struct vl_starts *starts, const struct vl_view *view,
		   struct vhdxlog_error *err);
void vl_starts_release(struct vl_starts *starts);

/* The listed one at an offset, or NULL. */
const struct vl_start *vl_starts_at(const struct vl_starts *starts,
				    uint64_t offset);

/*
 * Whether each of n entries may be of a BAT: a state that there is, no reserved
 * bits, and located ones somewhere behind the header section. *located counts
 * those.
 */
bool vl_may_be_bat(const uint8_t *bytes, size_t n, uint64_t *located);

#endif

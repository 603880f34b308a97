/* SPDX-License-Identifier: MIT */
/*
 * Whether a sequence still waits to be applied, by what the disk holds where it
 * writes: what the sequence would put there, something older, or something newer.
 *
 * Older and newer are told of pages that look like a BAT's, as blocks come to an
 * image and seldom go: a version that has blocks which the other lacks, and lacks
 * none, is the later one. Of all other pages it is not known. A page that would
 * take blocks away and bring others, or move them, is neither: compaction and
 * trimming write so, and so does the log of another file.
 */
#ifndef VL_GUESS_WAITS_H
#define VL_GUESS_WAITS_H

#include "log/log.h"

struct vl_waits {
	uint64_t pages; /* compared */
	uint64_t same, older, newer; /* what the disk holds there */
	uint64_t other; /* that differ, nobody knows in which direction */
	uint64_t moved; /* of those: pages of a BAT that are neither older nor newer,
			   and not only in states of blocks */
	uint64_t absent; /* that lie behind the end of the file: not known */
	bool zeroes; /* ranges that are to be zero are not */
	bool grows;  /* the file would */
	bool incomplete; /* not all could be compared */
};

/*
 * The sequence from first to head (indices) against the disk; no more than `most`
 * pages. VHDXLOG_E_NOMEM.
 */
int vl_waits_find(struct vl_waits *w, struct vl_log *log,
		  const struct vl_view *disk, uint32_t first, uint32_t head,
		  uint64_t most, struct vhdxlog_error *err);

static inline bool vl_waits_changes(const struct vl_waits *w)
{
	return w->older || w->newer || w->other || w->absent ||
	       w->zeroes || w->grows;
}

#endif

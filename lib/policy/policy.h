/* SPDX-License-Identifier: MIT */
/*
 * Who would replay what: what each known reader would make of this log.
 *
 * A policy never parses: it sees what the walk found out about sectors and
 * entries, chooses by its reader's rules, and says in which order which entries
 * would be applied. What the file would hold then is for the overlay to say.
 *
 *	table.c		every reader, in the order of reports, and its rules
 *	gate.c		what it asks of the headers before it looks at the log
 *	search_*.c	the ways to find a sequence that rules can describe
 *	qemu.c, ...	readers that are machines of their own
 *	apply.c		from the entries chosen to the pile of what they write
 *	policy.c	every reader in turn; what its pile makes of the file
 *
 * Every search takes a bounded number of steps for each sector; where a reader
 * itself would not end, that is an outcome.
 */
#ifndef VL_POLICY_POLICY_H
#define VL_POLICY_POLICY_H

#include "overlay/overlay.h"

#define VL_POLICIES 22 /* readers that are modelled; see table.c */
#define VL_REASON 192

/* Sectors of entries, in the order in which they are applied. */
struct vl_list {
	const uint32_t *sector; /* owned by struct vl_policies */
	size_t n;
};

/* What a reader would do to the evidence: a bit for each check of readers. */
#define VL_READER_BIT(id) (1u << ((id) - VLC_reader_hangs))

/* What one reader would do. */
struct vl_choice {
	enum vhdxlog_outcome_kind outcome;
	bool aborts; /* it would crash rather than say no */
	bool unknown; /* how it ends, or what it applies, could not be told */
	char reason[VL_REASON];
	struct vl_list chosen, applied; /* lists are shared between choices */
	uint32_t parts; /* of the last applied entry this many descriptors, or
			   UINT32_MAX: all */
	bool reordered; /* zero ranges of an entry came before data above them */
	bool rewritten; /* read of a log that it had written over by then */
	uint64_t length;  /* of the file afterwards */
	unsigned hits;	  /* of those below, what its writes lie over */
	unsigned effects; /* VL_READER_BIT() */
	/* "" where nothing is applied, or that could not be told. */
	char result[VHDXLOG_SHA256_TEXT];
};

struct vl_policies {
	struct vl_choice choice[VL_POLICIES];
	struct vl_list list[2 * VL_POLICIES]; /* owned: all that differ */
	size_t n_lists;
	unsigned n_results; /* digests that were made */
};

/* What policies are asked about. All borrowed. */
struct vl_asked {
	struct vl_log *log; /* without sectors where there is no log */
	const struct vl_image *image;
	const struct vl_view *disk;
	const struct vhdxlog_options *options;
};

/* Ask every policy. */
int vl_policies_ask(struct vl_policies *p, const struct vl_asked *asked,
		    struct vhdxlog_error *err);

/*
 * The file as one of them would leave it. *choice is filled but for its result;
 * what it applies is *applied, free() it. Release the overlay, and forget the
 * layers (decode.h) when no overlay is left that was made so. VHDXLOG_E_RANGE
 * where what is applied could not be told.
 */
int vl_policy_overlay(size_t index, const struct vl_asked *asked,
		      struct vl_choice *choice, uint32_t **applied,
		      struct vl_overlay *o, struct vhdxlog_error *err);
void vl_policies_release(struct vl_policies *p);

const char *vl_policy_name(size_t index);   /* "qemu-7.2" */
const char *vl_policy_reader(size_t index); /* which reader, which version */
const char *vl_policy_remark(size_t index); /* what else it does, or NULL */

#endif

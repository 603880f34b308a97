/* SPDX-License-Identifier: MIT */
/* A finished scan: what the public functions look things up in. */
#ifndef VL_SCAN_H
#define VL_SCAN_H

#include "guess/guess.h"
#include "policy/policy.h"
#include "source/source.h"
#include "view/applied.h"
#include "view/shift.h"

/* A finding, and where its subjects are to be looked for. */
struct vl_finding {
	struct vhdxlog_finding pub;
	enum vl_check_id check;
	enum vhdxlog_object object;
	unsigned which; /* slot of a header, number of a table */
	char message[1024]; /* with the detail, which is not cut */
	char detail[640];   /* "" for most */
};

/* A sequence that no Tail names, but some reader applies. */
struct vl_run {
	uint32_t first, head; /* indices */
	size_t index; /* among all sequences */
};

struct vhdxlog_scan {
	struct vhdxlog_source *source; /* borrowed until close */
	struct vhdxlog_options options;
	bool is_trial; /* of another scan: nothing is guessed of which session */
	bool overlaps; /* what the header calls the log lies on a region */
	struct vl_image image;
	struct vl_log log;
	bool has_log;		     /* log is initialised */
	struct vl_overlay overlay;   /* of the active sequence, or the disk */
	struct vhdxlog_effect effect; /* of the active sequence */
	/* What may still be read for ranges of zeroes, to tell what sequences
	 * change; it is enough for all of them unless log-comparison-limited
	 * says otherwise. So is that of applied. */
	uint64_t effect_budget;
	uint32_t *heads; /* owned: indices of sound entries */
	size_t n_heads;
	struct vl_run runs[VL_POLICIES]; /* in order */
	size_t n_runs;
	struct vhdxlog_hashes hashes;
	bool hashes_lost; /* one that was asked for could not be made */
	struct vhdxlog_outcome outcome;
	bool unstable; /* headers or log changed while they were read */
	struct vl_policies policies;
	struct vhdxlog_selection selection[VL_POLICIES];
	struct vl_finding *findings; /* owned */
	size_t n_findings, findings_cap;
	struct vhdxlog_cost cost;
	struct vhdxlog_cost trial_cost; /* of the trials that were needed */
	size_t salvageable, unsalvageable; /* vhdxlog_salvageable() */
	unsigned overlays; /* open ones, vhdxlog_overlay_policy() */
	const char *limitations[12];
	size_t n_limitations;

	struct vl_judgement *scratch; /* owned; see verdicts.c */
	size_t scratch_entry;	      /* index + 1 of its entry, 0: none */

	struct vl_writers writers; /* made when first asked for */
	struct vl_applied applied;
	struct vl_shifts shifts;
	struct vl_guesses guesses;
};

static inline const struct vl_view *vl_scan_disk(const struct vhdxlog_scan *s)
{
	return vl_source_view(s->source);
}

/* Tell the caller how far a long pass has come. */
static inline void vl_scan_progress(const struct vhdxlog_scan *s, uint64_t done,
				    uint64_t total)
{
	if (s->options.progress && done % (16 * VL_MIB) == 0)
		s->options.progress(s->options.progress_ctx, done, total);
}

/* scan.c: what image.log says is there, walked, linked and selected. doubt.c: it
 * released; scanned again where it is another than the header says. */
int vl_scan_log(struct vhdxlog_scan *s, struct vhdxlog_error *err);
void vl_scan_forget_log(struct vhdxlog_scan *s);
int vl_scan_doubt(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* scan.c: a scan for another one, see is_trial. */
int vl_scan_trial(struct vhdxlog_source *source,
		  const struct vhdxlog_options *options,
		  struct vhdxlog_scan **scan, struct vhdxlog_error *err);

/* log_guid.c: which session waits, where the log's place is known and no header
 * says it. Guesses, and fills in image.log.guid. */
int vl_log_guid_guess(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* unapplied.c: the check log-unapplied; after vl_log_judge(). */
int vl_unapplied_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* ahead.c: the check log-disk-ahead; as well. */
int vl_ahead_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* hashes.c: all digests but the log's, which is made during the walk. */
int vl_hashes_make(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* select.c: what policies are asked about. */
struct vl_asked vl_scan_asked(struct vhdxlog_scan *s);

/* What every reader would do. */
int vl_select(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* Whether a list is a sequence: sound entries, each where the last one ends. */
bool vl_select_is_sequence(struct vhdxlog_scan *s, const struct vl_list *list);

/* Whether some reader has an effect, a check of readers. */
bool vl_select_has(const struct vhdxlog_scan *s, size_t index,
		   enum vl_check_id effect);

/* Whether readers that replay end with different files. */
bool vl_select_differs(const struct vhdxlog_scan *s);

/* limitations.c: what cannot be told; at the end. */
void vl_limitations_gather(struct vhdxlog_scan *s);

/* outcome.c: the state; after the findings. */
void vl_outcome_settle(struct vhdxlog_scan *s);

/* findings.c */
int vl_findings_gather(struct vhdxlog_scan *s, struct vhdxlog_error *err);

/* findings_detail.c: f->detail. */
int vl_finding_detail(struct vhdxlog_scan *s, struct vl_finding *f,
		      struct vhdxlog_error *err);

/* sequences.c: the heads, in order; then what readers chose besides. */
int vl_sequences_list(struct vhdxlog_scan *s, struct vhdxlog_error *err);
void vl_sequences_add_runs(struct vhdxlog_scan *s);

/* First and head of sequence number index, which there is. */
struct vl_run vl_sequences_get(const struct vhdxlog_scan *s, size_t index);

/* The index of the sound entry at a sector, or VL_NONE. */
uint32_t vl_scan_sound_at(const struct vhdxlog_scan *s, uint32_t sector);

/*
 * verdicts.c: an entry or a sequence judged again, with every detail; valid
 * until the next call. NULL, of an entry alone: err says why.
 */
const struct vl_judgement *vl_scan_judge_entry(struct vhdxlog_scan *s,
					       size_t index,
					       struct vhdxlog_error *err);
const struct vl_judgement *vl_scan_judge_sequence(struct vhdxlog_scan *s,
						  uint32_t first, uint32_t head);

/* entries.c: as vhdxlog_descriptors_next(), but for `applied`, which is not asked:
 * what lies elsewhere is not read. */
int vl_descriptors_next(struct vhdxlog_descriptors *it,
			struct vhdxlog_descriptor *out,
			struct vhdxlog_error *err);

/* applied.c: whether a data or zero target is on the disk. */
int vl_applied_find(struct vhdxlog_scan *s, const struct vl_entry *e,
		    struct vhdxlog_descriptor *d, struct vhdxlog_error *err);

/* shifts.c: the check bat-shifted-page; after the log is placed. */
int vl_shifts_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err);
void vl_shifts_describe(struct vhdxlog_scan *s, char *message, size_t size);

/* Whether the log must be replayed by its GUID. */
bool vl_scan_is_dirty(const struct vhdxlog_scan *s);

#endif

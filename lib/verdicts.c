/* SPDX-License-Identifier: MIT */
/*
 * Verdicts in full. Of the objects outside the log they were kept; those of
 * entries and sequences are made again by the functions that judged them first,
 * into one scratch judgement that remembers whose it is.
 */
#include "scan.h"

#include "base/error.h"

const struct vl_judgement *vl_scan_judge_entry(struct vhdxlog_scan *s,
					       size_t index,
					       struct vhdxlog_error *err)
{
	if (s->scratch_entry == index + 1)
		return s->scratch;
	s->scratch_entry = 0;
	if (vl_entry_examine(&s->log, (uint32_t)index, false, s->scratch, err))
		return NULL;
	s->scratch_entry = index + 1;
	return s->scratch;
}

const struct vl_judgement *vl_scan_judge_sequence(struct vhdxlog_scan *s,
						  uint32_t first, uint32_t head)
{
	/* The checks of entries and of sequences share no place in it. */
	vl_sequence_judge(&s->log, first, head, s->scratch);
	return s->scratch;
}

static int sequence_verdicts(struct vhdxlog_scan *s, uint32_t first,
			     uint32_t head, struct vhdxlog_verdict *v)
{
	return vl_verdicts_of(vl_scan_judge_sequence(s, first, head),
			      VHDXLOG_OBJECT_SEQUENCE, v);
}

int vhdxlog_sequence_verdicts(struct vhdxlog_scan *scan,
			      const struct vhdxlog_sequence *sequence,
			      struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS])
{
	return sequence_verdicts(scan,
				 vl_scan_sound_at(scan, sequence->id.first),
				 vl_scan_sound_at(scan, sequence->id.head), v);
}

static int entry_verdicts(struct vhdxlog_scan *s, size_t index,
			  struct vhdxlog_verdict *v, struct vhdxlog_error *err)
{
	struct vhdxlog_error local = { VHDXLOG_OK, 0, 0, NULL };
	const struct vl_judgement *j = vl_scan_judge_entry(s, index, &local);

	if (j)
		return vl_verdicts_of(j, VHDXLOG_OBJECT_ENTRY, v);
	if (err)
		*err = local;
	return local.code;
}

static const struct vl_judgement *kept(const struct vhdxlog_scan *s,
				       enum vhdxlog_object object, size_t which)
{
	switch (object) {
	case VHDXLOG_OBJECT_IMAGE: return s->image.judgement;
	case VHDXLOG_OBJECT_LOG: return s->log.judgement;
	case VHDXLOG_OBJECT_HEADER:
		return which - 1 < 2 ? s->image.header_judgement[which - 1] :
				       NULL;
	case VHDXLOG_OBJECT_REGION_TABLE:
		return which - 1 < 2 ? s->image.table_judgement[which - 1] :
				       NULL;
	default: return NULL;
	}
}

int vhdxlog_verdicts(struct vhdxlog_scan *s, enum vhdxlog_object object,
		     size_t which, struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
		     struct vhdxlog_error *err)
{
	const struct vl_judgement *j = kept(s, object, which);

	if (object == VHDXLOG_OBJECT_ENTRY && which < s->log.n_entries)
		return entry_verdicts(s, which, v, err);
	if (object == VHDXLOG_OBJECT_SEQUENCE &&
	    which < vhdxlog_sequence_count(s)) {
		struct vl_run run = vl_sequences_get(s, which);

		return sequence_verdicts(s, run.first, run.head, v);
	}
	if (j)
		return vl_verdicts_of(j, object, v);
	/* An image without a log to look at has no verdicts on it; what readers
	 * would do stands in selections and findings, what a replay would, in
	 * vhdxlog_overlay_verdicts(). */
	if (object == VHDXLOG_OBJECT_LOG || object == VHDXLOG_OBJECT_READER ||
	    object == VHDXLOG_OBJECT_REPLAY)
		return 0;
	return vl_error(err, VHDXLOG_E_RANGE, 0, 0, "asking for verdicts");
}

/* SPDX-License-Identifier: MIT */
/* From the entries that were chosen to what their replay leaves behind. */
#include "policy/case.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

int vl_pick(struct vl_picks *picks, uint32_t value, struct vhdxlog_error *err)
{
	void *array = picks->value;

	if (!vl_reserve(&array, &picks->cap, picks->n + 1,
			sizeof(*picks->value)))
		return vl_nomem(err);
	picks->value = array;
	picks->value[picks->n++] = value;
	return 0;
}

bool vl_is_of_log(const struct vl_case *c, uint32_t index)
{
	return vl_guid_equal(&c->log->entries[index].guid, &c->guid);
}

bool vl_accepts(const struct vl_case *c, uint32_t index)
{
	const struct vl_entry *e;

	if (index == VL_NONE)
		return false;
	e = &c->log->entries[index];
	return !((e->failed | e->blocked) & c->policy->reject) &&
	       vl_is_of_log(c, index);
}

static int pile_up(struct vl_case *c, struct vl_layers layers, bool zeroes,
		   bool data, struct vhdxlog_error *err)
{
	const struct vl_log *log = c->log;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < layers.count; i++) {
		const struct vl_layer *l = &log->layers[layers.first + i];

		if (vl_target_is_zero(&log->targets[l->first]) ? zeroes : data)
			rc = vl_pick(&c->pile, layers.first + i, err);
	}
	return rc;
}

int vl_apply_entry(struct vl_case *c, uint32_t index, uint32_t parts,
		   struct vhdxlog_error *err)
{
	struct vl_layers layers = { 0 };
	int rc = vl_pick(&c->applied, c->log->entries[index].sector, err);

	vl_step(c);
	if (!rc)
		rc = vl_entry_layers(c->log, index, parts, &layers, err);
	if (rc == VHDXLOG_E_RANGE || rc == VHDXLOG_E_IO) {
		c->choice->unknown = true;
		return 0;
	}
	c->choice->length = vl_max64(c->choice->length,
				     vl_layers_end(c->log, layers));
	if (!rc && c->policy->zeroes_first && layers.count > 1) {
		c->choice->reordered = true;
		rc = pile_up(c, layers, true, false, err);
		return rc ? rc : pile_up(c, layers, false, true, err);
	}
	return rc ? rc : pile_up(c, layers, true, true, err);
}

int vl_apply_cut(struct vl_case *c, uint64_t length, struct vhdxlog_error *err)
{
	uint32_t last = vl_log_entry_at(c->log,
					c->applied.value[c->applied.n - 1]);
	uint32_t layer;
	int rc = vl_layer_of_zeroes(c->log, last, length,
				    c->choice->length - length, &layer, err);

	c->choice->length = length;
	return rc ? rc : vl_pick(&c->pile, layer, err);
}

/* FlushedFileOffset and LastFileOffset as the reader takes them. */
static int read_offsets(struct vl_case *c, uint32_t sector, uint64_t *flushed,
			uint64_t *last, struct vhdxlog_error *err)
{
	int rc = vl_entry_offsets(c->log, vl_log_entry_at(c->log, sector),
				  flushed, last, err);

	if (c->policy->offsets_have_sign && *flushed > INT64_MAX)
		*flushed = 0;
	if (c->policy->offsets_have_sign && *last > INT64_MAX)
		*last = 0;
	return rc;
}

/* Whether the file is shorter than an entry says; then the reader stops. */
static int is_cut(struct vl_case *c, uint32_t sector, bool *cut,
		  struct vhdxlog_error *err)
{
	uint64_t flushed, last;
	int rc = read_offsets(c, sector, &flushed, &last, err);

	/* Without its file a log says nothing of how long that is. */
	*cut = !rc && flushed > c->choice->length &&
	       c->log->disk_size != UINT64_MAX;
	return rc;
}

static void stop_at(struct vl_case *c, uint32_t sector)
{
	vl_decide(c,
		  c->applied.n ? VHDXLOG_OUTCOME_PARTIAL :
				 VHDXLOG_OUTCOME_REFUSE,
		  "the file is shorter than FlushedFileOffset of E%u says",
		  sector);
}

/* ---------------------------------------------------------------- length */

/* Length as the head declares it, after everything was applied. */
static int settle_length(struct vl_case *c, uint32_t head,
			 struct vhdxlog_error *err)
{
	uint64_t flushed, last;
	int rc;

	if (c->policy->length != VL_LENGTH_GROWN &&
	    c->policy->length != VL_LENGTH_SET)
		return 0;
	rc = read_offsets(c, head, &flushed, &last, err);
	if (rc)
		return rc;
	last = vl_min64(last, INT64_MAX);
	if (c->policy->length == VL_LENGTH_SET &&
	    last < c->choice->length) {
		c->choice->effects |= VL_READER_BIT(VLC_reader_truncates);
		c->choice->length = last;
	}
	c->choice->length = vl_max64(c->choice->length, last);
	return 0;
}

#define BOUND_OF_DESCRIPTOR (256 * VL_MIB)

/* The file is extended first, within bounds. */
static int extend(struct vl_case *c, struct vhdxlog_error *err)
{
	uint64_t highest = 0, bound = c->choice->length;
	int rc = 0;

	for (size_t i = 0; !rc && i < c->chosen.n; i++) {
		uint32_t e = vl_log_entry_at(c->log, c->chosen.value[i]);
		uint64_t flushed, last;

		rc = vl_entry_offsets(c->log, e, &flushed, &last, err);
		highest = vl_max64(highest, last);
		bound = vl_end(bound,
			       c->log->entries[e].descriptor_count *
				       BOUND_OF_DESCRIPTOR);
	}
	c->choice->length = vl_max64(c->choice->length,
				     vl_min64(highest, bound));
	return rc;
}

/* ----------------------------------------------------------------- replay */

/* The sector of the first chosen entry that is not fit, or VL_NONE. */
static uint32_t find_unfit(const struct vl_case *c)
{
	uint64_t checks = c->policy->fails_at_apply;

	for (size_t i = 0; i < c->chosen.n; i++) {
		uint32_t e = vl_log_entry_at(c->log, c->chosen.value[i]);

		if ((c->log->entries[e].failed | c->log->entries[e].blocked) &
		    checks)
			return c->chosen.value[i];
	}
	return VL_NONE;
}

/* What the reader looks for before it writes anything; false: it refuses. */
static bool is_fit(struct vl_case *c)
{
	uint32_t unfit = find_unfit(c);

	if (unfit != VL_NONE)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "E%u, which it chose, breaks a rule that it looks at "
			  "only then",
			  unfit);
	return unfit == VL_NONE;
}

bool vl_carries_any(const struct vl_case *c, const struct vl_entry *e,
		    const struct vl_descriptor *d)
{
	(void)c;
	(void)e;
	(void)d;
	return true;
}

bool vl_carries_inside(const struct vl_case *c, const struct vl_entry *e,
		       const struct vl_descriptor *d)
{
	return d->sequence_number == e->sequence_number &&
	       vl_end(d->file_offset, d->length) < c->disk->size;
}

/* How many descriptors of an entry can be carried out one after another. */
static int count_parts(struct vl_case *c, uint32_t index, uint32_t *parts,
		       struct vhdxlog_error *err)
{
	const struct vl_entry *e = &c->log->entries[index];
	uint64_t data = vl_descriptor_sectors(e->descriptor_count);
	uint8_t bytes[VL_DESCRIPTOR_SIZE];
	struct vl_descriptor d;

	for (*parts = 0; *parts < e->descriptor_count; ++*parts) {
		int rc;

		if (VL_FIRST_DESCRIPTOR +
			    (*parts + UINT64_C(1)) * VL_DESCRIPTOR_SIZE >
		    (uint64_t)e->sectors * VL_SECTOR)
			return 0;
		rc = vl_descriptor_read(c->log, e, *parts, bytes, err);
		if (rc)
			return rc;
		vl_step(c);
		vl_descriptor_decode(bytes, &d);
		if (d.kind == VHDXLOG_DESCRIPTOR_UNKNOWN ||
		    !c->policy->carries_out(c, e, &d))
			return 0;
		if (d.kind == VHDXLOG_DESCRIPTOR_DATA && data++ >= e->sectors)
			return 0;
	}
	return 0;
}

static int stop_inside(struct vl_case *c, uint32_t index,
		       struct vhdxlog_error *err)
{
	uint32_t parts;
	int rc = count_parts(c, index, &parts, err);

	if (!rc && parts) {
		c->choice->parts = parts;
		rc = vl_apply_entry(c, index, parts, err);
	}
	vl_decide(c,
		  c->applied.n ? VHDXLOG_OUTCOME_PARTIAL :
				 VHDXLOG_OUTCOME_REFUSE,
		  "it stops at descriptor %u of E%u", parts,
		  c->log->entries[index].sector);
	c->choice->aborts = c->policy->panics;
	return rc;
}

/* Whether a reader stops at an entry that it chose. */
static int stops_at(struct vl_case *c, uint32_t index, bool *stops,
		    struct vhdxlog_error *err)
{
	const struct vl_entry *e = &c->log->entries[index];
	struct vl_layers layers = { 0 };
	int rc;

	*stops = (e->failed | e->blocked) & c->policy->stops_at_apply;
	if (*stops || !c->policy->stops_at_end)
		return 0;
	rc = vl_entry_layers(c->log, index, UINT32_MAX, &layers, err);
	*stops = !rc && vl_layers_end(c->log, layers) >= c->disk->size;
	return rc == VHDXLOG_E_NOMEM ? rc : 0;
}

/* Apply what was chosen, until the choice is made or all is. */
static int apply_all(struct vl_case *c, struct vhdxlog_error *err)
{
	bool cut = false, stops = false;
	int rc = 0;

	for (size_t i = 0; !rc && i < c->chosen.n; i++) {
		uint32_t sector = c->chosen.value[i];
		uint32_t e = vl_log_entry_at(c->log, sector);

		if (c->policy->flushed == VL_FLUSHED_EACH)
			rc = is_cut(c, sector, &cut, err);
		if (!rc && cut) {
			stop_at(c, sector);
			return 0;
		}
		if (!rc)
			rc = stops_at(c, e, &stops, err);
		if (!rc && stops)
			return stop_inside(c, e, err);
		if (!rc)
			rc = vl_apply_entry(c, e, UINT32_MAX, err);
	}
	return rc;
}

/* Whether the head says that the file is too short; then it refuses. */
static int head_is_cut(struct vl_case *c, uint32_t head, bool *cut,
		       struct vhdxlog_error *err)
{
	int rc;

	*cut = false;
	if (c->policy->flushed == VL_FLUSHED_IGNORED)
		return 0;
	rc = is_cut(c, head, cut, err);
	if (!rc && *cut) {
		stop_at(c, head);
		c->choice->aborts = c->policy->panics;
	}
	return rc;
}

static void finish(struct vl_case *c, uint32_t head)
{
	if (c->policy->needs_both_headers &&
	    vl_fails(c, VLC_header_one_invalid)) {
		vl_decide(c, VHDXLOG_OUTCOME_PARTIAL,
			  "it applies all, and then fails for want of a second "
			  "header");
		return;
	}
	vl_decide(c, VHDXLOG_OUTCOME_REPLAY, "it replays E%u to E%u",
		  c->chosen.value[0], head);
	c->choice->effects |= c->policy->leaves;
}

int vl_apply(struct vl_case *c, struct vhdxlog_error *err)
{
	uint32_t head = c->chosen.value[c->chosen.n - 1];
	bool bounded = c->policy->length == VL_LENGTH_BOUNDED, cut;
	uint64_t bound;
	int rc;

	if (!is_fit(c))
		return 0;
	rc = head_is_cut(c, head, &cut, err);
	if (rc || cut)
		return rc;
	rc = bounded ? extend(c, err) : 0;
	bound = c->choice->length;
	if (!rc)
		rc = apply_all(c, err);
	if (rc || *c->choice->reason)
		return rc;
	if (bounded && c->choice->length > bound) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "a target lies beyond what it extends the file to");
		c->choice->length = c->disk->size;
		c->applied.n = c->pile.n = 0;
		return 0;
	}
	finish(c, head);
	return settle_length(c, head, err);
}

/* SPDX-License-Identifier: MIT */
/*
 * Findings: what is worth a person's attention, one for each failing check and
 * object, those of entries and sequences gathered into one for each check.
 */
#include "replay.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static struct vl_finding *add(struct vhdxlog_scan *s, enum vl_check_id id,
			      struct vhdxlog_error *err)
{
	void *array = s->findings;
	struct vl_finding *f;

	if (!vl_reserve(&array, &s->findings_cap, s->n_findings + 1,
			sizeof(*s->findings))) {
		vl_nomem(err);
		return NULL;
	}
	s->findings = array;
	f = &s->findings[s->n_findings++];
	*f = (struct vl_finding){
		.pub = { .id = vl_check(id)->name,
			 .severity = vl_check(id)->severity,
			 .where_count = 1 },
		.check = id,
		.object = vl_check(id)->object,
	};
	if (s->options.strict && vl_check(id)->class_ == VHDXLOG_CLASS_M)
		f->pub.severity = VHDXLOG_ERROR;
	return f;
}

static int clause(const struct vhdxlog_check *c, char *buf, size_t size)
{
	return *c->clause ? snprintf(buf, size, " [MS-VHDX %s]", c->clause) :
			    0;
}

/* "header 1 at 0x10004: reason, got x, want y [MS-VHDX 2.2.2]" */
static void describe(struct vl_finding *f, const struct vl_detail *d)
{
	const struct vhdxlog_check *c = vl_check(f->check);
	size_t room = sizeof(f->message);
	int n;

	n = snprintf(f->message, room, "%s", c->area);
	if (f->which)
		n += snprintf(f->message + n, room - (size_t)n, " %u",
			      f->which);
	if (d->has_offset)
		n += snprintf(f->message + n, room - (size_t)n, " at 0x%jx",
			      (uintmax_t)d->offset);
	n += snprintf(f->message + n, room - (size_t)n,
		      ": %s, got %s, want %s", c->sentence, d->got, d->want);
	if ((size_t)n < room)
		clause(c, f->message + n, room - (size_t)n);
}

/* What could be applied of damaged entries all the same, if it is asked for. */
static int add_salvage(struct vhdxlog_scan *s, struct vl_finding *f,
		       struct vhdxlog_error *err)
{
	int rc;

	if (s->options.raw_log)
		return 0;
	rc = vl_salvage_probe(s, err);
	if (!rc && s->salvageable)
		snprintf(f->detail, sizeof(f->detail),
			 "%zu of %zu things that damaged entries wrote can be "
			 "proven: vhdxlog-replay --salvage",
			 s->salvageable, s->salvageable + s->unsalvageable);
	return rc;
}

static const struct vl_breach *breach_of(const struct vhdxlog_scan *s,
					 enum vl_check_id id)
{
	return &s->image.breaches.of[id - VL_FIRST_BAT_RULE];
}

/* What of a finding needs more than the verdict. */
static int find_detail(struct vhdxlog_scan *s, struct vl_finding *f,
		       struct vhdxlog_error *err)
{
	if (vl_is_bat_rule(f->check))
		f->pub.where_count = vl_breach_named(breach_of(s, f->check));
	switch (f->check) {
	case VLC_bat_shifted_page:
		f->pub.where_count = s->shifts.count;
		vl_shifts_describe(s, f->message, sizeof(f->message));
		return 0;
	case VLC_log_torn_head:
	case VLC_log_no_valid_sequence: return add_salvage(s, f, err);
	default: return vl_finding_detail(s, f, err);
	}
}

/* "; block 5 (1 MiB of the disk from 0x500000 on)" */
static int complete(struct vhdxlog_scan *s, struct vl_finding *f,
		    struct vhdxlog_error *err)
{
	int rc = find_detail(s, f, err);
	size_t used = strlen(f->message);

	if (!rc && *f->detail)
		snprintf(f->message + used, sizeof(f->message) - used, "; %s",
			 f->detail);
	return rc;
}

static int add_failed(struct vhdxlog_scan *s, const struct vl_judgement *j,
		      enum vhdxlog_object object, unsigned which,
		      struct vhdxlog_error *err)
{
	for (unsigned i = 1; j && i < VLC_COUNT; i++) {
		enum vl_check_id id = (enum vl_check_id)i;
		struct vl_finding *f;
		int rc;

		if (vl_check(id)->object != object || !vl_failed(j, id))
			continue;
		f = add(s, id, err);
		if (!f)
			return VHDXLOG_E_NOMEM;
		f->which = which;
		describe(f, &j->detail[id]);
		rc = complete(s, f, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* ------------------------------------------------ entries and sequences */

/* The entry right behind the active head, or NULL. */
static const struct vl_entry *behind_active(const struct vhdxlog_scan *s)
{
	const struct vl_log *log = &s->log;
	uint32_t i;

	if (log->active_head == VL_NONE)
		return NULL;
	i = vl_log_entry_at(log,
			    vl_entry_end(log, &log->entries[log->active_head]));
	return i == VL_NONE ? NULL : &log->entries[i];
}

static bool is_error(const struct vhdxlog_scan *s, const struct vl_entry *e,
		     enum vl_check_id id)
{
	/* Replaying would write over the guest's data. */
	if (id == VLC_desc_targets_payload)
		return e->flags & VL_ENTRY_IS_ACTIVE;
	return vl_check(id)->class_ == VHDXLOG_CLASS_E &&
	       id != VLC_entry_guid_mismatch && e == behind_active(s);
}

static void describe_many(struct vl_finding *f, const char *noun)
{
	const struct vhdxlog_check *c = vl_check(f->check);
	int n = snprintf(f->message, sizeof(f->message), "%ju %s: %s",
			 (uintmax_t)f->pub.where_count, noun, c->sentence);

	clause(c, f->message + n, sizeof(f->message) - (size_t)n);
}

static int add_entry_check(struct vhdxlog_scan *s, enum vl_check_id id,
			   uint64_t count, bool error,
			   struct vhdxlog_error *err)
{
	struct vl_finding *f = add(s, id, err);

	if (!f)
		return VHDXLOG_E_NOMEM;
	f->pub.where_count = count;
	if (error)
		f->pub.severity = VHDXLOG_ERROR;
	describe_many(f, count == 1 ? "entry" : "entries");
	return 0;
}

static int add_entries(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	uint64_t count[VL_ENTRY_CHECKS] = { 0 };
	bool error[VL_ENTRY_CHECKS] = { false };

	for (size_t i = 0; i < s->log.n_entries; i++) {
		const struct vl_entry *e = &s->log.entries[i];

		for (uint64_t left = e->failed; left; left &= left - 1) {
			unsigned k = (unsigned)__builtin_ctzll(left);

			count[k]++;
			error[k] |= is_error(s, e,
					     (enum vl_check_id)(
						     VL_FIRST_ENTRY_CHECK + k));
		}
	}
	for (unsigned k = 0; k < VL_ENTRY_CHECKS; k++) {
		enum vl_check_id id =
			(enum vl_check_id)(VL_FIRST_ENTRY_CHECK + k);

		if (count[k] && add_entry_check(s, id, count[k], error[k], err))
			return VHDXLOG_E_NOMEM;
	}
	return 0;
}

/* A broken sequence matters where it is of this session and nothing follows. */
static bool matters(const struct vl_entry *e, enum vl_check_id id)
{
	return vl_check(id)->class_ == VHDXLOG_CLASS_Q && vl_is_valid(e) &&
	       e->next == VL_NONE;
}

/* Known since entries were linked: most sequences need not be judged. */
static bool is_faultless(const struct vl_log *log, const struct vl_entry *head)
{
	return vl_heads_valid(head) &&
	       log->entries[head->first].backward == head->backward;
}

static int add_sequences(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	uint64_t count[VLC_COUNT] = { 0 };
	bool error[VLC_COUNT] = { false };

	for (size_t k = 0; k < s->n_heads; k++) {
		const struct vl_entry *e = &s->log.entries[s->heads[k]];
		const struct vl_judgement *j;

		if (is_faultless(&s->log, e))
			continue;
		j = vl_scan_judge_sequence(s, e->first, s->heads[k]);
		for (unsigned i = VLC_seq_gap; i <= VLC_seq_inner_tail_outside;
		     i++) {
			enum vl_check_id id = (enum vl_check_id)i;

			if (!vl_failed(j, id))
				continue;
			count[i]++;
			error[i] |= matters(e, id);
		}
	}
	for (unsigned i = VLC_seq_gap; i <= VLC_seq_inner_tail_outside; i++) {
		struct vl_finding *f;

		if (!count[i])
			continue;
		f = add(s, (enum vl_check_id)i, err);
		if (!f)
			return VHDXLOG_E_NOMEM;
		f->pub.where_count = count[i];
		if (error[i])
			f->pub.severity = VHDXLOG_ERROR;
		describe_many(f, count[i] == 1 ? "sequence" : "sequences");
	}
	return 0;
}

static int add_readers(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	for (unsigned i = VLC_reader_hangs; i <= VLC_reader_result_unknown;
	     i++) {
		enum vl_check_id id = (enum vl_check_id)i;
		uint64_t count = 0;
		struct vl_finding *f;

		for (size_t k = 0; k < VL_POLICIES; k++)
			count += vl_select_has(s, k, id);
		if (!count)
			continue;
		f = add(s, id, err);
		if (!f)
			return VHDXLOG_E_NOMEM;
		f->pub.where_count = count;
		describe_many(f, count == 1 ? "reader" : "readers");
	}
	return 0;
}

int vl_findings_gather(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	const struct vl_image *i = &s->image;
	int rc = add_failed(s, i->judgement, VHDXLOG_OBJECT_IMAGE, 0, err);

	for (unsigned k = 0; !rc && k < 2; k++)
		rc = add_failed(s, i->header_judgement[k],
				VHDXLOG_OBJECT_HEADER, k + 1, err);
	for (unsigned k = 0; !rc && k < 2; k++)
		rc = add_failed(s, i->table_judgement[k],
				VHDXLOG_OBJECT_REGION_TABLE, k + 1, err);
	if (!rc)
		rc = add_failed(s, s->log.judgement, VHDXLOG_OBJECT_LOG, 0,
				err);
	if (!rc)
		rc = add_entries(s, err);
	if (!rc)
		rc = add_sequences(s, err);
	if (!rc)
		rc = add_readers(s, err);
	/* Messages live in the array, which no longer moves. */
	for (size_t k = 0; k < s->n_findings; k++) {
		s->findings[k].pub.message = s->findings[k].message;
		s->findings[k].pub.detail = s->findings[k].detail;
	}
	return rc;
}

size_t vhdxlog_finding_count(const struct vhdxlog_scan *scan)
{
	return scan->n_findings;
}

const struct vhdxlog_finding *
vhdxlog_finding_at(const struct vhdxlog_scan *scan, size_t index)
{
	return index < scan->n_findings ? &scan->findings[index].pub : NULL;
}

/* ------------------------------------------------------------------- where */

static bool next_entry(const struct vhdxlog_scan *s, enum vl_check_id id,
		       size_t *cursor, char text[VHDXLOG_ID_TEXT])
{
	while (*cursor < s->log.n_entries) {
		const struct vl_entry *e = &s->log.entries[(*cursor)++];

		if (!(e->failed & VL_BIT(id)))
			continue;
		snprintf(text, VHDXLOG_ID_TEXT, "E%u", e->sector);
		return true;
	}
	return false;
}

static bool next_sequence(const struct vhdxlog_scan *scan, enum vl_check_id id,
			  size_t *cursor, char text[VHDXLOG_ID_TEXT])
{
	/* Judging fills nothing of the scan but scratch and counters. */
	struct vhdxlog_scan *s = (struct vhdxlog_scan *)scan;

	while (*cursor < s->n_heads) {
		uint32_t head = s->heads[(*cursor)++];
		const struct vl_entry *e = &s->log.entries[head];
		const struct vl_judgement *j =
			vl_scan_judge_sequence(s, e->first, head);

		if (!vl_failed(j, id))
			continue;
		snprintf(text, VHDXLOG_ID_TEXT, "S%u-%u",
			 s->log.entries[e->first].sector, e->sector);
		return true;
	}
	return false;
}

static bool next_reader(const struct vhdxlog_scan *s, enum vl_check_id id,
			size_t *cursor, char text[VHDXLOG_ID_TEXT])
{
	while (*cursor < VL_POLICIES) {
		size_t i = (*cursor)++;

		if (!vl_select_has(s, i, id))
			continue;
		snprintf(text, VHDXLOG_ID_TEXT, "policy:%s", vl_policy_name(i));
		return true;
	}
	return false;
}

static bool next_shift(const struct vhdxlog_scan *scan, size_t *cursor,
		       char text[VHDXLOG_ID_TEXT])
{
	/* Telling fills nothing of the scan but buffers. */
	struct vhdxlog_scan *s = (struct vhdxlog_scan *)scan;
	struct vhdxlog_shift shift;
	uint64_t at = *cursor;

	if (vl_shifts_next(&s->shifts, &at, &shift, NULL))
		return false;
	*cursor = (size_t)at;
	snprintf(text, VHDXLOG_ID_TEXT, "bat:%ju", (uintmax_t)shift.index);
	return true;
}

static bool next_in_bat(const struct vhdxlog_scan *s, enum vl_check_id id,
			size_t *cursor, char text[VHDXLOG_ID_TEXT])
{
	uint64_t index;

	if (!vl_breach_next(breach_of(s, id), cursor, &index))
		return false;
	snprintf(text, VHDXLOG_ID_TEXT, "bat:%ju", (uintmax_t)index);
	return true;
}

bool vhdxlog_finding_where(const struct vhdxlog_scan *scan, size_t index,
			   size_t *cursor, char id[VHDXLOG_ID_TEXT])
{
	const struct vl_finding *f = &scan->findings[index];

	if (f->object == VHDXLOG_OBJECT_ENTRY)
		return next_entry(scan, f->check, cursor, id);
	if (f->object == VHDXLOG_OBJECT_SEQUENCE)
		return next_sequence(scan, f->check, cursor, id);
	if (f->object == VHDXLOG_OBJECT_READER)
		return next_reader(scan, f->check, cursor, id);
	if (vl_is_bat_rule(f->check))
		return next_in_bat(scan, f->check, cursor, id);
	if (f->check == VLC_bat_shifted_page)
		return next_shift(scan, cursor, id);
	if ((*cursor)++)
		return false;
	snprintf(id, VHDXLOG_ID_TEXT, "%s", vhdxlog_object_name(f->object));
	if (f->which)
		snprintf(id, VHDXLOG_ID_TEXT, "%s%u",
			 vhdxlog_object_name(f->object), f->which);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include "walk.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define LAST_ENTRIES 8u
#define FIRST_ENTRIES 600u

struct walk {
	struct vhdxlog_scan *scan;
	enum walk_kind kind;
	size_t count[3];     /* entries by soundness */
	size_t sequences[2]; /* valid, not */
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
};

/* An answer, or that the source cannot be read where that is expected. */
static bool got(const struct walk *w, int rc)
{
	if (w->kind == WALK_FAULTY && rc == VHDXLOG_E_IO)
		return false;
	cr_assert_eq(rc, 0, "%s",
		     rc < 0 ? vhdxlog_strerror((enum vhdxlog_code)rc) : "end");
	return true;
}

static void text_is_there(const char *text)
{
	cr_assert(text);
	cr_assert_neq(*text, '\0');
}

static void walk_text(struct vhdxlog_utf16 text)
{
	bool faithful;
	char *utf8 = vhdxlog_utf16_to_utf8(text, &faithful);

	cr_assert(utf8);
	cr_assert_leq(strlen(utf8), 3 * text.units);
	free(utf8);
}

/* --------------------------------------------------------------- verdicts */

static bool fails(enum vhdxlog_status s)
{
	return s == VHDXLOG_FAIL || s == VHDXLOG_BLOCKED;
}

static const struct vhdxlog_verdict *
find(const struct walk *w, int n, const struct vhdxlog_check *check)
{
	for (int i = 0; i < n; i++) {
		if (w->v[i].check == check)
			return &w->v[i];
	}
	return NULL;
}

/* What has a prerequisite of the same object that did not pass is blocked. */
static void prerequisites_hold(const struct walk *w, int n,
			       const struct vhdxlog_verdict *v)
{
	const struct vhdxlog_check *p;

	for (size_t k = 0; (p = vhdxlog_check_prerequisite(v->check, k)); k++) {
		const struct vhdxlog_verdict *needed = find(w, n, p);

		if (!needed || !fails(needed->status) ||
		    v->status == VHDXLOG_NOT_APPLICABLE)
			continue;
		cr_assert_eq(v->status, VHDXLOG_BLOCKED, "%s is %s, though %s",
			     v->check->name, vhdxlog_status_name(v->status),
			     p->name);
	}
}

static void verdict_is_sane(const struct walk *w, int n,
			    const struct vhdxlog_verdict *v)
{
	text_is_there(vhdxlog_status_name(v->status));
	cr_assert(memchr(v->got, 0, sizeof(v->got)));
	cr_assert(memchr(v->want, 0, sizeof(v->want)));
	if (v->status == VHDXLOG_FAIL) {
		cr_assert(v->has_offset, "%s", v->check->name);
		text_is_there(v->want);
	}
	if (v->status != VHDXLOG_FAIL)
		cr_assert_eq(v->want[0], '\0', "%s", v->check->name);
	prerequisites_hold(w, n, v);
}

/* Judge an object; the number of verdicts, or -1 where it cannot be read. */
static int judge(struct walk *w, enum vhdxlog_object object, size_t which)
{
	int n = vhdxlog_verdicts(w->scan, object, which, w->v, NULL);

	if (n < 0) {
		got(w, n);
		return -1;
	}
	cr_assert_leq(n, VHDXLOG_MAX_VERDICTS);
	for (int i = 0; i < n; i++) {
		cr_assert_eq(w->v[i].check->object, object);
		verdict_is_sane(w, n, &w->v[i]);
	}
	return n;
}

static bool any_fails(const struct walk *w, int n, enum vhdxlog_class class_)
{
	static const char ignored[] = "entry-guid-mismatch";

	for (int i = 0; i < n; i++) {
		if (w->v[i].check->class_ == class_ && fails(w->v[i].status) &&
		    strcmp(w->v[i].check->name, ignored) != 0)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------ image */

static void walk_headers(struct walk *w)
{
	unsigned current = vhdxlog_image(w->scan)->current_header;

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(w->scan, slot);
		int n = judge(w, VHDXLOG_OBJECT_HEADER, slot);

		cr_assert_eq(h->slot, slot);
		cr_assert_eq(h->offset, 65536 * slot);
		cr_assert_eq(h->current, slot == current);
		if (h->valid)
			cr_assert_not(any_fails(w, n, VHDXLOG_CLASS_C));
	}
	cr_assert_null(vhdxlog_header(w->scan, 0));
	cr_assert_null(vhdxlog_header(w->scan, 3));
}

static void walk_tables(struct walk *w)
{
	unsigned chosen = 0;

	for (unsigned number = 1; number <= 2; number++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(w->scan, number);

		judge(w, VHDXLOG_OBJECT_REGION_TABLE, number);
		cr_assert_eq(t->number, number);
		cr_assert_leq(t->region_count, 2047u);
		chosen += t->chosen;
		for (size_t i = 0; i < t->region_count; i++) {
			char text[VHDXLOG_GUID_TEXT];

			vhdxlog_guid_format(&t->regions[i].guid, text);
			cr_assert_eq(strlen(text), 36);
		}
	}
	cr_assert_leq(chosen, 1u);
	cr_assert_null(vhdxlog_region_table(w->scan, 0));
	cr_assert_null(vhdxlog_region_table(w->scan, 3));
}

static void walk_metadata(const struct walk *w)
{
	const struct vhdxlog_image *i = vhdxlog_image(w->scan);
	const struct vhdxlog_locator *l = i->metadata.locator;

	walk_text(i->creator);
	for (size_t k = 0; l && k < l->pair_count; k++) {
		walk_text(l->pairs[k].key);
		walk_text(l->pairs[k].value);
	}
}

static void walk_bat(const struct walk *w)
{
	const struct vhdxlog_bat *b = &vhdxlog_image(w->scan)->bat;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_shift shift;

	if (!b->known) {
		cr_assert_eq(vhdxlog_bat_entry(w->scan, 0, &e, NULL),
			     VHDXLOG_E_RANGE);
		return;
	}
	cr_assert_eq(b->present + b->partial + b->zero + b->not_present +
			     b->other,
		     b->entries);
	for (uint64_t i = 0; i < b->entries; i++) {
		if (i == FIRST_ENTRIES && b->entries > i + LAST_ENTRIES)
			i = b->entries - LAST_ENTRIES;
		if (!got(w, vhdxlog_bat_entry(w->scan, i, &e, NULL)))
			continue;
		cr_assert_eq(e.index, i);
		cr_assert_eq(e.state, e.raw & 7);
		text_is_there(e.state_name);
	}
	if (vhdxlog_shift_at(w->scan, b->entries, &shift, NULL) == 1)
		cr_assert_eq(vhdxlog_bat_entry(w->scan, b->entries, &e, NULL),
			     VHDXLOG_E_RANGE);
}

static bool guesses_blocks(const struct walk *w)
{
	for (size_t i = 0; i < vhdxlog_guess_count(w->scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(w->scan, i);

		if (g->assumed && g->kind == VHDXLOG_GUESS_BLOCK_SIZE)
			return true;
	}
	return false;
}

/* Each block that is in a wrong entry, by either of the two. */
static void walk_shifts(const struct walk *w)
{
	struct vhdxlog_shift s, same;
	uint64_t cursor = 0, n = 0;
	int rc;

	while ((rc = vhdxlog_shift_next(w->scan, &cursor, &s, NULL)) == 0) {
		text_is_there(vhdxlog_shift_source_name(s.source));
		cr_assert_eq(s.index, s.lost ? s.belongs : s.belongs + 1);
		n++;
		if (got(w, vhdxlog_shift_from(w->scan, s.belongs, &same, NULL)))
			cr_assert_eq(same.file_offset, s.file_offset);
		if (!s.lost &&
		    got(w, vhdxlog_shift_at(w->scan, s.index, &same, NULL)))
			cr_assert_eq(same.belongs, s.belongs);
	}
	if (rc != 1)
		got(w, rc);
	cr_assert_eq(n > 0 && !guesses_blocks(w),
		     has_finding(w->scan, "bat-shifted-page"));
}

/* -------------------------------------------------------------------- log */

/* Runs tile the ring, and neighbours differ. */
static void walk_map(const struct walk *w)
{
	const struct vhdxlog_log *log = vhdxlog_log(w->scan);
	struct vhdxlog_map_run run, last = { .count = 0 };
	uint32_t cursor = 0, end = 0;

	while (vhdxlog_map_next(w->scan, &cursor, &run)) {
		cr_assert_eq(run.first, end);
		cr_assert_gt(run.count, 0u);
		cr_assert(!end || run.kind != last.kind ||
			  run.owner != last.owner || end == log->present);
		text_is_there(vhdxlog_sector_kind_name(run.kind));
		if (run.owner != VHDXLOG_NO_SECTOR)
			cr_assert_neq(vhdxlog_entry_find(w->scan, run.owner),
				      SIZE_MAX);
		end = run.first + run.count;
		last = run;
	}
	cr_assert_eq(end, log->known ? log->sectors : 0);
}

static void walk_sectors(const struct walk *w)
{
	const struct vhdxlog_log *log = vhdxlog_log(w->scan);
	uint8_t bytes[4096];

	for (uint32_t s = 0; log->known && s < log->present; s++)
		got(w, vhdxlog_log_sector(w->scan, s, bytes, NULL));
	cr_assert_eq(vhdxlog_log_sector(w->scan, log->known ? log->present : 0,
					bytes, NULL),
		     VHDXLOG_E_RANGE);
}

static void walk_orphans(const struct walk *w)
{
	struct vhdxlog_orphan o;
	uint32_t cursor = 0;
	size_t n = 0;
	int rc;

	while ((rc = vhdxlog_orphan_next(w->scan, &cursor, &o, NULL)) == 0) {
		cr_assert(o.has_sha256 == (o.sha256[0] != '\0'));
		n++;
	}
	cr_assert_eq(rc, 1);
	cr_assert_eq(n, vhdxlog_orphan_count(w->scan));
}

/* ---------------------------------------------------------------- entries */

static void walk_descriptor(const struct walk *w,
			    const struct vhdxlog_entry *e,
			    const struct vhdxlog_descriptor *d)
{
	uint8_t page[4096];

	text_is_there(vhdxlog_area_name(d->area));
	text_is_there(vhdxlog_applied_name(d->applied));
	if (d->applied == VHDXLOG_APPLIED_OVERWRITTEN)
		cr_assert_neq(d->overwritten_by, VHDXLOG_NO_SECTOR);
	else if (d->applied != VHDXLOG_APPLIED_TORN)
		cr_assert_eq(d->overwritten_by, VHDXLOG_NO_SECTOR);
	cr_assert_neq(d->pieces, 0xff);
	cr_assert_eq(d->pieces != 0, d->applied == VHDXLOG_APPLIED_TORN &&
					     d->kind == VHDXLOG_DESCRIPTOR_DATA);
	if (d->data_sector != VHDXLOG_NO_SECTOR)
		got(w, vhdxlog_descriptor_page(w->scan, d, page, NULL));
	else
		cr_assert_eq(vhdxlog_descriptor_page(w->scan, d, page, NULL),
			     VHDXLOG_E_MISUSE);
	if (e->verdict == VHDXLOG_INVALID)
		return;
	cr_assert_neq(d->kind, VHDXLOG_DESCRIPTOR_UNKNOWN);
	cr_assert_eq(d->data_sector != VHDXLOG_NO_SECTOR,
		     d->kind == VHDXLOG_DESCRIPTOR_DATA);
}

static void walk_descriptors(const struct walk *w,
			     const struct vhdxlog_entry *e)
{
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	uint32_t n = 0;
	int rc;

	if (!got(w, vhdxlog_descriptors_open(w->scan, e->index, &it, NULL)))
		return;
	while ((rc = vhdxlog_descriptors_next(it, &d, NULL)) == 0) {
		cr_assert_eq(d.index, n++);
		walk_descriptor(w, e, &d);
	}
	vhdxlog_descriptors_close(it);
	if (rc != 1)
		got(w, rc);
	else if (e->verdict != VHDXLOG_INVALID)
		cr_assert_eq(n, e->descriptor_count);
	cr_assert_leq(n, e->descriptor_count);
}

/* The verdict on an entry is what its checks say. */
static void verdict_follows(struct walk *w, const struct vhdxlog_entry *e)
{
	static const char guid[] = "entry-guid-mismatch";
	int n = judge(w, VHDXLOG_OBJECT_ENTRY, e->index);
	unsigned passed = 0, not_applicable = 0;
	bool sound;

	if (n < 0)
		return;
	for (int i = 0; i < n; i++) {
		passed += w->v[i].status == VHDXLOG_PASS;
		not_applicable += w->v[i].status == VHDXLOG_NOT_APPLICABLE;
	}
	cr_assert_eq(passed, e->checks_passed);
	cr_assert_eq(not_applicable, e->checks_not_applicable);
	if (w->kind == WALK_STRICT)
		return; /* class M counts too, but for desc-targets-payload */
	sound = !any_fails(w, n, VHDXLOG_CLASS_E);
	cr_assert_eq(e->verdict != VHDXLOG_INVALID, sound, "E%u", e->sector);
	if (sound)
		cr_assert_eq(e->verdict == VHDXLOG_STALE,
			     fails(find(w, n, vhdxlog_check_find(guid))
					   ->status));
}

static void walk_entry(struct walk *w, size_t index)
{
	struct vhdxlog_entry e;
	size_t next = vhdxlog_entry_next(w->scan, index);

	if (!got(w, vhdxlog_entry_at(w->scan, index, &e, NULL)))
		return;
	w->count[e.verdict]++;
	text_is_there(vhdxlog_soundness_name(e.verdict));
	cr_assert_eq(e.index, index);
	cr_assert_eq(vhdxlog_entry_find(w->scan, e.sector), index);
	cr_assert_eq(e.is_head, e.verdict != VHDXLOG_INVALID);
	cr_assert(!e.active || e.verdict == VHDXLOG_VALID);
	if (next != SIZE_MAX)
		cr_assert_lt(next, vhdxlog_entry_count(w->scan));
	if (e.is_head)
		cr_assert_neq(vhdxlog_sequence_find(w->scan, e.as_head),
			      SIZE_MAX);
	verdict_follows(w, &e);
	walk_descriptors(w, &e);
}

static void walk_entries(struct walk *w)
{
	size_t n = vhdxlog_entry_count(w->scan), all = 0;
	struct vhdxlog_entry e;

	for (size_t i = 0; i < n; i++)
		walk_entry(w, i);
	for (unsigned k = 0; k < 3; k++) {
		size_t tally = vhdxlog_entry_tally(
			w->scan, (enum vhdxlog_soundness)k);

		all += tally;
		if (w->kind != WALK_FAULTY)
			cr_assert_eq(tally, w->count[k]);
	}
	cr_assert_eq(all, n);
	cr_assert_eq(vhdxlog_entry_at(w->scan, n, &e, NULL), VHDXLOG_E_RANGE);
	cr_assert_eq(vhdxlog_entry_find(w->scan, UINT32_MAX), SIZE_MAX);
}

/* -------------------------------------------------------------- sequences */

static void walk_sequence(struct walk *w, size_t index)
{
	struct vhdxlog_sequence q, again;
	struct vhdxlog_effect effect;
	size_t found;
	bool filled;
	int n;

	if (!got(w, vhdxlog_sequence_at(w->scan, index, &q, NULL)))
		return;
	text_is_there(vhdxlog_sequence_verdict_name(q.verdict));
	cr_assert_eq(q.index, index);
	/* Some reader may apply a run with a jump in its numbers. */
	if (q.verdict != VHDXLOG_SEQUENCE_RUN)
		cr_assert_eq(q.last_sequence_number - q.first_sequence_number +
				     1,
			     q.entries);
	found = vhdxlog_sequence_find(w->scan, q.id);
	cr_assert_eq(found, index, "S%u-%u", q.id.first, q.id.head);
	cr_assert_eq(vhdxlog_sequence_from(w->scan, q.id, &again, NULL), 0);
	cr_assert_eq(again.entries, q.entries);
	n = judge(w, VHDXLOG_OBJECT_SEQUENCE, index);
	if (n >= 0 && q.verdict != VHDXLOG_SEQUENCE_RUN)
		cr_assert_eq(q.verdict == VHDXLOG_SEQUENCE_VALID,
			     !any_fails(w, n, VHDXLOG_CLASS_Q), "S%u-%u",
			     q.id.first, q.id.head);
	if (got(w, vhdxlog_sequence_effect(w->scan, index, &filled, &effect,
					   NULL)))
		cr_assert(filled || !q.maximal);
}

static void walk_sequences(struct walk *w)
{
	size_t n = vhdxlog_sequence_count(w->scan);
	struct vhdxlog_sequence q;

	for (size_t i = 0; i < n; i++)
		walk_sequence(w, i);
	cr_assert_eq(vhdxlog_sequence_at(w->scan, n, &q, NULL),
		     VHDXLOG_E_RANGE);
}

static void walk_selection(const struct walk *w)
{
	for (size_t i = 0; i < vhdxlog_selection_count(w->scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(w->scan, i);

		text_is_there(s->policy);
		text_is_there(s->reader);
		text_is_there(s->reason);
		text_is_there(vhdxlog_outcome_name(s->outcome));
		for (uint64_t k = 0; k < s->entry_count; k++)
			cr_assert_neq(vhdxlog_entry_find(w->scan,
							 s->entries[k]),
				      SIZE_MAX);
		cr_assert_leq(s->applied_count, s->entry_count);
	}
	cr_assert_null(vhdxlog_selection_at(
		w->scan, vhdxlog_selection_count(w->scan)));
}

/* --------------------------------------------------------------- findings */

static void walk_finding(const struct walk *w, size_t index)
{
	const struct vhdxlog_finding *f = vhdxlog_finding_at(w->scan, index);
	char id[VHDXLOG_ID_TEXT];
	uint64_t where = 0;
	size_t cursor = 0;

	text_is_there(f->id);
	text_is_there(f->message);
	text_is_there(vhdxlog_severity_name(f->severity));
	while (vhdxlog_finding_where(w->scan, index, &cursor, id)) {
		text_is_there(id);
		where++;
	}
	cr_assert_eq(where, f->where_count, "%s", f->id);
}

static void walk_findings(const struct walk *w)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(w->scan);
	bool error = false;
	size_t n = vhdxlog_finding_count(w->scan), i;

	for (i = 0; i < n; i++) {
		walk_finding(w, i);
		error |= vhdxlog_finding_at(w->scan, i)->severity ==
			 VHDXLOG_ERROR;
	}
	cr_assert_null(vhdxlog_finding_at(w->scan, n));
	text_is_there(vhdxlog_state_name(o->state));
	cr_assert_eq(o->needs_decision, error || o->state != VHDXLOG_CLEAN);
	for (i = 0; vhdxlog_limitation(w->scan, i); i++)
		text_is_there(vhdxlog_limitation(w->scan, i));
}

void walk_everything(struct vhdxlog_scan *scan, enum walk_kind kind)
{
	struct walk w = { .scan = scan, .kind = kind };

	walk_headers(&w);
	walk_tables(&w);
	walk_metadata(&w);
	walk_bat(&w);
	walk_shifts(&w);
	judge(&w, VHDXLOG_OBJECT_IMAGE, 0);
	judge(&w, VHDXLOG_OBJECT_LOG, 0);
	walk_map(&w);
	walk_sectors(&w);
	walk_orphans(&w);
	walk_entries(&w);
	walk_sequences(&w);
	walk_selection(&w);
	walk_findings(&w);
	walk_states(scan, kind);
	cr_assert(vhdxlog_hashes(scan));
	cr_assert(vhdxlog_cost(scan));
}

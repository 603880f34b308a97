/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out, wherever the library asks for it: what was asked of it ends
 * with VHDXLOG_E_NOMEM, or it comes to what it would have, and all that was opened
 * can be closed. That nothing is left behind is what leak checkers say of this.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bases.h"
#include "failing.h"
#include "patch_case.h"
#include "source/source.h"
#include "vhdxlog-match.h"
#include "write/fix.h"
#include "write/replay.h"

#define MOST 40u /* of each thing that is asked for one by one */

/* One image, and what it was asked for. */
struct tour {
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	struct vhdxlog_rules *rules; /* borrowed */
	uint64_t told; /* a sum over the answers */
};

static void tell(struct tour *t, uint64_t value)
{
	t->told = (t->told ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	t->told ^= t->told >> 29;
}

/* That there is no more, or that it cannot be told, is an answer as well. */
static int ended(struct tour *t, int rc)
{
	if (rc == VHDXLOG_E_NOMEM)
		return rc;
	tell(t, (uint64_t)rc);
	return 0;
}

/* ------------------------------------------------------------------- parts */

static int entries(struct tour *t)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	struct vhdxlog_entry e;
	uint8_t page[4096];
	int rc = 0;

	for (size_t i = 0; !rc && i < vhdxlog_entry_count(t->scan); i++) {
		rc = vhdxlog_entry_at(t->scan, i, &e, NULL);
		if (!rc)
			rc = ended(t, vhdxlog_verdicts(t->scan,
						       VHDXLOG_OBJECT_ENTRY, i,
						       v, NULL));
		if (!rc)
			rc = vhdxlog_descriptors_open(t->scan, i, &it, NULL);
		if (rc)
			break;
		tell(t, e.sequence_number);
		while (!(rc = vhdxlog_descriptors_next(it, &d, NULL)) &&
		       !(rc = vhdxlog_descriptor_page(t->scan, &d, page, NULL)))
			tell(t, page[9]);
		rc = ended(t, rc);
		vhdxlog_descriptors_close(it);
	}
	return rc;
}

static int sequences(struct tour *t)
{
	struct vhdxlog_sequence s;
	struct vhdxlog_effect effect;
	struct vhdxlog_orphan orphan;
	struct vhdxlog_shift shift;
	uint32_t next = 0;
	uint64_t cursor = 0;
	bool filled;
	int rc = 0;

	for (size_t i = 0; !rc && i < vhdxlog_sequence_count(t->scan); i++) {
		rc = vhdxlog_sequence_at(t->scan, i, &s, NULL);
		if (!rc)
			rc = vhdxlog_sequence_effect(t->scan, i, &filled,
						     &effect, NULL);
		tell(t, s.id.head);
	}
	while (!rc && !(rc = vhdxlog_orphan_next(t->scan, &next, &orphan, NULL)))
		tell(t, orphan.sector);
	rc = ended(t, rc);
	while (!rc && !(rc = vhdxlog_shift_next(t->scan, &cursor, &shift, NULL)))
		tell(t, cursor);
	return ended(t, rc);
}

static int state(struct tour *t, struct vhdxlog_overlay *o)
{
	enum vhdxlog_certainty certainty;
	struct vhdxlog_error err = { .code = 0 };
	struct vhdxlog_segment segment;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_ghost g;
	uint64_t cursor = 0;
	int rc = 0;

	while (!(rc = vhdxlog_overlay_next(o, &segment, NULL)))
		tell(t, segment.offset);
	rc = ended(t, rc);
	if (rc)
		return rc;
	if (!vhdxlog_overlay_image(o, &err))
		return ended(t, (int)err.code);
	while (!(rc = vhdxlog_overlay_bat_next(o, &cursor, &e, &certainty,
					       NULL)))
		tell(t, e.raw);
	rc = ended(t, rc);
	if (rc)
		return rc;
	cursor = 0;
	while (!(rc = vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL)))
		tell(t, g.length);
	return ended(t, rc);
}

static int differences(struct tour *t, struct vhdxlog_overlay *a,
		       struct vhdxlog_overlay *b)
{
	struct vhdxlog_comparison *c;
	struct vhdxlog_difference d;
	struct vhdxlog_detail detail;
	struct vhdxlog_virtual_range range;
	int rc = vhdxlog_compare_open(a, b, &c, NULL);

	if (rc)
		return rc;
	while (!(rc = vhdxlog_compare_next(c, &d, NULL))) {
		tell(t, d.offset);
		while (!(rc = vhdxlog_compare_detail(c, &detail, NULL)))
			tell(t, detail.offset);
		if (rc < 0)
			break;
	}
	while (rc == 1 && !(rc = vhdxlog_compare_virtual(c, &range, NULL)))
		tell(t, range.offset);
	vhdxlog_compare_close(c);
	return ended(t, rc);
}

/* ------------------------------------------------------------------- tours */

static int of_log(struct tour *t)
{
	int rc = entries(t);

	return rc ? rc : sequences(t);
}

static int of_readers(struct tour *t)
{
	struct vhdxlog_overlay *disk, *o;
	int rc = vhdxlog_overlay_disk(t->scan, &disk, NULL);

	if (rc)
		return rc;
	rc = state(t, disk);
	for (size_t i = 0; !rc && i < vhdxlog_selection_count(t->scan); i++) {
		rc = vhdxlog_overlay_policy(t->scan, i, &o, NULL);
		if (rc) {
			rc = ended(t, rc);
			continue;
		}
		rc = state(t, o);
		if (!rc)
			rc = differences(t, disk, o);
		vhdxlog_overlay_close(o);
	}
	vhdxlog_overlay_close(disk);
	return rc;
}

static int events(struct tour *t, struct vhdxlog_history *h)
{
	const struct vhdxlog_event_filter all = { .has_session = false };
	struct vhdxlog_events *events;
	struct vhdxlog_event e;
	int rc = vhdxlog_events_open(h, &all, &events, NULL);

	if (rc)
		return rc;
	while (!(rc = vhdxlog_events_next(events, &e, NULL)))
		tell(t, 1);
	vhdxlog_events_close(events);
	return ended(t, rc);
}

static int past_states(struct tour *t, struct vhdxlog_history *h)
{
	struct vhdxlog_overlay *o;
	struct vhdxlog_stratum stratum;
	struct vhdxlog_reach reach;
	const uint32_t *all;
	uint32_t cursor = 0;
	size_t n;
	int rc = vhdxlog_history_reach(h, &reach, NULL);

	while (!rc &&
	       !(rc = vhdxlog_stratum_next(h, &cursor, &stratum, NULL)))
		tell(t, cursor);
	rc = ended(t, rc);
	all = vhdxlog_history_entries(h, &n);
	for (size_t i = 0; !rc && i < n && i < MOST; i++) {
		rc = vhdxlog_overlay_as_of(h, all[i], &o, NULL);
		if (rc)
			break;
		rc = state(t, o);
		vhdxlog_overlay_close(o);
	}
	return rc;
}

static int of_history(struct tour *t)
{
	struct vhdxlog_history *h;
	int rc = vhdxlog_history_open(t->scan, &h, NULL);

	if (rc)
		return rc;
	rc = events(t, h);
	if (!rc)
		rc = past_states(t, h);
	vhdxlog_history_close(h);
	return rc;
}

static int export(struct tour *t, bool redact)
{
	const struct vhdxlog_export_options options = { .redact = redact };
	struct vhdxlog_export_piece p;
	struct vhdxlog_export *e;
	int rc = vhdxlog_export_open(t->scan, &options, &e, NULL);

	if (rc)
		return rc;
	while (!(rc = vhdxlog_export_next(e, &p, NULL)))
		tell(t, p.offset + p.length);
	vhdxlog_export_close(e);
	return ended(t, rc);
}

static int of_export(struct tour *t)
{
	int rc = export(t, false);

	return rc ? rc : export(t, true);
}

static int of_salvage(struct tour *t)
{
	struct vhdxlog_overlay *o;
	int rc = vhdxlog_overlay_disk(t->scan, &o, NULL);

	if (rc)
		return rc;
	rc = ended(t, vhdxlog_overlay_salvage(o, NULL));
	if (!rc)
		rc = state(t, o);
	vhdxlog_overlay_close(o);
	return rc;
}

static int of_carve(struct tour *t)
{
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	char *saved;
	int rc = vhdxlog_carve_open(t->source, NULL, &carve, NULL);

	if (rc)
		return rc;
	while (!(rc = vhdxlog_carve_next(carve, &item, NULL)))
		tell(t, item.offset);
	saved = rc < 0 ? NULL : vhdxlog_carve_save(carve);
	if (rc == 1 && !saved)
		rc = VHDXLOG_E_NOMEM;
	free(saved);
	vhdxlog_carve_close(carve);
	return ended(t, rc);
}

static int of_rules(struct tour *t)
{
	struct vhdxlog_match_options wanted = VHDXLOG_MATCH_OPTIONS_INIT;
	struct vhdxlog_matches *m;
	int rc;

	wanted.scopes = (1u << VHDXLOG_MATCH_SCOPES) - 1;
	wanted.scopes &= ~(1u << VHDXLOG_MATCH_RAW);
	rc = vhdxlog_match(t->scan, t->rules, &wanted, &m, NULL);
	if (rc)
		return rc;
	tell(t, vhdxlog_match_count(m));
	vhdxlog_match_close(m);
	return 0;
}

static int carry_out(struct tour *t, const struct vl_change *change)
{
	struct vl_piece piece;
	int rc = vl_change_rewind(change, NULL);

	while (!rc && !(rc = vl_change_next(change, &piece, NULL)))
		tell(t, piece.offset + piece.length);
	return ended(t, rc);
}

static int of_replay(struct tour *t)
{
	static struct vl_replay_plan plan;
	struct vhdxlog_overlay *o;
	int rc = 0;

	for (size_t i = 0; !rc && i < 2 * vhdxlog_selection_count(t->scan);
	     i++) {
		rc = vhdxlog_overlay_policy(t->scan, i / 2, &o, NULL);
		if (rc) {
			rc = ended(t, rc);
			continue;
		}
		rc = vl_replay_plan(t->scan, o,
				    i % 2 ? VL_REPLAY_REARM : VL_REPLAY_APPLY,
				    &plan, NULL);
		if (!rc && !*plan.refusal)
			rc = carry_out(t, &plan.change);
		vl_replay_release(&plan);
		vhdxlog_overlay_close(o);
	}
	return rc;
}

static int of_repair(struct tour *t)
{
	static const struct vhdxlog_options plain = VHDXLOG_OPTIONS_INIT;
	static struct vl_fix_plan plan;
	const struct vl_change *change;
	int rc = vl_fix_plan_begin(&plan, t->scan, vl_source_view(t->source),
				   &plain, (1u << VL_FIX_KINDS) - 1, true, NULL);

	for (unsigned k = 0; !rc && !*plan.refusal && k < VL_FIX_KINDS; k++)
		rc = vl_fix_plan_do(&plan, (enum vl_fix_kind)k, NULL);
	if (!rc && !*plan.refusal)
		rc = vl_fix_plan_finish(&plan, &change, NULL);
	if (!rc && !*plan.refusal && change)
		rc = carry_out(t, change);
	tell(t, strlen(plan.refusal));
	vl_fix_plan_release(&plan);
	return rc;
}

static const struct {
	const char *name;
	int (*go)(struct tour *t);
} tours[] = {
	{ "log", of_log },	   { "readers", of_readers },
	{ "history", of_history }, { "export", of_export },
	{ "salvage", of_salvage }, { "carve", of_carve },
	{ "rules", of_rules },	   { "replay", of_replay },
	{ "repair", of_repair },
};

/* Open, go, close; what it ends with. */
static int run(struct tour *t, const struct buffer *image, size_t which)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	int rc;

	t->told = 0;
	o.unreferenced = true;
	o.hash_image = which % 2 ? 0 : VHDXLOG_HASH_SHA256;
	rc = vhdxlog_source_memory(image->at, image->len, &t->source, NULL);
	if (rc)
		return rc;
	rc = vhdxlog_scan(t->source, &o, &t->scan, NULL);
	if (!rc) {
		tell(t, vhdxlog_finding_count(t->scan));
		tell(t, vhdxlog_guess_count(t->scan));
		rc = tours[which].go(t);
		vhdxlog_scan_close(t->scan);
	}
	vhdxlog_source_close(t->source);
	return rc;
}

/* ------------------------------------------------------------------ images */

static void whole(struct buffer *image)
{
	(void)image;
}

static void no_headers(struct buffer *image)
{
	memset(image->at + 64 * 1024, 0, 128 * 1024);
}

static void no_tables(struct buffer *image)
{
	memset(image->at + 192 * 1024, 0, 128 * 1024);
}

static void nothing_of_the_first_mib(struct buffer *image)
{
	memset(image->at, 0, VL_MIB);
}

static void (*const damages[])(struct buffer *image) = {
	whole,
	no_headers,
	no_tables,
	nothing_of_the_first_mib,
};

static struct vhdxlog_rules *make_rules(void)
{
	static const char text[] =
		"rule a { strings: $a = \"data\" condition: $a }\n"
		"rule b { strings: $a = \"desc\" condition: not $a }\n"
		"rule c { condition: target_region == \"bat\" }\n";
	char path[64];
	const char *files[] = { path };
	const struct vhdxlog_rules_options wanted = { .files = files,
						      .file_count = 1 };
	struct vhdxlog_rules *rules;
	int fd = memory_file(text, sizeof(text) - 1);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cr_assert_eq(vhdxlog_rules_open(&wanted, &rules, NULL), 0);
	close(fd);
	return rules;
}

/* Each place that was not there in any run before; how many. */
static size_t fail_each(struct tour *t, const struct buffer *image,
			size_t which, const char *what)
{
	const unsigned *places;
	uint64_t told;
	size_t n;
	int good, rc;

	memory_watch();
	good = run(t, image, which);
	cr_assert_neq(good, VHDXLOG_E_NOMEM, "%s", what);
	places = memory_places(&n);
	told = t->told;
	for (size_t i = 0; i < n; i++) {
		memory_fail(places[i]);
		rc = run(t, image, which);
		cr_assert(memory_failed(), "%s: allocation %u", what,
			  places[i]);
		cr_expect(rc == VHDXLOG_E_NOMEM || (rc == good && t->told == told),
			  "%s: allocation %u: %s", what, places[i],
			  rc ? vhdxlog_strerror((enum vhdxlog_code)rc) :
			       "something else");
	}
	return n;
}

Test(memory, where_it_runs_out_nothing_else_is_told)
{
	struct tour t = { .rules = make_rules() };
	size_t n = 0;
	struct base b;
	char what[64];

	for (unsigned i = 0; i < (BASE_KINDS + rounds(4)) * 4; i++) {
		if (i / 4 < BASE_KINDS)
			base_make(&b, (enum base_kind)(i / 4));
		else
			base_make_random(&b, i / 4);
		damages[i % 4](&b.image);
		for (size_t k = 0; k < sizeof(tours) / sizeof(*tours); k++) {
			snprintf(what, sizeof(what), "image %u, %s", i,
				 tours[k].name);
			n += fail_each(&t, &b.image, k, what);
		}
		base_free(&b);
	}
	vhdxlog_rules_close(t.rules);
	cr_log_info("%zu places", n);
	cr_assert_gt(n, 300);
}

/* SPDX-License-Identifier: MIT */
/*
 * What may be shared of an image scans to what the image itself does, but where
 * something of it had to be guessed or was doubted, for which all of a file is looked
 * at, or where a block lies over a structure, or no BAT where one is to be, of which
 * then not all is shared; readers do the same if all of the log was. Redacted it is
 * something that scans.
 * Flags: 1 redacted.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/sparse.h"

/* A chain leads it out of the log, where there may be what is not given away. */
static const char reads_behind[] = "calebf";

static bool says(const struct vhdxlog_export *e, const char *words)
{
	const char *text;

	for (size_t i = 0; (text = vhdxlog_export_limitation(e, i)); i++) {
		if (strstr(text, words))
			return true;
	}
	return false;
}

/* By what it says that it leaves out, the image may read otherwise. */
static bool may_read_otherwise(const struct vhdxlog_export *e)
{
	return says(e, "headers or region tables are gone or contradict") ||
	       says(e, "a structure lies where a payload block does") ||
	       says(e, "where the BAT is to be lies something that is none");
}

/* false: more than can be kept, or less than scans to the same. */
static bool export(struct vhdxlog_scan *scan, bool redact, struct sparse *copy)
{
	const struct vhdxlog_export_options options = { .redact = redact };
	struct vhdxlog_export *e;
	struct vhdxlog_export_piece p;
	uint64_t end = 0;
	bool kept;
	int rc = vhdxlog_export_open(scan, &options, &e, NULL);

	cr_assert(rc == 0 || rc == VHDXLOG_E_NOT_FOUND);
	if (rc)
		return false;
	sparse_decode(copy, NULL, 0);
	copy->size = vhdxlog_export_size(e);
	while ((rc = vhdxlog_export_next(e, &p, NULL)) == 0) {
		cr_assert(p.offset >= end && p.length);
		end = p.offset + p.length;
		cr_assert_leq(end, copy->size);
		sparse_put(copy, p.offset, p.bytes, p.length);
	}
	cr_assert_eq(rc, 1);
	kept = copy->size <= SPARSE_SIZE && copy->count < SPARSE_PAGES &&
	       (redact || !may_read_otherwise(e));
	vhdxlog_export_close(e);
	return kept;
}

static bool has_log(const struct sparse *copy, const struct sparse *s,
		    const struct vhdxlog_log *log)
{
	uint8_t ours[SPARSE_PAGE], theirs[SPARSE_PAGE];

	for (uint32_t i = 0; i < log->present; i++) {
		uint64_t off = log->offset + (uint64_t)i * SPARSE_PAGE;

		sparse_get(s, off, ours, sizeof(ours));
		sparse_get(copy, off, theirs, sizeof(theirs));
		if (memcmp(ours, theirs, sizeof(ours)) != 0)
			return false;
	}
	return true;
}

/* Among the sequences are those that some reader applies. */
static void compare_readers(struct vhdxlog_scan *a, struct vhdxlog_scan *b)
{
	cr_assert_eq(vhdxlog_sequence_count(a), vhdxlog_sequence_count(b));
	for (size_t i = 0; i < vhdxlog_selection_count(a); i++) {
		const struct vhdxlog_selection *c = vhdxlog_selection_at(a, i);

		if (strcmp(c->policy, reads_behind) != 0)
			cr_assert_eq(c->outcome,
				     vhdxlog_selection_at(b, i)->outcome, "%s",
				     c->policy);
	}
}

static void compare(struct vhdxlog_scan *a, struct vhdxlog_scan *b)
{
	cr_assert_eq(vhdxlog_verdict(a)->state, vhdxlog_verdict(b)->state,
		     "%s, %s", vhdxlog_state_name(vhdxlog_verdict(a)->state),
		     vhdxlog_state_name(vhdxlog_verdict(b)->state));
	cr_assert_eq(vhdxlog_entry_count(a), vhdxlog_entry_count(b));
	for (unsigned k = 0; k < 3; k++)
		cr_assert_eq(
			vhdxlog_entry_tally(a, (enum vhdxlog_soundness)k),
			vhdxlog_entry_tally(b, (enum vhdxlog_soundness)k));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s, copy;
	struct vhdxlog_source *source, *second;
	struct vhdxlog_scan *scan, *again;
	bool comparable;

	sparse_decode(&s, data, size);
	o.hash_structures = false;
	source = sparse_open(&s);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	if (export(scan, s.flags & 1, &copy)) {
		second = sparse_open(&copy);
		cr_assert_eq(vhdxlog_scan(second, &o, &again, NULL), 0);
		comparable = !(s.flags & 1);
		if (comparable)
			compare(scan, again);
		if (comparable && has_log(&copy, &s, vhdxlog_log(scan)))
			compare_readers(scan, again);
		vhdxlog_scan_close(again);
		vhdxlog_source_close(second);
	}
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}

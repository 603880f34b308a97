/* SPDX-License-Identifier: MIT */
#include "report_text.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ verdicts */

static void tell_verdicts(FILE *f, struct vhdxlog_scan *s,
			  enum vhdxlog_object object, size_t which)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(s, object, which, v, NULL);

	cr_assert_geq(n, 0);
	for (int i = 0; i < n; i++)
		fprintf(f, "%s %zu: %s %s at %" PRIu64 ", %s, %s\n",
			vhdxlog_object_name(object), which, v[i].check->name,
			vhdxlog_status_name(v[i].status), v[i].offset, v[i].got,
			v[i].want);
}

static void tell_findings(FILE *f, const struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < vhdxlog_finding_count(s); i++) {
		const struct vhdxlog_finding *x = vhdxlog_finding_at(s, i);
		char id[VHDXLOG_ID_TEXT];
		size_t cursor = 0;

		fprintf(f, "finding %s, %s: %s;", x->id,
			vhdxlog_severity_name(x->severity), x->message);
		while (vhdxlog_finding_where(s, i, &cursor, id))
			fprintf(f, " %s", id);
		fputc('\n', f);
	}
}

/* --------------------------------------------------------------------- image */

static void tell_image(FILE *f, struct vhdxlog_scan *s)
{
	const struct vhdxlog_image *i = vhdxlog_image(s);
	const struct vhdxlog_metadata *m = &i->metadata;
	bool faithful;
	char *creator = vhdxlog_utf16_to_utf8(i->creator, &faithful);
	char id[VHDXLOG_GUID_TEXT];

	fprintf(f, "state %s\n",
		vhdxlog_state_name(vhdxlog_verdict(s)->state));
	fprintf(f, "creator %s, header %u, metadata %d\n", creator,
		i->current_header, i->metadata_known);
	fprintf(f, "%u %d %d %" PRIu64 " %s %u %u\n", m->block_size, m->fixed,
		m->has_parent, m->virtual_disk_size,
		vhdxlog_guid_format(&m->virtual_disk_id, id),
		m->logical_sector_size, m->physical_sector_size);
	fprintf(f,
		"bat %d: %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		" %" PRIu64 " %" PRIu64 "\n",
		i->bat.known, i->bat.entries, i->bat.present, i->bat.partial,
		i->bat.zero, i->bat.not_present, i->bat.other);
	free(creator);
	tell_verdicts(f, s, VHDXLOG_OBJECT_IMAGE, 0);
	for (unsigned k = 1; k <= 2; k++) {
		tell_verdicts(f, s, VHDXLOG_OBJECT_HEADER, k);
		tell_verdicts(f, s, VHDXLOG_OBJECT_REGION_TABLE, k);
	}
}

/* ----------------------------------------------------------------------- log */

static void tell_map(FILE *f, struct vhdxlog_scan *s)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(s, &cursor, &run))
		fprintf(f, "sectors %u+%u: %s of %u\n", run.first, run.count,
			vhdxlog_sector_kind_name(run.kind), run.owner);
}

static void tell_descriptors(FILE *f, struct vhdxlog_scan *s, size_t index)
{
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;

	if (vhdxlog_descriptors_open(s, index, &it, NULL) != 0)
		return;
	while (vhdxlog_descriptors_next(it, &d, NULL) == 0)
		fprintf(f,
			"  %u: %s %" PRIu64 "+%" PRIu64 " from %u, %s, %s "
			"by %u, pieces %02x\n",
			d.index, vhdxlog_descriptor_kind_name(d.kind),
			d.file_offset, d.length, d.data_sector,
			vhdxlog_area_name(d.area),
			vhdxlog_applied_name(d.applied), d.overwritten_by,
			d.pieces);
	vhdxlog_descriptors_close(it);
}

static void tell_entries(FILE *f, struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < vhdxlog_entry_count(s); i++) {
		struct vhdxlog_entry e;
		char guid[VHDXLOG_GUID_TEXT];

		cr_assert_eq(vhdxlog_entry_at(s, i, &e, NULL), 0);
		fprintf(f, "E%u+%u %s%s %08x %08x %u %u %" PRIu64 " %u %s\n",
			e.sector, e.sectors, vhdxlog_soundness_name(e.verdict),
			e.active ? " active" : "", e.checksum_stored,
			e.checksum_computed, e.entry_length, e.tail,
			e.sequence_number, e.descriptor_count,
			vhdxlog_guid_format(&e.log_guid, guid));
		tell_verdicts(f, s, VHDXLOG_OBJECT_ENTRY, i);
		tell_descriptors(f, s, i);
	}
}

static void tell_sequences(FILE *f, struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < vhdxlog_sequence_count(s); i++) {
		struct vhdxlog_sequence q;
		struct vhdxlog_effect e;
		bool filled;

		cr_assert_eq(vhdxlog_sequence_at(s, i, &q, NULL), 0);
		fprintf(f, "S%u-%u %s%s%s\n", q.id.first, q.id.head,
			vhdxlog_sequence_verdict_name(q.verdict),
			q.maximal ? " maximal" : "", q.active ? " active" : "");
		tell_verdicts(f, s, VHDXLOG_OBJECT_SEQUENCE, i);
		cr_assert_eq(vhdxlog_sequence_effect(s, i, &filled, &e, NULL),
			     0);
		if (!filled)
			continue;
		fprintf(f,
			"  pages %" PRIu64 " zeroed %" PRIu64 " grows %d to "
			"%" PRIu64 " changes %d %d\n",
			e.pages, e.zeroed, e.grows, e.grows_to, e.changes_known,
			e.changes_bytes);
		for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++)
			fprintf(f, "  %s %" PRIu64 "\n",
				vhdxlog_area_name((enum vhdxlog_area)a),
				e.area_pages[a]);
	}
}

/* The first reader that ends with the same file, as digests are not the same. */
static size_t first_like(const struct vhdxlog_scan *s, const char *result)
{
	size_t k = 0;

	while (strcmp(vhdxlog_selection_at(s, k)->result, result) != 0)
		k++;
	return k;
}

static void tell_selection(FILE *f, const struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < vhdxlog_selection_count(s); i++) {
		const struct vhdxlog_selection *x = vhdxlog_selection_at(s, i);

		fprintf(f, "%s: %s%s, %s; %" PRIu64 " long, as %zu:", x->policy,
			vhdxlog_outcome_name(x->outcome),
			x->aborts ? ", aborts" : "", x->reason,
			x->result_length, first_like(s, x->result));
		for (uint64_t k = 0; k < x->entry_count; k++)
			fprintf(f, " E%u", x->entries[k]);
		fputs(" applied", f);
		for (uint64_t k = 0; k < x->applied_count; k++)
			fprintf(f, " E%u", x->applied[k]);
		fputc('\n', f);
	}
}

static void tell_orphans(FILE *f, struct vhdxlog_scan *s)
{
	struct vhdxlog_orphan o;
	uint32_t cursor = 0;

	while (vhdxlog_orphan_next(s, &cursor, &o, NULL) == 0)
		fprintf(f, "D%u %" PRIu64 "\n", o.sector, o.sequence_number);
}

char *report_text(struct vhdxlog_scan *s)
{
	size_t size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	cr_assert(f);
	tell_image(f, s);
	tell_verdicts(f, s, VHDXLOG_OBJECT_LOG, 0);
	tell_map(f, s);
	tell_entries(f, s);
	tell_sequences(f, s);
	tell_selection(f, s);
	tell_orphans(f, s);
	tell_findings(f, s);
	cr_assert_eq(fclose(f), 0);
	return text;
}

void expect_same_report(const char *a, const char *b, const char *what,
			uint64_t seed)
{
	const char *line = a;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
		if (a[i] == '\n')
			line = a + i + 1;
	}
	cr_assert_str_eq(a, b, "%s %ju: %.*s\nbecame %.*s", what,
			 (uintmax_t)seed, (int)strcspn(line, "\n"), line,
			 (int)strcspn(b + (line - a), "\n"), b + (line - a));
}

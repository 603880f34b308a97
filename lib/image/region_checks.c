/* SPDX-License-Identifier: MIT */
/* What the two region tables say together, and what the chosen one says. 2.2.3 */
#include "base/bytes.h"
#include "base/guid.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

static uint64_t field_at(const struct vl_image *i, size_t region,
			 unsigned field)
{
	return i->chosen->offset + VL_SIZE_region_header +
	       region * VL_SIZE_region_entry + field;
}

static enum vhdxlog_status region_none_valid(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->chosen)
		return vl_pass();
	return vl_fail(d, VL_TABLE_OFFSET(1), "a usable region table", "none");
}

static enum vhdxlog_status region_one_invalid(const void *subject,
					      struct vl_detail *d)
{
	const struct vl_image *i = subject;
	unsigned bad = i->table[0].valid ? 2 : 1;

	if (i->table[0].valid == i->table[1].valid)
		return vl_pass();
	return vl_fail(d, VL_TABLE_OFFSET(bad), "two usable region tables",
		       "region table %u is not", bad);
}

static enum vhdxlog_status region_tables_differ(const void *subject,
						struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->tables_equal)
		return vl_pass();
	return vl_fail(d, VL_TABLE_OFFSET(2), "the same bytes as copy 1",
		       "other bytes");
}

/* One place, or the other's where that is the one they disagree about. */
static enum vhdxlog_status region_tables_disagree(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_region_table *t = i->table;
	const struct vhdxlog_region *r[2];
	char want[VHDXLOG_VALUE_TEXT];
	bool is_bat;

	if (!i->assumed.tables_unsure)
		return vl_pass();
	for (unsigned k = 0; k < 2; k++)
		r[k] = vl_region_first(&t[k], &vl_region_bat);
	is_bat = r[0]->offset != r[1]->offset;
	for (unsigned k = 0; k < 2 && !is_bat; k++)
		r[k] = vl_region_first(&t[k], &vl_region_metadata);
	snprintf(want, sizeof(want), "the %s at %ju, as copy 1 has it",
		 is_bat ? "BAT" : "metadata", (uintmax_t)r[0]->offset);
	return vl_fail(d, VL_TABLE_OFFSET(2), want, "at %ju",
		       (uintmax_t)r[1]->offset);
}

/* The first region for which bad() holds, or NULL; *n gets its index. */
static const struct vhdxlog_region *
find(const struct vl_image *i, bool (*bad)(const struct vhdxlog_region *),
     size_t *n)
{
	for (*n = 0; *n < i->chosen->region_count; ++*n) {
		if (bad(&i->chosen->regions[*n]))
			return &i->chosen->regions[*n];
	}
	return NULL;
}

static int by_guid(const void *a, const void *b)
{
	const struct vhdxlog_region *const *ra = a, *const *rb = b;
	int order = memcmp((*ra)->guid.bytes, (*rb)->guid.bytes, 16);

	return order ? order : (*ra > *rb) - (*ra < *rb);
}

/* The second of the first pair with one GUID, or NULL. */
static const struct vhdxlog_region *duplicate(const struct vl_image *i)
{
	const struct vhdxlog_region *sorted[VL_MAX_TABLE_ENTRIES];
	const struct vhdxlog_region *found = NULL;
	size_t n = i->chosen->region_count;

	for (size_t k = 0; k < n; k++)
		sorted[k] = &i->chosen->regions[k];
	/* cppcheck-suppress uninitvar ; as many are set as are sorted */
	qsort(sorted, n, sizeof(*sorted), by_guid);
	for (size_t k = 1; k < n && !found; k++) {
		if (vl_guid_equal(&sorted[k - 1]->guid, &sorted[k]->guid))
			found = sorted[k];
	}
	return found;
}

static enum vhdxlog_status region_guid_duplicate(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_region *r = duplicate(i);

	if (!r)
		return vl_pass();
	return vl_fail_guid(d,
			    field_at(i, (size_t)(r - i->chosen->regions),
				     VL_OFF_region_entry_guid),
			    "each GUID once", &r->guid);
}

static bool offset_unaligned(const struct vhdxlog_region *r)
{
	return r->offset % VL_MIB;
}

static enum vhdxlog_status region_offset_unaligned(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, offset_unaligned, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_file_offset),
		       "a multiple of 1048576", "%ju", (uintmax_t)r->offset);
}

static bool in_header_section(const struct vhdxlog_region *r)
{
	return r->offset < VL_HEADER_SECTION;
}

static enum vhdxlog_status region_offset_in_header_section(const void *subject,
							   struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, in_header_section, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_file_offset),
		       "at least 1048576", "%ju", (uintmax_t)r->offset);
}

static bool length_unaligned(const struct vhdxlog_region *r)
{
	return r->length % VL_MIB;
}

static enum vhdxlog_status region_length_unaligned(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, length_unaligned, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_length),
		       "a multiple of 1048576", "%u", r->length);
}

static bool length_zero(const struct vhdxlog_region *r)
{
	return !r->length;
}

static enum vhdxlog_status region_length_zero(const void *subject,
					      struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;

	if (!find(i, length_zero, &n))
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_length),
		       "more than 0", "0");
}

static bool end_overflow(const struct vhdxlog_region *r)
{
	uint64_t end;

	return !vl_add(r->offset, r->length, &end);
}

static enum vhdxlog_status region_end_overflow(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, end_overflow, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_file_offset),
		       "an end below 2^64", "%ju + %u", (uintmax_t)r->offset,
		       r->length);
}

static enum vhdxlog_status region_beyond_eof(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_image *i = subject;
	char want[VHDXLOG_VALUE_TEXT];

	snprintf(want, sizeof(want), "an end within %ju bytes",
		 (uintmax_t)i->replayed_size);
	for (size_t n = 0; n < i->chosen->region_count; n++) {
		const struct vhdxlog_region *r = &i->chosen->regions[n];

		if (r->offset + r->length > i->replayed_size)
			return vl_fail(d,
				       field_at(i, n,
						VL_OFF_region_entry_file_offset),
				       want, "%ju + %u", (uintmax_t)r->offset,
				       r->length);
	}
	return vl_pass();
}

static enum vhdxlog_status region_overlap(const void *subject,
					  struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n = i->chosen->region_count;
	struct vl_range r[VL_MAX_TABLE_ENTRIES];
	uint32_t a = 0, b = 0;
	bool overlap;

	for (size_t k = 0; k < n; k++)
		r[k] = (struct vl_range){ i->chosen->regions[k].offset,
					  i->chosen->regions[k].length,
					  (uint32_t)k };
	vl_ranges_sort(r, n);
	overlap = vl_ranges_overlap(r, n, &a, &b);
	if (!overlap)
		return vl_pass();
	return vl_fail(d, field_at(i, b, VL_OFF_region_entry_file_offset),
		       "regions apart", "entries %u and %u overlap", a, b);
}

static bool required_unknown(const struct vhdxlog_region *r)
{
	return (r->required & 1) && !r->name;
}

static enum vhdxlog_status region_required_unknown(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, required_unknown, &n);

	if (!r)
		return vl_pass();
	return vl_fail_guid(d, field_at(i, n, VL_OFF_region_entry_guid),
			    "BAT or metadata", &r->guid);
}

static bool reserved_bits(const struct vhdxlog_region *r)
{
	return r->required > 1;
}

static enum vhdxlog_status region_required_reserved_bits(const void *subject,
							 struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, reserved_bits, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_required),
		       "0 or 1", "0x%08x", r->required);
}

static bool known_not_required(const struct vhdxlog_region *r)
{
	return r->name && !(r->required & 1);
}

static enum vhdxlog_status region_known_not_required(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_image *i = subject;
	size_t n;
	const struct vhdxlog_region *r = find(i, known_not_required, &n);

	if (!r)
		return vl_pass();
	return vl_fail(d, field_at(i, n, VL_OFF_region_entry_required), "1",
		       "0x%08x (%s)", r->required, r->name);
}

static enum vhdxlog_status region_bat_missing(const void *subject,
					      struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->bat)
		return vl_pass();
	return vl_fail(d, i->chosen->offset, "a BAT region", "none");
}

static enum vhdxlog_status region_metadata_missing(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->metadata_region)
		return vl_pass();
	return vl_fail(d, i->chosen->offset, "a metadata region", "none");
}

static enum vhdxlog_status region_tables_foreign(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vl_assumed *a = &i->assumed;
	const struct vhdxlog_region *m = i->metadata_region;
	char want[VHDXLOG_VALUE_TEXT];

	/* One that lacks an entry is none of another file for that. */
	if (!a->regions || !m || !i->bat)
		return vl_pass();
	if (m->offset == a->metadata.offset) {
		snprintf(want, sizeof(want), "a BAT of %u bytes at %ju",
			 a->bat.length, (uintmax_t)a->bat.offset);
		return vl_fail(d, i->chosen->offset, want, "%u bytes at %ju",
			       i->bat->length, (uintmax_t)i->bat->offset);
	}
	snprintf(want, sizeof(want), "metadata at %ju, where it is",
		 (uintmax_t)a->metadata.offset);
	return vl_fail(d, i->chosen->offset, want, "metadata at %ju",
		       (uintmax_t)m->offset);
}

static enum vhdxlog_status region_places_assumed(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_assumed *a = &((const struct vl_image *)subject)
					      ->assumed;

	if (!a->regions)
		return vl_pass();
	if (!a->bat.length || !a->metadata.length)
		return vl_fail(d, vl_max64(a->bat.offset, a->metadata.offset),
			       "a region table", "%s alone was found",
			       a->bat.length ? "the BAT" : "metadata");
	return vl_fail(d, a->metadata.offset, "a region table",
		       "metadata at %ju, BAT at %ju",
		       (uintmax_t)a->metadata.offset,
		       (uintmax_t)a->bat.offset);
}

const struct vhdxlog_region *vl_region_under_log(const struct vl_image *i)
{
	const struct vhdxlog_header *h = vl_header_current(i);

	for (size_t n = 0; h && i->chosen && n < i->chosen->region_count; n++) {
		const struct vhdxlog_region *r = &i->chosen->regions[n];

		if (vl_overlap(r->offset, r->length, h->log_offset,
			       h->log_length))
			return r;
	}
	return NULL;
}

static enum vhdxlog_status header_log_overlaps_region(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_header *h = vl_header_current(i);
	const struct vhdxlog_region *r = vl_region_under_log(i);

	if (!h || !i->chosen)
		return vl_blocked(d, h ? "no region table" : "no header");
	if (!r)
		return vl_pass();
	return vl_fail(d, h->offset + VL_OFF_header_log_offset,
		       "a place of its own", "%ju + %u, over the %s region",
		       (uintmax_t)h->log_offset, h->log_length,
		       r->name ? r->name : "unknown");
}

const vl_check_fn vl_region_checks[VLC_COUNT] = {
	[VLC_header_log_overlaps_region] = header_log_overlaps_region,
	[VLC_region_none_valid] = region_none_valid,
	[VLC_region_one_invalid] = region_one_invalid,
	[VLC_region_tables_differ] = region_tables_differ,
	[VLC_region_tables_disagree] = region_tables_disagree,
	[VLC_region_guid_duplicate] = region_guid_duplicate,
	[VLC_region_offset_unaligned] = region_offset_unaligned,
	[VLC_region_offset_in_header_section] = region_offset_in_header_section,
	[VLC_region_length_unaligned] = region_length_unaligned,
	[VLC_region_length_zero] = region_length_zero,
	[VLC_region_end_overflow] = region_end_overflow,
	[VLC_region_beyond_eof] = region_beyond_eof,
	[VLC_region_overlap] = region_overlap,
	[VLC_region_required_unknown] = region_required_unknown,
	[VLC_region_required_reserved_bits] = region_required_reserved_bits,
	[VLC_region_known_not_required] = region_known_not_required,
	[VLC_region_bat_missing] = region_bat_missing,
	[VLC_region_metadata_missing] = region_metadata_missing,
	[VLC_region_tables_foreign] = region_tables_foreign,
	[VLC_region_places_assumed] = region_places_assumed,
};

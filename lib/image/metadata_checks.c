/* SPDX-License-Identifier: MIT */
/* What the metadata table says of its items. [MS-VHDX] 2.6.1 */
#include "base/bytes.h"
#include "base/guid.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ITEM_LENGTH VL_MIB
#define MAX_USER_ITEMS 1024u

/* Where a field of table entry n lies in the file. */
static uint64_t entry_at(const struct vl_metadata *m, size_t n, unsigned field)
{
	return m->base + VL_SIZE_metadata_header + n * VL_SIZE_metadata_entry +
	       field;
}

static const struct vl_metadata *of(const void *subject)
{
	return &((const struct vl_image *)subject)->metadata;
}

static enum vhdxlog_status metadata_signature_bad(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);

	if (!m->readable)
		return vl_blocked(d, "the table is not inside the file");
	if (memcmp(m->signature, vl_metadata_signature, 8) == 0)
		return vl_pass();
	return vl_fail_bytes(d, m->base, "\"metadata\"", m->signature, 8);
}

static enum vhdxlog_status metadata_entry_count_too_large(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);

	if (m->entry_count <= VL_MAX_TABLE_ENTRIES)
		return vl_pass();
	return vl_fail(d, m->base + VL_OFF_metadata_header_entry_count,
		       "at most 2047", "%u", m->entry_count);
}

static enum vhdxlog_status metadata_reserved_nonzero(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);

	if (m->reserved)
		return vl_fail(d, m->base + VL_OFF_metadata_header_reserved,
			       "0", "0x%04x", m->reserved);
	if (m->reserved2_nonzero)
		return vl_fail(d, m->base + VL_OFF_metadata_header_reserved2,
			       "0", "bytes that are not zero");
	return vl_pass();
}

/* The first entry for which bad() holds, or NULL; *n gets its index. */
static const struct vl_metadata_entry *
find(const struct vl_metadata *m,
     bool (*bad)(const struct vl_metadata *, const struct vl_metadata_entry *),
     size_t *n)
{
	for (*n = 0; *n < m->n; ++*n) {
		if (bad(m, &m->entries[*n]))
			return &m->entries[*n];
	}
	return NULL;
}

#define BAD(name)                                                            \
	static bool name(__attribute__((unused)) const struct vl_metadata *m, \
			 const struct vl_metadata_entry *e)

BAD(reserved_set)
{
	return e->reserved || (e->flags & ~(unsigned)VL_ITEM_FLAGS);
}

static enum vhdxlog_status metadata_entry_reserved_nonzero(const void *subject,
							   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, reserved_set, &n);

	if (!e)
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_flags),
		       "flags 0 to 7, Reserved2 0",
		       "flags 0x%08x, Reserved2 0x%08x", e->flags, e->reserved);
}

/* One key for (ItemId, IsUser), to sort by. */
static int by_identity(const void *a, const void *b)
{
	const struct vl_metadata_entry *const *ea = a, *const *eb = b;
	int order = memcmp((*ea)->id.bytes, (*eb)->id.bytes, 16);
	unsigned ua = (*ea)->flags & VL_ITEM_USER;
	unsigned ub = (*eb)->flags & VL_ITEM_USER;

	if (!order)
		order = (int)ua - (int)ub;
	return order ? order : (*ea > *eb) - (*ea < *eb);
}

static bool same_identity(const struct vl_metadata_entry *a,
			  const struct vl_metadata_entry *b)
{
	return vl_guid_equal(&a->id, &b->id) &&
	       !((a->flags ^ b->flags) & VL_ITEM_USER);
}

static enum vhdxlog_status metadata_item_duplicate(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	const struct vl_metadata_entry *sorted[VL_MAX_TABLE_ENTRIES];
	const struct vl_metadata_entry *found = NULL;

	for (size_t i = 0; i < m->n; i++)
		sorted[i] = &m->entries[i];
	/* cppcheck-suppress uninitvar ; as many are set as are sorted */
	qsort(sorted, m->n, sizeof(*sorted), by_identity);
	for (size_t i = 1; i < m->n && !found; i++) {
		if (same_identity(sorted[i - 1], sorted[i]))
			found = sorted[i];
	}
	if (!found)
		return vl_pass();
	return vl_fail_guid(d,
			    entry_at(m, (size_t)(found - m->entries),
				     VL_OFF_metadata_entry_item_id),
			    "each item once", &found->id);
}

BAD(guid_zero)
{
	return vl_guid_is_zero(&e->id);
}

static enum vhdxlog_status metadata_item_guid_zero(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;

	if (!find(m, guid_zero, &n))
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_item_id),
		       "a GUID", "the zero GUID");
}

BAD(offset_too_small)
{
	return e->length && e->offset < VL_METADATA_TABLE_SIZE;
}

static enum vhdxlog_status metadata_item_offset_too_small(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, offset_too_small, &n);

	if (!e)
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_offset),
		       "at least 65536", "%u", e->offset);
}

BAD(empty_with_offset)
{
	return !e->length && e->offset;
}

static enum vhdxlog_status metadata_item_empty_offset(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, empty_with_offset, &n);

	if (!e)
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_offset), "0",
		       "%u", e->offset);
}

BAD(too_large)
{
	return e->length > MAX_ITEM_LENGTH;
}

static enum vhdxlog_status metadata_item_too_large(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, too_large, &n);

	if (!e)
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_length),
		       "at most 1048576", "%u", e->length);
}

BAD(out_of_region)
{
	return !vl_item_is_inside(m, e);
}

static enum vhdxlog_status metadata_item_out_of_region(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, out_of_region, &n);
	char want[VHDXLOG_VALUE_TEXT];

	if (!e)
		return vl_pass();
	snprintf(want, sizeof(want), "an end within %u bytes", m->length);
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_offset), want,
		       "%u + %u", e->offset, e->length);
}

static enum vhdxlog_status metadata_item_overlap(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	struct vl_range r[VL_MAX_TABLE_ENTRIES];
	uint32_t a = 0, b = 0;
	bool overlap;

	for (size_t i = 0; i < m->n; i++)
		r[i] = (struct vl_range){ m->entries[i].offset,
					  m->entries[i].length, (uint32_t)i };
	vl_ranges_sort(r, m->n);
	overlap = vl_ranges_overlap(r, m->n, &a, &b);
	if (!overlap)
		return vl_pass();
	return vl_fail(d, entry_at(m, b, VL_OFF_metadata_entry_offset),
		       "items apart", "items %u and %u overlap", a, b);
}

static enum vhdxlog_status metadata_user_count_too_large(const void *subject,
							 struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	unsigned users = 0;

	for (size_t i = 0; i < m->n; i++)
		users += m->entries[i].flags & VL_ITEM_USER;
	if (users <= MAX_USER_ITEMS)
		return vl_pass();
	return vl_fail(d, m->base, "at most 1024", "%u", users);
}

BAD(user_required)
{
	return (e->flags & VL_ITEM_USER) && (e->flags & VL_ITEM_REQUIRED);
}

static enum vhdxlog_status metadata_user_required(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, user_required, &n);

	if (!e)
		return vl_pass();
	return vl_fail(d, entry_at(m, n, VL_OFF_metadata_entry_flags),
		       "IsUser or IsRequired", "0x%08x", e->flags);
}

BAD(required_unknown)
{
	/* A user's item is unknown to every reader, whatever its GUID. */
	return (e->flags & VL_ITEM_REQUIRED) &&
	       vl_item_of(e) == VL_ITEM_UNKNOWN;
}

static enum vhdxlog_status metadata_required_unknown(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	size_t n;
	const struct vl_metadata_entry *e = find(m, required_unknown, &n);

	if (!e)
		return vl_pass();
	return vl_fail_guid(d, entry_at(m, n, VL_OFF_metadata_entry_item_id),
			    "a known item", &e->id);
}

static enum vhdxlog_status metadata_incomplete_marker(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	int n = m->known[VL_ITEM_INCOMPLETE_MARKER];

	if (n < 0)
		return vl_pass();
	return vl_fail(d, entry_at(m, (size_t)n, VL_OFF_metadata_entry_item_id),
		       "no such item", "the marker of an unfinished file");
}

static enum vhdxlog_status metadata_known_missing(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);

	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++) {
		if (vl_item_rules[i].required && m->known[i] < 0)
			return vl_fail(d, m->base, vl_item_rules[i].name,
				       "none");
	}
	return vl_pass();
}

static enum vhdxlog_status metadata_known_length_bad(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	char want[VHDXLOG_VALUE_TEXT];

	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++) {
		const struct vl_item_rule *rule = &vl_item_rules[i];
		const struct vl_metadata_entry *e;

		if (m->known[i] < 0 || !rule->length)
			continue;
		e = &m->entries[m->known[i]];
		if (e->length == rule->length)
			continue;
		snprintf(want, sizeof(want), "%u for the %s", rule->length,
			 rule->name);
		return vl_fail(d,
			       entry_at(m, (size_t)m->known[i],
					VL_OFF_metadata_entry_length),
			       want, "%u", e->length);
	}
	return vl_pass();
}

static enum vhdxlog_status metadata_known_flags_bad(const void *subject,
						    struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	char want[VHDXLOG_VALUE_TEXT];

	for (unsigned i = 0; i < VL_ITEM_INCOMPLETE_MARKER; i++) {
		const struct vl_item_rule *rule = &vl_item_rules[i];
		uint32_t flags;

		if (m->known[i] < 0)
			continue;
		flags = m->entries[m->known[i]].flags & VL_ITEM_FLAGS;
		if (flags == rule->flags)
			continue;
		snprintf(want, sizeof(want), "%u for the %s", rule->flags,
			 rule->name);
		return vl_fail(d,
			       entry_at(m, (size_t)m->known[i],
					VL_OFF_metadata_entry_flags),
			       want, "%u", flags);
	}
	return vl_pass();
}

static enum vhdxlog_status metadata_geometry_assumed(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vl_bat_geometry *g = &i->assumed.bat_geometry;

	if (!i->assumed.geometry || !i->bat)
		return vl_pass();
	return vl_fail(d, i->bat->offset, "metadata that says it",
		       "blocks of %u, at least %ju bytes", g->block_size,
		       (uintmax_t)g->disk_size);
}

const vl_check_fn vl_metadata_checks[VLC_COUNT] = {
	[VLC_metadata_signature_bad] = metadata_signature_bad,
	[VLC_metadata_entry_count_too_large] = metadata_entry_count_too_large,
	[VLC_metadata_reserved_nonzero] = metadata_reserved_nonzero,
	[VLC_metadata_entry_reserved_nonzero] = metadata_entry_reserved_nonzero,
	[VLC_metadata_item_duplicate] = metadata_item_duplicate,
	[VLC_metadata_item_guid_zero] = metadata_item_guid_zero,
	[VLC_metadata_item_offset_too_small] = metadata_item_offset_too_small,
	[VLC_metadata_item_empty_offset] = metadata_item_empty_offset,
	[VLC_metadata_item_too_large] = metadata_item_too_large,
	[VLC_metadata_item_out_of_region] = metadata_item_out_of_region,
	[VLC_metadata_item_overlap] = metadata_item_overlap,
	[VLC_metadata_user_count_too_large] = metadata_user_count_too_large,
	[VLC_metadata_user_required] = metadata_user_required,
	[VLC_metadata_required_unknown] = metadata_required_unknown,
	[VLC_metadata_incomplete_marker] = metadata_incomplete_marker,
	[VLC_metadata_known_missing] = metadata_known_missing,
	[VLC_metadata_known_length_bad] = metadata_known_length_bad,
	[VLC_metadata_known_flags_bad] = metadata_known_flags_bad,
	[VLC_metadata_geometry_assumed] = metadata_geometry_assumed,
};

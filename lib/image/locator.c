/* SPDX-License-Identifier: MIT */
/*
 * The parent locator, [MS-VHDX] 2.6.2.6: which file a differencing disk was
 * made from. A path in it is shown, never opened.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "base/utf16.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LOCATOR_LENGTH VL_MIB

static const struct vl_metadata *of(const void *subject)
{
	return &((const struct vl_image *)subject)->metadata;
}

static uint64_t item_offset(const struct vl_metadata *m)
{
	return m->base + m->entries[m->known[VL_ITEM_PARENT_LOCATOR]].offset;
}

static uint64_t pair_at(const struct vl_metadata *m, size_t n)
{
	return item_offset(m) + VL_SIZE_locator_header +
	       n * VL_SIZE_locator_entry;
}

/*
 * What is asked of the content first: not applicable where there is no locator
 * to speak of, blocked where it could not be read.
 */
static enum vhdxlog_status readable(const struct vl_metadata *m,
				    struct vl_detail *d)
{
	if (m->known[VL_ITEM_PARENT_LOCATOR] < 0)
		return VHDXLOG_NOT_APPLICABLE;
	if (!m->has_locator)
		return vl_blocked(d, "the item cannot be read");
	return VHDXLOG_PASS;
}

static enum vhdxlog_status locator_type_unknown(const void *subject,
						struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);

	if (status != VHDXLOG_PASS ||
	    vl_guid_equal(&m->locator.type, &vl_locator_type_vhdx))
		return status;
	return vl_fail_guid(d, item_offset(m),
			    "b04aefb7-d19e-4a81-b789-25b8e9445913",
			    &m->locator.type);
}

static enum vhdxlog_status locator_reserved_nonzero(const void *subject,
						    struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);

	if (status != VHDXLOG_PASS || !m->locator_header.reserved)
		return status;
	return vl_fail(d, item_offset(m) + VL_OFF_locator_header_reserved, "0",
		       "0x%04x", m->locator_header.reserved);
}

static enum vhdxlog_status locator_count_invalid(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);
	uint64_t count = m->locator_header.count;

	if (status != VHDXLOG_PASS ||
	    (count && VL_SIZE_locator_header + count * VL_SIZE_locator_entry <=
			      m->locator_length))
		return status;
	return vl_fail(d,
		       item_offset(m) + VL_OFF_locator_header_key_value_count,
		       "1 or more, all inside the item", "%ju",
		       (uintmax_t)count);
}

/* Why a string is not proper, or NULL. */
static const char *string_fault(const struct vl_metadata *m, uint32_t off,
				uint32_t len, struct vhdxlog_utf16 text)
{
	if (!off || !len)
		return "no offset or no length";
	if (len % 2)
		return "an odd length";
	if ((uint64_t)off + len > m->locator_length)
		return "an end past the item";
	return vl_utf16_is_valid(text) ? NULL : "a NUL or a lone surrogate";
}

static enum vhdxlog_status locator_string_invalid(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);

	for (size_t n = 0; n < m->locator.pair_count; n++) {
		const struct vl_locator_entry *e = &m->locator_entries[n];
		const struct vhdxlog_locator_pair *p = &m->locator.pairs[n];
		const char *why = string_fault(m, e->key_offset, e->key_length,
					       p->key);

		if (!why)
			why = string_fault(m, e->value_offset, e->value_length,
					   p->value);
		if (why)
			return vl_fail(d, pair_at(m, n),
				       "UTF-16 inside the item",
				       "pair %zu: %s", n, why);
	}
	return status;
}

static bool same_text(struct vhdxlog_utf16 a, struct vhdxlog_utf16 b)
{
	return a.units == b.units && memcmp(a.bytes, b.bytes, 2 * a.units) == 0;
}

static int by_key(const void *pa, const void *pb)
{
	const struct vhdxlog_locator_pair *const *a = pa, *const *b = pb;
	size_t n = (*a)->key.units < (*b)->key.units ? (*a)->key.units :
						       (*b)->key.units;
	int order = memcmp((*a)->key.bytes, (*b)->key.bytes, 2 * n);

	if (!order && (*a)->key.units != (*b)->key.units)
		order = (*a)->key.units < (*b)->key.units ? -1 : 1;
	return order ? order : (*a > *b) - (*a < *b);
}

static enum vhdxlog_status locator_key_duplicate(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);
	size_t count = m->locator.pair_count;
	const struct vhdxlog_locator_pair *found = NULL;

	if (status != VHDXLOG_PASS)
		return status;
	for (size_t n = 1; n < count && !found; n++) {
		if (same_text(m->by_key[n - 1]->key, m->by_key[n]->key))
			found = m->by_key[n];
	}
	if (!found)
		return vl_pass();
	return vl_fail(d, pair_at(m, (size_t)(found - m->locator.pairs)),
		       "each key once", "a key that came before");
}

const struct vhdxlog_locator_pair *vl_locator_pair(const struct vl_metadata *m,
						   const char *key)
{
	for (size_t n = 0; n < m->locator.pair_count; n++) {
		if (vl_utf16_equals(m->locator.pairs[n].key, key))
			return &m->locator.pairs[n];
	}
	return NULL;
}

static enum vhdxlog_status locator_linkage_missing(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);

	if (status != VHDXLOG_PASS || vl_locator_pair(m, "parent_linkage"))
		return status;
	return vl_fail(d, item_offset(m), "parent_linkage", "no such key");
}

static enum vhdxlog_status locator_path_missing(const void *subject,
						struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	enum vhdxlog_status status = readable(m, d);

	if (status != VHDXLOG_PASS || vl_locator_pair(m, "relative_path") ||
	    vl_locator_pair(m, "volume_path") || vl_locator_pair(m, "absolute_win32_path"))
		return status;
	return vl_fail(d, item_offset(m),
		       "relative_path, volume_path or absolute_win32_path",
		       "none of them");
}

/* The pair's value as a GUID, in braces or not, any case. */
static bool guid_of(const struct vhdxlog_locator_pair *p,
		    struct vhdxlog_guid *guid)
{
	char text[VHDXLOG_GUID_TEXT + 2] = "";

	if (!p || p->value.units >= sizeof(text))
		return false;
	for (size_t i = 0; i < p->value.units; i++) {
		uint16_t unit = vl_le16(p->value.bytes + 2 * i);

		text[i] = unit < 0x80 ? (char)unit : '?';
	}
	return vhdxlog_guid_parse(text, guid);
}

static bool is_guid(const struct vhdxlog_locator_pair *p,
		    const struct vhdxlog_guid *guid)
{
	struct vhdxlog_guid value;

	return guid_of(p, &value) && vl_guid_equal(&value, guid);
}

/* The linkage as a GUID, or what stands in its place. */
static void linkage_text(const struct vl_metadata *m,
			 char text[VHDXLOG_VALUE_TEXT])
{
	const struct vhdxlog_locator_pair *p =
		vl_locator_pair(m, "parent_linkage");
	struct vhdxlog_guid guid;
	char name[VHDXLOG_GUID_TEXT];

	if (p && guid_of(p, &guid))
		snprintf(text, VHDXLOG_VALUE_TEXT, "%s by parent_linkage",
			 vhdxlog_guid_format(&guid, name));
	else
		snprintf(text, VHDXLOG_VALUE_TEXT, "a GUID as parent_linkage");
}

/* Fails where the parent that was given is not the one named first, and is, or is
 * not, the one named second. */
static enum vhdxlog_status judge_linkage(const struct vl_image *i, bool is_second,
					 struct vl_detail *d)
{
	const struct vl_metadata *m = &i->metadata;
	enum vhdxlog_status status = readable(m, d);
	char want[VHDXLOG_VALUE_TEXT];

	if (!i->has_parent_guid)
		return VHDXLOG_NOT_APPLICABLE;
	if (status != VHDXLOG_PASS ||
	    is_guid(vl_locator_pair(m, "parent_linkage"), &i->parent_guid) ||
	    is_guid(vl_locator_pair(m, "parent_linkage2"), &i->parent_guid) !=
		    is_second)
		return status;
	linkage_text(m, want);
	return vl_fail_guid(d, item_offset(m), want, &i->parent_guid);
}

static enum vhdxlog_status locator_linkage_mismatch(const void *subject,
						    struct vl_detail *d)
{
	return judge_linkage(subject, false, d);
}

/* ------------------------------------------------ the file given as parent */

/* What asks for a parent, or the table that does not; 0 where there is none. */
static uint64_t asked_at(const struct vl_metadata *m)
{
	return m->known[VL_ITEM_PARENT_LOCATOR] >= 0 ? item_offset(m) : m->base;
}

static enum vhdxlog_status parent_unusable(const void *subject,
					   struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!i->parent_given)
		return VHDXLOG_NOT_APPLICABLE;
	if (!i->parent_fault)
		return vl_pass();
	return vl_fail(d, asked_at(&i->metadata),
		       "an image with a usable header", "%s", i->parent_fault);
}

static bool has_parent(const struct vl_image *i)
{
	return i->pub.metadata.has_file_parameters &&
	       i->pub.metadata.has_parent;
}

static enum vhdxlog_status parent_not_needed(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!i->parent_given)
		return VHDXLOG_NOT_APPLICABLE;
	if (!i->pub.metadata.has_file_parameters)
		return vl_blocked(d, "no file parameters");
	if (has_parent(i))
		return vl_pass();
	return vl_fail(d, asked_at(&i->metadata), "no parent",
		       "one, with HasParent 0");
}

static enum vhdxlog_status parent_not_given(const void *subject,
					    struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!has_parent(i))
		return VHDXLOG_NOT_APPLICABLE;
	if (i->parent_given)
		return vl_pass();
	return vl_fail(d, asked_at(&i->metadata), "--parent FILE", "none");
}

static enum vhdxlog_status parent_matches_second(const void *subject,
						 struct vl_detail *d)
{
	return judge_linkage(subject, true, d);
}

static const vl_check_fn locator_checks[VLC_COUNT] = {
	[VLC_locator_type_unknown] = locator_type_unknown,
	[VLC_locator_reserved_nonzero] = locator_reserved_nonzero,
	[VLC_locator_count_invalid] = locator_count_invalid,
	[VLC_locator_string_invalid] = locator_string_invalid,
	[VLC_locator_key_duplicate] = locator_key_duplicate,
	[VLC_locator_linkage_missing] = locator_linkage_missing,
	[VLC_locator_path_missing] = locator_path_missing,
	[VLC_locator_linkage_mismatch] = locator_linkage_mismatch,
	[VLC_parent_unusable] = parent_unusable,
	[VLC_parent_not_needed] = parent_not_needed,
	[VLC_parent_not_given] = parent_not_given,
	[VLC_parent_matches_second] = parent_matches_second,
};

/* A string of the item; empty where it does not lie inside. */
static struct vhdxlog_utf16 string_of(const struct vl_metadata *m, uint32_t off,
				      uint32_t len)
{
	if ((uint64_t)off + len > m->locator_length)
		return (struct vhdxlog_utf16){ m->locator_item, 0 };
	return (struct vhdxlog_utf16){ m->locator_item + off, len / 2 };
}

static int decode(struct vl_metadata *m, struct vhdxlog_error *err)
{
	struct vhdxlog_locator_pair *pairs;
	size_t room = (m->locator_length - VL_SIZE_locator_header) /
		      VL_SIZE_locator_entry;
	size_t n;

	vl_locator_header_decode(m->locator_item, &m->locator_header);
	m->locator.type = m->locator_header.type;
	n = m->locator_header.count < room ? m->locator_header.count : room;
	pairs = vl_calloc(n, sizeof(*pairs));
	m->locator.pairs = pairs;
	m->locator_entries = vl_calloc(n, sizeof(*m->locator_entries));
	m->by_key = vl_calloc(n, sizeof(*m->by_key));
	if (!pairs || !m->locator_entries || !m->by_key)
		return vl_nomem(err);
	m->locator.pair_count = n;
	for (size_t i = 0; i < n; i++) {
		struct vl_locator_entry *e = &m->locator_entries[i];

		vl_locator_entry_decode(m->locator_item +
						VL_SIZE_locator_header +
						i * VL_SIZE_locator_entry,
					e);
		pairs[i].key = string_of(m, e->key_offset, e->key_length);
		pairs[i].value = string_of(m, e->value_offset, e->value_length);
		m->by_key[i] = &pairs[i];
	}
	qsort(m->by_key, n, sizeof(*m->by_key), by_key);
	return 0;
}

static int read_content(struct vl_image *i, const struct vl_view *view,
			struct vhdxlog_error *err)
{
	struct vl_metadata *m = &i->metadata;
	const struct vl_metadata_entry *e =
		&m->entries[m->known[VL_ITEM_PARENT_LOCATOR]];
	int rc;

	if (e->length < VL_SIZE_locator_header ||
	    e->length > MAX_LOCATOR_LENGTH ||
	    !vl_item_is_inside(m, e))
		return 0;
	m->locator_item = vl_calloc(1, e->length);
	if (!m->locator_item)
		return vl_nomem(err);
	m->locator_length = e->length;
	rc = vl_structure_read(i, view, m->base + e->offset, m->locator_item,
			       e->length, &m->has_locator, err);
	if (rc || !m->has_locator)
		return rc;
	i->pub.metadata.locator = &m->locator;
	return decode(m, err);
}

int vl_locator_read(struct vl_image *i, const struct vl_view *view,
		    struct vhdxlog_error *err)
{
	int rc = 0;

	if (i->metadata.known[VL_ITEM_PARENT_LOCATOR] >= 0)
		rc = read_content(i, view, err);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, locator_checks, i, i->judgement);
	return rc;
}

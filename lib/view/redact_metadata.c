/* SPDX-License-Identifier: MIT */
/*
 * A page of a metadata region, of the disk or of the log. Two pages beside it are
 * looked at, so that what begins in one and ends in the other is found.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "view/redact.h"

#include <ctype.h>
#include <string.h>

#define WINDOW (3 * VL_SECTOR)
#define GUID_UNITS (VHDXLOG_GUID_TEXT - 1)

/* More than these is no metadata region's, and no item's. */
#define MAX_REGION (64 * VL_MIB)
#define MAX_FLAGS	7u

/* Three pages of the region from `start` on, which may be before it begins. */
struct window {
	const struct vl_redaction *r;
	uint8_t *bytes;
	int64_t start;
	bool keep[WINDOW];
};

/* Where a byte of the region is in the window; WINDOW, or 0, if behind or before. */
static size_t place(const struct window *w, uint64_t rel)
{
	int64_t at = (int64_t)rel - w->start;

	return at < 0 ? 0 : (size_t)vl_min64((uint64_t)at, WINDOW);
}

static void keep(struct window *w, uint64_t rel, uint64_t len)
{
	size_t from = place(w, rel), to = place(w, rel + len);

	memset(w->keep + from, true, to - from);
}

/* Whether all of a stretch is in the window. */
static bool is_whole(const struct window *w, uint64_t rel, uint64_t len)
{
	return (int64_t)rel >= w->start &&
	       (int64_t)(rel + len) <= w->start + WINDOW;
}

/* Its bytes, or NULL: they are not all there. */
static uint8_t *whole(const struct window *w, uint64_t rel, uint64_t len)
{
	return is_whole(w, rel, len) ? w->bytes + place(w, rel) : NULL;
}

/* ------------------------------------------------------------------- table */

/* Whether a slot of the table is an entry, as far as it can be told: its item is
 * known, or its numbers can be an item's. No text is. */
static bool is_entry(const uint8_t slot[VL_SIZE_metadata_entry])
{
	struct vl_metadata_entry e;

	vl_metadata_entry_decode(slot, &e);
	return vl_item_of(&e) != VL_ITEM_UNKNOWN ||
	       (e.offset && e.offset < MAX_REGION && e.length <= VL_MIB &&
		e.flags <= MAX_FLAGS && !e.reserved);
}

/* The entries among the slots that the table has by its own count, or that of the
 * page; of what is no table, what stands in the place of the signature. */
static void keep_table(struct window *w, const struct vl_metadata *m)
{
	const uint8_t *table = whole(w, 0, VL_SIZE_metadata_header), *slot;
	uint64_t n = m->n;

	if (table && memcmp(table, vl_metadata_signature, 8) != 0) {
		keep(w, 0, sizeof(vl_metadata_signature));
		return;
	}
	if (table)
		n = vl_le16(table + VL_OFF_metadata_header_entry_count);
	n = vl_min64(n, VL_MAX_TABLE_ENTRIES);
	if (table)
		keep(w, 0, VL_OFF_metadata_header_reserved2);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = VL_SIZE_metadata_header +
			      i * VL_SIZE_metadata_entry;

		slot = whole(w, at, VL_SIZE_metadata_entry);
		if (slot && is_entry(slot))
			keep(w, at, VL_SIZE_metadata_entry);
	}
}

/* ----------------------------------------------------------------- locator */

/* A key of the specification at p; its length in bytes, or 0. */
static size_t match_key(const uint8_t *p, size_t left)
{
	static const char *const keys[] = { "parent_linkage2", "parent_linkage",
					    "relative_path", "volume_path",
					    "absolute_win32_path" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		size_t n = strlen(keys[k]), i = 0;

		while (i < n && 2 * n <= left &&
		       vl_le16(p + 2 * i) == (uint8_t)keys[k][i])
			i++;
		if (i == n)
			return 2 * n;
	}
	return 0;
}

/* A GUID as text at p is replaced by another; its length in bytes, or 0. */
static size_t match_plain_guid(uint8_t *p, size_t left)
{
	char text[VHDXLOG_GUID_TEXT];
	struct vhdxlog_guid guid;
	bool upper = false;

	if (left < 2 * GUID_UNITS)
		return 0;
	for (unsigned i = 0; i < GUID_UNITS; i++) {
		uint16_t unit = vl_le16(p + 2 * i);

		if (unit != '-' && (unit > 'f' || !isxdigit(unit)))
			return 0;
		text[i] = (char)unit;
		upper = upper || isupper(unit);
	}
	text[GUID_UNITS] = '\0';
	if (!vhdxlog_guid_parse(text, &guid))
		return 0;
	vl_redact_guid(guid.bytes);
	vhdxlog_guid_format(&guid, text);
	for (unsigned i = 0; i < GUID_UNITS; i++)
		p[2 * i] = (uint8_t)(upper ? toupper(text[i]) : text[i]);
	return 2 * GUID_UNITS;
}

/* The same, with braces where it has them. */
static size_t match_guid(uint8_t *p, size_t left)
{
	size_t n;

	if (left < 4 || vl_le16(p) != '{')
		return match_plain_guid(p, left);
	n = match_plain_guid(p + 2, left - 2);
	if (n && left >= n + 4 && vl_le16(p + 2 + n) == '}')
		n += 2;
	return n ? n + 2 : 0;
}

/* Keys stay, and GUIDs, which are others; all else is scrambled later. */
static void keep_strings(struct window *w, uint64_t rel, uint64_t end)
{
	size_t at = place(w, rel), to = place(w, end);

	while (at < to) {
		size_t n = match_key(w->bytes + at, to - at);

		if (!n)
			n = match_guid(w->bytes + at, to - at);
		memset(w->keep + at, n > 0, n ? n : 1);
		at += n ? n : 1;
	}
}

/* Whether the index-th entry of a locator of so many bytes names strings behind
 * itself and inside; no text does. */
static bool is_pair(const uint8_t *p, uint64_t index, uint64_t len)
{
	uint64_t behind = VL_SIZE_locator_header +
			  (index + 1) * VL_SIZE_locator_entry;
	struct vl_locator_entry e;

	vl_locator_entry_decode(p, &e);
	return e.key_offset >= behind && e.value_offset >= behind &&
	       (uint64_t)e.key_offset + e.key_length <= len &&
	       (uint64_t)e.value_offset + e.value_length <= len;
}

/*
 * The pairs of the table, which ends where the first of their strings begins,
 * whatever the count says; returns where the strings begin.
 */
static uint64_t keep_pairs(struct window *w, uint64_t rel, uint64_t len,
			   uint64_t count)
{
	uint64_t at = VL_SIZE_locator_header, end = len;

	for (uint64_t i = 0;
	     i < count && at + VL_SIZE_locator_entry <= end; i++) {
		uint8_t *p = whole(w, rel + at, VL_SIZE_locator_entry);
		struct vl_locator_entry e;

		if (!p)
			break;
		if (is_pair(p, i, len)) {
			vl_locator_entry_decode(p, &e);
			end = vl_min64(end, vl_min64(e.key_offset,
						     e.value_offset));
			keep(w, rel + at, VL_SIZE_locator_entry);
		}
		at += VL_SIZE_locator_entry;
	}
	return at;
}

/* What is none of ours can be anything: of that, only what reads as a key. */
static void keep_locator(struct window *w, uint64_t rel, uint64_t len)
{
	struct vl_locator_header h;
	uint64_t strings = 0;

	/* It may also begin before the window: all of it is strings. */
	if (len >= VL_SIZE_locator_header &&
	    is_whole(w, rel, VL_SIZE_locator_header)) {
		vl_locator_header_decode(w->bytes + place(w, rel), &h);
		if (vl_guid_equal(&h.type, &vl_locator_type_vhdx)) {
			keep(w, rel, VL_SIZE_locator_header);
			strings = keep_pairs(w, rel, len, h.count);
		}
	}
	keep_strings(w, rel + strings, rel + len);
}

/* ------------------------------------------------------------------- items */

/* A number of an item never fills its last unit, the last letters of a text do:
 * an offset that is wrong can name some. */
static bool is_number(const uint8_t *p, size_t len)
{
	return p && vl_le16(p + len - 2) == 0;
}

static void keep_item(struct window *w, enum vl_item item,
		      const struct vl_metadata_entry *e)
{
	uint8_t *p;

	if (e->offset < VL_METADATA_TABLE_SIZE || !e->length)
		return;
	if (item == VL_ITEM_PARENT_LOCATOR) {
		keep_locator(w, e->offset, e->length);
		return;
	}
	if (e->length != vl_item_rules[item].length)
		return;
	p = whole(w, e->offset, e->length);
	if (item == VL_ITEM_DISK_ID ? !p : !is_number(p, e->length))
		return;
	if (item == VL_ITEM_DISK_ID)
		vl_redact_guid(p);
	keep(w, e->offset, e->length);
}

/* Those of the tables of this region; an item is where the first says. */
static void keep_items(struct window *w, uint64_t base)
{
	const struct vl_metadata_entry *done[VL_ITEM_KNOWN_COUNT] = { NULL };

	for (unsigned i = 0; i < 2; i++) {
		const struct vl_metadata *m = &w->r->of->image[i]->metadata;

		if (!m->signature_ok || m->base != base)
			continue;
		for (unsigned k = 0; k < VL_ITEM_KNOWN_COUNT; k++) {
			const struct vl_metadata_entry *e;

			if (m->known[k] < 0)
				continue;
			e = &m->entries[m->known[k]];
			if (done[k] && done[k]->offset == e->offset)
				continue;
			keep_item(w, (enum vl_item)k, e);
			done[k] = e;
		}
	}
}

static void scramble_rest(const struct window *w)
{
	size_t at = VL_SECTOR, next;

	for (; at < 2 * VL_SECTOR; at = next) {
		next = at + 1;
		while (next < 2 * VL_SECTOR && w->keep[next] == w->keep[at])
			next++;
		if (!w->keep[at])
			vl_scramble(w->r, w->bytes + at, next - at);
	}
}

void vl_redact_metadata(const struct vl_redaction *r, uint64_t base,
			uint64_t rel, uint8_t bytes[WINDOW])
{
	struct window w = { .r = r,
			    .bytes = bytes,
			    .start = (int64_t)rel - VL_SECTOR };

	if (rel < VL_METADATA_TABLE_SIZE)
		keep_table(&w, &r->of->image[0]->metadata);
	else
		keep_items(&w, base);
	scramble_rest(&w);
}

/* SPDX-License-Identifier: MIT */
#include "view/diff.h"

#include "base/bytes.h"
#include "ondisk/header.h"
#include "view/diff_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STEP 64u /* bytes that are compared at a time */

void vl_diff_begin(struct vl_diff *d, const struct vl_place *pa,
		   const struct vl_place *pb, uint64_t off, const uint8_t *a,
		   const uint8_t *b, size_t len)
{
	*d = (struct vl_diff){ .pa = pa, .pb = pb, .a = a, .b = b,
				.off = off, .len = len };
}

/* ------------------------------------------------------------------ pieces */

/*
 * Make [off, off + len) of the file the difference, as far as it is in the
 * stretch and behind what was told; whether all of it is.
 */
static bool take(struct vl_diff *d, uint64_t off, uint64_t len,
		 struct vl_difference *out)
{
	uint64_t from = vl_max64(off, d->off + d->at);
	uint64_t to = vl_min64(vl_end(off, len), d->off + d->len);

	out->offset = from;
	out->length = to - from;
	return from == off && to - from == len;
}

static const uint8_t *in_a(const struct vl_diff *d,
			   const struct vl_difference *out)
{
	return d->a + (out->offset - d->off);
}

static const uint8_t *in_b(const struct vl_diff *d,
			   const struct vl_difference *out)
{
	return d->b + (out->offset - d->off);
}

/* As hex, from the first byte that differs; `at` is that. */
static void put_bytes(const struct vl_diff *d, uint64_t at,
		      struct vl_difference *out)
{
	size_t k = (size_t)(at - d->off);
	size_t n = (size_t)(out->offset + out->length - at);

	vl_text_hex(d->a + k, n, out->a);
	vl_text_hex(d->b + k, n, out->b);
}

/* From `at`, which differs, to the last before `end` that does. */
static void take_bytes(struct vl_diff *d, uint64_t at, uint64_t end,
		       struct vl_difference *out)
{
	size_t first = (size_t)(at - d->off), last = first;
	size_t n = (size_t)vl_min64(end - d->off, d->len);

	for (size_t i = first; i < n; i++) {
		if (d->a[i] != d->b[i])
			last = i;
	}
	out->thing = VL_THING_BYTES;
	take(d, at, last - first + 1, out);
	put_bytes(d, at, out);
}

/* --------------------------------------------------------------------- BAT */

/* By the geometry that a place has for a BAT entry there, if it has any. */
static bool decode(const struct vl_place *p, uint64_t off, uint64_t raw,
		   struct vhdxlog_bat_entry *e)
{
	const struct vhdxlog_region *bat;

	if (!vl_place_has_bat(p))
		return false;
	bat = p->image->bat;
	if (off < bat->offset || off - bat->offset >= bat->length ||
	    (off - bat->offset) % 8)
		return false;
	vl_bat_decode(&p->image->geometry, (off - bat->offset) / 8, raw, e);
	e->offset = off;
	return true;
}

static void take_bat(struct vl_diff *d, uint64_t at, struct vl_difference *out)
{
	const struct vl_image *i = d->pb->image;
	uint64_t index = (at - i->bat->offset) / 8;
	uint64_t a, b;

	if (!take(d, i->bat->offset + 8 * index, 8, out)) {
		/* A table that is not where tables are straddles pages. */
		take_bytes(d, at, i->bat->offset + 8 * index + 8, out);
		return;
	}
	a = vl_le64(in_a(d, out));
	b = vl_le64(in_b(d, out));
	decode(d->pb, out->offset, b, &out->b_entry);
	if (!decode(d->pa, out->offset, a, &out->a_entry))
		decode(d->pb, out->offset, a, &out->a_entry);
	out->thing = VL_THING_BAT;
	out->has_index = out->has_virtual = true;
	out->index = index;
	out->virtual_offset = out->b_entry.virtual_offset;
	out->virtual_length = out->b_entry.virtual_length;
	vl_bat_text(&out->a_entry, out->a);
	vl_bat_text(&out->b_entry, out->b);
}

/* ------------------------------------------------------------------ tables */

/* One structure of entries behind a header, at base. */
struct table {
	uint64_t base;
	enum vhdxlog_structure header;
	uint32_t header_size, entry_size;
	void (*put_entry)(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT]);
};

static void take_field(struct vl_diff *d, const struct table *t, uint64_t at,
		       struct vl_difference *out)
{
	size_t count, i = 0;
	const struct vhdxlog_field *f = vhdxlog_layout(t->header, &count);

	/* Ends: the fields tile the header. */
	while (at - t->base >= (uint64_t)f[i].offset + f[i].size)
		i++;
	out->item = f[i].name;
	if (!take(d, t->base + f[i].offset, f[i].size, out)) {
		put_bytes(d, at, out);
		return;
	}
	vl_text_field(&f[i], in_a(d, out), out->a);
	vl_text_field(&f[i], in_b(d, out), out->b);
}

static void take_table_entry(struct vl_diff *d, const struct table *t,
			     uint64_t index, uint64_t at,
			     struct vl_difference *out)
{
	out->item = "table entry";
	out->has_index = true;
	out->index = index;
	if (!take(d, t->base + t->header_size + index * t->entry_size,
		  t->entry_size, out)) {
		/* Those of region tables straddle pages. */
		put_bytes(d, at, out);
		return;
	}
	t->put_entry(in_a(d, out), out->a);
	t->put_entry(in_b(d, out), out->b);
}

static void take_table(struct vl_diff *d, const struct table *t,
		       enum vl_thing thing, uint64_t at,
		       struct vl_difference *out)
{
	uint64_t index;

	out->thing = thing;
	if (at - t->base < t->header_size) {
		take_field(d, t, at, out);
		return;
	}
	index = (at - t->base - t->header_size) / t->entry_size;
	if (index < VL_MAX_TABLE_ENTRIES)
		take_table_entry(d, t, index, at, out);
	else
		take_bytes(d, at, t->base + VL_SLOT_SIZE, out);
}

static void take_region_table(struct vl_diff *d, uint64_t at,
			      struct vl_difference *out)
{
	const struct table t = {
		at < VL_TABLE_OFFSET(2) ? VL_TABLE_OFFSET(1) : VL_TABLE_OFFSET(2),
		VHDXLOG_STRUCT_REGION_HEADER, VL_SIZE_region_header,
		VL_SIZE_region_entry, vl_text_region
	};

	take_table(d, &t, VL_THING_REGION, at, out);
}

/* ---------------------------------------------------------------- metadata */

static void take_item(struct vl_diff *d, const struct vl_range *range,
		      uint64_t at, struct vl_difference *out)
{
	const struct vl_metadata_entry *e =
		&d->pb->image->metadata.entries[range->tag];
	enum vl_item item = vl_item_of(e);
	bool known = item != VL_ITEM_UNKNOWN;

	out->thing = VL_THING_ITEM;
	out->item = known ? vl_item_rules[item].name : "unknown item";
	if (!take(d, range->off, range->len, out) || !known ||
	    e->length != vl_item_rules[item].length ||
	    !vl_text_item(item, in_a(d, out), out->a) ||
	    !vl_text_item(item, in_b(d, out), out->b))
		put_bytes(d, at, out);
}

static void take_metadata(struct vl_diff *d, uint64_t at,
			  struct vl_difference *out)
{
	const struct vl_place *p = d->pb;
	const struct table t = { p->image->metadata_region->offset,
				 VHDXLOG_STRUCT_METADATA_HEADER,
				 VL_SIZE_metadata_header,
				 VL_SIZE_metadata_entry, vl_text_table_entry };
	const struct vl_range *range;
	uint64_t end = vl_areas_end(&p->image->areas, at);
	size_t next;

	if (at - t.base < VL_METADATA_TABLE_SIZE) {
		take_table(d, &t, VL_THING_ITEM, at, out);
		return;
	}
	range = vl_ranges_find(p->items, p->n_items, at, 1);
	next = vl_ranges_begun(p->items, p->n_items, at);
	if (range)
		take_item(d, range, at, out);
	else
		take_bytes(d, at,
			   next < p->n_items ? vl_min64(end, p->items[next].off) :
					       end,
			   out);
}

/* ----------------------------------------------------------------- bitmaps */

/* Bits of a chunk, 2.4.2: bit n is sector n, the lowest of each byte first. */
struct bits {
	uint64_t a, b;	      /* how many are set */
	uint64_t first, last; /* that differ */
};

static struct bits count_bits(const struct vl_diff *d,
			      const struct vl_difference *out, uint64_t begin)
{
	const uint8_t *a = in_a(d, out), *b = in_b(d, out);
	struct bits bits = { 0, 0, UINT64_MAX, 0 };

	for (uint64_t i = 0; i < out->length; i++) {
		unsigned x = a[i] ^ b[i];
		uint64_t bit = (out->offset - begin + i) * 8;

		bits.a += (unsigned)__builtin_popcount(a[i]);
		bits.b += (unsigned)__builtin_popcount(b[i]);
		if (!x)
			continue;
		if (bits.first == UINT64_MAX)
			bits.first = bit + (unsigned)__builtin_ctz(x);
		bits.last = bit + 31 - (unsigned)__builtin_clz(x);
	}
	return bits;
}

static void put_sectors(uint64_t n, char text[VHDXLOG_EVENT_TEXT])
{
	snprintf(text, VHDXLOG_EVENT_TEXT, "%" PRIu64 " sector%s set", n,
		 n == 1 ? "" : "s");
}

static void take_bitmap(struct vl_diff *d, const struct vl_range *block,
			struct vl_difference *out)
{
	const struct vl_image *i = d->pb->image;
	uint32_t sector = i->pub.metadata.logical_sector_size;
	uint64_t chunk = (uint64_t)i->geometry.chunk_ratio *
			 i->geometry.block_size;
	struct bits bits;

	take(d, block->off, block->len, out);
	bits = count_bits(d, out, block->off);
	out->thing = VL_THING_BITMAP;
	out->chunk = block->tag;
	out->virtual_offset = out->chunk * chunk + bits.first * sector;
	out->virtual_length = (bits.last - bits.first + 1) * sector;
	out->has_virtual = out->virtual_offset < i->geometry.disk_size;
	if (out->has_virtual)
		out->virtual_length = vl_min64(out->virtual_length,
					       i->geometry.disk_size -
						       out->virtual_offset);
	put_sectors(bits.a, out->a);
	put_sectors(bits.b, out->b);
}

/* -------------------------------------------------------------------- next */

static void take_any(struct vl_diff *d, uint64_t at, struct vl_difference *out)
{
	const struct vl_place *p = d->pb;
	const struct vl_range *block;

	if (out->area == VHDXLOG_AREA_BAT && vl_place_has_bat(p)) {
		take_bat(d, at, out);
		return;
	}
	if (out->area == VHDXLOG_AREA_REGION_TABLES) {
		take_region_table(d, at, out);
		return;
	}
	if (out->area == VHDXLOG_AREA_METADATA) {
		take_metadata(d, at, out);
		return;
	}
	block = out->area == VHDXLOG_AREA_SECTOR_BITMAP ?
			vl_ranges_find(p->bitmaps, p->n_bitmaps, at, 1) :
			NULL;
	if (block)
		take_bitmap(d, block, out);
	else
		take_bytes(d, at,
			   p->image ? vl_areas_end(&p->image->areas, at) :
				      UINT64_MAX,
			   out);
}

/* The first byte that differs from i on; d->len: none. Most are the same. */
static size_t find_byte(const struct vl_diff *d, size_t i)
{
	while (d->len - i >= STEP && memcmp(d->a + i, d->b + i, STEP) == 0)
		i += STEP;
	while (i < d->len && d->a[i] == d->b[i])
		i++;
	return i;
}

bool vl_diff_next(struct vl_diff *d, struct vl_difference *out)
{
	size_t first = find_byte(d, d->at);
	uint64_t at;

	if (first == d->len)
		return false;
	at = d->off + first;
	*out = (struct vl_difference){ .area = vl_place_area(d->pb, at) };
	take_any(d, at, out);
	d->at = (size_t)(out->offset + out->length - d->off);
	return true;
}

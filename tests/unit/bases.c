/* SPDX-License-Identifier: MIT */
#include "bases.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"
#include "ondisk/layout.h"
#include "ondisk/metadata.h"
#include "random_ring.h"

#define LOG_ENTRIES                                                         \
	"\"log\": {\"entries\": ["                                          \
	" {\"guid\": \"older\", \"sequence\": 7, \"at\": 12,"               \
	"  \"writes\": [{\"page\": \"2M\", \"text\": \"old\"}]},"           \
	" {\"guid\": \"current\", \"at\": 0, \"sequence\": 100},"           \
	" {\"writes\": [{\"bat\": {\"1\": \"present\"}}]},"                 \
	" {\"writes\": [{\"bat\": {\"2\": \"present\"}},"                   \
	"               {\"zero\": \"3M+512K\", \"length\": \"8K\"},"       \
	"               {\"page\": \"3M+256K\", \"fill\": 7}]},"            \
	" {\"at\": 14, \"sequence\": 50, \"pad\": 1, \"tail\": \"E14\","   \
	"  \"writes\": [{\"zero\": \"3M+768K\"}]}]}"

static const char *const recipes[BASE_KINDS] = {
	[BASE_DYNAMIC] =
		"{\"about\": \"a dirty dynamic disk\","
		" \"image\": {\"virtual_size\": \"64M\","
		"  \"blocks\": {\"0\": \"present\", \"5\": \"zero\"}},"
		LOG_ENTRIES "}",
	[BASE_DIFFERENCING] =
		"{\"about\": \"a dirty differencing disk\","
		" \"image\": {\"virtual_size\": \"64M\","
		"  \"blocks\": {\"0\": \"partial\", \"5\": \"zero\"},"
		"  \"bitmaps\": {\"0\": \"present\"},"
		"  \"parent\": {\"parent_linkage\": \"guid:parent\","
		"   \"relative_path\": \"..\\\\parent.vhdx\"}},"
		LOG_ENTRIES "}",
};

static void add(struct base *b, bool has_structure,
		enum vhdxlog_structure structure, uint64_t off, uint32_t size)
{
	cr_assert_lt(b->place_count, BASE_MAX_PLACES);
	b->places[b->place_count++] =
		(struct place){ has_structure, structure, off, size };
}

static void add_structure(struct base *b, enum vhdxlog_structure structure,
			  uint64_t off)
{
	add(b, true, structure, off, 0);
}

static void add_value(struct base *b, uint64_t off, uint32_t size)
{
	add(b, false, VHDXLOG_STRUCT_COUNT, off, size);
}

static void add_header_section(struct base *b, struct vhdxlog_scan *scan)
{
	add_structure(b, VHDXLOG_STRUCT_IDENTIFIER, 0);
	for (unsigned n = 1; n <= 2; n++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(scan, n);

		add_structure(b, VHDXLOG_STRUCT_HEADER, VL_HEADER_OFFSET(n));
		add_structure(b, VHDXLOG_STRUCT_REGION_HEADER, t->offset);
		for (size_t i = 0; i < t->region_count; i++)
			add_structure(b, VHDXLOG_STRUCT_REGION_ENTRY,
				      t->offset + VL_SIZE_region_header +
					      i * VL_SIZE_region_entry);
	}
}

static void add_locator(struct base *b, uint64_t item, size_t pairs)
{
	add_structure(b, VHDXLOG_STRUCT_LOCATOR_HEADER, item);
	item += VL_SIZE_locator_header;
	for (size_t i = 0; i < pairs; i++)
		add_structure(b, VHDXLOG_STRUCT_LOCATOR_ENTRY,
			      item + i * VL_SIZE_locator_entry);
	add_value(b, item + pairs * VL_SIZE_locator_entry, 8);
}

static void add_item(struct base *b, const struct vhdxlog_scan *scan,
		     const struct vl_metadata_entry *e, uint64_t item)
{
	const struct vhdxlog_metadata *m = &vhdxlog_image(scan)->metadata;

	switch (vl_item_of(e)) {
	case VL_ITEM_FILE_PARAMETERS:
		add_structure(b, VHDXLOG_STRUCT_FILE_PARAMETERS, item);
		break;
	case VL_ITEM_PARENT_LOCATOR:
		add_locator(b, item, m->locator->pair_count);
		break;
	default: add_value(b, item, e->length); break;
	}
}

static void add_metadata(struct base *b, const struct vhdxlog_scan *scan,
			 uint64_t region)
{
	const uint8_t *p = b->image.at + region;
	unsigned n = vl_le16(p + VL_OFF_metadata_header_entry_count);

	add_structure(b, VHDXLOG_STRUCT_METADATA_HEADER, region);
	for (unsigned i = 0; i < n; i++) {
		uint64_t at = VL_SIZE_metadata_header +
			      i * VL_SIZE_metadata_entry;
		struct vl_metadata_entry e;

		vl_metadata_entry_decode(p + at, &e);
		add_structure(b, VHDXLOG_STRUCT_METADATA_ENTRY, region + at);
		add_item(b, scan, &e, region + e.offset);
	}
}

static void add_regions(struct base *b, struct vhdxlog_scan *scan)
{
	const struct vhdxlog_region_table *t = vhdxlog_region_table(scan, 1);

	for (size_t i = 0; i < t->region_count; i++) {
		const struct vhdxlog_region *r = &t->regions[i];

		if (strcmp(r->name, "metadata") == 0)
			add_metadata(b, scan, r->offset);
		for (unsigned k = 0; k < 6 && strcmp(r->name, "bat") == 0; k++)
			add_value(b, r->offset + 8 * k, 8);
	}
}

static void add_descriptors(struct base *b, struct vhdxlog_scan *scan,
			    size_t index)
{
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;

	cr_assert_eq(vhdxlog_descriptors_open(scan, index, &it, NULL), 0);
	while (vhdxlog_descriptors_next(it, &d, NULL) == 0) {
		bool zero = d.kind == VHDXLOG_DESCRIPTOR_ZERO;

		add_structure(b, zero ? VHDXLOG_STRUCT_ZERO_DESCRIPTOR :
					VHDXLOG_STRUCT_DATA_DESCRIPTOR,
			      d.offset);
		if (!zero)
			add_structure(b, VHDXLOG_STRUCT_DATA_SECTOR,
				      b->log_offset +
					      d.data_sector * VL_SECTOR);
	}
	vhdxlog_descriptors_close(it);
}

static void add_log(struct base *b, struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_entry_count(scan); i++) {
		struct vhdxlog_entry e;

		cr_assert_eq(vhdxlog_entry_at(scan, i, &e, NULL), 0);
		cr_assert_neq(e.verdict, VHDXLOG_INVALID);
		add_structure(b, VHDXLOG_STRUCT_ENTRY_HEADER, e.offset);
		add_descriptors(b, scan, i);
		cr_assert_lt(b->entry_count, BASE_MAX_ENTRIES);
		b->entries[b->entry_count++] =
			(struct base_entry){ e.sector, e.sectors };
	}
	cr_assert_eq(b->entry_count, 5u);
}

void base_make(struct base *b, enum base_kind kind)
{
	struct scanned s;

	*b = (struct base){ .image = build_recipe(recipes[kind]) };
	s = scan_memory(b->image.at, b->image.len, NULL);
	cr_assert_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_DIRTY);
	b->log_offset = vhdxlog_log(s.scan)->offset;
	b->log_length = vhdxlog_log(s.scan)->length;
	add_header_section(b, s.scan);
	add_regions(b, s.scan);
	add_log(b, s.scan);
	scan_release(&s);
}

void base_free(struct base *b)
{
	buffer_free(&b->image);
}

/* ----------------------------------------------------------------- sealing */

static void seal_structure(uint8_t *p, size_t len)
{
	vl_put_le32(p + 4, vl_crc32c_sealed(p, len));
}

/* By the length it claims now where that is sane, else by what it had. */
static void seal_entry(const struct base *b, uint8_t *image,
		       const struct base_entry *e)
{
	uint8_t *log = image + b->log_offset;
	uint8_t *p = log + (size_t)e->sector * VL_SECTOR;
	uint32_t n = vl_le32(p + VL_OFF_entry_header_entry_length) / VL_SECTOR;
	uint32_t ring = b->log_length / VL_SECTOR;

	if (!n || e->sector + n > ring)
		n = e->sectors;
	seal_structure(p, (size_t)n * VL_SECTOR);
}

void base_seal(const struct base *b, uint8_t *image, uint64_t off)
{
	for (unsigned n = 1; n <= 2; n++) {
		if (off - VL_HEADER_OFFSET(n) < VL_SIZE_header)
			seal_structure(image + VL_HEADER_OFFSET(n),
				       VL_SIZE_header);
		if (off - VL_TABLE_OFFSET(n) < VL_SLOT_SIZE)
			seal_structure(image + VL_TABLE_OFFSET(n),
				       VL_SLOT_SIZE);
	}
	for (size_t i = 0; i < b->entry_count; i++) {
		const struct base_entry *e = &b->entries[i];
		uint64_t from = b->log_offset +
				(uint64_t)e->sector * VL_SECTOR;

		if (off - from < (uint64_t)e->sectors * VL_SECTOR)
			seal_entry(b, image, e);
	}
}

void base_make_random(struct base *b, uint64_t seed)
{
	struct random_ring ring;

	base_make(b, BASE_DYNAMIC);
	random_ring_make(&ring, seed);
	memset(b->image.at + b->log_offset, 0, b->log_length);
	memcpy(b->image.at + b->log_offset, ring.bytes,
	       (size_t)ring.sectors * 4096);
	for (unsigned slot = 1; slot <= 2; slot++) {
		uint64_t at = VL_HEADER_OFFSET(slot) + VL_OFF_header_log_guid;

		memcpy(b->image.at + at, ring.guids[0].bytes, 16);
		base_seal(b, b->image.at, at);
	}
	random_ring_free(&ring);
}

/* SPDX-License-Identifier: MIT */
/* Everything but the log. */
#include "corpus/image.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdio.h>

static void write_identifier(const struct image *image)
{
	static uint8_t b[VL_SIZE_identifier];
	struct bytes c = image->recipe->image.creator;

	vl_identifier_encode((struct vhdxlog_utf16){ c.at, c.len / 2 }, b);
	image_put(image, 0, b, sizeof(b));
}

static void write_headers(const struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	const struct log_spec *log = &image->recipe->log;
	struct vhdxlog_header h = {
		.file_write_guid = spec->file_write_guid,
		.data_write_guid = spec->data_write_guid,
		.log_guid = log->guid,
		.version = 1,
		.log_length = image->log_length,
		.log_offset = image->log_offset,
	};
	uint8_t b[VL_SIZE_header];

	for (unsigned slot = 1; slot <= 2; slot++) {
		h.sequence_number = spec->header_sequence[slot - 1];
		vl_header_encode(&h, b);
		image_put(image, VL_HEADER_OFFSET(slot), b, sizeof(b));
	}
}

static void write_region_tables(const struct image *image)
{
	static uint8_t b[VL_SLOT_SIZE];

	vl_region_table_encode(image->regions, image->region_count, b);
	for (unsigned number = 1; number <= 2; number++)
		image_put(image, VL_TABLE_OFFSET(number), b, sizeof(b));
}

static void write_metadata(const struct image *image)
{
	static uint8_t table[VL_METADATA_TABLE_SIZE];

	vl_metadata_table_encode(image->items, image->item_count, table);
	image_put(image, image->metadata_offset, table, sizeof(table));
	for (size_t i = 0; i < image->item_count; i++)
		image_put(image,
			  image->metadata_offset + image->items[i].offset,
			  image->items[i].bytes, image->items[i].length);
}

static bool hits_structure(const struct image *image, uint64_t off)
{
	uint64_t len = image->geometry.block_size;

	if (off < VL_MIB ||
	    vl_overlap(off, len, image->log_offset, image->log_length))
		return true;
	for (size_t i = 0; i < image->region_count; i++) {
		const struct vhdxlog_region *r = &image->regions[i];

		if (vl_overlap(off, len, r->offset, r->length))
			return true;
	}
	return false;
}

void write_marker(const struct image *image, uint64_t index, uint64_t raw)
{
	const struct vl_bat_geometry *g = &image->geometry;
	uint64_t off = VL_BAT_OFFSET(raw);
	char text[64];
	int len;

	if (VL_BAT_STATE(raw) < VL_BLOCK_FULLY_PRESENT || index >= g->entries ||
	    vl_bat_is_bitmap(g, index) || off >= image->file_size ||
	    hits_structure(image, off))
		return;
	len = snprintf(text, sizeof(text), "guest block %" PRIu64 "\n",
		       vl_bat_block(g, index));
	image_put(image, off, text, (size_t)len);
}

static void write_bat(const struct image *image)
{
	for (size_t i = 0; i < image->bat_count; i++) {
		const struct bat_assignment *a = &image->bat[i];
		uint8_t b[8];

		vl_put_le64(b, a->raw);
		image_put(image, image->bat_offset + 8 * a->index, b,
			  sizeof(b));
		write_marker(image, a->index, a->raw);
	}
}

void write_structures(struct image *image)
{
	write_identifier(image);
	write_headers(image);
	write_region_tables(image);
	write_metadata(image);
	write_bat(image);
}

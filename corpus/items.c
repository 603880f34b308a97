/* SPDX-License-Identifier: MIT */
/* The metadata items, and their content. */
#include "corpus/image.h"

#include "base/bytes.h"

#include <string.h>

/* Append an item; its content is copied. */
static void add_item(struct image *image, struct vhdxlog_guid id,
		     uint32_t flags, const void *bytes, size_t len)
{
	struct vl_item_plan *item = &image->items[image->item_count++];
	uint8_t *copy = arena_calloc(&image->recipe->arena, len, 1);

	if (len)
		memcpy(copy, bytes, len);
	*item = (struct vl_item_plan){
		.id = id, .flags = flags, .length = (uint32_t)len, .bytes = copy
	};
}

static void add_known(struct image *image, enum vl_item which,
		      const void *bytes, size_t len)
{
	const struct vl_item_rule *rule = &vl_item_rules[which];

	if (!(image->recipe->image.without & 1u << which))
		add_item(image, rule->id, rule->flags, bytes, len);
}

static void add_locator(struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	struct vhdxlog_locator l = { .type = vl_locator_type_vhdx,
				     .pair_count = spec->parent_count };
	struct vhdxlog_locator_pair *pairs = arena_calloc(
		&image->recipe->arena, l.pair_count, sizeof(*pairs));
	uint8_t *b;

	for (size_t i = 0; i < l.pair_count; i++) {
		struct bytes key = utf16_of(&image->recipe->root,
					    spec->parent[i].key);
		struct bytes value = spec->parent[i].value;

		pairs[i].key = (struct vhdxlog_utf16){ key.at, key.len / 2 };
		pairs[i].value = (struct vhdxlog_utf16){ value.at,
							 value.len / 2 };
	}
	l.pairs = pairs;
	b = arena_calloc(&image->recipe->arena, vl_locator_length(&l), 1);
	vl_locator_encode(&l, b);
	add_known(image, VL_ITEM_PARENT_LOCATOR, b, vl_locator_length(&l));
}

static void add_all_known(struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	uint8_t b[8];

	vl_file_parameters_encode(
		spec->block_size,
		(spec->fixed ? VL_PARAM_FIXED : 0u) |
			(spec->has_parent ? VL_PARAM_HAS_PARENT : 0u),
		b);
	add_known(image, VL_ITEM_FILE_PARAMETERS, b, 8);
	vl_put_le64(b, spec->virtual_size);
	add_known(image, VL_ITEM_DISK_SIZE, b, 8);
	add_known(image, VL_ITEM_DISK_ID, spec->disk_id.bytes, 16);
	vl_put_le32(b, spec->logical_sector);
	add_known(image, VL_ITEM_LOGICAL_SECTOR, b, 4);
	vl_put_le32(b, spec->physical_sector);
	add_known(image, VL_ITEM_PHYSICAL_SECTOR, b, 4);
	if (spec->has_parent)
		add_locator(image);
}

/* One item of the recipe, as often as it says, with GUIDs of their own. */
static void add_extra(struct image *image, const struct item_spec *spec)
{
	struct vhdxlog_guid id = spec->guid;
	uint32_t flags = (spec->user ? VL_ITEM_USER : 0u) |
			 (spec->is_virtual ? VL_ITEM_VIRTUAL_DISK : 0u) |
			 (spec->required ? VL_ITEM_REQUIRED : 0u);
	uint32_t first = vl_le32(id.bytes);

	for (uint32_t i = 0; i < spec->repeat; i++) {
		if (i)
			vl_put_le32(id.bytes, first + i);
		add_item(image, id, flags, spec->content.at, spec->content.len);
	}
}

void plan_items(struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	size_t n = VL_ITEM_KNOWN_COUNT;
	uint64_t used;

	for (size_t i = 0; i < spec->item_count; i++)
		n += spec->items[i].repeat;
	if (n > VL_MAX_TABLE_ENTRIES)
		node_die(&image->recipe->root, "image.items: too many");
	image->items = arena_calloc(&image->recipe->arena, n,
				    sizeof(*image->items));
	add_all_known(image);
	for (size_t i = 0; i < spec->item_count; i++)
		add_extra(image, &spec->items[i]);
	used = vl_metadata_place(image->items, image->item_count);
	if (used > image->metadata_length)
		node_die(&image->recipe->root,
			 "image.items: longer than the metadata region");
}

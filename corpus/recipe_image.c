/* SPDX-License-Identifier: MIT */
#include "corpus/recipe.h"

#include <stdio.h>
#include <string.h>

#include "corpus/value.h"
#include "ondisk/metadata.h"

void image_defaults(struct image_spec *image)
{
	static const uint8_t creator[] = "v\0h\0d\0x\0l\0o\0g";

	*image = (struct image_spec){
		.creator = { (uint8_t *)creator, 14 },
		.virtual_size = 4 * VL_GIB,
		.block_size = (uint32_t)VL_MIB,
		.logical_sector = 512,
		.physical_sector = 4096,
		.header_sequence = { 7, 8 },
		.file_write_guid = value_guid("file-write"),
		.data_write_guid = value_guid("data-write"),
		.disk_id = value_guid("disk-id"),
		.log = { .offset = VL_MIB, .length = (uint32_t)VL_MIB },
		.bat = { .required = true },
		.metadata = { .required = true },
	};
}

static void read_creator(const struct node *n, void *field)
{
	const char *text;

	read_string(n, &text);
	*(struct bytes *)field = utf16_of(n, text);
}

/* The value "guid:NAME" is that GUID in braces. */
static struct bytes pair_value(const struct node *n, const char *text)
{
	char *braced = arena_calloc(n->arena, 1, VHDXLOG_GUID_TEXT + 2);
	char guid[VHDXLOG_GUID_TEXT];
	struct vhdxlog_guid g;

	if (strncmp(text, "guid:", 5) != 0)
		return utf16_of(n, text);
	g = value_guid(text + 5);
	snprintf(braced, VHDXLOG_GUID_TEXT + 2, "{%s}",
		 vhdxlog_guid_format(&g, guid));
	return utf16_of(n, braced);
}

static void read_pair(const struct node *n, void *ctx)
{
	struct image_spec *image = ctx;
	struct pair_spec *p = &image->parent[image->parent_count++];
	const char *text;

	p->key = n->key;
	read_string(n, &text);
	p->value = pair_value(n, text);
}

static void read_parent(const struct node *n, void *field)
{
	struct image_spec *image = field;

	image->has_parent = true;
	image->parent = arena_calloc(n->arena, node_object_length(n),
				     sizeof(*image->parent));
	node_each(n, read_pair, image);
}

static void read_two_sequences(const struct node *n, void *field)
{
	if (node_array_length(n) != 2)
		node_die(n, "must be two numbers");
	for (size_t i = 0; i < 2; i++) {
		struct node c = node_element(n, i);

		read_u64(&c, (uint64_t *)field + i);
	}
}

static void read_region_offset(const struct node *n, void *field)
{
	struct region_spec *r = field;

	read_u64(n, &r->offset);
	r->has_offset = true;
}

static void read_region_length(const struct node *n, void *field)
{
	struct region_spec *r = field;

	read_u32(n, &r->length);
	r->has_length = true;
}

static void read_region(const struct node *n, void *region)
{
	static const struct key keys[] = {
		KEY(struct region_spec, guid, read_guid),
		{ "offset", read_region_offset, 0 },
		{ "length", read_region_length, 0 },
		KEY(struct region_spec, required, read_bool),
	};

	node_object(n, keys, sizeof(keys) / sizeof(*keys), region);
}

static void read_regions(const struct node *n, void *field)
{
	struct image_spec *image = field;

	image->region_count = node_array_length(n);
	image->regions = arena_calloc(n->arena, image->region_count,
				      sizeof(*image->regions));
	for (size_t i = 0; i < image->region_count; i++) {
		struct node c = node_element(n, i);

		read_region(&c, &image->regions[i]);
	}
}

static void read_zeroes(const struct node *n, void *field)
{
	struct bytes *b = field;
	uint32_t len;

	read_u32(n, &len);
	b->at = arena_calloc(n->arena, len, 1);
	b->len = len;
}

static void read_item(const struct node *n, struct item_spec *item)
{
	static const struct key keys[] = {
		KEY(struct item_spec, guid, read_guid),
		KEY(struct item_spec, user, read_bool),
		{ "virtual", read_bool,
		  offsetof(struct item_spec, is_virtual) },
		KEY(struct item_spec, required, read_bool),
		{ "text", read_text, offsetof(struct item_spec, content) },
		{ "bytes", read_hex, offsetof(struct item_spec, content) },
		{ "zeroes", read_zeroes, offsetof(struct item_spec, content) },
		KEY(struct item_spec, repeat, read_u32),
	};

	item->repeat = 1;
	node_object(n, keys, sizeof(keys) / sizeof(*keys), item);
}

static void read_items(const struct node *n, void *field)
{
	struct image_spec *image = field;

	image->item_count = node_array_length(n);
	image->items = arena_calloc(n->arena, image->item_count,
				    sizeof(*image->items));
	for (size_t i = 0; i < image->item_count; i++) {
		struct node c = node_element(n, i);

		read_item(&c, &image->items[i]);
	}
}

/* A known item by its name in ondisk/metadata.c, dashes for blanks. */
static unsigned known_item(const struct node *n, const char *name)
{
	for (unsigned i = 0; i < VL_ITEM_KNOWN_COUNT; i++) {
		const char *p = vl_item_rules[i].name, *q = name;

		while (*p && (*q == *p || (*q == '-' && *p == ' ')))
			p++, q++;
		if (!*p && !*q)
			return i;
	}
	node_die(n, "\"%s\" is no known metadata item", name);
}

static void read_without(const struct node *n, void *field)
{
	unsigned *without = field;

	for (size_t i = 0; i < node_array_length(n); i++) {
		struct node c = node_element(n, i);
		const char *name;

		read_string(&c, &name);
		*without |= 1u << known_item(&c, name);
	}
}

void read_image(const struct node *n, void *image)
{
	static const struct key keys[] = {
		KEY(struct image_spec, creator, read_creator),
		KEY(struct image_spec, virtual_size, read_u64),
		KEY(struct image_spec, block_size, read_u32),
		KEY(struct image_spec, logical_sector, read_u32),
		KEY(struct image_spec, physical_sector, read_u32),
		KEY(struct image_spec, fixed, read_bool),
		{ "parent", read_parent, 0 },
		KEY(struct image_spec, header_sequence, read_two_sequences),
		KEY(struct image_spec, file_write_guid, read_guid),
		KEY(struct image_spec, data_write_guid, read_guid),
		KEY(struct image_spec, disk_id, read_guid),
		KEY(struct image_spec, log, read_region),
		KEY(struct image_spec, bat, read_region),
		KEY(struct image_spec, metadata, read_region),
		{ "regions", read_regions, 0 },
		{ "items", read_items, 0 },
		KEY(struct image_spec, without, read_without),
		KEY(struct image_spec, blocks, read_bat_sets),
		KEY(struct image_spec, bitmaps, read_bat_sets),
		KEY(struct image_spec, file_size, read_u64),
	};

	node_object(n, keys, sizeof(keys) / sizeof(*keys), image);
}

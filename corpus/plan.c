/* SPDX-License-Identifier: MIT */
/* Where everything lies. */
#include "corpus/image.h"

#include "base/bytes.h"

static uint64_t whole_mib(uint64_t n)
{
	return vl_div_up(n, VL_MIB) * VL_MIB;
}

/* Take a place for len bytes. */
static void claim(struct image *image, uint64_t off, uint64_t len)
{
	uint64_t end = vl_end(off, len);

	image->end = vl_max64(image->end, end);
	if (end <= INT64_MAX)
		image->free = vl_max64(image->free, whole_mib(end));
}

static void check_geometry(const struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	uint32_t b = spec->block_size;

	if (b < VL_MIB || b > 256 * VL_MIB || (b & (b - 1)))
		node_die(&image->recipe->root,
			 "image.block_size must be a "
			 "power of two, 1M to 256M; damage makes other ones");
	if (spec->logical_sector != 512 && spec->logical_sector != 4096)
		node_die(&image->recipe->root,
			 "image.logical_sector must be "
			 "512 or 4096; damage makes other ones");
	if (!spec->virtual_size || spec->virtual_size > 64 * VL_TIB)
		node_die(&image->recipe->root,
			 "image.virtual_size must be at "
			 "most 64T; damage makes other ones");
}

static void plan_region(struct image *image, const struct region_spec *spec,
			const struct vhdxlog_guid *guid, uint64_t length)
{
	struct vhdxlog_region *r = &image->regions[image->region_count++];

	r->guid = *guid;
	r->length = spec->has_length ? spec->length : (uint32_t)length;
	r->offset = spec->has_offset ? spec->offset : image->free;
	r->required = spec->required;
	claim(image, r->offset, r->length);
}

static void plan_regions(struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	uint64_t bat_length = whole_mib(image->geometry.entries * 8);

	image->regions = arena_calloc(&image->recipe->arena,
				      spec->region_count + 2,
				      sizeof(*image->regions));
	image->log_offset = spec->log.offset;
	image->log_length = spec->log.length;
	claim(image, image->log_offset, image->log_length);
	plan_region(image, &spec->bat, &vl_region_bat, bat_length);
	image->bat_offset = image->regions[0].offset;
	plan_region(image, &spec->metadata, &vl_region_metadata, VL_MIB);
	image->metadata_offset = image->regions[1].offset;
	image->metadata_length = image->regions[1].length;
	for (size_t i = 0; i < spec->region_count; i++)
		plan_region(image, &spec->regions[i], &spec->regions[i].guid,
			    VL_MIB);
}

void place_block(struct image *image, uint64_t index, struct bat_value *v)
{
	uint64_t len = vl_bat_is_bitmap(&image->geometry, index) ?
			       VL_MIB :
			       image->geometry.block_size;

	if (v->automatic) {
		v->raw |= image->free;
		v->automatic = false;
	}
	if (VL_BAT_STATE(v->raw) >= VL_BLOCK_FULLY_PRESENT)
		claim(image, VL_BAT_OFFSET(v->raw), len);
}

static void plan_block(struct image *image, uint64_t index, struct bat_value *v)
{
	place_block(image, index, v);
	bat_assign(image, index, v->raw);
}

/* A fixed disk, unless the recipe lists its blocks. */
static bool all_present(const struct image_spec *spec)
{
	return spec->fixed && !spec->blocks.count;
}

static void plan_blocks(struct image *image)
{
	struct image_spec *spec = &image->recipe->image;
	const struct vl_bat_geometry *g = &image->geometry;

	for (size_t i = 0; i < spec->bitmaps.count; i++)
		plan_block(image,
			   vl_bat_bitmap_index(g, spec->bitmaps.v[i].block),
			   &spec->bitmaps.v[i].value);
	for (uint64_t n = 0; all_present(spec) && n < g->blocks; n++)
		plan_block(image, vl_bat_index(g, n),
			   &(struct bat_value){ true, VL_BLOCK_FULLY_PRESENT });
	for (size_t i = 0; i < spec->blocks.count; i++)
		plan_block(image, vl_bat_index(g, spec->blocks.v[i].block),
			   &spec->blocks.v[i].value);
}

/* Blocks that the log's entries will bring in. */
static void place_logged_blocks(struct image *image)
{
	const struct log_spec *log = &image->recipe->log;

	for (size_t i = 0; i < log->entry_count; i++) {
		const struct entry_spec *e = &log->entries[i];

		for (size_t j = 0; j < e->write_count; j++) {
			const struct bat_sets *s = &e->writes[j].sets;

			for (size_t k = 0; k < s->count; k++)
				place_block(image, s->v[k].block,
					    &s->v[k].value);
		}
	}
}

/* The most assignments there can be: the disk's, then every entry's. */
static size_t bat_capacity(const struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;
	const struct log_spec *log = &image->recipe->log;
	size_t n = spec->blocks.count + spec->bitmaps.count;

	if (all_present(spec))
		n += image->geometry.blocks;
	for (size_t i = 0; i < log->entry_count; i++) {
		const struct entry_spec *e = &log->entries[i];

		for (size_t j = 0; j < e->write_count; j++)
			n += e->writes[j].sets.count * e->repeat;
	}
	return n;
}

void plan_image(struct image *image)
{
	const struct image_spec *spec = &image->recipe->image;

	check_geometry(image);
	vl_bat_geometry(spec->block_size, spec->logical_sector,
			spec->virtual_size, spec->has_parent, &image->geometry);
	image->bat = arena_calloc(&image->recipe->arena, bat_capacity(image),
				  sizeof(*image->bat));
	image->free = VL_MIB;
	image->end = VL_MIB;
	plan_regions(image);
	plan_items(image);
	plan_blocks(image);
	place_logged_blocks(image);
	image->file_size = spec->file_size ? spec->file_size :
					     whole_mib(image->end);
	if (image->file_size > INT64_MAX)
		node_die(&image->recipe->root, "image.file_size is needed");
}

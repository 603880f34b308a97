/* SPDX-License-Identifier: MIT */
/*
 * An image in the making: where everything lies, and the medium it goes to.
 *
 * Order: plan (places, sizes), structures, log, length, damage. What cannot be
 * written ends the program with status 3.
 */
#ifndef CORPUS_IMAGE_H
#define CORPUS_IMAGE_H

#include "corpus/recipe.h"
#include "write/encode.h"
#include "write/entry.h"
#include "write/medium.h"

/* An entry as it was written; damage may have changed it since. */
struct built_entry {
	uint32_t sector;
	uint32_t length; /* bytes */
	uint32_t descriptors, data_sectors;
	enum vhdxlog_descriptor_kind *kinds; /* one for each descriptor */
	bool live; /* not overwritten by a later one */
};

struct bat_assignment {
	uint64_t index, raw;
};

struct image {
	struct recipe *recipe;
	const struct vl_medium *medium;
	struct vl_bat_geometry geometry;
	struct vhdxlog_region *regions; /* in the order of the table */
	size_t region_count;
	uint64_t log_offset, bat_offset, metadata_offset;
	uint32_t log_length, metadata_length;
	struct vl_item_plan *items;
	size_t item_count;
	uint64_t free; /* where the next structure or block goes */
	uint64_t end;  /* of all that was placed */
	uint64_t file_size;
	/* The BAT with all that the log's entries so far write; later wins. */
	struct bat_assignment *bat;
	size_t bat_count;
	struct built_entry *entries;
	size_t entry_count;
};

/* Build what the recipe says on an empty medium. */
void corpus_build(struct recipe *r, const struct vl_medium *m);

/* plan.c: places for everything; fills all of *image but entries. */
void plan_image(struct image *image);
/* The place of a "present" without one; takes it from image->free. */
void place_block(struct image *image, uint64_t index, struct bat_value *v);

/* items.c: the metadata items, in the order of the table. */
void plan_items(struct image *image);

/* structures.c: everything but the log. */
void write_structures(struct image *image);
/* What a guest would have written to its blocks, where that does no harm. */
void write_marker(const struct image *image, uint64_t index, uint64_t raw);

/* bat.c: the BAT as it will be. */
void bat_assign(struct image *image, uint64_t index, uint64_t raw);
void bat_page(const struct image *image, uint64_t number,
	      uint8_t page[static VL_SECTOR]);

/* log.c */
void write_log(struct image *image);

/* ring.c: bytes of the log, through the end of the ring where need be. */
void log_read(const struct image *image, uint32_t log_off, void *buf,
	      size_t len);
void log_write(const struct image *image, uint32_t log_off, const void *buf,
	       size_t len);
/* Whether a byte of the log belongs to an entry. */
bool entry_covers(const struct image *image, const struct built_entry *e,
		  uint32_t log_off);
/* Put the checksums right of all live entries that hold this byte. */
void seal_entries(const struct image *image, uint32_t log_off);
/* The last entry that was written at a sector, or NULL. */
const struct built_entry *entry_at(const struct image *image, uint64_t sector);

/* damage.c */
void do_damage(struct image *image);

/* medium.c: what may not fail. */
void image_put(const struct image *image, uint64_t off, const void *buf, size_t len);
/* Past the end of the file it reads zeroes. */
void image_get(const struct image *image, uint64_t off, void *buf, size_t len);
void image_resize(const struct image *image, uint64_t size);

#endif

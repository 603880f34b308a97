/* SPDX-License-Identifier: MIT */
/* The log of an image in the making. */
#include "corpus/image.h"

#include "base/bytes.h"

#include <stdlib.h>

void log_read(const struct image *image, uint32_t log_off, void *buf,
	      size_t len)
{
	uint64_t first = vl_min64(len, image->log_length - log_off);

	image_get(image, image->log_offset + log_off, buf, first);
	image_get(image, image->log_offset, (uint8_t *)buf + first,
		  len - first);
}

void log_write(const struct image *image, uint32_t log_off, const void *buf,
	       size_t len)
{
	uint64_t first = vl_min64(len, image->log_length - log_off);

	image_put(image, image->log_offset + log_off, buf, first);
	image_put(image, image->log_offset, (const uint8_t *)buf + first,
		  len - first);
}

bool entry_covers(const struct image *image, const struct built_entry *e,
		  uint32_t log_off)
{
	uint32_t start = e->sector * VL_SECTOR;
	uint32_t behind = log_off >= start ?
				  log_off - start :
				  log_off + (image->log_length - start);

	return behind < e->length;
}

const struct built_entry *entry_at(const struct image *image, uint64_t sector)
{
	for (size_t i = image->entry_count; i-- > 0;) {
		if (image->entries[i].sector == sector)
			return &image->entries[i];
	}
	return NULL;
}

/* EntryLength as it says, where that makes sense, else as it was built. */
static uint32_t sealed_length(const struct image *image,
			      const struct built_entry *e)
{
	uint8_t b[VL_SIZE_entry_header];
	struct vl_entry_header h;

	log_read(image, e->sector * VL_SECTOR, b, sizeof(b));
	vl_entry_header_decode(b, &h);
	if (h.entry_length < VL_SECTOR || h.entry_length % VL_SECTOR ||
	    h.entry_length > image->log_length)
		return e->length;
	return h.entry_length;
}

static void seal_entry(const struct image *image, const struct built_entry *e)
{
	uint32_t len = sealed_length(image, e);
	uint8_t *b = arena_calloc(&image->recipe->arena, len, 1);

	log_read(image, e->sector * VL_SECTOR, b, len);
	vl_seal(b, len);
	log_write(image, e->sector * VL_SECTOR + 4, b + 4, 4);
}

/* The shorter first: an entry inside another is part of what that one seals. */
void seal_entries(const struct image *image, uint32_t log_off)
{
	uint32_t done = 0;

	/* Ends: each turn takes a longer entry than the one before. */
	for (;;) {
		uint32_t next = UINT32_MAX;

		for (size_t i = 0; i < image->entry_count; i++) {
			const struct built_entry *e = &image->entries[i];

			if (e->live && e->length > done && e->length < next &&
			    entry_covers(image, e, log_off))
				next = e->length;
		}
		if (next == UINT32_MAX)
			return;
		for (size_t i = 0; i < image->entry_count; i++) {
			const struct built_entry *e = &image->entries[i];

			if (e->live && e->length == next &&
			    entry_covers(image, e, log_off))
				seal_entry(image, e);
		}
		done = next;
	}
}

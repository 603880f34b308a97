/* SPDX-License-Identifier: MIT */
/* An image that nothing more can belong to: whether it is one, and what is told. */
#include "base/bytes.h"
#include "base/guid.h"
#include "carve/carve.h"

#include <stdio.h>

/* ------------------------------------------------------------------- rivals */

static struct vl_carve_image *rival(struct vhdxlog_carve *c, uint64_t base)
{
	for (size_t n = 0; n < c->n_images; n++) {
		if (c->images[n].base == base)
			return &c->images[n];
	}
	return NULL;
}

/* First copies of the one that begins later are second ones of the other. */
static uint32_t shared(const struct vl_carve_image *early,
		       const struct vl_carve_image *late)
{
	uint32_t firsts = late->found & (VL_AT_HEADER_1 | VL_AT_TABLE_1);

	return firsts & early->found >> 1;
}

/* Without the header that named it, its ring was none. */
static void strip(struct vl_carve_image *i, uint32_t bits)
{
	i->found &= ~bits;
	i->sound &= ~bits;
	if (bits & VL_AT_HEADERS && !(i->found & VL_AT_HEADERS))
		i->ring = (struct vl_carve_ring){ 0 };
}

/*
 * A structure belongs to the image for which more speaks, where nothing tells them
 * apart to the one of which it is the first copy.
 */
static void settle(struct vl_carve_image *early, struct vl_carve_image *late)
{
	uint32_t firsts = shared(early, late);
	unsigned e = vl_image_score(early), l = vl_image_score(late);

	if (e > l)
		strip(late, firsts);
	else
		strip(early, firsts << 1);
	if (firsts && e == l)
		late->tied = l;
}

/* ------------------------------------------------------------------ telling */

/* Whether there is an image, and no chance likeness. */
static bool is_proven(const struct vl_carve_image *i)
{
	if (i->sound & (VL_AT_HEADERS | VL_AT_TABLES))
		return true;
	if (i->found & VL_AT_IDENTIFIER)
		return i->found & ~(uint32_t)VL_AT_IDENTIFIER || i->ring.sound;
	return i->sound & VL_AT_METADATA && i->ring.sound;
}

static void say_what_lacks(const struct vl_carve_image *i,
			   struct vhdxlog_carved *item)
{
	const char *log = "", *start = "";

	if (i->assumed_log)
		log = "no header: the log is assumed where the Tails of its "
		      "entries lead";
	else if (!(i->sound & VL_AT_HEADERS))
		log = i->found & VL_AT_HEADERS ?
			      "no header with a right checksum" :
			      "no header, and no log was found";
	if (i->assumed_base)
		start = "the start is assumed 1 MiB before its first structure";
	else if (i->tied && i->tied == vl_image_score(i))
		start = "may begin 64 KiB earlier";
	snprintf(item->detail, sizeof(item->detail), "%s%s%s", log,
		 *log && *start ? "; " : "", start);
}

/* Nothing that is claimed to end behind the source. */
static void extend(uint64_t *end, uint64_t to, uint64_t size)
{
	if (to <= size)
		*end = vl_max64(*end, to);
}

/* The end of what is known of it, but for blocks. */
static uint64_t end_of(const struct vl_carve_image *i, uint64_t size)
{
	const struct vl_carve_table *t = vl_image_table(i);
	uint64_t end = vl_min64(i->base + VL_HEADER_SECTION, size), from, to;

	if (vl_image_ring(i, &from, &to))
		extend(&end, to, size);
	if (t && vl_base_is_known(i)) {
		extend(&end,
		       vl_end(vl_end(i->base, t->bat_offset), t->bat_length),
		       size);
		extend(&end,
		       vl_end(vl_end(i->base, t->metadata_offset),
			      t->metadata_length),
		       size);
	}
	if (i->found & VL_AT_METADATA)
		extend(&end, vl_end(i->metadata_at, VL_METADATA_TABLE_SIZE),
		       size);
	extend(&end, i->ring.to, size);
	return end;
}

static void say_log(const struct vl_carve_image *i,
		    const struct vl_carve_place *place,
		    struct vhdxlog_carved *item)
{
	const struct vl_carve_header *h = vl_image_header(i);

	if (h && h->log_length) {
		item->has_log = true;
		item->has_header = (i->sound & VL_AT_HEADERS) != 0;
		item->log_offset = h->log_offset;
		item->log_length = h->log_length;
		item->sequence_number = h->sequence_number;
		item->guid = h->log_guid;
	} else if (i->assumed_log) {
		item->has_log = true;
		item->log_offset = place->base - i->base;
		item->log_length = (uint32_t)place->length;
	}
}

static struct vl_carve_place log_place(const struct vl_carve_image *i)
{
	uint64_t from, to;

	if (i->assumed_log)
		return vl_ring_place(&i->ring, i->log_base);
	if (vl_image_ring(i, &from, &to))
		return (struct vl_carve_place){ true, from, to - from };
	return (struct vl_carve_place){ 0 };
}

void vl_image_tell(struct vhdxlog_carve *c, const struct vl_carve_image *i)
{
	struct vl_carve_place place = log_place(i);
	uint64_t image = 0;

	if (is_proven(i)) {
		struct vhdxlog_carved item = {
			.kind = VHDXLOG_CARVE_IMAGE,
			.offset = vl_base_is_known(i) ? i->base : 0,
			.sound = (i->sound & VL_AT_HEADERS) &&
				 (i->sound & VL_AT_TABLES) &&
				 (i->sound & VL_AT_IDENTIFIER) &&
				 (i->sound & VL_AT_METADATA),
			.count = (unsigned)__builtin_popcount(i->found),
			.has_base = vl_base_is_known(i),
			.base = i->base,
		};

		item.length = end_of(i, c->in.view->size) - item.offset;
		say_log(i, &place, &item);
		say_what_lacks(i, &item);
		vl_carve_tell(c, &item);
		image = c->number;
	}
	if (i->ring.to)
		vl_log_tell(c, &i->ring, &place, image);
}

void vl_image_close(struct vhdxlog_carve *c, size_t index)
{
	struct vl_carve_image *i = &c->images[index];
	struct vl_carve_image *early = rival(c, i->base - VL_SLOT_SIZE);
	struct vl_carve_image *late = rival(c, i->base + VL_SLOT_SIZE);
	struct vl_carve_image closed;

	if (early)
		settle(early, i);
	if (late)
		settle(i, late);
	closed = *i;
	*i = c->images[--c->n_images];
	vl_image_tell(c, &closed);
}

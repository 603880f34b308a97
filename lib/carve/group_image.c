/* SPDX-License-Identifier: MIT */
/*
 * Which structures make an image. A header, or a region table, may be the first or
 * the second copy: each is put to both images that this would make, 64 KiB apart,
 * and which of them there is, is told by what else lies where it should.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "carve/carve.h"

/* What a structure that is not sound is worth, and what one that is. */
#define DAMAGED 1u
#define SOUND 4u

unsigned vl_image_score(const struct vl_carve_image *i)
{
	uint32_t damaged = i->found & ~i->sound;
	unsigned score = SOUND * (unsigned)__builtin_popcount(i->sound) +
			 DAMAGED * (unsigned)__builtin_popcount(damaged);

	if (i->ring.sound)
		score += DAMAGED;
	return i->ring.fits ? score + SOUND : score;
}

/* The better copy: a sound one, of those the newer. */
static unsigned better(const struct vl_carve_image *i, uint32_t first,
		       uint32_t second, bool second_is_newer)
{
	uint32_t from = i->sound & (first | second);

	if (!from)
		from = i->found & (first | second);
	if (from == (first | second))
		return second_is_newer;
	return from == second;
}

static const struct vl_carve_header *
header_of(const struct vl_carve_image *i)
{
	if (!(i->found & VL_AT_HEADERS))
		return NULL;
	return &i->header[better(i, VL_AT_HEADER_1, VL_AT_HEADER_2,
				 i->header[1].sequence_number >
					 i->header[0].sequence_number)];
}

static const struct vl_carve_table *table_of(const struct vl_carve_image *i)
{
	if (!(i->found & VL_AT_TABLES))
		return NULL;
	return &i->table[better(i, VL_AT_TABLE_1, VL_AT_TABLE_2, false)];
}

const struct vl_carve_header *vl_image_header(const struct vl_carve_image *i)
{
	return header_of(i);
}

const struct vl_carve_table *vl_image_table(const struct vl_carve_image *i)
{
	return table_of(i);
}

/* A place in the image as one in the source, which may begin behind the image's
 * start; false: not in the source. */
static bool in_source(const struct vl_carve_image *i, uint64_t off,
		      uint64_t *at)
{
	if (vl_base_is_known(i))
		return vl_add(i->base, off, at);
	*at = i->base + off;
	return off >= -i->base;
}

bool vl_image_ring(const struct vl_carve_image *i, uint64_t *from, uint64_t *to)
{
	const struct vl_carve_header *h = header_of(i);

	if (!h || !h->log_length || !in_source(i, h->log_offset, from))
		return false;
	*to = vl_end(*from, h->log_length);
	return true;
}

/* ------------------------------------------------------------------ waiting */

static void reach(uint64_t *end, uint64_t off, uint64_t length)
{
	*end = vl_max64(*end, vl_end(off, length));
}

void vl_image_expect(struct vhdxlog_carve *c, struct vl_carve_image *i)
{
	const struct vl_carve_header *h = header_of(i);
	const struct vl_carve_table *t = table_of(i);
	/* From the image's start. The other image that the same structures would
	 * make is to be seen as far. */
	uint64_t end = VL_HEADER_SECTION;

	if (h)
		reach(&end, h->log_offset, h->log_length);
	else if (i->assumed_log)
		reach(&end, i->ring.to - i->base, 0);
	else
		end = VL_CARVE_REACH;
	if (t) {
		reach(&end, t->bat_offset, t->bat_length);
		reach(&end, t->metadata_offset, VL_METADATA_TABLE_SIZE);
	} else {
		reach(&end, end, VL_CARVE_PATIENCE);
	}
	reach(&end, end, 2 * VL_SLOT_SIZE);
	if (!in_source(i, end, &i->close_at))
		i->close_at = UINT64_MAX;
	c->next_close = vl_min64(c->next_close, i->close_at);
}

/* ------------------------------------------------------------------- adding */

static struct vl_carve_image *image_at(struct vhdxlog_carve *c, uint64_t base)
{
	struct vl_carve_image *i;

	for (size_t n = 0; n < c->n_images; n++) {
		if (c->images[n].base == base)
			return &c->images[n];
	}
	i = &c->images[c->n_images++];
	*i = (struct vl_carve_image){ .base = base };
	return i;
}

static struct vl_carve_image *add_at(struct vhdxlog_carve *c, uint64_t base,
				     uint32_t bit, bool sound)
{
	struct vl_carve_image *i = image_at(c, base);

	i->found |= bit;
	if (sound)
		i->sound |= bit;
	return i;
}

static void add_metadata(struct vhdxlog_carve *c,
			 const struct vl_carve_find *find)
{
	uint64_t off = find->item.offset;
	struct vl_carve_image *below;
	bool any = false;

	for (size_t n = 0; n < c->n_images; n++) {
		struct vl_carve_image *i = &c->images[n];
		const struct vl_carve_table *t = table_of(i);

		if (!t || !t->metadata_offset ||
		    i->base + t->metadata_offset != off)
			continue;
		add_at(c, i->base, VL_AT_METADATA, find->item.sound);
		i->metadata_at = off;
		any = true;
	}
	below = any ? NULL :
		      vl_image_below(c, off, VL_AT_TABLES | VL_AT_METADATA);
	if (below) {
		add_at(c, below->base, VL_AT_METADATA, find->item.sound);
		below->metadata_at = off;
		vl_image_expect(c, below);
	} else if (!any) {
		c->loose[c->loose_count++ % VL_CARVE_LOOSE] =
			(struct vl_carve_loose){ off, find->item.sound };
	}
}

void vl_image_add(struct vhdxlog_carve *c, const struct vl_carve_find *find)
{
	uint64_t off = find->item.offset;
	bool sound = find->item.sound;

	if (find->item.kind == VHDXLOG_CARVE_METADATA) {
		add_metadata(c, find);
		return;
	}
	if (find->item.kind == VHDXLOG_CARVE_IDENTIFIER) {
		vl_image_expect(c, add_at(c, off, VL_AT_IDENTIFIER, sound));
		return;
	}
	for (unsigned n = 1; n <= 2; n++) {
		struct vl_carve_image *i;

		if (find->item.kind == VHDXLOG_CARVE_HEADER) {
			i = add_at(c, off - VL_HEADER_OFFSET(n),
				   VL_AT_HEADER_1 << (n - 1), sound);
			i->header[n - 1] = find->header;
		} else {
			i = add_at(c, off - VL_TABLE_OFFSET(n),
				   VL_AT_TABLE_1 << (n - 1), sound);
			i->table[n - 1] = find->table;
		}
		vl_image_expect(c, i);
	}
}

/* ------------------------------------------------------------------- asking */

struct vl_carve_image *vl_image_below(struct vhdxlog_carve *c, uint64_t off,
				      uint32_t lacks)
{
	struct vl_carve_image *nearest = NULL;

	for (size_t n = 0; n < c->n_images; n++) {
		struct vl_carve_image *i = &c->images[n];
		uint64_t distance = off - i->base;

		if (distance % VL_MIB || distance < VL_HEADER_SECTION ||
		    distance > VL_CARVE_REACH)
			continue;
		if (!nearest || distance < off - nearest->base)
			nearest = i;
	}
	return nearest && !(nearest->found & lacks) ? nearest : NULL;
}

struct vl_carve_image *vl_image_of_bat(struct vhdxlog_carve *c, uint64_t off)
{
	struct vl_carve_image *best = NULL;
	unsigned most = 0;

	for (size_t n = 0; n < c->n_images; n++) {
		struct vl_carve_image *i = &c->images[n];
		const struct vl_carve_table *t = table_of(i);
		unsigned score = vl_image_score(i);

		if (t && t->bat_offset && score > most &&
		    off - i->base - t->bat_offset < t->bat_length) {
			best = i;
			most = score;
		}
	}
	return best;
}

/* SPDX-License-Identifier: MIT */
#include "carved.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/layout.h"

/* -------------------------------------------------------------------- lists */

void carved_add(struct carved_list *l, const struct vhdxlog_carved *item)
{
	if (l->n == l->capacity) {
		l->capacity = 2 * l->capacity + 64;
		l->at = realloc(l->at, l->capacity * sizeof(*l->at));
		cr_assert(l->at);
	}
	l->at[l->n++] = *item;
}

void carved_free(struct carved_list *l)
{
	free(l->at);
	*l = (struct carved_list){ 0 };
}

struct carved_list carve_source(struct vhdxlog_source *source)
{
	struct carved_list l = { 0 };
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	int rc;

	cr_assert_eq(vhdxlog_carve_open(source, NULL, &carve, NULL), 0);
	while ((rc = vhdxlog_carve_next(carve, &item, NULL)) == 0)
		carved_add(&l, &item);
	cr_assert_eq(rc, 1);
	cr_assert_eq(vhdxlog_carve_position(carve),
		     vhdxlog_source_size(source));
	vhdxlog_carve_close(carve);
	return l;
}

struct carved_list carve_memory(const struct buffer *dump)
{
	struct vhdxlog_source *source;
	struct carved_list l;

	cr_assert_eq(vhdxlog_source_memory(dump->at, dump->len, &source, NULL),
		     0);
	l = carve_source(source);
	vhdxlog_source_close(source);
	return l;
}

size_t carved_count(const struct carved_list *l, enum vhdxlog_carve_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->at[i].kind == kind;
	return n;
}

const struct vhdxlog_carved *
carved_nth(const struct carved_list *l, enum vhdxlog_carve_kind kind, size_t n)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].kind == kind && !n--)
			return &l->at[i];
	}
	cr_assert_fail("there is no such %s", vhdxlog_carve_kind_name(kind));
	return NULL;
}

const struct vhdxlog_carved *carved_image(const struct carved_list *l,
					  uint64_t base)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].kind == VHDXLOG_CARVE_IMAGE &&
		    l->at[i].has_base && l->at[i].base == base)
			return &l->at[i];
	}
	return NULL;
}

static bool is_same(const struct vhdxlog_carved *a,
		    const struct vhdxlog_carved *b)
{
	return a->number == b->number && a->kind == b->kind &&
	       a->offset == b->offset && a->length == b->length &&
	       a->sound == b->sound && a->count == b->count &&
	       a->sequence_number == b->sequence_number &&
	       memcmp(&a->guid, &b->guid, sizeof(a->guid)) == 0 &&
	       a->has_base == b->has_base && a->base == b->base &&
	       a->has_log == b->has_log && a->log_offset == b->log_offset &&
	       a->log_length == b->log_length && a->image == b->image &&
	       a->has_header == b->has_header &&
	       strcmp(a->detail, b->detail) == 0;
}

void carved_same(const struct carved_list *a, const struct carved_list *b,
		 const char *what, uint64_t which)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		cr_assert(is_same(&a->at[i], &b->at[i]),
			  "%s %ju: item %zu is %s at %ju, or %s at %ju", what,
			  (uintmax_t)which, i,
			  vhdxlog_carve_kind_name(a->at[i].kind),
			  (uintmax_t)a->at[i].offset,
			  vhdxlog_carve_kind_name(b->at[i].kind),
			  (uintmax_t)b->at[i].offset);
	cr_assert_eq(a->n, b->n, "%s %ju", what, (uintmax_t)which);
}

/* -------------------------------------------------------------------- dumps */

struct buffer dump_make(size_t len, bool random, uint64_t seed)
{
	struct buffer dump = { calloc(1, len ? len : 1), len };
	struct rng r = rng_seed(seed);

	cr_assert(dump.at);
	for (size_t i = 0; random && i + 8 <= len; i += 8)
		vl_put_le64(dump.at + i, rng_next(&r));
	return dump;
}

void dump_put(struct buffer *dump, uint64_t off, const struct buffer *image,
	      uint64_t from, uint64_t len)
{
	cr_assert_leq(from + len, image->len);
	cr_assert_leq(off + len, dump->len);
	memcpy(dump->at + off, image->at + from, len);
}

/* All of an image or a part of it, as much as there is room for. */
static void put_some(struct buffer *dump, struct rng *r,
		     const struct buffer *image)
{
	uint64_t off = rng_below(r, dump->len / 512) * 512;
	uint64_t from = 0, len = image->len;

	if (rng_chance(r, 40))
		from = rng_below(r, image->len / 4096) * 4096;
	else if (rng_chance(r, 30))
		from = VL_SLOT_SIZE * rng_below(r, 18);
	len -= from;
	if (rng_chance(r, 40))
		len = rng_below(r, len / 512) * 512;
	dump_put(dump, off, image, from, vl_min64(len, dump->len - off));
}

/* Signatures of what nothing follows. */
static void put_sectors(struct buffer *dump, struct rng *r)
{
	static const char *const words[] = {
		"vhdxfile", "head",	"regi", "metadata", "loge",
		"data",	    "datadata", "desc", "zero",
	};
	uint64_t n = rng_below(r, 20);

	while (n--) {
		const char *word = words[rng_below(r, 9)];

		memcpy(dump->at + rng_below(r, dump->len / 512) * 512, word,
		       strlen(word));
	}
}

struct buffer image_wrapped(void)
{
	return build_recipe(
		"{\"about\": \"an entry around the end of the ring\","
		" \"image\": {\"virtual_size\": \"64M\"},"
		" \"log\": {\"entries\": ["
		"  {\"guid\": \"other\", \"at\": 9, \"sequence\": 1},"
		"  {\"guid\": \"current\", \"at\": 254, \"sequence\": 8,"
		"   \"writes\": [{\"page\": \"3M\", \"fill\": 7},"
		"    {\"page\": \"3M+4K\", \"fill\": 8},"
		"    {\"page\": \"3M+8K\", \"fill\": 9}]}]}}");
}

/* A table of blocks, with gaps, that no region table names. */
void dump_put_bat(struct buffer *dump, uint64_t off, uint64_t len,
		  struct rng *r)
{
	for (uint64_t at = 0; at < len; at += 512) {
		if (rng_chance(r, 20))
			continue;
		for (uint64_t k = 0; k < 512; k += 8)
			vl_put_le64(dump->at + off + at + k,
				    (at + k + 8) / 8 * VL_MIB | 6);
	}
}

void dump_put_data(struct buffer *dump, uint64_t off, uint64_t len,
		   uint64_t number)
{
	for (uint64_t at = off; at < off + len; at += VL_SECTOR) {
		uint8_t *p = dump->at + at;

		memcpy(p, "data", 4);
		vl_put_le32(p + VL_OFF_data_sector_sequence_high,
			    (uint32_t)(number >> 32));
		vl_put_le32(p + VL_OFF_data_sector_sequence_low,
			    (uint32_t)number);
	}
}

/* Runs that are longer than what is read at a time. */
static void put_runs(struct buffer *dump, struct rng *r)
{
	uint64_t len = rng_below(r, 512) * VL_SECTOR;

	if (rng_chance(r, 30))
		dump_put_bat(dump, rng_below(r, 6 * VL_MIB / 512) * 512, len, r);
	if (rng_chance(r, 30))
		dump_put_data(dump, rng_below(r, 6 * VL_MIB / 512) * 512, len,
			      rng_next(r));
}

/* Headers, or a log, and nothing beside. */
static void put_alone(struct buffer *dump, struct rng *r,
		      const struct base *b)
{
	uint64_t off = rng_below(r, 6 * VL_MIB / 512) * 512;

	if (rng_chance(r, 30))
		dump_put(dump, off, &b->image, VL_HEADER_OFFSET(2),
			 VL_SIZE_header);
	else if (rng_chance(r, 30))
		dump_put(dump, off, &b->image, b->log_offset, b->log_length);
	if (rng_chance(r, 10)) {
		struct buffer image = image_wrapped();

		dump_put(dump, off, &image, VL_MIB, VL_MIB);
		buffer_free(&image);
	}
}

struct buffer dump_random(uint64_t seed)
{
	struct rng r = rng_seed(seed);
	struct buffer dump = dump_make(8 * VL_MIB + rng_below(&r, 8 * VL_MIB),
				       rng_chance(&r, 30), seed);
	uint64_t n = 1 + rng_below(&r, 4);

	while (n--) {
		struct base b;

		if (rng_chance(&r, 50))
			base_make_random(&b, rng_next(&r));
		else
			base_make(&b, (enum base_kind)rng_below(&r, BASE_KINDS));
		put_some(&dump, &r, &b.image);
		put_alone(&dump, &r, &b);
		base_free(&b);
	}
	put_sectors(&dump, &r);
	put_runs(&dump, &r);
	return dump;
}

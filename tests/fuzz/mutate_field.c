/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

#include "base/bytes.h"
#include "write/encode.h"

#define FEW_DESCRIPTORS 8u

uint64_t mutate_value(struct mutation *m, uint64_t old)
{
	const struct fuzz_ring *r = &m->ring;

	switch (below(m, 22)) {
	case 0: return 0;
	case 1: return 1;
	case 2: return UINT64_MAX;
	case 3: return INT64_MAX;
	case 4: return UINT32_MAX;
	case 5: return old + 1;
	case 6: return old - 1;
	case 7: return old + VL_SECTOR;
	case 8: return old - VL_SECTOR;
	case 9: return old ^ UINT64_C(1) << below(m, 64);
	case 10: return old << 1 | (old & 1);
	case 11: return m->s->size;
	case 12: return r->offset + below(m, 2) * r->sectors * VL_SECTOR;
	case 13: return r->sectors * (uint64_t)VL_SECTOR;
	case 14: return below(m, r->sectors + 2) * VL_SECTOR;
	case 15: return mutate_some_place(m) * VL_SECTOR;
	case 16: return below(m, 8) * VL_MIB;
	case 17: return UINT64_MAX / VL_SECTOR * VL_SECTOR;
	case 18: return INT64_MAX / VL_SECTOR * VL_SECTOR;
	case 19: return UINT64_C(1) << below(m, 64);
	case 20: return below(m, 300);
	default: return rng_next(&m->rng) >> below(m, 64);
	}
}

/* A structure in a page. */
struct place {
	enum vhdxlog_structure structure;
	uint32_t at;
};

/* The first, or one of those that follow it. */
static struct place choose(struct mutation *m, enum vhdxlog_structure head,
			   enum vhdxlog_structure item, uint32_t first,
			   uint32_t size)
{
	if (chance(m, 40))
		return (struct place){ head, 0 };
	return (struct place){
		item,
		first + size * (uint32_t)below(m, chance(m, 90) ?
							  FEW_DESCRIPTORS :
							  (VL_SECTOR - first) / size)
	};
}

static enum vhdxlog_structure descriptor_at(const uint8_t *p)
{
	return memcmp(p, "zero", 4) == 0 ? VHDXLOG_STRUCT_ZERO_DESCRIPTOR :
					   VHDXLOG_STRUCT_DATA_DESCRIPTOR;
}

/* A structure of those that the page has by its signature; COUNT: none. */
static struct place some_structure(struct mutation *m, const uint8_t *p)
{
	struct place k = { VHDXLOG_STRUCT_COUNT, 0 };

	if (memcmp(p, "vhdxfile", 8) == 0)
		k.structure = VHDXLOG_STRUCT_IDENTIFIER;
	else if (memcmp(p, "head", 4) == 0)
		k.structure = VHDXLOG_STRUCT_HEADER;
	else if (memcmp(p, "regi", 4) == 0)
		k = choose(m, VHDXLOG_STRUCT_REGION_HEADER,
			   VHDXLOG_STRUCT_REGION_ENTRY, 16, 32);
	else if (memcmp(p, "metadata", 8) == 0)
		k = choose(m, VHDXLOG_STRUCT_METADATA_HEADER,
			   VHDXLOG_STRUCT_METADATA_ENTRY, 32, 32);
	else if (memcmp(p, "loge", 4) == 0)
		k = choose(m, VHDXLOG_STRUCT_ENTRY_HEADER,
			   VHDXLOG_STRUCT_DATA_DESCRIPTOR,
			   VL_SIZE_entry_header, VL_SIZE_data_descriptor);
	else if (memcmp(p, "desc", 4) == 0 || memcmp(p, "zero", 4) == 0)
		k = choose(m, VHDXLOG_STRUCT_DATA_DESCRIPTOR,
			   VHDXLOG_STRUCT_DATA_DESCRIPTOR, 32, 32);
	else if (memcmp(p, "data", 4) == 0)
		k.structure = VHDXLOG_STRUCT_DATA_SECTOR;
	if (k.structure == VHDXLOG_STRUCT_DATA_DESCRIPTOR)
		k.structure = descriptor_at(p + k.at);
	return k;
}

static uint64_t load(const uint8_t *p, uint32_t size)
{
	uint64_t v = 0;

	for (size_t i = vl_min64(size, 8); i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void store(uint8_t *p, uint32_t size, uint64_t v)
{
	for (uint32_t i = 0; i < vl_min64(size, 8); i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Text of hostile names, for what is shown. */
static void put_text(struct mutation *m, uint8_t *p, uint32_t room)
{
	static const char *const texts[] = {
		"<script>alert(1)</script>", "\"><img src=x>", "&amp;<b>",
		"\x1b]0;a\a", "..\\..\\a", "a\nb\tc\r", "{\"a\":1}", "%s%n",
	};
	const char *text = texts[below(m, 8)];

	for (uint32_t i = 0; text[i] && 2 * i + 1 < room; i++)
		vl_put_le16(p + 2 * i, (uint8_t)text[i]);
}

/* What has no signature: a BAT, items of the metadata, payload. */
static void change_word(struct mutation *m, uint8_t *p)
{
	uint32_t size = 1u << below(m, 4);
	uint32_t at = (uint32_t)below(m, chance(m, 80) ? 512 / size :
							 VL_SECTOR / size) *
		      size;

	if (size == 8 && chance(m, 60)) /* as of a BAT */
		store(p + at, 8,
		      below(m, 8) | (chance(m, 80) ? below(m, 64) * VL_MIB : 0));
	else
		store(p + at, size, mutate_value(m, load(p + at, size)));
}

static void change_one(struct mutation *m, uint8_t *p, struct place k)
{
	size_t n;
	const struct vhdxlog_field *f = vhdxlog_layout(k.structure, &n);

	f += below(m, n);
	p += k.at + f->offset;
	if (k.at + f->offset + f->size > VL_SECTOR) {
		if (f->kind == VHDXLOG_FIELD_RESERVED)
			p[below(m, 32)] ^= (uint8_t)(1u << below(m, 8));
		return;
	}
	if (k.structure == VHDXLOG_STRUCT_IDENTIFIER && f->size > 16)
		put_text(m, p, 512);
	else if (f->kind == VHDXLOG_FIELD_GUID && chance(m, 50))
		memset(p, chance(m, 50) ? 0 : 0xff, 16);
	else if (f->size <= 8)
		store(p, f->size, mutate_value(m, load(p, f->size)));
	else
		p[below(m, f->size)] ^= (uint8_t)(1u << below(m, 8));
}

void mutate_field(struct mutation *m)
{
	uint64_t number;
	uint8_t *p = mutate_some_page(m, &number);
	struct place k;

	if (!p)
		return;
	k = some_structure(m, p);
	if (k.structure == VHDXLOG_STRUCT_COUNT ||
	    (k.structure == VHDXLOG_STRUCT_DATA_SECTOR && chance(m, 50)))
		change_word(m, p);
	else
		change_one(m, p, k);
}

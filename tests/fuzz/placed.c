/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/placed.h"

#include <string.h>

#include "ondisk/layout.h"
#include "tests/unit/helpers.h"

/* What is of the image, whatever the ring: made once. */
static const struct sparse *base(void)
{
	static struct sparse s;
	struct buffer b;

	if (s.size)
		return &s;
	b = build_recipe("{\"about\": \"A disk with a few blocks, and an empty log.\","
			 " \"image\": {\"virtual_size\": \"1G\","
			 "  \"creator\": \"fuzz\", \"file_size\": \"16M\","
			 "  \"blocks\": {\"0\": \"present\", \"5\": \"zero\","
			 "             \"7\": \"present\"}}}");
	s.size = b.len;
	for (uint32_t i = 0; i < SPARSE_PAGES; i++)
		s.bytes[i] = s.pool[i];
	for (size_t at = 0; at < b.len; at += SPARSE_PAGE) {
		static const uint8_t zeroes[SPARSE_PAGE];

		if (memcmp(b.at + at, zeroes, SPARSE_PAGE) != 0)
			sparse_put(&s, at, b.at + at, SPARSE_PAGE);
	}
	buffer_free(&b);
	return &s;
}

struct fuzz_ring placed_ring(struct sparse *s, const uint8_t *data, size_t len)
{
	struct fuzz_ring r = { 0, 0 };

	sparse_decode(s, data, len);
	while (s->count && s->page[s->count - 1] >= RING_SECTORS)
		sparse_drop(s, s->page[s->count - 1]);
	r.sectors = s->size / VL_SECTOR < RING_SECTORS ?
			    (uint32_t)(s->size / VL_SECTOR) :
			    RING_SECTORS;
	if (!r.sectors)
		r.sectors = 1;
	while (s->count && s->page[s->count - 1] >= r.sectors)
		sparse_drop(s, s->page[s->count - 1]);
	s->size = r.sectors * (uint64_t)VL_SECTOR;
	if (!(s->flags & PLACED_UNSEALED))
		fuzz_ring_seal(s, &r);
	return r;
}

void placed_guid(const struct sparse *s, uint8_t guid[16])
{
	struct fuzz_ring r = { 0, RING_SECTORS };
	uint32_t at = fuzz_ring_next(s, &r, 0, "loge"), next;

	memset(guid, 0x77, 16);
	if (at == RING_SECTORS || (s->flags & PLACED_OTHER_GUID))
		return;
	while (s->flags & PLACED_LAST_GUID) {
		next = fuzz_ring_next(s, &r, at + 1, "loge");
		if (next <= at)
			break;
		at = next;
	}
	memcpy(guid, fuzz_ring_sector(s, &r, at) + VL_OFF_entry_header_log_guid,
	       16);
}

void placed_image(struct sparse *image, const struct sparse *s,
		  struct fuzz_ring *ring)
{
	uint8_t guid[16];

	sparse_copy(image, base());
	image->flags = s->flags;
	*ring = fuzz_ring_find(image);
	placed_guid(s, guid);
	for (unsigned slot = 1; slot <= 2; slot++)
		sparse_put(image,
			   VL_HEADER_OFFSET(slot) + VL_OFF_header_log_guid,
			   guid, sizeof(guid));
	fuzz_seal_head(image);
	for (uint32_t i = 0; i < s->count; i++)
		sparse_put(image,
			   ring->offset + s->page[i] * (uint64_t)VL_SECTOR,
			   s->bytes[i], SPARSE_PAGE);
	/* A shorter ring ends elsewhere: what goes around it is not whole. */
	if (ring->sectors * (uint64_t)VL_SECTOR != s->size &&
	    !(s->flags & PLACED_UNSEALED))
		fuzz_ring_seal(image, ring);
}

/* SPDX-License-Identifier: MIT */
#include "image/claims.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "ondisk/layout.h"

#include <stdlib.h>

#define WORD_MIB 32u   /* two bits for each */
#define GROUP_WORDS 8u /* between two counts */
#define PAYLOAD_BITS UINT64_C(0x5555555555555555)

bool vl_claims_init(struct vl_claims *c, uint64_t file_size)
{
	uint64_t mib = vl_min64(vl_div_up(file_size, VL_MIB), VL_MAX_CLAIM_MIB);

	c->bits = vl_calloc(mib / WORD_MIB + 1, sizeof(*c->bits));
	c->mib = c->bits ? mib : 0;
	return c->bits;
}

void vl_claims_release(struct vl_claims *c)
{
	free(c->bits);
	free(c->before);
	*c = (struct vl_claims){ 0 };
}

static enum vl_claim claim_of(const struct vl_claims *c, uint64_t mib)
{
	return (enum vl_claim)(c->bits[mib / WORD_MIB] >> mib % WORD_MIB * 2 &
			       3);
}

bool vl_claims_add(struct vl_claims *c, uint64_t off, uint64_t len,
		   enum vl_claim claim)
{
	uint64_t end = vl_min64(vl_div_up(vl_end(off, len), VL_MIB), c->mib);
	bool fresh = true;

	for (uint64_t m = off / VL_MIB; m < end; m++) {
		fresh = fresh && claim_of(c, m) == VL_CLAIM_NONE;
		c->bits[m / WORD_MIB] |= (uint64_t)claim << m % WORD_MIB * 2;
	}
	return fresh;
}

enum vl_claim vl_claims_at(const struct vl_claims *c, uint64_t off)
{
	return off / VL_MIB < c->mib ? claim_of(c, off / VL_MIB) :
				       VL_CLAIM_NONE;
}

static uint32_t payload_in(uint64_t word)
{
	return (uint32_t)__builtin_popcountll(word & PAYLOAD_BITS);
}

bool vl_claims_seal(struct vl_claims *c)
{
	uint64_t words = c->mib / WORD_MIB + 1;
	uint32_t sum = 0;

	c->before = vl_calloc(words / GROUP_WORDS + 1, sizeof(*c->before));
	if (!c->before)
		return false;
	for (uint64_t w = 0; c->bits && w < words; w++) {
		if (w % GROUP_WORDS == 0)
			c->before[w / GROUP_WORDS] = sum;
		sum += payload_in(c->bits[w]);
	}
	return true;
}

static uint64_t payload_before(const struct vl_claims *c, uint64_t mib)
{
	uint64_t word = mib / WORD_MIB;
	uint64_t w = word / GROUP_WORDS * GROUP_WORDS;
	uint64_t n = c->before[word / GROUP_WORDS];

	for (; w < word; w++)
		n += payload_in(c->bits[w]);
	if (mib % WORD_MIB)
		n += payload_in(c->bits[w] << (64 - mib % WORD_MIB * 2));
	return n;
}

bool vl_claims_payload(const struct vl_claims *c, uint64_t off, uint64_t len)
{
	uint64_t end = vl_min64(vl_div_up(vl_end(off, len), VL_MIB), c->mib);
	uint64_t first = off / VL_MIB;

	if (!c->before || !len || first >= end)
		return false;
	return payload_before(c, end) > payload_before(c, first);
}

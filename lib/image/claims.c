/* SPDX-License-Identifier: MIT */
#include "image/claims.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "ondisk/layout.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MIB 32u   /* two bits for each */
#define GROUP_WORDS 8u /* between two counts */
#define PAYLOAD_BITS UINT64_C(0x5555555555555555)

bool vl_claims_init(struct vl_claims *c, uint64_t file_size)
{
	uint64_t mib = vl_min64(vl_div_up(file_size, VL_MIB), VL_MAX_CLAIM_MIB);

	c->bits = vl_calloc(mib / WORD_MIB + 1, sizeof(*c->bits));
	c->mib = c->bits ? mib : 0;
	c->top = 0;
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

/* All that can be mapped; of what is not claimed nothing is touched. */
static bool grow(struct vl_claims *c)
{
	uint64_t *bits = vl_calloc(VL_MAX_CLAIM_MIB / WORD_MIB + 1,
				   sizeof(*bits));

	if (!bits)
		return false;
	memcpy(bits, c->bits, (c->mib / WORD_MIB + 1) * sizeof(*bits));
	free(c->bits);
	c->bits = bits;
	c->mib = VL_MAX_CLAIM_MIB;
	return true;
}

bool vl_claims_add(struct vl_claims *c, uint64_t off, uint64_t len,
		   enum vl_claim claim, bool *fresh)
{
	uint64_t end = vl_min64(vl_div_up(vl_end(off, len), VL_MIB),
				VL_MAX_CLAIM_MIB);

	*fresh = true;
	if (off / VL_MIB >= end)
		return true;
	if (end > c->mib && !grow(c))
		return false;
	for (uint64_t m = off / VL_MIB; m < end; m++) {
		*fresh = *fresh && claim_of(c, m) == VL_CLAIM_NONE;
		c->bits[m / WORD_MIB] |= (uint64_t)claim << m % WORD_MIB * 2;
	}
	c->top = vl_max64(c->top, end);
	return true;
}

enum vl_claim vl_claims_at(const struct vl_claims *c, uint64_t off)
{
	return off / VL_MIB < c->top ? claim_of(c, off / VL_MIB) :
				       VL_CLAIM_NONE;
}

/* Of the MiB of a word. */
static void count_word(struct vl_claim_count *n, uint64_t word)
{
	uint64_t payload = word & PAYLOAD_BITS;
	uint64_t bitmap = word >> 1 & PAYLOAD_BITS & ~payload;

	n->payload += (uint32_t)__builtin_popcountll(payload);
	n->bitmap += (uint32_t)__builtin_popcountll(bitmap);
}

bool vl_claims_seal(struct vl_claims *c)
{
	uint64_t words = c->top / WORD_MIB + 1;
	struct vl_claim_count sum = { 0, 0 };

	c->before = vl_calloc(words / GROUP_WORDS + 1, sizeof(*c->before));
	if (!c->before)
		return false;
	for (uint64_t w = 0; c->bits && w < words; w++) {
		if (w % GROUP_WORDS == 0)
			c->before[w / GROUP_WORDS] = sum;
		count_word(&sum, c->bits[w]);
	}
	return true;
}

static struct vl_claim_count count_before(const struct vl_claims *c,
					  uint64_t mib)
{
	uint64_t word = mib / WORD_MIB;
	uint64_t w = word / GROUP_WORDS * GROUP_WORDS;
	struct vl_claim_count n = c->before[word / GROUP_WORDS];

	for (; w < word; w++)
		count_word(&n, c->bits[w]);
	if (mib % WORD_MIB)
		count_word(&n, c->bits[w] << (64 - mib % WORD_MIB * 2));
	return n;
}

/* A stretch within one MiB. */
static void add_part(const struct vl_claims *c, uint64_t off, uint64_t len,
		     struct vl_claimed *sum)
{
	enum vl_claim claim = vl_claims_at(c, off);

	if (claim & VL_CLAIM_PAYLOAD)
		sum->payload += len;
	else if (claim & VL_CLAIM_BITMAP)
		sum->bitmap += len;
}

struct vl_claimed vl_claims_in(const struct vl_claims *c, uint64_t off,
			       uint64_t len)
{
	uint64_t end = vl_min64(vl_end(off, len), c->top * VL_MIB);
	uint64_t first = vl_div_up(off, VL_MIB), last = end / VL_MIB;
	struct vl_claimed sum = { 0, 0 };
	struct vl_claim_count a, b;

	if (!c->before || off >= end)
		return sum;
	if (first > last) { /* all within one */
		add_part(c, off, end - off, &sum);
		return sum;
	}
	add_part(c, off, first * VL_MIB - off, &sum);
	add_part(c, last * VL_MIB, end - last * VL_MIB, &sum);
	a = count_before(c, first);
	b = count_before(c, last);
	sum.payload += (uint64_t)(b.payload - a.payload) * VL_MIB;
	sum.bitmap += (uint64_t)(b.bitmap - a.bitmap) * VL_MIB;
	return sum;
}

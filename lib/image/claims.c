/* SPDX-License-Identifier: MIT */
#include "image/claims.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "ondisk/layout.h"

#include <stdlib.h>

#define WORD_MIB 32u	/* two bits for each */
#define PAGE_WORDS 512u /* 16 GiB of the file */
#define PAGE_MIB (PAGE_WORDS * WORD_MIB)
#define GROUP_WORDS 16u /* between two counts */
#define GROUPS (PAGE_WORDS / GROUP_WORDS)
#define DIRECTORY (VL_MAX_CLAIM_MIB / PAGE_MIB)
#define MOST_PAGES (DIRECTORY / 2) /* a disk of 64 TiB without a gap */
#define PAYLOAD_BITS UINT64_C(0x5555555555555555)

struct vl_claim_page {
	uint64_t word[PAGE_WORDS];
	struct vl_claim_count before[GROUPS]; /* within the page */
};

bool vl_claims_init(struct vl_claims *c)
{
	*c = (struct vl_claims){
		.pages = vl_calloc(DIRECTORY, sizeof(struct vl_claim_page *)),
	};
	return c->pages;
}

void vl_claims_release(struct vl_claims *c)
{
	for (size_t i = 0; c->pages && i < DIRECTORY; i++)
		free(c->pages[i]);
	free(c->pages);
	free(c->before);
	*c = (struct vl_claims){ 0 };
}

/* ------------------------------------------------------------------- claim */

static enum vl_claim claim_of(const struct vl_claims *c, uint64_t mib)
{
	const struct vl_claim_page *page;

	if (mib >= VL_MAX_CLAIM_MIB || !c->pages)
		return VL_CLAIM_NONE;
	page = c->pages[mib / PAGE_MIB];
	if (!page)
		return VL_CLAIM_NONE;
	return (enum vl_claim)(page->word[mib % PAGE_MIB / WORD_MIB] >>
				       mib % WORD_MIB * 2 &
			       3);
}

enum vl_claim vl_claims_at(const struct vl_claims *c, uint64_t off)
{
	return claim_of(c, off / VL_MIB);
}

/* The page of a MiB; NULL with c->full where there is none to be had. */
static struct vl_claim_page *page_for(struct vl_claims *c, uint64_t mib)
{
	struct vl_claim_page **place = &c->pages[mib / PAGE_MIB];
	struct vl_claim_page *page = *place;

	if (page)
		return page;
	if (c->n_pages == MOST_PAGES) {
		c->full = true;
		return NULL;
	}
	page = vl_calloc(1, sizeof(*page));
	*place = page;
	c->n_pages += page != NULL;
	return page;
}

bool vl_claims_add(struct vl_claims *c, uint64_t off, uint64_t len,
		   enum vl_claim claim, bool *fresh)
{
	uint64_t end = vl_div_up(vl_end(off, len), VL_MIB);

	*fresh = true;
	c->full = c->full || end > VL_MAX_CLAIM_MIB;
	end = vl_min64(end, VL_MAX_CLAIM_MIB);
	for (uint64_t m = off / VL_MIB; m < end; m++) {
		struct vl_claim_page *page = page_for(c, m);

		if (!page)
			return c->n_pages == MOST_PAGES;
		*fresh = *fresh && claim_of(c, m) == VL_CLAIM_NONE;
		page->word[m % PAGE_MIB / WORD_MIB] |= (uint64_t)claim
						       << m % WORD_MIB * 2;
	}
	return true;
}

/* ------------------------------------------------------------------- count */

/* Of the MiB of a word. */
static void count_word(struct vl_claim_count *n, uint64_t word)
{
	uint64_t payload = word & PAYLOAD_BITS;
	uint64_t bitmap = word >> 1 & PAYLOAD_BITS & ~payload;

	n->payload += (uint32_t)__builtin_popcountll(payload);
	n->bitmap += (uint32_t)__builtin_popcountll(bitmap);
}

static struct vl_claim_count count_page(struct vl_claim_page *page)
{
	struct vl_claim_count sum = { 0, 0 };

	for (unsigned w = 0; w < PAGE_WORDS; w++) {
		if (w % GROUP_WORDS == 0)
			page->before[w / GROUP_WORDS] = sum;
		count_word(&sum, page->word[w]);
	}
	return sum;
}

bool vl_claims_seal(struct vl_claims *c)
{
	struct vl_claim_count sum = { 0, 0 };

	c->before = vl_calloc(DIRECTORY + 1, sizeof(*c->before));
	if (!c->before)
		return false;
	for (size_t i = 0; i < DIRECTORY; i++) {
		struct vl_claim_count n = { 0, 0 };

		if (c->pages[i])
			n = count_page(c->pages[i]);
		c->before[i] = sum;
		sum.payload += n.payload;
		sum.bitmap += n.bitmap;
	}
	c->before[DIRECTORY] = sum;
	return true;
}

static struct vl_claim_count count_before(const struct vl_claims *c,
					  uint64_t mib)
{
	struct vl_claim_count n = c->before[mib / PAGE_MIB];
	const struct vl_claim_page *page;
	unsigned word = mib % PAGE_MIB / WORD_MIB;
	unsigned group = word / GROUP_WORDS;

	if (mib == VL_MAX_CLAIM_MIB)
		return n;
	page = c->pages[mib / PAGE_MIB];
	if (!page)
		return n;
	n.payload += page->before[group].payload;
	n.bitmap += page->before[group].bitmap;
	for (unsigned w = group * GROUP_WORDS; w < word; w++)
		count_word(&n, page->word[w]);
	if (mib % WORD_MIB)
		count_word(&n, page->word[word] << (64 - mib % WORD_MIB * 2));
	return n;
}

/* A stretch within one MiB. */
static void add_part(const struct vl_claims *c, uint64_t off, uint64_t len,
		     struct vl_claimed *sum)
{
	enum vl_claim claim = len ? vl_claims_at(c, off) : VL_CLAIM_NONE;

	if (claim & VL_CLAIM_PAYLOAD)
		sum->payload += len;
	else if (claim & VL_CLAIM_BITMAP)
		sum->bitmap += len;
}

struct vl_claimed vl_claims_in(const struct vl_claims *c, uint64_t off,
			       uint64_t len)
{
	uint64_t end = vl_min64(vl_end(off, len), VL_MAX_CLAIM_MIB * VL_MIB);
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

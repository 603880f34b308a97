/* SPDX-License-Identifier: MIT */
/*
 * Which MiB of the file the BAT says is used: two bits each, in pages that are
 * made where something is claimed, so that a full disk of 64 TiB takes 16 MiB and
 * blocks strewn over more than a file can hold take no more.
 */
#ifndef VL_IMAGE_CLAIMS_H
#define VL_IMAGE_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

enum vl_claim {
	VL_CLAIM_NONE = 0,
	VL_CLAIM_PAYLOAD = 1,
	VL_CLAIM_BITMAP = 2,
};

/* Beyond this a file is not mapped: 128 TiB, twice the largest disk. */
#define VL_MAX_CLAIM_MIB (UINT64_C(1) << 27)

struct vl_claim_count {
	uint32_t payload, bitmap; /* MiB */
};

struct vl_claims {
	struct vl_claim_page **pages; /* owned, and each of them; NULL: none */
	struct vl_claim_count *before; /* owned; claimed before each page */
	uint32_t n_pages;
	bool full; /* something could not be mapped */
};

/* No claims; false: out of memory. */
bool vl_claims_init(struct vl_claims *c);
void vl_claims_release(struct vl_claims *c);

/*
 * Claim [off, off + len) in MiB; *fresh false where part of it already was.
 * false: out of memory.
 */
bool vl_claims_add(struct vl_claims *c, uint64_t off, uint64_t len,
		   enum vl_claim claim, bool *fresh);
enum vl_claim vl_claims_at(const struct vl_claims *c, uint64_t off);

/* Count what was claimed; false: out of memory. After the last add. */
bool vl_claims_seal(struct vl_claims *c);

/*
 * How many bytes of [off, off + len) are claimed, in constant time: a hostile
 * log can ask for as many terabytes as it has descriptors. What is claimed as
 * both counts as payload. Nothing before vl_claims_seal().
 */
struct vl_claimed {
	uint64_t payload, bitmap;
};
struct vl_claimed vl_claims_in(const struct vl_claims *c, uint64_t off,
			       uint64_t len);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which MiB of the file the BAT says is used: two bits each, so that a full
 * 64 TiB disk takes 16 MiB, touched only where blocks lie.
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

struct vl_claims {
	uint64_t *bits;	  /* owned; 32 MiB a word */
	struct vl_claim_count {
		uint32_t payload, bitmap;
	} *before; /* owned; MiB claimed before each group of words */
	uint64_t mib;	  /* how many are mapped */
	uint64_t top;	  /* nothing is claimed from here on, in MiB */
};

/* Map the first bytes of a file of this size; false: out of memory. */
bool vl_claims_init(struct vl_claims *c, uint64_t file_size);
void vl_claims_release(struct vl_claims *c);

/*
 * Claim [off, off + len) in MiB, also past the end of the file; *fresh false
 * where part of it already was. false: out of memory.
 */
bool vl_claims_add(struct vl_claims *c, uint64_t off, uint64_t len,
		   enum vl_claim claim, bool *fresh);
enum vl_claim vl_claims_at(const struct vl_claims *c, uint64_t off);

/* Count what was claimed; false: out of memory. After the last add. */
bool vl_claims_seal(struct vl_claims *c);

/*
 * How many bytes of [off, off + len) are claimed, in constant time: a hostile
 * log can ask for as many terabytes as it has descriptors. What is claimed as
 * both counts as payload. After vl_claims_seal().
 */
struct vl_claimed {
	uint64_t payload, bitmap;
};
struct vl_claimed vl_claims_in(const struct vl_claims *c, uint64_t off,
			       uint64_t len);

#endif

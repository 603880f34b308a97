/* SPDX-License-Identifier: MIT */
/* Where copies are made: a sparse image that is written to. */
#ifndef FUZZ_MEDIUM_H
#define FUZZ_MEDIUM_H

#include "tests/fuzz/sparse.h"
#include "write/change.h"

/* Borrowed until the medium is closed. What there is no room for is not kept. */
struct vl_medium fuzz_medium(struct sparse *s);

/* Whether a change, made to a copy, is beyond what can be kept. */
bool fuzz_is_too_much(const struct vl_change *c);

/* Make the change to a copy of the image, and read it back. false: too much. */
bool fuzz_carry_out(const struct sparse *image, const struct vl_change *c,
		    struct sparse *copy);

#endif

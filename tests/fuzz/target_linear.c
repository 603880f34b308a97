/* SPDX-License-Identifier: MIT */
/*
 * What the library finds in a ring by links and prefixes is what is found by
 * walking every run from every place, alone and in a file. Flags: 2 alone, and
 * those of placed.h.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/placed.h"
#include "tests/unit/compared.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sparse s;
	static struct compare c;
	struct fuzz_ring r = placed_ring(&s, data, size);

	if (r.sectors > RING_MAX) {
		s.size = RING_MAX * (uint64_t)SPARSE_PAGE;
		r.sectors = RING_MAX;
		if (!(s.flags & PLACED_UNSEALED))
			fuzz_ring_seal(&s, &r);
	}
	c.seed = 0;
	c.ring = (struct random_ring){
		.bytes = malloc(r.sectors * (size_t)SPARSE_PAGE),
		.sectors = r.sectors,
		.offset = 0x30000 + (s.flags >> 12) * (uint64_t)SPARSE_PAGE,
	};
	cr_assert(c.ring.bytes);
	sparse_get(&s, 0, c.ring.bytes, r.sectors * (size_t)SPARSE_PAGE);
	placed_guid(&s, c.ring.guids[0].bytes);
	if (s.flags & 2)
		compared_raw(&c);
	else
		compared_placed(&c);
	free(c.ring.bytes);
	return 0;
}

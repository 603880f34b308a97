/* SPDX-License-Identifier: MIT */
/*
 * The first 8 bytes of each unit: most are neither a signature nor an entry of a
 * BAT, and nothing more is looked at. This is the loop that every byte's speed
 * depends on.
 */
#include "base/bytes.h"
#include "carve/carve.h"
#include "ondisk/bat.h"

#include <isa-l/mem_routines.h>

#define SIGNATURE(a, b, c, d)                                      \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
	 (uint32_t)(d) << 24)

static inline enum vl_carve_look look_at(uint64_t word)
{
	switch ((uint32_t)word) {
	case SIGNATURE('v', 'h', 'd', 'x'):
	case SIGNATURE('h', 'e', 'a', 'd'):
	case SIGNATURE('r', 'e', 'g', 'i'):
	case SIGNATURE('m', 'e', 't', 'a'):
	case SIGNATURE('l', 'o', 'g', 'e'): return VL_LOOK_STRUCTURE;
	case SIGNATURE('d', 'a', 't', 'a'): return VL_LOOK_DATA;
	default: break;
	}
	return VL_BAT_RESERVED(word) ? VL_LOOK_NOTHING : VL_LOOK_BAT;
}

/* Zeroes are most of what looks like a BAT; a page of them is passed at once. */
static uint64_t pass_zeroes(const uint8_t *p, uint64_t room)
{
	size_t n = (size_t)vl_min64(room, VL_SECTOR);

	/* ISA-L takes a pointer that it does not write through. */
	return isal_zero_detect((void *)p, n) == 0 ? n : VL_CARVE_UNIT;
}

enum vl_carve_look vl_recognise(struct vhdxlog_carve *c, uint64_t to)
{
	const uint8_t *p = c->in.buf + (c->position - c->in.from);
	const uint8_t *end = p + (to - c->position);
	enum vl_carve_look look = VL_LOOK_NOTHING;

	while (p < end) {
		uint64_t word = vl_le64(p);

		if (!word) {
			uint64_t n = pass_zeroes(p, (uint64_t)(end - p));

			if (n > VL_CARVE_UNIT ||
			    isal_zero_detect((void *)p, VL_CARVE_UNIT) == 0) {
				p += n;
				continue;
			}
		}
		look = look_at(word);
		if (look != VL_LOOK_NOTHING)
			break;
		p += VL_CARVE_UNIT;
	}
	c->position = c->in.from + (uint64_t)(p - c->in.buf);
	return look;
}

/* SPDX-License-Identifier: MIT */
#ifndef VL_SOURCE_HOLES_H
#define VL_SOURCE_HOLES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The first stretch [*from, *to) of [off, end) in the file behind fd that is no
 * hole; false: nothing but holes, or past the end of the file. Where the holes
 * are not known, on a device for instance, all of it is such a stretch. Moves
 * the position of fd.
 */
bool vl_holes_next_data(int fd, uint64_t off, uint64_t end, uint64_t *from,
			uint64_t *to);

/*
 * What was said last: [from, data) is a hole, [data, end) is none. Zeroed: nothing.
 * Some file systems look at each page of a stretch to tell where it ends, so that
 * who asks again for each piece of it reads it as often as it has pieces.
 */
struct vl_holes {
	uint64_t from, data, end;
	uint64_t asked; /* so many times was the system asked */
};

/* The same for a file that nobody is expected to write to, asked once for all of
 * a stretch and the hole before it. */
bool vl_holes_known_data(struct vl_holes *known, int fd, uint64_t off,
			 uint64_t end, uint64_t *from, uint64_t *to);

#endif

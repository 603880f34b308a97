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

#endif

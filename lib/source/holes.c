/* SPDX-License-Identifier: MIT */
#include "source/holes.h"

#include "base/bytes.h"

#include <errno.h>
#include <unistd.h>

bool vl_holes_next_data(int fd, uint64_t off, uint64_t end, uint64_t *from,
			uint64_t *to)
{
	off_t data, hole;

	*from = off;
	*to = end;
	if (off >= end)
		return false;
	data = lseek(fd, (off_t)off, SEEK_DATA);
	if (data < 0)
		return errno != ENXIO;
	if ((uint64_t)data >= end)
		return false;
	hole = lseek(fd, data, SEEK_HOLE);
	*from = vl_max64(off, (uint64_t)data);
	/* A file system that names a hole before the data knows of none. */
	if (hole >= 0 && (uint64_t)hole > *from)
		*to = vl_min64(end, (uint64_t)hole);
	return true;
}

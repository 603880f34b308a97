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

static void ask(struct vl_holes *known, int fd, uint64_t off)
{
	known->asked++;
	known->from = off;
	if (!vl_holes_next_data(fd, off, UINT64_MAX, &known->data,
				&known->end))
		known->data = known->end = UINT64_MAX;
}

bool vl_holes_known_data(struct vl_holes *known, int fd, uint64_t off,
			 uint64_t end, uint64_t *from, uint64_t *to)
{
	*from = off;
	*to = end;
	if (off >= end)
		return false;
	if (off < known->from || off >= known->end)
		ask(known, fd, off);
	if (known->data >= end)
		return false;
	*from = vl_max64(off, known->data);
	*to = vl_min64(end, known->end);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "write/random.h"

#include "base/error.h"

#include <errno.h>
#include <sys/random.h>

/* Up to 256 bytes come whole, or not at all. */
static int fill(void *buf, size_t len, struct vhdxlog_error *err)
{
	ssize_t n;

	do {
		n = getrandom(buf, len, 0);
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)len)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"getting random bytes");
	return 0;
}

int vl_guid_random(struct vhdxlog_guid *g, struct vhdxlog_error *err)
{
	int rc = fill(g->bytes, sizeof(g->bytes), err);

	if (rc < 0)
		return rc;
	/* Data3 is little-endian: its high byte is number 7. */
	g->bytes[7] = (uint8_t)((g->bytes[7] & 0x0f) | 0x40);
	g->bytes[8] = (uint8_t)((g->bytes[8] & 0x3f) | 0x80);
	return 0;
}

int vl_sequence_random(uint64_t *seq, struct vhdxlog_error *err)
{
	int rc = fill(seq, sizeof(*seq), err);

	if (rc < 0)
		return rc;
	*seq &= INT64_MAX;
	*seq += *seq == 0;
	return 0;
}

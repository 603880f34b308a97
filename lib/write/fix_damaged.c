/* SPDX-License-Identifier: MIT */
#include "write/fix.h"

#include "base/guid.h"

/*
 * One that is valid is not asked: where a header has to be rebuilt although it is
 * whole, it is of another file.
 */
static bool fits(const struct vhdxlog_header *h, const struct vhdxlog_log *log)
{
	return h->readable && !h->valid && log->known && h->version == 1 &&
	       h->log_version == 0 && h->log_offset == log->offset &&
	       h->log_length == log->length &&
	       !vl_guid_is_zero(&h->data_write_guid) &&
	       h->sequence_number < UINT64_MAX - 4;
}

const struct vhdxlog_header *vl_fix_damaged(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_header *best = NULL;

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(scan, slot);

		if (fits(h, vhdxlog_log(scan)) &&
		    (!best || h->sequence_number > best->sequence_number))
			best = h;
	}
	return best;
}

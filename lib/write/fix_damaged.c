/* SPDX-License-Identifier: MIT */
#include "write/fix.h"

#include "base/guid.h"

/* Whether it could be a header's of any file. */
static bool makes_sense(const struct vhdxlog_header *h)
{
	return h->readable && h->version == 1 &&
	       !vl_guid_is_zero(&h->data_write_guid);
}

/* One that is valid is not asked so: where a header has to be rebuilt although it
 * is whole, it may be of another file, whose log is at the same place mostly. */
static bool fits(const struct vhdxlog_header *h, const struct vhdxlog_log *log)
{
	return !h->valid && log->known && h->log_version == 0 &&
	       h->log_offset == log->offset && h->log_length == log->length;
}

/* No other file's log has that GUID: one is made for each session. */
static bool is_of_log(struct vhdxlog_scan *scan, const struct vhdxlog_header *h)
{
	struct vhdxlog_entry e;

	if (vl_guid_is_zero(&h->log_guid))
		return false;
	for (size_t i = 0; i < vhdxlog_entry_count(scan); i++) {
		/* One that cannot be read again says nothing. */
		if (vhdxlog_entry_at(scan, i, &e, NULL) == 0 &&
		    e.verdict != VHDXLOG_INVALID &&
		    vl_guid_equal(&e.log_guid, &h->log_guid))
			return true;
	}
	return false;
}

/* A number that none can follow is more likely damaged than counted up to. */
static uint64_t number_of(const struct vhdxlog_header *h)
{
	return vl_fix_is_used_up(h) ? 0 : h->sequence_number;
}

const struct vhdxlog_header *vl_fix_damaged(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_header *best = NULL;

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(scan, slot);

		if (makes_sense(h) &&
		    (fits(h, vhdxlog_log(scan)) || is_of_log(scan, h)) &&
		    (!best || number_of(h) > number_of(best)))
			best = h;
	}
	return best;
}

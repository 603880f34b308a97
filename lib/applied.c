/* SPDX-License-Identifier: MIT */
/* Whether what a descriptor writes is on the disk now. */
#include "scan.h"

int vl_applied_find(struct vhdxlog_scan *s, const struct vl_entry *e,
		    struct vhdxlog_descriptor *d, struct vhdxlog_error *err)
{
	uint64_t before = s->applied.bytes_read;
	uint32_t entry = (uint32_t)(e - s->log.entries);
	uint8_t page[VL_SECTOR];
	int rc = 0;

	if (s->options.raw_log)
		return 0;
	if (d->kind != VHDXLOG_DESCRIPTOR_DATA)
		rc = vl_applied_zeroes(&s->applied, entry, d, err);
	else if (vhdxlog_descriptor_page(s, d, page, NULL) == 0)
		rc = vl_applied_page(&s->applied, entry, page, d, err);
	s->cost.target_bytes_read += s->applied.bytes_read - before;
	return rc;
}

const char *vhdxlog_applied_name(enum vhdxlog_applied applied)
{
	static const char *const names[] = { "unknown", "yes", "overwritten",
					     "torn", "no" };

	return names[applied];
}

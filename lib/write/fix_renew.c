/* SPDX-License-Identifier: MIT */
#include "write/fix.h"

#include "write/header_update.h"

#include <string.h>

bool vl_fix_is_used_up(const struct vhdxlog_header *h)
{
	return h->sequence_number >= UINT64_MAX - 16;
}

int vl_fix_renew(struct vl_pages *pages, struct vhdxlog_scan *scan,
		 const struct vl_header_change *change,
		 struct vhdxlog_error *err)
{
	struct vl_header_pair pair = {
		.copy = { *vhdxlog_header(scan, 1), *vhdxlog_header(scan, 2) },
		.current = vhdxlog_image(scan)->current_header,
	};
	int rc = 0;

	if (vl_fix_is_used_up(&pair.copy[pair.current - 1]))
		pair.copy[pair.current - 1].sequence_number = 0;
	for (unsigned i = 0; !rc && i < 2; i++) {
		uint8_t b[VL_SIZE_header], *page;

		rc = vl_header_next(&pair, change, b, err);
		if (rc)
			break;
		page = vl_pages_put(pages, VL_HEADER_OFFSET(pair.current),
				    VHDXLOG_AREA_HEADERS, err);
		if (!page)
			return VHDXLOG_E_NOMEM;
		memcpy(page, b, sizeof(b));
	}
	return rc;
}

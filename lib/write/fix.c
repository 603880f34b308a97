/* SPDX-License-Identifier: MIT */
/* What repairs have in common. */
#include "write/fix.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int vl_fix_refuse(struct vl_fix *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(f->refusal, sizeof(f->refusal), format, args);
	va_end(args);
	return 0;
}

int vl_fix_pass(struct vl_fix *f, const char *why)
{
	f->has_nothing = true;
	return vl_fix_refuse(f, "nothing to fix: %s", why);
}

int vl_fix_put(struct vl_fix *f, uint64_t offset, const uint8_t *bytes,
	       size_t len, enum vhdxlog_area area, struct vhdxlog_error *err)
{
	for (size_t at = 0; at < len; at += VL_SECTOR) {
		uint64_t off = offset + at;
		uint8_t was[VL_SECTOR], *page;
		bool inside = off + VL_SECTOR <= f->view->size;
		int rc = inside ? vl_view_read(f->view, off, was, VL_SECTOR,
					       NULL) :
				  -1;

		/* What cannot be read is what was not there. */
		if (rc == 0 && memcmp(was, bytes + at, VL_SECTOR) == 0)
			continue;
		page = vl_pages_put(&f->pages, off, area, err);
		if (!page)
			return VHDXLOG_E_NOMEM;
		memcpy(page, bytes + at, VL_SECTOR);
	}
	return 0;
}

size_t vl_fix_guess(const struct vhdxlog_scan *scan,
		    enum vhdxlog_guess_kind kind)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind == kind && g->assumed)
			return i;
	}
	return SIZE_MAX;
}

bool vl_fix_cite(struct vl_fix *f, size_t guess)
{
	const struct vhdxlog_guess *g;
	bool ok = true;

	if (guess == SIZE_MAX)
		return true;
	g = vhdxlog_guess_at(f->scan, guess);
	for (size_t k = 0; ok && k < g->evidence_count; k++)
		ok = vl_fix_evidence(&f->record, "%s: %s",
				     vhdxlog_guess_kind_name(g->kind),
				     vhdxlog_guess_evidence(f->scan, guess, k));
	return ok;
}

bool vl_fix_log_waits(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	unsigned slot = vhdxlog_image(scan)->current_header;

	return (log->has_guid && !vl_guid_is_zero(&log->guid)) ||
	       (slot && !vl_guid_is_zero(&vhdxlog_header(scan, slot)->log_guid));
}

/* SPDX-License-Identifier: MIT */
/* What repairs have in common. */
#include "write/fix.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "ondisk/bat.h"

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

bool vl_fix_fails(struct vhdxlog_scan *scan, enum vhdxlog_object object,
		  const char *check)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(scan, object, 0, v, NULL);

	for (int i = 0; i < n; i++) {
		if (strcmp(v[i].check->name, check) == 0)
			return v[i].status == VHDXLOG_FAIL;
	}
	return false;
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

/* What is guessed, in words, where it may not be built upon as it is; or NULL. */
static const char *doubt(const struct vhdxlog_scan *scan, size_t guess)
{
	if (vhdxlog_guess_suffices(scan, guess))
		return NULL;
	switch (vhdxlog_guess_at(scan, guess)->kind) {
	case VHDXLOG_GUESS_LOG: return "where the log is";
	case VHDXLOG_GUESS_BAT: return "where the BAT is";
	case VHDXLOG_GUESS_METADATA: return "where the metadata is";
	case VHDXLOG_GUESS_BLOCK_SIZE: return "how large a block is";
	case VHDXLOG_GUESS_LOG_GUID:
		return "which session of the log waits, if any,";
	case VHDXLOG_GUESS_DISK_SIZE:
	case VHDXLOG_GUESS_KINDS: break;
	}
	return NULL;
}

bool vl_fix_doubts(struct vl_fix *f, unsigned kinds)
{
	for (size_t i = 0; !f->force && i < vhdxlog_guess_count(f->scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(f->scan, i);
		const char *what = doubt(f->scan, i);

		if (!g->assumed || !(kinds & 1u << g->kind) || !what)
			continue;
		vl_fix_refuse(f,
			      "%s is a guess that is not certain (%s, score "
			      "%u); --force accepts it",
			      what, vhdxlog_guess_kind_name(g->kind), g->score);
		return true;
	}
	return false;
}

bool vl_fix_geometry(const struct vhdxlog_scan *scan,
		     struct vl_bat_geometry *g)
{
	const struct vhdxlog_metadata *m = &vhdxlog_image(scan)->metadata;
	const struct vhdxlog_bat *bat = &vhdxlog_image(scan)->bat;
	size_t block = vl_fix_guess(scan, VHDXLOG_GUESS_BLOCK_SIZE);
	size_t disk = vl_fix_guess(scan, VHDXLOG_GUESS_DISK_SIZE);

	*g = (struct vl_bat_geometry){ .entries = bat->entries };
	if (!bat->known)
		return false;
	if (block == SIZE_MAX) {
		g->block_size = m->block_size;
		g->disk_size = m->virtual_disk_size;
	} else {
		g->block_size =
			(uint32_t)vhdxlog_guess_at(scan, block)->length;
		g->disk_size = disk == SIZE_MAX ?
				       0 :
				       vhdxlog_guess_at(scan, disk)->length;
	}
	if (!g->block_size || !g->disk_size)
		return false;
	g->blocks = g->disk_size / g->block_size +
		    (g->disk_size % g->block_size != 0);
	return true;
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

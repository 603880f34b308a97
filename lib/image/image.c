/* SPDX-License-Identifier: MIT */
#include "image/image.h"

#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

int vl_image_init(struct vl_image *i, struct vhdxlog_error *err)
{
	memset(i, 0, sizeof(*i));
	i->reserved_nonzero = UINT64_MAX;
	i->judgement = vl_judgement_new();
	for (unsigned k = 0; k < 2; k++) {
		i->header_judgement[k] = vl_judgement_new();
		i->table_judgement[k] = vl_judgement_new();
		i->header[k].slot = i->table[k].number = k + 1;
		i->header[k].offset = VL_HEADER_OFFSET(k + 1);
		i->table[k].offset = VL_TABLE_OFFSET(k + 1);
		if (!i->header_judgement[k] || !i->table_judgement[k])
			return vl_nomem(err);
	}
	return i->judgement ? 0 : vl_nomem(err);
}

void vl_image_release(struct vl_image *i)
{
	for (unsigned k = 0; k < 2; k++) {
		free((void *)i->table[k].regions);
		free(i->header_judgement[k]);
		free(i->table_judgement[k]);
	}
	free(i->judgement);
	free(i->reserved);
	free(i->metadata.entries);
	free((void *)i->metadata.locator.pairs);
	free(i->metadata.locator_entries);
	free(i->metadata.by_key);
	free(i->metadata.locator_item);
	vl_claims_release(&i->claims);
	memset(i, 0, sizeof(*i));
}

static enum vhdxlog_status image_structure_unreadable(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!i->io_error)
		return vl_pass();
	return vl_fail(d, i->io_error_offset, "bytes", "a read error");
}

static const vl_check_fn reading_checks[VLC_COUNT] = {
	[VLC_image_structure_unreadable] = image_structure_unreadable,
};

int vl_structure_read(struct vl_image *i, const struct vl_view *view,
		      uint64_t off, void *buf, size_t len, bool *present,
		      struct vhdxlog_error *err)
{
	struct vhdxlog_error local;
	int rc = vl_view_read(view, off, buf, len, &local);

	*present = rc == 0;
	if (rc == 0 || rc == VHDXLOG_E_RANGE)
		return 0;
	if (rc == VHDXLOG_E_IO) {
		if (!i->io_error)
			i->io_error_offset = local.offset;
		i->io_error = true;
		return 0;
	}
	if (err)
		*err = local;
	return rc;
}

int vl_image_examine(struct vl_image *i, const struct vl_view *view,
		     struct vhdxlog_error *err)
{
	int rc;

	i->replayed_size = view->size;
	rc = vl_regions_read(i, view, err);
	if (!rc)
		rc = vl_metadata_read(i, view, err);
	if (!rc)
		rc = vl_bat_read(i, view, err);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, reading_checks, i, i->judgement);
	return rc;
}

/* The parts of the header section, and where each ends. */
static const struct {
	uint64_t end;
	enum vhdxlog_area area;
} header_section[] = {
	{ VL_HEADER_OFFSET(1), VHDXLOG_AREA_IDENTIFIER },
	{ VL_TABLE_OFFSET(1), VHDXLOG_AREA_HEADERS },
	{ VL_RESERVED_OFFSET, VHDXLOG_AREA_REGION_TABLES },
	{ VL_HEADER_SECTION, VHDXLOG_AREA_RESERVED },
};

/* What begins at off: *end gets where it does not go on. */
static enum vhdxlog_area structure_at(const struct vl_image *i, uint64_t off,
				      uint64_t *end)
{
	const struct vl_range *r;

	for (size_t k = 0; off < VL_HEADER_SECTION; k++) {
		*end = header_section[k].end;
		if (off < *end)
			return header_section[k].area;
	}
	r = vl_ranges_find(i->reserved, i->n_reserved, off, 1);
	if (r) {
		*end = vl_end(r->off, r->len);
		return (enum vhdxlog_area)r->tag;
	}
	r = vl_ranges_find(i->reserved, i->n_reserved, off, UINT64_MAX - off);
	*end = r ? r->off : UINT64_MAX;
	return VHDXLOG_AREA_UNKNOWN;
}

static enum vhdxlog_area nobodys(const struct vl_image *i)
{
	return i->pub.bat.known ? VHDXLOG_AREA_UNOWNED : VHDXLOG_AREA_UNKNOWN;
}

enum vhdxlog_area vl_image_area(const struct vl_image *i, uint64_t off)
{
	uint64_t end;
	enum vhdxlog_area area = structure_at(i, off, &end);

	if (area != VHDXLOG_AREA_UNKNOWN)
		return area;
	switch (vl_claims_at(&i->claims, off)) {
	case VL_CLAIM_BITMAP: return VHDXLOG_AREA_SECTOR_BITMAP;
	case VL_CLAIM_NONE: return nobodys(i);
	default: return VHDXLOG_AREA_PAYLOAD; /* of both, too */
	}
}

void vl_image_areas(const struct vl_image *i, uint64_t off, uint64_t len,
		    uint64_t bytes[VHDXLOG_AREA_COUNT])
{
	uint64_t end = vl_end(off, len);

	/* Ends: every turn gets at least one structure further. */
	while (off < end) {
		uint64_t until;
		enum vhdxlog_area area = structure_at(i, off, &until);
		struct vl_claimed claimed;

		until = vl_min64(until, end);
		if (area != VHDXLOG_AREA_UNKNOWN) {
			bytes[area] += until - off;
		} else {
			claimed = vl_claims_in(&i->claims, off, until - off);
			bytes[VHDXLOG_AREA_PAYLOAD] += claimed.payload;
			bytes[VHDXLOG_AREA_SECTOR_BITMAP] += claimed.bitmap;
			bytes[nobodys(i)] += until - off - claimed.payload -
					     claimed.bitmap;
		}
		off = until;
	}
}

const char *vhdxlog_area_name(enum vhdxlog_area area)
{
	static const char *const names[VHDXLOG_AREA_COUNT] = {
		"unknown",  "identifier", "headers",	    "region-tables",
		"reserved", "log",	  "bat",	    "metadata",
		"region",   "payload",	  "sector-bitmap", "unowned",
	};

	return names[area];
}

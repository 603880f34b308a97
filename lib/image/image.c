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
	vl_areas_release(&i->areas);
	vl_metadata_release(&i->metadata);
	vl_claims_release(&i->claims);
	vl_breaches_release(&i->breaches);
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

int vl_image_begin(struct vl_image *i, const struct vl_view *view,
		   struct vhdxlog_error *err)
{
	int rc;

	i->replayed_size = view->size;
	rc = vl_regions_read(i, view, err);
	return rc ? rc : vl_metadata_read(i, view, err);
}

int vl_image_assume(struct vl_image *i, const struct vl_view *view,
		    struct vhdxlog_error *err)
{
	int rc = vl_regions_settle(i, err);

	vl_metadata_release(&i->metadata);
	i->pub.metadata = (struct vhdxlog_metadata){ 0 };
	return rc ? rc : vl_metadata_read(i, view, err);
}

/* Room in the file that neither structure nor block has. */
static uint64_t count_unowned(const struct vl_image *i)
{
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };

	if (i->disk_size > VL_MIB)
		vl_areas_count(&i->areas, VL_MIB, i->disk_size - VL_MIB, bytes);
	return bytes[VHDXLOG_AREA_UNOWNED];
}

int vl_image_finish(struct vl_image *i, const struct vl_view *view,
		    struct vhdxlog_error *err)
{
	int rc = vl_metadata_slack_find(i, view, err);

	if (!rc)
		rc = vl_bat_read(i, view, err);
	if (!rc)
		vl_areas_seal(&i->areas, &i->claims,
			      i->pub.bat.known ? VHDXLOG_AREA_UNOWNED :
						 VHDXLOG_AREA_UNKNOWN);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, reading_checks, i, i->judgement);
	if (!rc && i->pub.bat.known)
		i->pub.bat.unowned = count_unowned(i);
	return rc;
}

int vl_image_examine(struct vl_image *i, const struct vl_view *view,
		     struct vhdxlog_error *err)
{
	int rc = vl_image_begin(i, view, err);

	return rc ? rc : vl_image_finish(i, view, err);
}

int vl_image_reread(struct vl_image *i, const struct vl_image *of,
		    const struct vl_view *view, struct vhdxlog_error *err)
{
	int rc = vl_image_init(i, err);

	if (rc)
		return rc;
	i->strict = of->strict;
	i->disk_size = of->disk_size;
	i->replayed_size = view->size;
	memcpy(i->header, of->header, sizeof(i->header));
	i->pub.current_header = of->pub.current_header;
	i->log = of->log;
	i->assumed = of->assumed;
	rc = vl_regions_read(i, view, err);
	if (!rc)
		rc = vl_metadata_read(i, view, err);
	if (rc)
		return rc;
	vl_geometry_find(i);
	vl_areas_seal(&i->areas, &of->claims, of->areas.rest);
	return 0;
}

enum vl_check_id vl_image_refusal(const struct vl_image *image)
{
	for (unsigned i = 1; i < VLC_COUNT; i++) {
		enum vl_check_id id = (enum vl_check_id)i;
		enum vhdxlog_class c = vl_check(id)->class_;

		if ((c == VHDXLOG_CLASS_F ||
		     (c == VHDXLOG_CLASS_M && image->strict)) &&
		    vl_check(id)->object == VHDXLOG_OBJECT_IMAGE &&
		    vl_failed(image->judgement, id))
			return id;
	}
	return VLC_none;
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

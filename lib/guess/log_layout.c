/* SPDX-License-Identifier: MIT */
#include "guess/log_layout.h"

#include "base/bytes.h"

#include <string.h>

static bool is_record(enum vl_start_kind kind)
{
	return kind == VL_START_ENTRY || kind == VL_START_DESCRIPTORS ||
	       kind == VL_START_DATA;
}

/* Metadata that is not behind another image, of which it may be. */
static bool has_metadata(const struct vl_starts *starts)
{
	for (size_t i = 0; i < starts->n; i++) {
		if (starts->list[i].kind == VL_START_IDENTIFIER)
			return false;
		if (starts->list[i].complete)
			return true;
	}
	return false;
}

/* Any of it is what no other file has in these places. */
static bool shows_vhdx(const struct vl_laid_out *l, const struct vl_image *image)
{
	if (memcmp(image->identifier, vl_identifier_signature, 8) == 0 ||
	    l->tables.chosen)
		return true;
	for (unsigned k = 0; k < 2; k++) {
		if (memcmp(image->header_bytes[k], vl_header_signature, 4) == 0)
			return true;
	}
	return has_metadata(&l->starts);
}

int vl_layout_find(struct vl_laid_out *l, const struct vl_image *image,
		   const struct vl_view *disk, struct vhdxlog_error *err)
{
	int rc;

	*l = (struct vl_laid_out){ .disk = disk };
	rc = vl_image_init(&l->tables, err);
	if (!rc) {
		l->tables.disk_size = disk->size;
		rc = vl_regions_read(&l->tables, disk, err);
	}
	if (!rc)
		rc = vl_starts_find(&l->starts, disk, err);
	if (!rc)
		l->is_vhdx = shows_vhdx(l, image);
	return rc;
}

void vl_layout_release(struct vl_laid_out *l)
{
	vl_starts_release(&l->starts);
	vl_image_release(&l->tables);
}

bool vl_layout_has_record(const struct vl_laid_out *l, uint64_t offset)
{
	const struct vl_start *s = vl_starts_at(&l->starts, offset);

	return s && is_record(s->kind);
}

/* Whether a table places the metadata where they are not, though they are. */
static bool misses_metadata(const struct vl_laid_out *l)
{
	const struct vhdxlog_region *m = l->tables.metadata_region;
	bool elsewhere = false;

	for (size_t i = 0; m && i < l->starts.n; i++) {
		const struct vl_start *s = &l->starts.list[i];

		if (s->offset == m->offset && s->kind == VL_START_METADATA)
			return false;
		elsewhere |= s->sound;
	}
	return elsewhere;
}

/* Of another file it is seen to be where the metadata is to be there is something
 * else, or a region begins with what is of a log. */
const struct vhdxlog_region_table *vl_layout_table(const struct vl_laid_out *l)
{
	const struct vhdxlog_region_table *t = l->tables.chosen;

	if (misses_metadata(l))
		return NULL;
	for (size_t i = 0; t && i < t->region_count; i++) {
		if (vl_layout_has_record(l, t->regions[i].offset))
			return NULL;
	}
	return t;
}

bool vl_layout_has_region(const struct vl_laid_out *l, uint64_t offset,
			  uint64_t length)
{
	const struct vhdxlog_region_table *t = vl_layout_table(l);

	for (size_t i = 0; t && i < t->region_count; i++) {
		if (vl_overlap(offset, length, t->regions[i].offset,
			       t->regions[i].length))
			return true;
	}
	return false;
}

static void take_regions(const struct vl_laid_out *l, uint64_t offset,
			 struct vl_log_bound *b)
{
	const struct vhdxlog_region_table *t = vl_layout_table(l);

	for (size_t i = 0; t && i < t->region_count; i++) {
		const struct vhdxlog_region *r = &t->regions[i];

		if (r->offset <= offset || r->offset % VL_MIB ||
		    r->offset >= b->at)
			continue;
		b->at = r->offset;
		b->by_table = true;
		b->what = r == l->tables.bat ? "the BAT region" :
			  r == l->tables.metadata_region ?
					      "the metadata region" :
					      "a region";
	}
}

/* What a start is the end of, or NULL: a log may go on over it. A foreign page may
 * be damage where records go on right behind it. */
static const char *ends_at(const struct vl_laid_out *l, const struct vl_start *s)
{
	switch (s->kind) {
	case VL_START_IDENTIFIER: return "another VHDX";
	case VL_START_METADATA: return "metadata";
	case VL_START_BAT: return "a page like those of a BAT";
	case VL_START_OTHER:
		return vl_layout_has_record(l, s->offset + VL_MIB) ?
			       NULL :
			       "something that is of no log";
	default: return NULL;
	}
}

struct vl_log_bound vl_layout_bound(const struct vl_laid_out *l, uint64_t offset)
{
	struct vl_log_bound b = { .at = l->disk->size / VL_MIB * VL_MIB,
				  .what = "the end of the file" };

	take_regions(l, offset, &b);
	for (size_t i = 0; i < l->starts.n; i++) {
		const struct vl_start *s = &l->starts.list[i];
		const char *what = s->offset > offset ? ends_at(l, s) : NULL;

		if (s->offset >= b.at)
			break;
		if (what) {
			b = (struct vl_log_bound){
				.at = s->offset,
				.is_bat = s->kind == VL_START_BAT,
				.what = what,
			};
			break;
		}
	}
	return b;
}

uint64_t vl_layout_stretch(const struct vl_laid_out *l, uint64_t offset)
{
	uint64_t bound = vl_layout_bound(l, offset).at, end = offset + VL_MIB;

	for (size_t i = 0; i < l->starts.n; i++) {
		const struct vl_start *s = &l->starts.list[i];

		if (s->offset > offset && s->offset < bound &&
		    is_record(s->kind))
			end = s->offset + VL_MIB;
	}
	return end;
}

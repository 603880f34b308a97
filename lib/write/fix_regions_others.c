/* SPDX-License-Identifier: MIT */
/* Regions besides BAT and metadata that copies of the table still name. */
#include "write/fix_regions.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "write/encode.h"

#include <inttypes.h>

static bool is_empty(const struct vhdxlog_region *r)
{
	return !r->offset && !r->length && vl_guid_is_zero(&r->guid);
}

/* In a copy that is damaged its GUIDs may be, too: no two that mean different things
 * have so many bytes in common. */
#define MOST_DAMAGED 4u

static bool is_like(const struct vhdxlog_guid *guid,
		    const struct vhdxlog_guid *known, bool damaged)
{
	unsigned differ = 0;

	for (unsigned i = 0; i < sizeof(guid->bytes); i++)
		differ += guid->bytes[i] != known->bytes[i];
	return differ <= (damaged ? MOST_DAMAGED : 0);
}

static bool is_bat_or_metadata(const struct vhdxlog_region_table *of,
			       const struct vhdxlog_region *r)
{
	return is_like(&r->guid, &vl_region_bat, !of->valid) ||
	       is_like(&r->guid, &vl_region_metadata, !of->valid);
}

/* An entry of BAT or metadata, or of one whose GUID is damaged. */
static bool is_there(const struct vl_new_table *t,
		     const struct vhdxlog_region_table *of,
		     const struct vhdxlog_region *r)
{
	if (is_bat_or_metadata(of, r))
		return true;
	for (size_t i = 0; i < t->n; i++) {
		if (vl_guid_equal(&t->list[i].guid, &r->guid) ||
		    t->list[i].offset == r->offset)
			return true;
	}
	return false;
}

static bool overlaps(const struct vhdxlog_region *r, uint64_t off,
		     uint64_t length)
{
	return r->offset < vl_end(off, length) &&
	       off < vl_end(r->offset, r->length);
}

/* Whether it can be where the entry says. */
static bool has_room(const struct vl_fix *f, const struct vl_new_table *t,
		     const struct vhdxlog_region *r)
{
	const struct vhdxlog_log *log = vhdxlog_log(f->scan);

	if (r->offset < VL_MIB || r->offset % VL_MIB || !r->length ||
	    r->length % VL_MIB || vl_guid_is_zero(&r->guid) ||
	    vl_end(r->offset, r->length) > f->view->size ||
	    (log->known && overlaps(r, log->offset, log->length)))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (overlaps(r, t->list[i].offset, t->list[i].length))
			return false;
	}
	return true;
}

static bool keep_other(struct vl_fix *f, struct vl_new_table *t,
		       const struct vhdxlog_region_table *old,
		       const struct vhdxlog_region *r, size_t *illegible)
{
	char guid[VHDXLOG_GUID_TEXT], size[VHDXLOG_SIZE_TEXT];

	if (is_empty(r))
		return true;
	if (is_there(t, old, r))
		return !old->valid || is_bat_or_metadata(old, r) ||
		       vl_fix_evidence(&f->record,
				       "region %s at 0x%" PRIx64 ", which "
				       "region table %u names, is left out: it "
				       "is where another one was found",
				       vhdxlog_guid_format(&r->guid, guid),
				       r->offset, old->number);
	if (t->n == 2 + VL_FIX_MOST_OTHERS || !has_room(f, t, r)) {
		++*illegible;
		return true;
	}
	t->list[t->n] = *r;
	t->list[t->n++].required &= 1;
	return vl_fix_evidence(&f->record,
			       "region %s at 0x%" PRIx64 ", %s: region table %u"
			       "%s names it",
			       vhdxlog_guid_format(&r->guid, guid), r->offset,
			       vhdxlog_size_format(r->length, size), old->number,
			       old->valid ? "" : ", which is damaged, still");
}

/* A copy that is whole but does not fit is of another file, and tells nothing; one
 * that lacks a region is not. */
static bool is_told(const struct vl_fix *f, const struct vhdxlog_region_table *t)
{
	return !t->valid || (t->chosen && !vl_fix_fails(f->scan,
							VHDXLOG_OBJECT_IMAGE,
							"region-tables-foreign"));
}

bool vl_fix_keep_others(struct vl_fix *f, struct vl_new_table *t)
{
	bool ok = true;

	for (unsigned number = 1; number <= 2; number++) {
		const struct vhdxlog_region_table *old =
			vhdxlog_region_table(f->scan, number);
		size_t illegible = 0;

		for (size_t i = 0;
		     ok && is_told(f, old) && i < old->region_count; i++)
			ok = keep_other(f, t, old, &old->regions[i],
					&illegible);
		if (illegible > t->illegible)
			t->illegible = illegible;
	}
	return ok;
}

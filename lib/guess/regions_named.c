/* SPDX-License-Identifier: MIT */
#include "guess/regions_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdlib.h>

struct vhdxlog_region vl_region_of(bool is_bat, uint64_t offset,
				   uint32_t length)
{
	return (struct vhdxlog_region){
		.guid = is_bat ? vl_region_bat : vl_region_metadata,
		.name = is_bat ? "bat" : "metadata",
		.offset = offset,
		.length = length,
		.required = 1,
	};
}

static bool is_possible(const struct vhdxlog_region *r,
			const struct vl_view *view)
{
	return r->offset >= VL_HEADER_SECTION && r->offset % VL_MIB == 0 &&
	       r->length && r->length % VL_MIB == 0 && r->offset < view->size;
}

/* A copy that says what the one says that counts, and is doubted, is no witness. */
static bool is_repeated(const struct vl_image *i, bool is_bat,
			const struct vhdxlog_region *r)
{
	const struct vhdxlog_region *said = is_bat ? i->bat :
						     i->metadata_region;

	return i->chosen && !vl_table_lacks_region(i) && said && said->offset == r->offset &&
	       said->length == r->length;
}

/* The first entry of a kind, at whatever place of the slot one can be: neither
 * the signature nor the count need be right. */
static void find_kind(struct vl_nameds *named, bool is_bat,
		      const struct vl_image *i,
		      const struct vhdxlog_region_table *t,
		      const uint8_t *bytes, const struct vl_view *view)
{
	const struct vhdxlog_guid *guid = is_bat ? &vl_region_bat :
						   &vl_region_metadata;

	for (size_t k = 0; k < VL_MAX_TABLE_ENTRIES; k++) {
		struct vhdxlog_region r;

		vl_region_decode(bytes + VL_SIZE_region_header +
					 k * VL_SIZE_region_entry,
				 &r);
		if (!vl_guid_equal(&r.guid, guid) || !is_possible(&r, view) ||
		    is_repeated(i, is_bat, &r))
			continue;
		named->list[named->n++] = (struct vl_named){
			.is_bat = is_bat,
			.offset = r.offset,
			.length = r.length,
			.table = t->number,
			.valid = t->valid,
		};
		return;
	}
}

int vl_nameds_find(struct vl_nameds *named, const struct vl_image *i,
		   const struct vl_view *view, struct vhdxlog_error *err)
{
	uint8_t *bytes = vl_calloc(1, VL_SLOT_SIZE);
	int rc = 0;

	*named = (struct vl_nameds){ 0 };
	if (!bytes)
		return vl_nomem(err);
	for (unsigned n = 0; !rc && n < 2; n++) {
		const struct vhdxlog_region_table *t = &i->table[n];

		if (t->chosen && !vl_table_lacks_region(i))
			continue;
		rc = vl_view_read(view, t->offset, bytes, VL_SLOT_SIZE, err);
		if (rc == VHDXLOG_E_RANGE || rc == VHDXLOG_E_IO) {
			rc = 0;
			continue;
		}
		find_kind(named, true, i, t, bytes, view);
		find_kind(named, false, i, t, bytes, view);
	}
	free(bytes);
	return rc;
}

const struct vl_named *vl_nameds_at(const struct vl_nameds *named, bool is_bat,
				    uint64_t offset)
{
	const struct vl_named *found = NULL;

	for (size_t k = 0; k < named->n; k++) {
		const struct vl_named *n = &named->list[k];

		if (n->is_bat == is_bat && n->offset == offset &&
		    (!found || (n->valid && !found->valid)))
			found = n;
	}
	return found;
}

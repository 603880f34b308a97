/* SPDX-License-Identifier: MIT */
#include "guess/nested.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "crc32c.h"
#include "ondisk/header.h"

#include <stdlib.h>
#include <string.h>

static bool is_table(const uint8_t bytes[VL_SLOT_SIZE],
		     struct vl_region_header *h)
{
	vl_region_header_decode(bytes, h);
	return memcmp(bytes, vl_region_signature, 4) == 0 &&
	       h->entry_count <= VL_MAX_TABLE_ENTRIES &&
	       h->checksum == vl_crc32c_sealed(bytes, VL_SLOT_SIZE);
}

static void note_places(struct vl_nested *n, const uint8_t bytes[VL_SLOT_SIZE])
{
	struct vl_region_header h;

	if (!is_table(bytes, &h))
		return;
	for (size_t k = 0; k < h.entry_count && n->n < VL_NESTED_PLACES; k++) {
		struct vhdxlog_region r;

		vl_region_decode(bytes + VL_SIZE_region_header +
					 k * VL_SIZE_region_entry,
				 &r);
		if (vl_guid_equal(&r.guid, &vl_region_bat) ||
		    vl_guid_equal(&r.guid, &vl_region_metadata))
			n->places[n->n++] = vl_end(n->offset, r.offset);
	}
}

static int look_at(struct vl_nested *n, const struct vl_view *view,
		   uint8_t bytes[VL_SLOT_SIZE], struct vhdxlog_error *err)
{
	for (unsigned k = 1; k <= 2; k++) {
		int rc = vl_view_read(view, n->offset + VL_TABLE_OFFSET(k),
				      bytes, VL_SLOT_SIZE, err);

		if (rc == VHDXLOG_E_RANGE || rc == VHDXLOG_E_IO)
			continue;
		if (rc)
			return rc;
		note_places(n, bytes);
	}
	return 0;
}

static size_t count(const struct vl_starts *starts)
{
	size_t n = 0;

	for (size_t k = 0; k < starts->n; k++)
		n += starts->list[k].kind == VL_START_IDENTIFIER;
	return n;
}

int vl_nesteds_find(struct vl_nesteds *nesteds, const struct vl_starts *starts,
		    const struct vl_view *view, struct vhdxlog_error *err)
{
	size_t of = count(starts), nth = 0;
	uint8_t *bytes;
	int rc = 0;

	nesteds->n = 0;
	if (!of)
		return 0;
	bytes = vl_calloc(1, VL_SLOT_SIZE);
	if (!bytes)
		return vl_nomem(err);
	for (size_t k = 0; !rc && k < starts->n; k++) {
		struct vl_nested *n = &nesteds->list[nesteds->n];

		if (starts->list[k].kind != VL_START_IDENTIFIER)
			continue;
		if (nth++ >= VL_MOST_NESTED / 2 && of - nth >= VL_MOST_NESTED / 2)
			continue;
		*n = (struct vl_nested){ .offset = starts->list[k].offset };
		nesteds->n++;
		rc = look_at(n, view, bytes, err);
	}
	free(bytes);
	return rc;
}

static bool names(const struct vl_nested *n, uint64_t offset)
{
	for (size_t k = 0; k < n->n; k++) {
		if (n->places[k] == offset)
			return true;
	}
	return false;
}

enum vl_nesting vl_nesting_at(const struct vl_nesteds *nesteds, uint64_t offset,
			      uint64_t *of)
{
	enum vl_nesting nesting = VL_NOT_NESTED;

	for (size_t k = 0; k < nesteds->n; k++) {
		const struct vl_nested *n = &nesteds->list[k];

		if (n->offset >= offset)
			break;
		if (!names(n, offset) && n->n)
			continue;
		*of = n->offset;
		if (names(n, offset))
			return VL_NESTED_NAMED;
		nesting = VL_NESTED_BEHIND;
	}
	return nesting;
}

/* SPDX-License-Identifier: MIT */
#include "export_starts.h"

#include "base/bytes.h"
#include "guess/places.h"
#include "ondisk/header.h"
#include "ondisk/logrecord.h"
#include "ondisk/metadata.h"

/* From the front, where writers put structures; each takes a page. */
#define MOST_STARTS 256u

/* Of a text, so much as tells that it is none. */
#define TEXT 512u

/* Bytes of the word by which the kind is told. */
static unsigned word_of(enum vl_start_kind kind)
{
	switch (kind) {
	case VL_START_ENTRY: return sizeof(vl_entry_signature);
	case VL_START_DESCRIPTORS: return sizeof(vl_zero_descriptor_signature);
	case VL_START_DATA: return sizeof(vl_data_signature);
	case VL_START_IDENTIFIER: return sizeof(vl_identifier_signature);
	case VL_START_METADATA: return sizeof(vl_metadata_signature);
	default: return 0;
	}
}

static int add(struct vl_places *places, const struct vl_start *start,
	       uint64_t size, struct vhdxlog_error *err)
{
	uint64_t end = vl_min64(start->offset + TEXT, size);
	uint64_t word = vl_min64(start->offset + word_of(start->kind), end);
	int rc;

	if (start->kind == VL_START_UNREADABLE)
		return 0;
	rc = vl_places_add(places, start->offset, word, VL_PLACE_WORD, err);
	return rc ? rc : vl_places_add(places, word, end, VL_PLACE_STAND_IN, err);
}

int vl_export_starts(struct vl_places *places, const struct vl_view *disk,
		     struct vhdxlog_error *err)
{
	struct vl_starts starts;
	int rc = vl_starts_find(&starts, disk, err);

	for (size_t i = 0; !rc && i < starts.n && i < MOST_STARTS; i++)
		rc = add(places, &starts.list[i], disk->size, err);
	vl_starts_release(&starts);
	return rc;
}

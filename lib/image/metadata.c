/* SPDX-License-Identifier: MIT */
/* The metadata region, [MS-VHDX] 2.6: its table and the known items. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

static int decode_table(struct vl_metadata *m, const uint8_t *bytes,
			struct vhdxlog_error *err)
{
	struct vl_metadata_header h;

	memcpy(m->signature, bytes, sizeof(m->signature));
	m->signature_ok = memcmp(bytes, vl_metadata_signature, 8) == 0;
	vl_metadata_header_decode(bytes, &h);
	m->reserved = h.reserved;
	m->entry_count = h.entry_count;
	for (unsigned i = VL_OFF_metadata_header_reserved2;
	     i < VL_SIZE_metadata_header; i++)
		m->reserved2_nonzero |= bytes[i] != 0;
	if (!m->signature_ok || m->entry_count > VL_MAX_TABLE_ENTRIES)
		return 0;
	m->entries = vl_calloc(m->entry_count, sizeof(*m->entries));
	if (!m->entries)
		return vl_nomem(err);
	m->n = m->entry_count;
	for (size_t i = 0; i < m->n; i++) {
		enum vl_item item;

		vl_metadata_entry_decode(bytes + VL_SIZE_metadata_header +
						 i * VL_SIZE_metadata_entry,
					 &m->entries[i]);
		item = vl_item_of(&m->entries[i]);
		if (item != VL_ITEM_UNKNOWN && m->known[item] < 0)
			m->known[item] = (int)i;
	}
	return 0;
}

/* The content of an item of fixed length; *present false: not to be had. */
static int read_item(struct vl_image *i, const struct vl_view *view,
		     enum vl_item item, uint8_t *buf, bool *present,
		     struct vhdxlog_error *err)
{
	struct vl_metadata *m = &i->metadata;
	const struct vl_metadata_entry *e;
	int rc;

	*present = false;
	if (m->known[item] < 0)
		return 0;
	e = &m->entries[m->known[item]];
	if (e->length != vl_item_rules[item].length || !vl_item_is_inside(m, e))
		return 0;
	rc = vl_structure_read(i, view, m->base + e->offset, buf, e->length,
			       present, err);
	m->items_lost |= !rc && !*present && i->io_error;
	return rc;
}

static int read_items(struct vl_image *i, const struct vl_view *view,
		      struct vhdxlog_error *err)
{
	struct vhdxlog_metadata *p = &i->pub.metadata;
	uint8_t params[8] = { 0 }, size[8] = { 0 }, id[16] = { 0 };
	uint8_t logical[4] = { 0 }, physical[4] = { 0 };
	const struct {
		enum vl_item item;
		uint8_t *buf;
		bool *has;
	} wanted[] = {
		{ VL_ITEM_FILE_PARAMETERS, params, &p->has_file_parameters },
		{ VL_ITEM_DISK_SIZE, size, &p->has_disk_size },
		{ VL_ITEM_DISK_ID, id, &p->has_disk_id },
		{ VL_ITEM_LOGICAL_SECTOR, logical, &p->has_logical_sector },
		{ VL_ITEM_PHYSICAL_SECTOR, physical, &p->has_physical_sector },
	};

	for (size_t k = 0; k < sizeof(wanted) / sizeof(*wanted); k++) {
		int rc = read_item(i, view, wanted[k].item, wanted[k].buf,
				   wanted[k].has, err);

		if (rc)
			return rc;
	}
	i->metadata.file_params_flags =
		vl_le32(params + VL_OFF_file_parameters_flags);
	p->block_size = vl_le32(params + VL_OFF_file_parameters_block_size);
	p->has_parent = i->metadata.file_params_flags & VL_PARAM_HAS_PARENT;
	p->fixed = i->metadata.file_params_flags & VL_PARAM_FIXED;
	p->virtual_disk_size = vl_le64(size);
	p->virtual_disk_id = vl_guid_load(id);
	p->logical_sector_size = vl_le32(logical);
	p->physical_sector_size = vl_le32(physical);
	return 0;
}

static int read_table(struct vl_image *i, const struct vl_view *view,
		      struct vhdxlog_error *err)
{
	struct vl_metadata *m = &i->metadata;
	uint8_t *bytes;
	int rc;

	for (unsigned k = 0; k < VL_ITEM_KNOWN_COUNT; k++)
		m->known[k] = -1;
	if (!i->metadata_region)
		return 0;
	m->base = i->metadata_region->offset;
	m->length = i->metadata_region->length;
	bytes = vl_calloc(1, VL_METADATA_TABLE_SIZE);
	if (!bytes)
		return vl_nomem(err);
	rc = vl_structure_read(i, view, m->base, bytes, VL_METADATA_TABLE_SIZE,
			       &m->readable, err);
	if (!rc && m->readable)
		rc = decode_table(m, bytes, err);
	free(bytes);
	return rc;
}

void vl_metadata_release(struct vl_metadata *m)
{
	free(m->entries);
	free((void *)m->locator.pairs);
	free(m->locator_entries);
	free(m->by_key);
	free(m->locator_item);
	*m = (struct vl_metadata){ 0 };
}

int vl_metadata_read(struct vl_image *i, const struct vl_view *view,
		     struct vhdxlog_error *err)
{
	int rc = read_table(i, view, err);

	if (!rc)
		rc = read_items(i, view, err);
	if (rc)
		return rc;
	i->pub.metadata_known = i->metadata.readable &&
				i->metadata.signature_ok;
	vl_judge(VHDXLOG_OBJECT_IMAGE, vl_metadata_checks, i, i->judgement);
	vl_judge(VHDXLOG_OBJECT_IMAGE, vl_item_checks, i, i->judgement);
	return vl_locator_read(i, view, err);
}
